"""`galenic evaluate reach`: which codes, names and brands of the drug vocabularies lead to their drug."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from galenic.cli.house import Json, open_house, say, say_json

if TYPE_CHECKING:
    from galenic.evaluation.reach import Reached


def reach(
    data: Annotated[Path, typer.Argument(help="The data folder, with drug_names/ in it.")],
    misses: Annotated[int, typer.Option(min=0, help="How many misses to list under each reason.")] = 3,
    as_json: Json = False,
) -> None:
    """Link every code, name and brand of the drug vocabularies; count those right, and say why others miss."""
    from galenic.evaluation.reach import asked_of, reach

    asked = asked_of(data)
    with open_house() as house:
        found = reach(asked, house.linker, house.release)
    sorts = {sort: [f for f in found if f.asked.sort == sort] for sort in dict.fromkeys(f.asked.sort for f in found)}
    if as_json:
        say_json({sort: {**_shares(of), "reasons": dict(_reasons(of))} for sort, of in sorts.items()})
        return
    say(f"{'':24}  number   right  among the candidates")
    for sort, of in sorts.items():
        shares = _shares(of)
        say(f"{sort:24}  {shares['number']:6,}  {shares['right']:6.4f}  {shares['held']:6.4f}")
    for sort, of in sorts.items():
        for reason, number in _reasons(of).most_common():
            say(f"\n{sort}: {reason}, {number:,}")
            for item in [f for f in of if f.reason == reason][:misses]:
                say(f"  {item.asked.text} -> {item.taken_for or '-'}, meant {' or '.join(item.asked.drugs)}")


def _shares(found: Sequence[Reached]) -> dict[str, float]:
    number = len(found)
    return {
        "number": number,
        "right": round(sum(f.right for f in found) / number, 4),
        "held": round(sum(f.held for f in found) / number, 4),
    }


def _reasons(found: Sequence[Reached]) -> Counter[str]:
    return Counter(f.reason for f in found if f.reason)
