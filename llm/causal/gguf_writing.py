"""Writes a merged model as GGUF, which llama.cpp and Ollama serve: weights, tokenizer and chat template in one file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from llm.causal import checkpoint
from llm.causal.folder import Folder
from llm.causal.gguf_words import words
from llm.models.errors import BaseUnfit, DiskFull

Kind = Literal["f16", "q8_0"]
Array = NDArray[Any]
ARCHITECTURES = ("llama", "qwen2")
_BLOCK = 32
# gguf.LlamaFileType
_FILE_TYPES = {"f16": 1, "q8_0": 7}


def write(merged: Path, tokenizer: Any, end: int, kind: Kind, file: Path) -> Path:
    """Write a merged model; `end` is the token that ends a reply. Raises `BaseUnfit` for what GGUF cannot say."""
    from gguf import GGUFWriter

    folder = Folder.of(merged)
    require(folder)
    tensors = dict(_tensors(folder, kind))
    part = file.with_suffix(".part")
    writer = GGUFWriter(part, folder.architecture, use_temp_file=True)
    _describe(writer, folder, kind)
    _speak(writer, folder, tokenizer, end)
    extra = _frequencies(folder)
    try:
        if extra is not None:
            writer.add_tensor("rope_freqs.weight", extra)
        for name, (tensor, quantised) in tensors.items():
            _add(writer, name, tensor(), quantised)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        part.replace(file)
    except OSError as problem:
        if not checkpoint.is_full(problem):
            raise
        raise DiskFull(checkpoint.full(file, 1)) from problem
    finally:
        writer.close()
        if writer.temp_file is not None:
            writer.temp_file.close()
        part.unlink(missing_ok=True)
    return file


def require(folder: Folder) -> None:
    """Refuse a model that is not written as GGUF here, before anything is trained for it."""
    config = folder.config
    if folder.architecture not in ARCHITECTURES:
        known = " and ".join(ARCHITECTURES)
        raise BaseUnfit(f"{folder.path} is of the architecture {folder.architecture}; only {known} are written as GGUF")
    if config.get("use_sliding_window"):
        raise BaseUnfit(f"{folder.path} has a sliding window, which is not written as GGUF")
    scaling = _rope(config).get("rope_type", "default")
    if scaling not in ("default", "llama3"):
        raise BaseUnfit(f"{folder.path} stretches its positions by {scaling}, which is not written as GGUF")
    words(folder.path, int(config["vocab_size"]))


def _rope(config: dict[str, Any]) -> dict[str, Any]:
    """How positions turn, as newer and older configurations say it."""
    older = {"rope_theta": config.get("rope_theta", 10_000.0), **(config.get("rope_scaling") or {})}
    found = dict(config.get("rope_parameters") or older)
    if "type" in found:
        found.setdefault("rope_type", found["type"])
    return found


def _width(config: dict[str, Any]) -> int:
    """The width of a head."""
    return int(config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"])


def _describe(writer: Any, folder: Folder, kind: Kind) -> None:
    config, width = folder.config, _width(folder.config)
    writer.add_type("model")
    writer.add_name(folder.path.resolve().parent.name)
    writer.add_file_type(_FILE_TYPES[kind])
    writer.add_quantization_version(2)
    writer.add_vocab_size(config["vocab_size"])
    writer.add_context_length(folder.context)
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config.get("num_key_value_heads") or config["num_attention_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(float(_rope(config)["rope_theta"]))
    writer.add_rope_dimension_count(width)
    writer.add_key_length(width)
    writer.add_value_length(width)


def _speak(writer: Any, folder: Folder, tokenizer: Any, end: int) -> None:
    spoken = words(folder.path, int(folder.config["vocab_size"]))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(spoken.split)
    writer.add_token_list(spoken.tokens)
    writer.add_token_types(spoken.kinds)
    writer.add_token_merges(spoken.merges)
    writer.add_eos_token_id(int(tokenizer.eos_token_id))
    writer.add_eot_token_id(end)
    for identifier, add in (
        (tokenizer.bos_token_id, writer.add_bos_token_id),
        (tokenizer.pad_token_id, writer.add_pad_token_id),
        (tokenizer.unk_token_id, writer.add_unk_token_id),
    ):
        if identifier is not None:
            add(int(identifier))
    asked = tokenizer.apply_chat_template(
        [{"role": "user", "content": "?"}], tokenize=False, add_generation_prompt=True
    )
    writer.add_add_bos_token(
        bool(tokenizer.bos_token) and asked.startswith(tokenizer.bos_token) and "bos_token" in tokenizer.chat_template
    )
    writer.add_chat_template(tokenizer.chat_template)


def _tensors(folder: Folder, kind: Kind) -> Iterator[tuple[str, tuple[Any, bool]]]:
    """Each tensor by its name in GGUF, as a function that reads it, and whether it is quantised."""
    from gguf import MODEL_ARCH, get_tensor_name_map
    from safetensors import safe_open

    config = folder.config
    arch = {"llama": MODEL_ARCH.LLAMA, "qwen2": MODEL_ARCH.QWEN2}[folder.architecture]
    known = get_tensor_name_map(arch, config["num_hidden_layers"])
    for file in sorted(folder.path.glob("*.safetensors")):
        with safe_open(file, "pt") as opened:
            names = list(opened.keys())
        for name in names:
            if name == "lm_head.weight" and config.get("tie_word_embeddings"):
                continue
            called = known.get_name(name, try_suffixes=(".weight", ".bias"))
            if called is None:
                raise BaseUnfit(f"{folder.path}: the tensor {name} has no name in GGUF")
            yield called, (_reader(file, name, called, folder), kind == "q8_0")


def _reader(file: Path, name: str, called: str, folder: Folder) -> Any:
    def read() -> Array:
        from safetensors import safe_open

        with safe_open(file, "pt") as opened:
            array: Array = opened.get_tensor(name).float().numpy()
        config = folder.config
        heads = config["num_attention_heads"]
        if folder.architecture == "llama" and ".attn_q." in called:
            return _interleaved(array, heads)
        if folder.architecture == "llama" and ".attn_k." in called:
            return _interleaved(array, config.get("num_key_value_heads") or heads)
        return array

    return read


def _interleaved(array: Array, heads: int) -> Array:
    """Rows in the order in which llama.cpp turns a llama's positions: pairs side by side and not half a head apart."""
    half = array.shape[0] // heads // 2
    return array.reshape(heads, 2, half, *array.shape[1:]).swapaxes(1, 2).reshape(array.shape)


