"""The tokenizer of a model in the terms of GGUF: tokens, their kinds, merges, and how words are split before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm.models.errors import BaseUnfit

# gguf.TokenType
_NORMAL, _CONTROL, _OF_USER, _UNUSED = 1, 3, 4, 5
_LETTERS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
# How words are split before they are looked up, by llama.cpp's name for it.
_SPLITS = {_LETTERS + r"\p{N}{1,3}" + _REST: "llama-bpe", _LETTERS + r"\p{N}" + _REST: "qwen2"}


@dataclass(frozen=True, slots=True)
class Words:
    """A byte-level BPE tokenizer; `split` is llama.cpp's name for how it cuts a text into words."""

    tokens: list[str]
    kinds: list[int]
    merges: list[str]
    split: str


def words(folder: Path, size: int) -> Words:
    """The tokenizer of a folder, filled up to the model's `size`; raises `BaseUnfit` for one that cannot be written."""
    read = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    model = read["model"]
    if model.get("type") != "BPE" or model.get("byte_fallback"):
        raise BaseUnfit(
            f"{folder}: a {model.get('type')} tokenizer cannot be written as GGUF here, only byte-level BPE"
        )
    if (read.get("normalizer") or {"type": "NFC"})["type"] != "NFC":
        raise BaseUnfit(
            f"{folder}: a tokenizer that changes letters ({read['normalizer']['type']}) cannot be written as GGUF"
        )
    by_id = {number: token for token, number in model["vocab"].items()}
    kinds = dict.fromkeys(by_id, _NORMAL)
    for added in read.get("added_tokens", []):
        by_id[added["id"]] = added["content"]
        kinds[added["id"]] = _CONTROL if added["special"] else _OF_USER
    if by_id and max(by_id) >= size:
        raise BaseUnfit(f"{folder}: its tokenizer has more tokens ({max(by_id) + 1:,}) than the model ({size:,})")
    tokens = [by_id.get(n, f"[PAD{n}]") for n in range(size)]
    merges = [m if isinstance(m, str) else " ".join(m) for m in model["merges"]]
    return Words(
        tokens, [kinds.get(n, _UNUSED) for n in range(size)], merges, _split(read.get("pre_tokenizer"), folder)
    )


def _split(how: Any, folder: Path) -> str:
    """llama.cpp's name for a way to split words."""
    steps = how["pretokenizers"] if how and how["type"] == "Sequence" else [how]
    last = steps[-1]
    if last and last["type"] == "ByteLevel" and not last["add_prefix_space"]:
        match steps[:-1]:
            case [] if last["use_regex"]:
                return "gpt-2"
            case [{"type": "Digits", "individual_digits": True}] if last["use_regex"]:
                return "smollm"
            case [{"type": "Split", "pattern": {"Regex": pattern}}] if not last["use_regex"] and pattern in _SPLITS:
                return _SPLITS[pattern]
    raise BaseUnfit(
        f"{folder}: llama.cpp has no name known here for how its tokenizer splits words; export without GGUF"
    )
