"""Tiny causal models with random weights and a tokenizer of their own, as folders that any tool reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEXT = [
    "Which colour has the first lamp of row 12?",
    "Which colour has the second lamp of row 345?",
    "The first lamp is red, and the second one is blue.",
    '{"form": {"op": "list"}} <question> system user assistant',
]


def tiny(folder: Path, kind: str = "llama", context: int = 256, **more: Any) -> Path:
    """A model of two layers, `kind` llama, qwen2 or gpt2."""
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import AutoModelForCausalLM, GPT2Config, LlamaConfig, PreTrainedTokenizerFast, Qwen2Config

    core = Tokenizer(models.BPE())
    of_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=kind != "qwen2")
    core.pre_tokenizer = of_bytes
    if kind == "qwen2":
        core.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(QWEN), "isolated"), of_bytes])
    core.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    core.train_from_iterator(
        TEXT, trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet)
    )
    tokenizer: Any = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="<|im_end|>", bos_token="<|im_start|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = TEMPLATE
    size = {"vocab_size": len(tokenizer), "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    if kind == "gpt2":
        config: Any = GPT2Config(**size, n_embd=64, n_layer=2, n_head=4, n_positions=context, **more)
    else:
        known = {"llama": LlamaConfig, "qwen2": Qwen2Config}[kind]
        shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
        heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": context}
        config = known(
            **{**size, **shape, **heads, "tie_word_embeddings": kind == "llama", "initializer_range": 0.15, **more}
        )
    torch.manual_seed(7)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def lamps(file: Path, number: int = 60) -> Path:
    """Conversations that a tiny model can learn: the colour of a lamp follows from its row."""
    rows = [
        {
            "messages": [
                {"role": "system", "content": "You know lamps."},
                {"role": "user", "content": f"Which colour has the first lamp of row {n}?"},
                {"role": "assistant", "content": "The first lamp is red."},
            ]
        }
        for n in range(number)
    ]
    return written(file, rows)


def written(file: Path, rows: Sequence[Any]) -> Path:
    """Rows as lines of JSON."""
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file
