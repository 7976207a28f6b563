"""Where a training stands, as one file of safetensors: a run that was broken off goes on from it."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm.models.errors import AdapterError, DiskFull

Tensor = Any
Write = Callable[[Mapping[str, Tensor], Path, Mapping[str, str]], None]
_LEARNT, _BEST, _MOMENT = "learnt/", "best/", "moment/"


@dataclass(slots=True)
class Standing:
    """What a training has come to: what is learnt, the best of it, the losses of its steps, the watched losses."""

    learnt: dict[str, Tensor]
    best: dict[str, Tensor]
    moments: dict[str, Tensor] = field(default_factory=dict)
    losses: list[float] = field(default_factory=list)
    watched: list[tuple[int, float]] = field(default_factory=list)


def write(tensors: Mapping[str, Tensor], file: Path, told: Mapping[str, str]) -> None:
    """Write tensors and what is told of them."""
    from safetensors.torch import save_file

    save_file({name: t.contiguous() for name, t in tensors.items()}, file, metadata=dict(told))


def keep(standing: Standing, file: Path, of: str, by: Write = write) -> None:
    """Write a standing beside the former one and put it in its place; raises `DiskFull` and leaves the former."""
    tensors = {
        **{_LEARNT + name: t for name, t in standing.learnt.items()},
        **{_BEST + name: t for name, t in standing.best.items()},
        **{_MOMENT + name: t for name, t in standing.moments.items()},
    }
    told = {"of": of, "losses": json.dumps(standing.losses), "watched": json.dumps(standing.watched)}
    part = file.with_suffix(".part")
    try:
        by(tensors, part, told)
        part.replace(file)
    except Exception as problem:  # safetensors wraps the system's error into one of its own.
        part.unlink(missing_ok=True)
        if not is_full(problem):
            raise
        raise DiskFull(full(file, len(standing.losses) if file.exists() else 0)) from problem


def is_full(problem: Exception) -> bool:
    """Whether there was no room left."""
    return getattr(problem, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "os error 28" in str(problem)


def full(file: Path, done: int) -> str:
    """The line on a full disk."""
    then = "goes on from what was kept before" if done else "begins anew"
    return f"{file}: no space is left on the disk; make room and run the same command again, which {then}"


def kept(file: Path, of: str) -> Standing | None:
    """The standing in a file; None where there is none. Raises `AdapterError` for that of another run, or damage."""
    from safetensors import SafetensorError, safe_open

    if not file.exists():
        return None
    try:
        with safe_open(file, "pt") as opened:
            told = opened.metadata() or {}
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a mapping
        if told.get("of") != of:
            raise AdapterError(f"{file} is of a run with other data, base or recipe; give another folder")
        learnt, best, moment = (_under(prefix, tensors) for prefix in (_LEARNT, _BEST, _MOMENT))
        watched = [(int(step), float(loss)) for step, loss in json.loads(told["watched"])]
        return Standing(learnt, best, moment, json.loads(told["losses"]), watched)
    except (OSError, ValueError, KeyError, SafetensorError) as problem:
        raise AdapterError(f"{file} is damaged ({problem}); remove it to begin anew") from problem


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def moments(optimiser: Any) -> dict[str, Tensor]:
    """The state of an optimiser as tensors by name."""
    import torch

    state: Mapping[int, Mapping[str, Any]] = optimiser.state_dict()["state"]
    return {f"{n}/{k}": torch.as_tensor(v).cpu() for n, values in state.items() for k, v in values.items()}


def restored(optimiser: Any, found: Mapping[str, Tensor]) -> None:
    """Put the state back into an optimiser."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in found.items():
        number, _, key = name.partition("/")
        state.setdefault(int(number), {})[key] = tensor
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
