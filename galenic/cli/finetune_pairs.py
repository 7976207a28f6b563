"""`galenic finetune verifier` and `galenic finetune reranker`: train the models that read two texts together."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from galenic.cli.house import open_house, permitted_of, say
from galenic.errors import UsageError

if TYPE_CHECKING:
    from galenic.finetuning.pairs import Lesson
    from llm.models.pairs.training import Recipe

Out = Annotated[Path, typer.Option(help="Folder for the adapter; a run that was broken off goes on there.")]
DataOnly = Annotated[bool, typer.Option("--data-only", help="Write what would be learnt from, as JSONL.")]


def register(group: typer.Typer) -> None:
    """Add both commands to the group of `galenic finetune`."""
    group.command("verifier", epilog="Example: galenic finetune verifier --out my-verifier")(verifier)
    group.command("reranker", epilog="Example: galenic finetune reranker --out my-reranker --data ../data")(reranker)


def verifier(
    out: Out,
    wordings: Annotated[
        Path | None,
        typer.Argument(help="File of lines relation<TAB>out or in<TAB>words, learnt beside the shipped wordings."),
    ] = None,
    number: Annotated[int, typer.Option(min=100, help="Sentences made for each epoch.")] = 32_000,
    epochs: Annotated[int, typer.Option(min=1, help="How often to learn, from other sentences each time.")] = 1,
    data_only: DataOnly = False,
) -> None:
    """Fine-tune what checks sentences of free wording, on sentences made of the schema; no source is read for it."""
    from galenic.checks import WORDINGS
    from galenic.finetuning import verifier as lessons

    _folder(out)
    lesson = lessons.lesson(number, epochs, wordings)
    about: dict[str, Any] = {"data": lessons.DATA, "wordings": None if wordings is None else wordings.name}
    if data_only:
        _write(lesson, out)
        return
    from llm.models.pairs.training import Recipe

    _train(lesson, Recipe(epochs=epochs), out, about)
    if wordings is not None:
        shutil.copyfile(wordings, out / WORDINGS)
    say(f"adapter in {out}; use it with GALENIC_VERIFIER_ADAPTER={out}")


def reranker(
    out: Out,
    data: Annotated[Path | None, typer.Option(help="Folder of the questions' files; else the setting `data`.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often to learn, with other passages each time.")] = 1,
    licence: Annotated[
        list[str] | None,
        typer.Option("--licence", help="Take other passages from sources under this licence (repeatable)."),
    ] = None,
    data_only: DataOnly = False,
) -> None:
    """Fine-tune what orders passages, on questions with the passages that answer them and others that search finds."""
    from galenic.evaluation.literature import cases
    from galenic.finetuning import passages

    _folder(out)
    with open_house() as house:
        folder = data or house.settings.data
        if folder is None:
            raise UsageError("no folder of data is given; name it with --data or the setting `data`")
        asked = passages.questions(folder)
        licences = licence or ["commercial"]
        permitted = permitted_of(house.release, None, licences)
        measured_on = frozenset(c for case in cases() for c in case.citations)
        maker = passages.PassageMaker(house.passages, permitted.sources, measured_on)
        lesson = maker.lesson(asked, epochs)
        about = {"data": passages.DATA, "licences": licences, "release": house.release.id, "questions": len(asked)}
    if data_only:
        _write(lesson, out)
        return
    from llm.models.pairs.training import Recipe

    # Passages are long: fewer at once, in smaller steps.
    _train(lesson, Recipe(epochs=epochs, batch=32, rate=1e-3), out, about)
    say(f"adapter in {out}")


def _folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder for the adapter")


def _write(lesson: Lesson, out: Path) -> None:
    from galenic.finetuning.pairs import write_data

    counts = [write_data(e, lesson.task, out / f"train-{n}.jsonl") for n, e in enumerate(lesson.epochs, 1)]
    counts.append(write_data(lesson.held_out, lesson.task, out / "held-out.jsonl"))
    say(f"{sum(counts):,} pairs in {out}")


def _train(lesson: Lesson, recipe: Recipe, out: Path, about: dict[str, Any]) -> None:
    from galenic.finetuning.pairs import train

    with open_house() as house:
        models = house.home / "models"
    train(lesson, recipe, out, models, about, _told)


def _told(line: str) -> None:
    sys.stderr.write(f"{line}\n")
