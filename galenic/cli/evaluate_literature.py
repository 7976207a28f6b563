"""`galenic evaluate literature`: how well questions to the papers are answered."""

from __future__ import annotations

from dataclasses import asdict, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from galenic.cli.house import Json, open_house, say, say_json

if TYPE_CHECKING:
    from galenic.evaluation.literature import Figures


class Part(StrEnum):
    """Which questions are asked."""

    tuned = "tuned"
    held_out = "held_out"
    both = "both"


def literature(
    part: Annotated[Part, typer.Option(help="The questions that answers were tuned on, those held out, or both.")] = (
        Part.both
    ),
    missed: Annotated[
        bool, typer.Option("--missed", help="List the questions that were not answered rightly.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask the questions to the literature and say how often the passages fit, and how often it rightly abstained."""
    from galenic.evaluation.literature import PARTS, cases, figures, judged

    chosen = PARTS if part is Part.both else (part.value,)
    asked = [case for case in cases() if case.part in chosen]
    with open_house() as house:
        house.pipeline.ask(asked[0].question)
        verdicts = judged(asked, house.pipeline.ask, house.release)
    found = [figures(name, [v for v in verdicts if v.case.part == name]) for name in chosen]
    if part is Part.both:
        found.append(figures("both", verdicts))
    wrong = [v.case.question for v in verdicts if not v.right]
    if as_json:
        listed = {"missed": wrong} if missed else {}
        say_json({"figures": [asdict(f) for f in found], **listed})
        return
    _show(found)
    for question in wrong if missed else ():
        say(f"missed  {question}")


def _show(found: list[Figures]) -> None:
    """A column for each part."""
    from galenic.evaluation.literature import Figures

    for one in fields(Figures):
        values = "".join(f"{getattr(f, one.name):>10}" for f in found)
        say(f"{one.name.replace('_', ' '):16}{values}")
