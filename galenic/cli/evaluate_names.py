"""`galenic evaluate names`: what people call things, linked by the index of names of the release that serves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from galenic.cli.house import Json, open_house, say, say_json
from galenic.errors import UsageError

if TYPE_CHECKING:
    from galenic.evaluation.names import Linked, Part

_PARTS = ("development", "held_out", "all")


def names(
    file: Annotated[
        Path, typer.Argument(help="Tab-separated: category, kind, mention, expected, id, context (see docs).")
    ],
    part: Annotated[str, typer.Option(help="development, held_out or all.")] = "all",
    wrong: Annotated[bool, typer.Option("--wrong", help="List what was linked wrongly or not at all.")] = False,
    as_json: Json = False,
) -> None:
    """Link each mention as it stands, then within its kind; count what is right. Made-up names must stay unknown."""
    if part not in _PARTS:
        raise UsageError(f"unknown part {part!r}; known: {', '.join(_PARTS)}")
    from galenic.evaluation.names import MADE_UP, Standard, evaluate, read

    rows = read(file, cast("Part", part))
    with open_house() as house:
        linked, unresolvable = evaluate(rows, house.linker, Standard(house.release))
    made_up = [item for item in linked if item.row.category == MADE_UP]
    real = [item for item in linked if item.row.category != MADE_UP]
    told = {
        "mentions": len(rows),
        "resolvable": len(real),
        "right": _share(real, "right"),
        "right_within_kind": _share(real, "right", "right_within_kind"),
        "unresolvable": len(unresolvable),
        "made_up": len(made_up),
        "made_up_linked": [f"{i.row.mention}: {i.taken_for}" for i in made_up if i.outcome != "right"],
        "by_kind": _by(real, "kind"),
        "by_category": _by(real, "category"),
    }
    if as_json:
        say_json(told)
        return
    for title in ("by_category", "by_kind"):
        say(f"{title.removeprefix('by_'):24}  number  right  within its kind")
        for name, (number, right, within) in cast("dict[str, tuple[int, float, float]]", told[title]).items():
            say(f"{name:24}  {number:6,}  {right:5.3f}  {within:5.3f}")
        say("")
    say(f"all resolvable            {len(real):6,}  {told['right']:5.3f}  {told['right_within_kind']:5.3f}")
    say(f"under no standard name of the release: {len(unresolvable):,} of {len(rows) - len(made_up):,}")
    say(f"made-up names linked: {len(cast('list[str]', told['made_up_linked']))} of {len(made_up)}")
    for item in linked if wrong else ():
        if item.outcome != "right":
            say(f"{item.outcome:18} {item.row.mention} -> {item.taken_for or '-'}, meant {item.row.expected}")


def _share(linked: Sequence[Linked], *outcomes: str) -> float:
    return round(sum(i.outcome in outcomes for i in linked) / len(linked), 4) if linked else 0.0


def _by(linked: Sequence[Linked], column: str) -> dict[str, tuple[int, float, float]]:
    """Number, share right, share right within the kind."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for item in linked:
        counted[getattr(item.row, column)][item.outcome] += 1
    found = {}
    for name, outcomes in sorted(counted.items()):
        number = sum(outcomes.values())
        right = outcomes["right"]
        found[name] = (number, round(right / number, 4), round((right + outcomes["right_within_kind"]) / number, 4))
    return found
