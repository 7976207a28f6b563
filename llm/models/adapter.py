"""An adapter as a folder: what was learnt (safetensors, in PEFT's names), what it was learnt for, and its card."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from kg.schema import schema
from llm.models.errors import AdapterError
from llm.models.smollm import MODEL, SHA256
from llm.models.vocabulary import words

_LEARNT, _SETTINGS, _MADE_FOR = "adapter_model.safetensors", "adapter_config.json", "made_for.json"
_WORDS = "words.txt"
_HEAD = "head"


def speaks() -> str:
    """What identifies the forms that a model can say: its tokens, and how the schema types them."""
    known = schema()
    typed = []
    for token, word in words().items():
        relation = known.relations.get(token.partition(":")[0])
        typed.append([token, word, *([relation.subject, relation.object] if relation else [])])
    return sha256(json.dumps(typed).encode()).hexdigest()


def save(state: Mapping[str, Any], settings: Mapping[str, Any], folder: Path) -> Path:
    """Write what was learnt in half precision, with PEFT's settings and what it was made for."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    named = {name.replace(".default.", "."): t.to(torch.float16).cpu().contiguous() for name, t in state.items()}
    save_file(named, folder / _LEARNT, metadata={"format": "pt"})
    (folder / _SETTINGS).write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", "utf-8")
    made_for = {"base": MODEL, "base_sha256": SHA256, "speaks": speaks()}
    (folder / _MADE_FOR).write_text(json.dumps(made_for, indent=2) + "\n", "utf-8")
    return folder


def load(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was learnt and PEFT's settings; raises `AdapterError` for what is damaged, a pickle, or made for another
    base or schema.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    require(folder)
    file = learnt(folder)
    try:
        tensors = load_file(file)
        settings = json.loads((folder / _SETTINGS).read_text("utf-8"))
    except (OSError, ValueError, SafetensorError) as problem:
        raise AdapterError(
            f"{folder} is no whole adapter ({problem}); take it anew from where it came, or train it again"
        ) from problem
    if _HEAD not in tensors:
        raise AdapterError(f"{file} has no head; it was not trained by `galenic finetune`")
    return tensors, settings


def familiar(folder: Path) -> frozenset[str]:
    """The words of the questions that it learnt from, names aside; none where it does not say."""
    file = folder / _WORDS
    try:
        return frozenset(file.read_text("utf-8").split()) if file.exists() else frozenset()
    except (OSError, UnicodeDecodeError) as problem:
        raise AdapterError(f"{file} cannot be read ({problem}); delete it, or take the adapter anew") from problem


def keep_words(words: Iterable[str], folder: Path) -> None:
    """Write the words of the questions that it learnt from."""
    (folder / _WORDS).write_text("\n".join(sorted(set(words))) + "\n", "utf-8")


def learnt(folder: Path) -> Path:
    """The file of what was learnt; raises `AdapterError` where there is none, or a pickle in its place."""
    file = folder / _LEARNT
    if not file.is_file():
        pickles = [p.name for p in (folder / "adapter_model.bin", folder / "adapter_model.pt") if p.exists()]
        instead = f"; {pickles[0]} is a pickle, which may run code and is not read" if pickles else ""
        raise AdapterError(f"{folder} has no {_LEARNT}{instead}")
    return file


def require(folder: Path) -> None:
    """Refuse an adapter that was made for another base model or for other forms."""
    try:
        made_for = json.loads((folder / _MADE_FOR).read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise AdapterError(f"{folder} does not say what it was made for ({problem})") from problem
    if made_for.get("base_sha256") != SHA256:
        raise AdapterError(
            f"{folder} was trained on another base than {MODEL}; train it again with `galenic finetune parser`"
        )
    if made_for.get("speaks") != speaks():
        raise AdapterError(
            f"{folder} was trained for another schema of forms; train it again with `galenic finetune parser`"
        )
