"""Where adapters for pairs lie, and what is exported of them under the home."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kg.release.seals import damage, file_sha256, seal
from llm.models.adapter import learnt
from llm.models.pairs import adapter
from llm.models.pairs.adapter import Task
from llm.models.pairs.model import PairModel

_SHIPPED = Path(__file__).parents[1] / "adapters"


def shipped(task: Task) -> Path:
    """The folder of the adapter that comes with the program."""
    return _SHIPPED / task.name


def opened(task: Task, folder: Path | None, models: Path) -> PairModel:
    """The model of an adapter, by default the shipped one; `models` keeps what is exported.

    Raises `AdapterError` for an adapter that is damaged or made for something else, `BaseMissing` without its base.
    """
    source = folder or shipped(task)
    adapter.require(source, task)
    return PairModel(exported(source, task, models), task, adapter.line_of(source))


def exported(source: Path, task: Task, models: Path) -> Path:
    """The folder with the base and the adapter as one graph; made on first use, which takes some seconds."""
    from llm.models.pairs import export

    target = models / f"{task.name}-{file_sha256(learnt(source))[:16]}"
    if not damage(target):
        return target
    models.mkdir(parents=True, exist_ok=True)
    work = target.with_name(f".{target.name}-{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    export.write(source, task, work)
    seal(work)
    shutil.rmtree(target, ignore_errors=True)
    work.rename(target)
    return target
