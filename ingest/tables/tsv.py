"""Tables of cells, gzip or plain: rows with their line, and what breaks the table's layout put aside with its own."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import SourceError
from ingest.source import Frame, Inputs
from kg.records import Quarantined, Record
from ontologies.formats.lines import open_text

_LONGEST_CELL = 16 << 20


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written: the columns that must be there, the sign between cells, whether its first line names the
    columns, whether cells may stand in double quotes, and whether the last column may run on over further cells.

    A table with a heading may hold more columns than these, in any order; one without holds exactly these.
    """

    columns: tuple[str, ...]
    delimiter: str = "\t"
    headed: bool = True
    quoted: bool = False
    runs_on: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: the line on which it ends, and its cells by column, without the space around them."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def text(self) -> str:
        """The row as it may be shown."""
        return "\t".join(self.cells.values())


def lines(inputs: Inputs, path: Path, layout: Layout) -> Iterator[Line | Quarantined]:
    """Every row once; one with too few or too many cells, or that repeats another, is put aside.

    What is compressed is told by its first bytes. Raises `SourceError` for a file that is empty, lacks a column or
    cannot be read to its end; the rows before the damage have been given by then.
    """
    shown, line = inputs.shown(path), 1
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with open_text(path, newline="") as stream:
            reader = _reader(stream, layout)
            names = _heading(next(reader, []), layout, shown) if layout.headed else layout.columns
            seen: set[int] = set()
            for cells in reader:
                line = reader.line_num
                if any(cell.strip() for cell in cells):
                    if layout.runs_on and len(cells) > len(names):
                        cells = [*cells[: len(names) - 1], layout.delimiter.join(cells[len(names) - 1 :])]
                    yield _line(cells, names, seen, (shown, line))
            if line == 1 and not layout.headed:
                raise SourceError(f"{shown}: is empty; fetch it again")
    except UnicodeDecodeError as problem:
        raise SourceError(f"{shown}: is not UTF-8 after line {line}; save it as UTF-8 or fetch it again") from problem
    except (OSError, EOFError, zlib.error, csv.Error) as problem:
        raise SourceError(f"{shown}: cannot be read after line {line} ({problem}); fetch it again") from problem


def _reader(stream: Iterable[str], layout: Layout) -> Any:
    if layout.quoted:
        return csv.reader(stream, delimiter=layout.delimiter, strict=True)
    return csv.reader(stream, delimiter=layout.delimiter, quoting=csv.QUOTE_NONE)


def _heading(cells: list[str], layout: Layout, shown: str) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in cells)
    if not any(names):
        raise SourceError(f"{shown}: is empty; fetch it again")
    missing = [column for column in layout.columns if column not in names]
    if missing:
        raise SourceError(
            f"{shown}:1: has no column {', '.join(map(repr, missing))}; it has {', '.join(names)[:200]}: "
            "fetch the file again or name its columns so"
        )
    return names


def _line(cells: list[str], names: tuple[str, ...], seen: set[int], place: tuple[str, int]) -> Line | Quarantined:
    if len(cells) != len(names):
        reason = f"{len(cells)} cells under {len(names)} columns"
        return Quarantined(*place, reason, "\t".join(cells))
    key = hash(tuple(cells))
    if key in seen:
        return Quarantined(*place, "the row stands twice", "\t".join(cells))
    seen.add(key)
    return Line(place[1], {name: cell.strip() for name, cell in zip(names, cells, strict=True)})


def spared(inputs: Inputs, path: Path, records: Iterable[Record | Frame]) -> Iterator[Record | Frame]:
    """The records of one of several files; where it cannot be read further, that is put aside and the others go on."""
    try:
        yield from records
    except SourceError as problem:
        yield Quarantined(inputs.shown(path), None, str(problem))
