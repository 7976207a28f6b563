"""What one input of a session gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from galenic.questions.answer import Written
from galenic.questions.dialogue import Turn
from galenic.reports.page import Page

Kind = Literal["question", "cypher", "command"]
Status = Literal["answered", "abstained", "failed"]


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
    cypher: str = ""
    notes: tuple[str, ...] = ()
    page: Page = ()
    seconds: float = 0.0
    kept: bool = True
    done: bool = False

    @property
    def written(self) -> Written | None:
        """The query that gave the rows, where a chat model wrote it."""
        return None if self.turn is None else self.turn.answer.written

    @property
    def by_model(self) -> bool:
        """Whether a chat model wrote the query that gave the rows."""
        return self.written is not None

    @property
    def model(self) -> str:
        """What read the question."""
        return "" if self.turn is None else self.turn.answer.model
