"""`galenic evaluate benchmarks`: published sets of questions, one table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from galenic.cli.house import Json, open_house, say, say_json

if TYPE_CHECKING:
    from galenic.evaluation.benchmarks import Row
    from galenic.house import House


class Benchmark(StrEnum):
    """A published set."""

    biomixqa = "biomixqa"
    bioasq = "bioasq"
    pubmedqa = "pubmedqa"
    scifact = "scifact"
    drugmechdb = "drugmechdb"


def benchmarks(
    data: Annotated[Path, typer.Argument(help="The folder with the published sets, as they are built from.")],
    only: Annotated[list[Benchmark] | None, typer.Option("--only", help="This set alone (repeatable).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask so many questions of each set.")] = None,
    as_json: Json = False,
) -> None:
    """Put published questions to the release that serves, and print one table with what a guess or others reach."""
    chosen = only or list(Benchmark)
    with open_house() as house:
        found: list[Row] = []
        for name in chosen:
            if sys.stderr.isatty():
                sys.stderr.write(f"{name.value} ...\n")
            found += _MEASURES[name](house, data, limit)
    say_json([asdict(row) for row in found]) if as_json else _show(found)


def _show(rows: list[Row]) -> None:
    width = max((len(r.measure) for r in rows), default=0)
    say(f"{'benchmark':12}{'measure':{width}}  number  score  answered  of these  s/question  beside")
    for r in rows:
        shares = [f"{v:.3f}" if v is not None else "" for v in (r.answered, r.right_if_answered, r.seconds)]
        say(
            f"{r.benchmark:12}{r.measure:{width}}  {r.number:6,}  {r.score:.3f}  {shares[0]:>8}  {shares[1]:>8}  "
            f"{shares[2]:>10}  {r.beside}".rstrip()
        )


def _biomixqa(house: House, data: Path, limit: int | None) -> Iterator[Row]:
    from galenic.evaluation.benchmarks import biomixqa

    def link(name: str) -> str | None:
        found = house.linker.link(name, categories=["biolink:Disease"])
        return found[0].id if found else None

    yield biomixqa(data, house.pipeline.ask, link, limit)


def _bioasq(house: House, data: Path, limit: int | None) -> Iterator[Row]:
    from galenic.evaluation.benchmarks import bioasq

    yield from bioasq(data, house.pipeline.ask, limit)


def _pubmedqa(house: House, data: Path, limit: int | None) -> Iterator[Row]:
    from galenic.evaluation.benchmarks import pubmedqa

    yield from pubmedqa(data, house.pipeline.ask, limit)


def _scifact(house: House, data: Path, limit: int | None) -> Iterator[Row]:
    from galenic.evaluation.benchmarks import drawn
    from galenic.evaluation.scifact import claims, scifact

    yield scifact(house.passages, drawn(claims(data), limit))


def _drugmechdb(house: House, _data: Path, _limit: int | None) -> Iterator[Row]:
    from galenic.evaluation.mechanisms import drugmechdb

    yield from drugmechdb(house.release)


_MEASURES: dict[Benchmark, Callable[[House, Path, int | None], Iterator[Row]]] = {
    Benchmark.biomixqa: _biomixqa,
    Benchmark.bioasq: _bioasq,
    Benchmark.pubmedqa: _pubmedqa,
    Benchmark.scifact: _scifact,
    Benchmark.drugmechdb: _drugmechdb,
}
