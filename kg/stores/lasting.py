"""A store that outlives its server: when a connection drops, it is made again once and the read repeated."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from kg.errors import StoreUnavailable
from kg.stores.bolt import BoltStore
from kg.stores.reads import MOST_VALUES, Row

Read = TypeVar("Read")
logger = logging.getLogger(__name__)
# A connection that drops after so long did not drop while it was idle.
_WORKED_SECONDS = 2.0
# What a repeated read has at least, and how much earlier the first one began than it was counted from.
_LEAST_SECONDS = 1.0
_NOW_SECONDS = 0.2


class _Held:
    """A store and how many read on it; one that was let go of is closed by its last reader."""

    def __init__(self, store: BoltStore) -> None:
        self.store = store
        # Whether the engine was ended on purpose, for a query that did not stop.
        self.ended = False
        self._readers = 0
        self._let_go = False
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Count a reader, so that the store is not closed meanwhile; False where it was let go of."""
        with self._lock:
            self._readers += not self._let_go
            return not self._let_go

    def leave(self) -> None:
        """The reader is done."""
        with self._lock:
            self._readers -= 1
            last = self._let_go and not self._readers
        if last:
            self.store.close()

    def let_go(self) -> None:
        """Close the store, at once or when its last reader is done."""
        with self._lock:
            unused = not self._readers and not self._let_go
            self._let_go = True
        if unused:
            self.store.close()


class LastingStore:
    """Reads through `connect`, which may start the server; raises what `connect` raises when that is of no help either.

    Threads may share it: who finds the connection dropped makes it again for all, and
    nobody's read is cut off by that. `used` is called with every read.
    """

    def __init__(
        self,
        connect: Callable[[Callable[[], None]], BoltStore],
        used: Callable[[], None] = lambda: None,
    ) -> None:
        """`connect` is given what is to be called when it ends its engine for a query that does not stop."""
        self._connect, self._used = connect, used
        self._mending = threading.Lock()
        self._closed = False
        self._held = self._connected()

    def _connected(self) -> _Held:
        held: list[_Held] = []

        def ended() -> None:
            for one in held:
                one.ended = True

        held.append(_Held(self._connect(ended)))
        return held[0]

    def run(
        self,
        cypher: str,
        parameters: Mapping[str, Any],
        *,
        rows: int = 100_000,
        seconds: float | None = None,
        values: int = MOST_VALUES,
    ) -> list[Row]:
        """All rows of a read. An idle server that went away between two questions is no error: reads can be
        repeated.
        """
        began = time.monotonic()

        def read(store: BoltStore) -> list[Row]:
            # A read that is repeated has what is left of its time.
            limit = store.seconds if seconds is None else min(seconds, store.seconds)
            left = max(limit - (time.monotonic() - began), min(limit, _LEAST_SECONDS))
            asked = left if left < limit - _NOW_SECONDS else seconds
            return store.run(cypher, parameters, rows=rows, seconds=asked, values=values)

        return self._twice(read)

    def explain(self, cypher: str, parameters: Mapping[str, Any]) -> str | None:
        """What the engine's plan says that a query does; None where its EXPLAIN cannot be trusted."""
        return self._twice(lambda store: store.explain(cypher, parameters))

    def _twice(self, read: Callable[[BoltStore], Read]) -> Read:
        self._used()
        began = time.monotonic()
        with self._reading() as held:
            try:
                return read(held.store)
            except StoreUnavailable as problem:
                if time.monotonic() - began > _WORKED_SECONDS and not held.ended:
                    # It may be the read itself that the server died of.
                    raise StoreUnavailable(
                        f"the graph server went away while it worked on this (killed, or out of memory): {problem}"
                    ) from problem
                logger.info("connecting again: %s", problem)
        self._mended(held)
        with self._reading() as held:
            return read(held.store)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[_Held]:
        held = self._held
        while not held.enter():
            held = self._mended(held)
        try:
            yield held
        finally:
            held.leave()

    def _mended(self, failed: _Held) -> _Held:
        """The store instead of one that failed; whoever comes second finds it mended."""
        with self._mending:
            if self._closed:
                # Nobody would close what a reader who comes too late connects.
                raise StoreUnavailable("the connection to the graph was closed while this was read; ask again")
            if self._held is failed:
                self._held = self._connected()
                failed.let_go()
            return self._held

    def release_id(self) -> str | None:
        """The id of the release that the graph was loaded from."""
        return self._twice(lambda store: store.release_id())

    def require(self, release_id: str) -> None:
        """Raise `ReleaseMismatch` unless the graph carries this release."""
        self._twice(lambda store: store.require(release_id))

    def close(self) -> None:
        """Let go of the connection, for good: who reads on is told, and connects to nothing."""
        with self._mending:
            self._closed = True
            self._held.let_go()
