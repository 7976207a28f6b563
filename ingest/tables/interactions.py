"""Tables of pairs of drugs that interact, with the level that their source gives each pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.literature.documents import PLACEHOLDER
from ingest.source import Frame, Inputs
from ingest.tables.tsv import Layout, Line, lines, spared
from kg.records import Edge, Node, Quarantined, Record


@dataclass(frozen=True, slots=True)
class Pairs:
    """How to read a table of pairs: its columns for each drug (DrugBank id, name) and for the level.

    `levels` are the words for a level, gravest first; where a source gives a pair several, the gravest is the pair's.
    `refused` says why a row cannot be believed, or nothing; `details` and `cited` are told of the edge beside.
    """

    first: tuple[str, str]
    second: tuple[str, str]
    level: str
    levels: Sequence[str]
    refused: Callable[[Line], str] = lambda row: ""
    details: Callable[[Line], Mapping[str, str]] = lambda row: {}
    cited: Callable[[Line], tuple[str, ...]] = lambda row: ()

    @property
    def layout(self) -> Layout:
        """The columns that the table must have."""
        return Layout((*self.first, *self.second, self.level))


@dataclass(slots=True)
class _Pair:
    """What the rows of one pair say."""

    rows: int = 0
    levels: set[str] = field(default_factory=set)
    details: dict[str, set[str]] = field(default_factory=dict)
    cited: dict[str, None] = field(default_factory=dict)


def pair_records(inputs: Inputs, table: Pairs) -> Iterator[Record | Frame]:
    """One `interacts_with_drug` edge a pair, in whatever order and how often the table holds it, with its level.

    The edge says of how many rows it was made; each other row is put aside with its reason.
    """
    pairs: dict[tuple[str, str], _Pair] = {}
    names: dict[str, str] = {}
    for path in inputs.files:
        rows = _gathered(inputs, path, table, (pairs, names))
        yield from rows if len(inputs.files) == 1 else spared(inputs, path, rows)
    for drug, name in names.items():
        yield Node(f"DRUGBANK:{drug}", "biolink:Drug", name or drug, attributes=PLACEHOLDER)
    for (first, second), pair in pairs.items():
        yield _edge(first, second, pair, table.levels)


def _gathered(
    inputs: Inputs, path: Path, table: Pairs, into: tuple[dict[tuple[str, str], _Pair], dict[str, str]]
) -> Iterator[Quarantined]:
    """What is put aside of a file, while its pairs and names are gathered."""
    pairs, names = into
    for row in lines(inputs, path, table.layout):
        if isinstance(row, Quarantined):
            yield row
            continue
        reason = _wrong(row, table)
        if reason:
            yield Quarantined(inputs.shown(path), row.number, reason, row.text())
            continue
        ends = [(row[identifier], row[name]) for identifier, name in (table.first, table.second)]
        names.update({i: name for i, name in ends if i not in names})
        first, second = sorted(i for i, _ in ends)
        pair = pairs.setdefault((first, second), _Pair())
        pair.rows += 1
        pair.levels.add(row[table.level])
        for key, value in table.details(row).items():
            pair.details.setdefault(key, set()).add(value)
        pair.cited |= dict.fromkeys(table.cited(row))


def _wrong(row: Line, table: Pairs) -> str:
    first, second = row[table.first[0]], row[table.second[0]]
    if not all(drug.startswith("DB") and drug[2:].isdecimal() for drug in (first, second)):
        return "both drugs need an identifier of DrugBank such as DB00001"
    if first == second:
        return "the two are one drug: two of its forms, or of its names"
    if row[table.level] not in table.levels:
        return f"the level {row[table.level]!r} is none of {', '.join(table.levels)}"
    return table.refused(row)


def _edge(first: str, second: str, pair: _Pair, levels: Sequence[str]) -> Edge:
    ordered = sorted(pair.levels, key=levels.index)
    details = {key: sorted(values) for key, values in pair.details.items()}
    facts: dict[str, Any] = {"level": ordered[0], "rows": pair.rows, **details}
    if len(ordered) > 1:
        facts["levels"] = ordered
    return Edge(
        f"DRUGBANK:{first}",
        "interacts_with_drug",
        f"DRUGBANK:{second}",
        publications=tuple(pair.cited),
        attributes=facts,
    )
