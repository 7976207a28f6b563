"""What one question gathers on its way, and what its form gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from galenic.questions.answer import Note
from galenic.questions.desk import Desk
from kg.evidence.claims import Claim
from kg.evidence.coverage import Coverage
from kg.evidence.permitted import Permitted
from kg.evidence.results import Result
from kg.logic.execute import Executor
from kg.logic.reading import Linked


@dataclass(slots=True)
class Work:
    """What one question gathers on its way; `names` are those of nodes and sources, `linked` the names found in it."""

    question: str
    executor: Executor
    desk: Desk
    names: Mapping[str, str]
    permitted: Permitted
    coverage: Coverage
    linked: Sequence[Linked] = ()

    @property
    def records(self) -> str:
        """Who records: the release, or no more of it than was permitted."""
        return "this release records" if self.permitted.sources is None else "the permitted sources record"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a form gave: the short answer, results, claims before verification; `reason` where it is an abstention."""

    message: str
    results: tuple[Result, ...] = ()
    claims: Sequence[Claim] = ()
    contradictions: Sequence[Claim] = ()
    notes: Sequence[Note] = ()
    reason: str | None = None
