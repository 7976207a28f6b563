"""A driver of which the goodbye fails when it is closed, as that of a connection that a reader is on may."""

from __future__ import annotations

import threading


class Line:
    """A connection: whether it was ended without a goodbye."""

    def __init__(self) -> None:
        self.killed = False

    def kill(self) -> None:
        """End it."""
        self.killed = True


class Torn:
    """Fails at its first close, and lets go of its connection by then."""

    def __init__(self) -> None:
        self.line = Line()
        self.connections = {"there": [self.line]}
        self.is_closed = threading.Event()
        self._tried = False

    @property
    def _pool(self) -> Torn:
        return self

    def close(self) -> None:
        """Close, at the second try."""
        self.connections.clear()
        if self._tried:
            self.is_closed.set()
        self._tried = True
        if not self.is_closed.is_set():
            raise IndexError("pop from an empty deque")
