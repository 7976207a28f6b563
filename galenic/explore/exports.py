"""`:export`: the last result as CSV, Parquet, KGX or a drawing; a file appears whole or not at all."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from galenic.errors import UsageError
from galenic.explore.entries import Entry
from galenic.explore.state import State
from galenic.explore.subgraph import Part, part_of
from galenic.reports.page import Paragraph, cell, several
from galenic.reports.plain import spreadsheet_cell

KINDS = ("csv", "parquet", "kgx", "png")
_KGX = ("galenic_nodes.tsv", "galenic_edges.tsv")


def export(session: State, kind: str, name: str, more: str = "") -> Entry:
    """Write the last result; raises `UsageError` for another kind or a file of someone else's. CSV is for spreadsheets;
    with `more` '--raw' for programs.
    """
    if more and (more, kind) != ("--raw", "csv"):
        raise UsageError(f"{more!r} is no option of {kind}; only `:export csv FILE --raw` has one")
    if kind not in KINDS:
        raise UsageError(f"unknown kind {kind!r}; known: {', '.join(KINDS)}, as in `:export csv drugs.csv`")
    entry = session.last
    if entry is None:
        raise UsageError("nothing was answered yet, so there is nothing to export")
    if not entry.rows and kind in ("csv", "parquet"):
        raise UsageError("the last answer has no rows to export")
    path = Path(name).expanduser()
    claim(session, *((path / name for name in _KGX) if kind == "kgx" else (path,)))
    write = {"csv": _raw_csv if more else _csv, "parquet": _parquet, "kgx": _kgx, "png": _png}[kind]
    summary = write(session, entry, path)
    return Entry(
        f":export {kind} {name}{f' {more}' if more else ''}",
        "command",
        "answered",
        summary,
        page=(Paragraph(summary),),
        kept=False,
    )


def claim(session: State, *paths: Path) -> None:
    """Refuse to write over files that this session did not write itself."""
    for path in paths:
        if path.exists() and str(path.resolve()) not in session.made:
            raise UsageError(f"{path} is there already; give another name")
        if not path.parent.is_dir() and path.name not in _KGX:
            raise UsageError(f"there is no folder {path.parent}")
    session.made |= {str(path.resolve()) for path in paths}


def put(path: Path, text: str) -> None:
    """Write a text file in one step."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, "utf-8")
    part.replace(path)


def _csv(session: State, entry: Entry, path: Path) -> str:
    return _rows_in(path, entry, lambda value: spreadsheet_cell(value if isinstance(value, str) else cell(value)))


def _raw_csv(session: State, entry: Entry, path: Path) -> str:
    return _rows_in(path, entry, cell)


def _rows_in(path: Path, entry: Entry, written: Callable[[Any], str]) -> str:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(map(written, entry.columns))
        writer.writerows(map(written, row) for row in entry.rows)
    part.replace(path)
    return f"{several(len(entry.rows), 'row')} in {path}"


def _parquet(session: State, entry: Entry, path: Path) -> str:
    import polars as pl

    columns = {}
    for number, name in enumerate(entry.columns):
        values = [row[number] for row in entry.rows]
        try:
            columns[name] = pl.Series(
                name, values if all(map(_plain, values)) else list(map(cell, values)), strict=True
            )
        except (TypeError, OverflowError, pl.exceptions.PolarsError):
            # Values of several types: as text, like in a table.
            columns[name] = pl.Series(name, [cell(v) for v in values], dtype=pl.String)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    pl.DataFrame(columns).write_parquet(part)
    part.replace(path)
    return f"{several(len(entry.rows), 'row')} in {path}"


def _plain(value: Any) -> bool:
    """Whether Parquet holds a value as it is: maps of different keys would lose some, and other objects it does not
    know.
    """
    return all(map(_plain, value)) if type(value) is list else value is None or type(value) in (str, int, float, bool)


def _kgx(session: State, entry: Entry, path: Path) -> str:
    from kg.release.kgx import export as write

    part = part_of(session, entry)
    files = list(write(part, path))
    return f"{several(len(part.nodes), 'node')} and {several(len(part.edges), 'edge')} in {', '.join(str(f) for f in files)}{_no_edge(entry, part)}"  # noqa: E501


def _png(session: State, entry: Entry, path: Path) -> str:
    from galenic.explore.drawing import draw

    part = part_of(session, entry)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    left_out = draw(part, entry.turn.question if entry.turn else entry.text, temporary)
    temporary.replace(path)
    more = f"; {left_out:,} more would not be legible" if left_out else ""
    return f"a drawing of {several(len(part.nodes) - left_out, 'node')} in {path}{more}{_no_edge(entry, part)}"


def _no_edge(entry: Entry, part: Part) -> str:
    return (
        "; the rows name no edge: return r.id of relationships to have them"
        if entry.kind == "cypher" and not part.edges
        else ""
    )