def _add(writer: Any, name: str, array: Array, quantised: bool) -> None:
    from gguf import GGMLQuantizationType, quants

    if array.ndim == 1:
        writer.add_tensor(name, array.astype(np.float32))
    elif np.abs(array).max(initial=0) > np.finfo(np.float16).max:
        raise BaseUnfit(f"{name} holds numbers that 16 bits cannot hold; export without GGUF")
    elif quantised and array.shape[-1] % _BLOCK == 0:
        eight = GGMLQuantizationType.Q8_0
        writer.add_tensor(name, quants.quantize(array, eight), raw_dtype=eight)
    else:
        writer.add_tensor(name, array.astype(np.float16))


def _frequencies(folder: Folder) -> Array | None:
    """How much slower each pair turns where positions are stretched as Llama 3.1 does it; None where they are not."""
    rope = _rope(folder.config)
    if rope.get("rope_type", "default") != "llama3":
        return None
    width, factor = _width(folder.config), float(rope["factor"])
    low, high, old = (
        float(rope["low_freq_factor"]),
        float(rope["high_freq_factor"]),
        float(rope["original_max_position_embeddings"]),
    )
    waves = 2 * math.pi * float(rope["rope_theta"]) ** (np.arange(0, width, 2) / width)
    smooth = (old / waves - low) / (high - low)
    between = 1 / ((1 - smooth) / factor + smooth)
    return np.where(waves < old / high, 1.0, np.where(waves > old / low, factor, between)).astype(np.float32)
