"""The gate of an export: what is handed out must say what the trained model says, and end where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llm.causal import gguf_reading
from llm.causal.folder import model_of, tokenizer_of
from llm.causal.gguf_words import words
from llm.causal.replies import Reply
from llm.causal.saying import Said, said
from llm.models.errors import AdapterError

# So much of what is said rightly may be lost on the way, and so much may be added to the loss of a token.
_LOST, _ADDED = 0.005, 0.05


def merged_says(folder: Path, ends: set[int], trained: Said, replies: Sequence[Reply]) -> Said:
    """The figures of a merged folder as any tool loads it; raises `AdapterError` where it is not what was trained."""
    model, tokenizer = model_of(folder), tokenizer_of(folder)
    told = model.generation_config.eos_token_id
    known = {told} if isinstance(told, int) else set(told or ())
    if not ends <= known or tokenizer.eos_token_id not in known:
        raise AdapterError(f"{folder} ends a reply by {sorted(known)} where {sorted(ends)} was learnt; it is not used")
    found = said(model, replies)
    compare(folder, trained, found)
    return found


def gguf_says(file: Path, folder: Path, end: int, trained: Said, replies: Sequence[Reply]) -> Said:
    """The figures of a GGUF that is read back; raises `AdapterError` where tokens, ends or figures are others."""
    from transformers import AutoConfig

    reader = gguf_reading.opened(file)
    tokenizer, config = tokenizer_of(folder), AutoConfig.from_pretrained(folder)
    spoken = words(folder, int(config.vocab_size))
    wanted: dict[str, Any] = {
        "tokenizer.ggml.eos_token_id": tokenizer.eos_token_id,
        "tokenizer.ggml.eot_token_id": end,
        "tokenizer.chat_template": tokenizer.chat_template,
        "tokenizer.ggml.tokens": spoken.tokens,
        "tokenizer.ggml.merges": spoken.merges,
    }
    for key, value in wanted.items():
        if gguf_reading.told(reader, key) != value:
            raise AdapterError(f"{file} has another {key} than the model that was trained; it is not used")
    found = said(gguf_reading.model_in(file, config), replies)
    compare(file, trained, found)
    return found


def compare(what: Path, trained: Said, found: Said) -> None:
    """Raise `AdapterError` where an export says over half a point less than what was trained, or ends elsewhere."""
    for name, number in (("tokens", trained.spoken), ("replies", trained.number), ("ends", trained.number)):
        before, after = getattr(trained, name), getattr(found, name)
        # Of few replies one is more than half a point, and may fall either way.
        if (before - after) * number > max(_LOST * number, 1.5):
            raise AdapterError(
                f"{what} says {after:.3f} of {number:,} {name} rightly where the trained model says {before:.3f}: the "
                "export is not used; report it with the versions that `galenic doctor` prints"
            )
    if found.loss > trained.loss + _ADDED:
        raise AdapterError(
            f"{what} has a loss of {found.loss:.3f} where the trained model has {trained.loss:.3f}; not used"
        )
