"""`galenic evaluate`: how well the parts of an answer do their work, measured on the release that serves."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from galenic.cli.evaluate_benchmarks import benchmarks
from galenic.cli.evaluate_literature import literature
from galenic.cli.evaluate_names import names
from galenic.cli.evaluate_reach import reach
from galenic.cli.evaluate_repurposing import repurposing
from galenic.cli.evaluate_verifier import verifier
from galenic.cli.house import Json, open_house, say, say_json

if TYPE_CHECKING:
    from galenic.evaluation.questions import Measured


def register(app: typer.Typer) -> None:
    """Add the group; each sub-command is one measurement."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Measure the parts of an answer on the release that serves.",
        epilog="Example: galenic evaluate verifier",
    )
    group.command("verifier", epilog="Example: galenic evaluate verifier --questions my-questions.txt")(verifier)
    group.command("literature", epilog="Example: galenic evaluate literature --part held_out")(literature)
    group.command("questions", epilog="Example: galenic evaluate questions clinic.tsv lay.tsv --limit 500")(questions)
    group.command("names", epilog="Example: galenic evaluate names tests/ontologies/world.tsv --part held_out")(names)
    group.command("reach", epilog="Example: galenic evaluate reach ../shared/data --misses 5")(reach)
    group.command("repurposing", epilog="Example: galenic evaluate repurposing --source hetionet")(repurposing)
    group.command("benchmarks", epilog="Example: galenic evaluate benchmarks ../shared/data --limit 100")(benchmarks)
    app.add_typer(group, name="evaluate")


def questions(
    files: Annotated[list[Path], typer.Argument(help="Files of lines form<TAB>question with slots such as {drug}.")],
    limit: Annotated[int | None, typer.Option(min=1, help="Draw so many lines from all files.")] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option("--leave-out", help="A voice (a file's name) to leave out (repeatable).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read questions whose forms are known, nothing run, and count what was read rightly, refused or wrong."""
    from galenic.evaluation import questions as evaluation
    from galenic.evaluation.slots import Slots

    lines = evaluation.lines_of(files, leave_out or [], limit)
    with open_house() as house:
        found = evaluation.measured(house.pipeline.read, Slots(house.release), lines, _progress)
    if as_json:
        say_json(evaluation.as_json(found))
        return
    _table("voice", found.by(lambda r: r.line.voice))
    _table("form", found.by(lambda r: r.kind))
    _table("", found.by(lambda r: "all"))
    _bands(found)
    if found.unfilled:
        say(f"{found.unfilled:,} lines have names of a kind that this release lacks")


def _table(title: str, rows: dict[str, Counter[str]]) -> None:
    """Shares by row; 'offered' is the share asked back with the right reading among the choices."""
    if title:
        say(f"{title:24}  number  right  refused  offered  wrong")
    for name, counted in sorted(rows.items()):
        number = counted["right"] + counted["refused"] + counted["wrong"]
        right, refused, offered, wrong = (counted[k] / number for k in ("right", "refused", "offered", "wrong"))
        say(f"{name:24}  {number:6,}  {right:5.3f}  {refused:7.3f}  {offered:7.3f}  {wrong:5.3f}")
    say("")


def _bands(found: Measured) -> None:
    """Right and wrong readings that were answered, by how sure the reader was."""
    from galenic.evaluation.questions import BANDS

    say(f"{'confidence':24}   right  wrong")
    for band in BANDS:
        inside = Counter(r.outcome for r in found.readings if r.band == band and not r.refused)
        if inside:
            say(f"{f'from {band:g}':24}  {inside['right']:6,}  {inside['wrong']:5,}")


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty() and (done % 50 == 0 or done == of):
        sys.stderr.write(f"\r{done:,} of {of:,} questions" + ("\n" if done == of else ""))
