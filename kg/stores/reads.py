"""Rows of a read as they come over Bolt: plain values, and no more of them than a reader may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from neo4j import Query, Session
from neo4j.graph import Node, Path, Relationship
from neo4j.time import Date, DateTime, Duration, Time

from kg.errors import StoreError

Row = dict[str, Any]
# Of one result, lists unpacked: some hundreds of megabytes. The largest that a form gives has four million.
MOST_VALUES = 5_000_000
_TEXT = 100
_SCALARS = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Most:
    """The limits of one read: rows, seconds, and values, a long text counted as several."""

    rows: int
    seconds: float
    values: int = MOST_VALUES


def read_rows(session: Session, cypher: str, parameters: Mapping[str, Any], most: Most) -> list[Row]:
    """All rows of a read; raises `StoreError` as soon as they hold more values than `most` says."""
    result = session.run(Query(cypher, timeout=most.seconds), dict(parameters))
    keys, found, held = result.keys(), list[Row](), 0
    # Record by record: a few rows of endless lists would fill the memory long before the limit of time.
    for record in islice(result, most.rows + 1):
        values = record.values()
        # To walk through every value would take most of the time where none can be a node.
        plain = all(map(_is_plain, values))
        found.append(dict(zip(keys, values if plain else map(_told, values), strict=True)))
        held += sum(map(_flat_size, values)) if plain else _size(found[-1])
        if held > most.values:
            raise StoreError(
                f"the query gives more than {most.values:,} values in {len(found):,} rows; return fewer, or shorter "
                "lists"
            )
    return found


def _is_plain(value: Any) -> bool:
    """Whether a value is a scalar, or a list of scalars or of lists of scalars, so that no node, edge or path is
    in it.
    """
    if type(value) is not list:
        return type(value) in _SCALARS
    kinds = set(map(type, value))
    return kinds <= _SCALARS or (kinds == {list} and set(map(type, chain.from_iterable(value))) <= _SCALARS)


def _told(value: Any) -> Any:
    """A value as rows hold it: of a node its properties, of a relationship its type too, a path in its order, times as
    ISO text.
    """
    if isinstance(value, (Date, DateTime, Duration, Time)):
        return value.iso_format()
    if isinstance(value, Relationship):
        return {"type": value.type, **_told(dict(value))}
    if isinstance(value, Path):
        return [
            _told(part)
            for part in (*chain.from_iterable(zip(value.nodes, value.relationships, strict=False)), value.nodes[-1])
        ]
    if isinstance(value, (Node, dict)):
        return {key: _told(inner) for key, inner in value.items()}
    return [_told(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _flat_size(value: Any) -> int:
    """How many values a plain one holds, a long text counted as several."""
    if type(value) is str:
        return 1 + len(value) // _TEXT
    if type(value) is not list:
        return 1
    parts = list(chain.from_iterable(value)) if value and type(value[0]) is list else value
    return len(parts) + sum(len(part) for part in parts if type(part) is str) // _TEXT


def _size(value: Any) -> int:
    """How many values any holds."""
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return sum(map(_size, value)) if isinstance(value, list) else _flat_size(value)
