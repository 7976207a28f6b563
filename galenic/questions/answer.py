"""The Answer that every door returns, before anybody words or prints it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from kg.evidence.claims import Claim, Support
from kg.evidence.results import Result
from kg.logic.reading import Linked
from llm.chat.outcome import Bound, Sentence

SCHEMA: Literal["galenic.answer/2"] = "galenic.answer/2"
Status = Literal["answered", "abstained", "failed"]


@dataclass(frozen=True, slots=True)
class Note:
    """What must be known to take an answer rightly: a code of `galenic.reports.notes` and the facts it speaks of."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A query that a chat model wrote, with its rows and sentences about them; `trouble` says why there are none.

    `bound` are the things that the query's parameters are bound to.
    """

    cypher: str
    parameters: dict[str, Any]
    rows: tuple[dict[str, Any], ...]
    notes: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    summary: tuple[Sentence, ...] = ()
    dropped: int = 0
    trouble: str = ""
    bound: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that was found, and how.

    `choices` are readings to choose from, in words, when a question is asked back; `written` is there when no form
    covered the question and a chat model wrote Cypher for it. `cypher` are the statements that ran, with parameters;
    `query` is one query to paste that gives the same rows.
    """

    question: str
    status: Status
    release: str
    reason: str | None = None
    message: str = ""
    read_as: str = ""
    entities: tuple[Linked, ...] = ()
    results: tuple[Result, ...] = ()
    claims: tuple[Claim, ...] = ()
    supports: dict[str, Support] = field(default_factory=dict)
    contradictions: tuple[Claim, ...] = ()
    notes: tuple[Note, ...] = ()
    choices: tuple[str, ...] = ()
    dropped: int = 0
    form: str = ""
    cypher: tuple[str, ...] = ()
    query: str = ""
    model: str = ""
    confidence: float = 1.0
    written: Written | None = None
    seconds: float = 0.0
