"""What an input gave, apart from how it is shown: an entry, and the paragraphs and tables of a page."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kg.schema import schema
from kg.schema.relations import Relation
from llm.chat.outcome import Asked, Failed, Linked, Summary, Written

if TYPE_CHECKING:
    from galenic.questions.dialogue import Turn

Kind = Literal["question", "cypher", "command"]
Status = Literal["answered", "abstained", "failed"]


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


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model made of a question: a query with its rows, readings to choose from, or why not; and the rows in
    words.
    """

    model: str
    outcome: Written | Asked | Failed
    summary: Summary | None = None
    trouble: str = ""
    linked: tuple[Linked, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One input and what it gave: `said` in one line, rows for a notebook and an export, pages for reading.

    `kept` entries go into a notebook: those that give results or change what follows.
    """

    text: str
    kind: Kind
    status: Status
    said: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    turn: Turn | None = None
    draft: Draft | None = None
    cypher: str = ""
    notes: tuple[str, ...] = ()
    page: Page = ()
    seconds: float = 0.0
    kept: bool = True
    done: bool = False


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
