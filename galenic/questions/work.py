"""What one question gathers on its way, and what its form gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from galenic.questions.answer import Claim, Result
from galenic.questions.supports import Desk
from kg.logic.execute import Executor
from llm.parser.parser import Parsed


@dataclass(frozen=True, slots=True)
class Scope:
    """Restricts the evidence: names of sources (as `--source`), or None for all."""

    sources: frozenset[str] | None = None


@dataclass(slots=True)
class Work:
    """What one question gathers on its way."""

    question: str
    parsed: Parsed
    executor: Executor
    desk: Desk
    names: dict[str, str]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a form gave: the short answer, results, claims before verification."""

    message: str
    results: tuple[Result, ...] = ()
    claims: Sequence[Claim] = ()
    contradictions: Sequence[Claim] = ()
    notes: Sequence[str] = ()
    reason: str | None = None
