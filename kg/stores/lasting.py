"""A store that outlives its server: when a connection drops, it is made again once and the read repeated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kg.errors import StoreUnavailable
from kg.stores.bolt import BoltStore, Row

Read = TypeVar("Read")
logger = logging.getLogger(__name__)


class LastingStore:
    """Reads through `connect`, which may start the server; raises what `connect` raises when that is of no help either."""

    def __init__(self, connect: Callable[[], BoltStore]) -> None:
        self._connect = connect
        self._store = connect()

    def run(self, cypher: str, parameters: Mapping[str, Any], *, rows: int = 100_000, seconds: float | None = None) -> list[Row]:
        """All rows of a read. An idle server that went away between two questions is no error: reads can be repeated."""
        return self._twice(lambda store: store.run(cypher, parameters, rows=rows, seconds=seconds))

    def explain(self, cypher: str, parameters: Mapping[str, Any]) -> str | None:
        """What the engine's plan says that a query does; None where its EXPLAIN cannot be trusted."""
        return self._twice(lambda store: store.explain(cypher, parameters))

    def _twice(self, read: Callable[[BoltStore], Read]) -> Read:
        try:
            return read(self._store)
        except StoreUnavailable as problem:
            logger.info("connecting again: %s", problem)
        self._store.close()
        self._store = self._connect()
        return read(self._store)

    def release_id(self) -> str | None:
        """The id of the release that the graph was loaded from."""
        return self._store.release_id()

    def require(self, release_id: str) -> None:
        """Raise `ReleaseMismatch` unless the graph carries this release."""
        self._store.require(release_id)

    def close(self) -> None:
        """Let go of the connection."""
        self._store.close()
