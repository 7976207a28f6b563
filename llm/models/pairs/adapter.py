"""An adapter for pairs as a folder: what was learnt (safetensors), the task and base it was learnt for, its line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from llm.models.adapter import learnt
from llm.models.errors import AdapterError
from llm.models.pairs.minilm import MODEL, SHA256

_LEARNT, _MADE_FOR, _LINE = "adapter_model.safetensors", "made_for.json", "line.json"
HEAD, BIAS = "head", "bias"


@dataclass(frozen=True, slots=True)
class Task:
    """What is learnt: its name, its classes in the order of the head's rows, the most tokens that are read."""

    name: str
    classes: tuple[str, ...]
    tokens: int


VERIFIER = Task("verifier", ("supported", "contradicted", "not enough"), 192)
RERANKER = Task("reranker", ("fits", "does not fit"), 256)
TASKS = {task.name: task for task in (VERIFIER, RERANKER)}


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of what is learnt: LoRA of a rank on every layer."""

    rank: int
    alpha: int


def save(state: Mapping[str, Any], task: Task, shape: Shape, folder: Path) -> Path:
    """Write what was learnt in half precision, with what it was made for."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    named = {name.replace(".default.", "."): t.to(torch.float16).cpu().contiguous() for name, t in state.items()}
    save_file(named, folder / _LEARNT, metadata={"format": "pt"})
    made_for = {"base": MODEL, "base_sha256": SHA256, **_told(task), **asdict(shape)}
    (folder / _MADE_FOR).write_text(json.dumps(made_for, indent=2) + "\n", "utf-8")
    return folder


def _told(task: Task) -> dict[str, Any]:
    return {"task": task.name, "classes": list(task.classes), "tokens": task.tokens}


def load(folder: Path, task: Task) -> tuple[dict[str, Any], Shape]:
    """What was learnt and its shape; raises `AdapterError` for what is damaged, a pickle, or made for another use."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    made_for = require(folder, task)
    try:
        tensors = load_file(learnt(folder))
        shape = Shape(int(made_for["rank"]), int(made_for["alpha"]))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as problem:
        raise AdapterError(
            f"{folder} is no whole adapter ({problem}); take it anew from where it came, or train it again"
        ) from problem
    if HEAD not in tensors or BIAS not in tensors or len(tensors[HEAD]) != len(task.classes):
        raise AdapterError(
            f"{folder} has no head for {task.name}; it was not trained by `galenic finetune {task.name}`"
        )
    return tensors, shape


def require(folder: Path, task: Task) -> dict[str, Any]:
    """What an adapter was made for; raises `AdapterError` where that is another base or another task."""
    try:
        made_for = dict(json.loads((folder / _MADE_FOR).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as problem:
        raise AdapterError(f"{folder} does not say what it was made for ({problem})") from problem
    if made_for.get("base_sha256") != SHA256:
        raise AdapterError(
            f"{folder} was trained on another base than {MODEL}; train it again with `galenic finetune {task.name}`"
        )
    if {k: made_for.get(k) for k in _told(task)} != _told(task):
        raise AdapterError(f"{folder} is no {task.name}; train one with `galenic finetune {task.name}`")
    return made_for


def line_of(folder: Path) -> float:
    """From which score on a model is believed; raises `AdapterError` where the adapter does not say."""
    try:
        return float(json.loads((folder / _LINE).read_text("utf-8"))["line"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise AdapterError(f"{folder / _LINE} cannot be read ({problem}); train the adapter again") from problem


def draw_line(folder: Path, line: float) -> None:
    """Write from which score on a model is believed."""
    (folder / _LINE).write_text(json.dumps({"line": round(line, 4)}) + "\n", "utf-8")
