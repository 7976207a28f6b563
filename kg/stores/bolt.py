"""The graph store over Bolt: the same client for the embedded engine and for Neo4j."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from neo4j import READ_ACCESS, Driver, GraphDatabase, Query
from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from kg.errors import QueryRefused, QueryTimeout, ReleaseMismatch, StoreError, StoreUnavailable

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a graph store answers, and as whom."""

    uri: str
    user: str
    password: str
    database: str


class GraphStore(Protocol):
    """What the rest of Galenic asks of a graph: bound, capped, timed reads."""

    def run(self, cypher: str, parameters: Mapping[str, Any], *, rows: int = 100_000) -> list[Row]:
        """All rows of a read, or an error: never a silent part."""
        ...

    def release_id(self) -> str | None:
        """The id of the release that the graph was loaded from."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class BoltStore:
    """A reader's connection; `seconds` is the limit of one query."""

    def __init__(self, address: Address, seconds: float = 10.0) -> None:
        self.address, self.seconds = address, seconds
        self._driver: Driver = GraphDatabase.driver(
            address.uri,
            auth=(address.user, address.password),
            connection_timeout=5,
            max_transaction_retry_time=5,
            notifications_min_severity="OFF",
            telemetry_disabled=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def run(self, cypher: str, parameters: Mapping[str, Any], *, rows: int = 100_000) -> list[Row]:
        """All rows of a read; raises `StoreError` when there are more than `rows`, it fails or outlives its limit."""
        try:
            with self._driver.session(database=self.address.database, default_access_mode=READ_ACCESS) as session:
                result = session.run(Query(cypher, timeout=self.seconds), dict(parameters))
                found = [record.data() for record in result.fetch(rows + 1)]
        except (ServiceUnavailable, SessionExpired, AuthError, DriverError, OSError) as problem:
            raise StoreUnavailable(f"the graph at {self.address.uri} does not answer ({problem}); see `galenic doctor`") from problem
        except Neo4jError as problem:
            raise _translated(problem, self.seconds) from problem
        if len(found) > rows:
            raise StoreError(f"the query gives more than {rows:,} rows; add a LIMIT or count instead")
        return found

    def release_id(self) -> str | None:
        """The id that the loader wrote, or None for a graph that is not ours."""
        found = self.run("MATCH (r:Release) RETURN r.id AS id", {}, rows=2)
        return str(found[0]["id"]) if len(found) == 1 else None

    def require(self, release_id: str) -> None:
        """Raise `ReleaseMismatch` unless the graph carries this release."""
        mine = self.release_id()
        if mine != release_id:
            raise ReleaseMismatch(f"the graph holds release {mine}, not {release_id}; run `galenic build`")

    def close(self) -> None:
        """Let go of the connection."""
        self._driver.close()


def _translated(problem: Neo4jError, seconds: float) -> StoreError:
    code, message = str(problem.code), str(problem.message)
    if "TransactionTimedOut" in code or "timeout" in message.casefold() or "Terminated" in code:
        return QueryTimeout(f"the query took longer than {seconds:g} s and was stopped; narrow it, or raise `query_seconds`")
    if isinstance(problem, ClientError) and any(word in code for word in ("AccessMode", "Forbidden", "Security")):
        return QueryRefused(f"the graph refuses it: {message}")
    if "not allowed" in message or "permission" in message.casefold():
        return QueryRefused(f"the graph refuses it: {message}")
    return StoreError(f"the graph reports: {message}")
