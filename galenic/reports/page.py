"""Pages for reading: paragraphs and tables, values as text, and how they are printed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from galenic.reports.console import PlainText
from galenic.reports.terminal import numbered
from kg.schema import schema
from kg.schema.relations import Relation

_STYLES = {"plain": "", "head": "bold", "quiet": "dim", "good": "cyan", "bad": "red"}
_PADDING, _NARROW = 2, 16


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words; `style` is plain, head, quiet, good or bad, `indent` a number of columns."""

    text: str
    style: str = "plain"
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Page = tuple[Paragraph | Grid, ...]


def cell(value: Any) -> str:
    """A value as text, the same in a table, a notebook and a comparison.

    >>> cell(None), cell(2.0), cell(["a"])
    ('', '2', '["a"]')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return (
        json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
        if isinstance(value, (dict, list, tuple))
        else str(value)
    )


def shown(value: Any) -> str:
    """A value of a query as a person reads it: a node by its name, a relationship by its type.

    >>> shown({"id": "DOID:1", "name": "gout"}), shown({"type": "TREATS", "id": "e1", "tier": 2})
    ('gout (DOID:1)', '[TREATS]')
    """
    match value:
        case {"id": str(identifier), "name": str(name)}:
            return f"{name} ({identifier})"
        case {"type": str(kind), "id": str()}:
            return f"[{kind}]"
    return cell(value)


def brief(value: Any, most: int = 100) -> str:
    """A value in one line, cut with a mark; of a long list its length.

    >>> brief("a" * 9, 4), brief(["a", "b", "c"], 8), brief(["a"])
    ('aaa…', '3 values: ["a", …', '["a"]')
    """
    text = " ".join(cell(value).split())
    if len(text) <= most:
        return text
    cut = (
        f"{text[: most - 1].rpartition(' ')[0] or text[: most - 1]} …"
        if isinstance(value, list)
        else f"{text[: most - 1]}…"
    )
    return f"{len(value):,} values: {cut}" if isinstance(value, list) else cut


def several(number: int, noun: str) -> str:
    """A number with its noun.

    >>> several(1, "row"), several(1200, "row"), several(2, "entry")
    ('1 row', '1,200 rows', '2 entries')
    """
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def sentence(relation: Relation, article: str = "") -> str:
    """What a relationship says in words, the kind of its object once.

    >>> from kg.schema import schema
    >>> sentence(schema().relation("treats")), sentence(schema().relation("causes"), "a ")
    ('drug treats disease', 'a drug has the side effect')
    """
    subject, object_ = schema().kind(relation.subject).singular, schema().kind(relation.object).singular
    return f"{article}{subject} {relation.says}" + (
        "" if relation.says.endswith(f" {object_}") else f" {article}{object_}"
    )


def grid(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Grid:
    """A table of any values."""
    return Grid(tuple(columns), tuple(tuple(cell(v) for v in row) for row in rows))


def show_page(page: Page, out: Console) -> None:
    """Paragraphs and tables."""
    for part in page:
        if isinstance(part, Grid):
            table = table_of(part.columns)
            for column, width in zip(table.columns, _widths(part, out.width), strict=False):
                column.width = width
            for row in part.rows:
                table.add_row(*row)
            out.print(table)
        else:
            _paragraph(part, out)


def table_of(columns: Sequence[str]) -> Table:
    """A table that cuts nothing off: what is too wide goes on in the next line."""
    table = Table(box=None, padding=(0, _PADDING, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _widths(part: Grid, most: int) -> list[int]:
    """How wide each column is: what is one word, such as a pattern, stays whole, a short first column if it can; empty
    where it cannot be.
    """
    cells = [[name, *(row[n] for row in part.rows)] for n, name in enumerate(part.columns)]
    wide = [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in cells]
    words = [max((cell_len(word) for cell in column for word in cell.split()), default=0) for column in cells]
    free = most - _PADDING * len(cells)
    least = [whole if whole == word else min(word, _NARROW) for whole, word in zip(wide, words, strict=True)]
    if wide[0] <= most * 0.6 and wide[0] + sum(least[1:]) <= free:
        least[0] = wide[0]
    if sum(least) > free:
        return []
    widths = list(least)
    # Room that is left goes to those that lack most.
    for _ in range(min(sum(wide), free) - sum(widths)):
        widths[max(range(len(widths)), key=lambda n: wide[n] / max(widths[n], 1))] += 1
    return widths


def _paragraph(part: Paragraph, out: Console) -> None:
    """Its lines below each other; those of a numbered one below its text."""
    label = re.match(r"\d+\. ", part.text)
    if label:
        numbered(out, int(label.group()[:-2]), part.text[label.end() :], part.indent + 1, _STYLES[part.style])
    else:
        out.print(Padding(PlainText(part.text, style=_STYLES[part.style]), (0, 0, 0, part.indent), expand=False))
