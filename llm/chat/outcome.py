"""What a chat model made of a question: a query that ran, readings to choose from, or why not; and rows in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bound:
    """A thing that the question names, bound as a parameter of the query."""

    parameter: str
    id: str
    name: str
    category: str
    mention: str


@dataclass(frozen=True, slots=True)
class Written:
    """A query that ran, its rows, and the errors that were mended on the way."""

    cypher: str
    parameters: dict[str, Any]
    rows: list[dict[str, Any]]
    notes: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The question has readings that differ."""

    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """No query was found; `because` says why, `repairs` what was tried."""

    because: str
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the numbers of the rows that carry it, from 1."""

    text: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences that their rows carry, and how many were dropped."""

    sentences: tuple[Sentence, ...]
    dropped: int
