"""What the running of a form leaves behind: the statements that ran, and the time that is left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from kg.errors import QueryTimeout


@dataclass(slots=True)
class Trace:
    """The Cypher that ran, for 'how this was found'."""

    cypher: list[str] = field(default_factory=list)

    def add(self, text: str) -> str:
        """Keep a statement once."""
        if text not in self.cypher:
            self.cypher.append(text)
        return text


@dataclass(slots=True)
class Clock:
    """When a form must have ended, counted from its first statement; `seconds` None: never."""

    seconds: float | None
    ends: float = 0.0

    def left(self) -> float | None:
        """Seconds that are left; raises `QueryTimeout` when none are."""
        if self.seconds is None:
            return None
        now = time.monotonic()
        self.ends = self.ends or now + self.seconds
        if now >= self.ends:
            raise QueryTimeout(
                f"the question took longer than {self.seconds:g} s and was stopped; narrow it, or raise `query_seconds`"
            )
        return self.ends - now
