"""The graph store over Bolt: the same client for the embedded engine and for Neo4j."""

from __future__ import annotations

import contextlib
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Protocol, Self

from neo4j import READ_ACCESS, Driver, GraphDatabase, Query
from neo4j.exceptions import AuthError, ClientError, ConfigurationError, DriverError, Neo4jError

from kg.errors import QueryRefused, QueryTimeout, ReleaseMismatch, StoreError, StoreUnavailable
from kg.stores.engine_words import in_our_words, without_settings
from kg.stores.reads import MOST_VALUES, Most, Row, read_rows
from kg.stores.spares import Spares

# The longest that a switch to another release may take.
SWITCH_SECONDS = 600
# Given to an engine to end a query by itself before its connection is closed.
_GRACE_SECONDS = 0.3
# And at its own limit, which it may look at but now and then.
_OVERDUE_SECONDS = 1.5
# Other engines call themselves Neo4j too, with more behind the version.
_NEO4J = re.compile(r"Neo4j/[\d.]+(-[\w.]+)?")
_BOLT = re.compile(r"(bolt|neo4j)(\+s|\+ssc)?://[^/:\s]|(bolt|neo4j)(\+s|\+ssc)?://\[")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a graph store answers, and as whom."""

    uri: str
    user: str
    password: str
    database: str


class GraphStore(Protocol):
    """What the rest of Galenic asks of a graph: bound, capped, timed reads."""

    def run(
        self,
        cypher: str,
        parameters: Mapping[str, Any],
        *,
        rows: int = 100_000,
        seconds: float | None = None,
        values: int = MOST_VALUES,
    ) -> list[Row]:
        """All rows of a read within `seconds` (None: the store's own limit), or an error: never a silent part."""
        ...

    def explain(self, cypher: str, parameters: Mapping[str, Any]) -> str | None:
        """What the engine's plan says that a query does: 'r' for a read; None where its EXPLAIN cannot be trusted."""
        ...

    def release_id(self) -> str | None:
        """The id of the release that the graph was loaded from."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class BoltStore:
    """A reader's connection; `seconds` is the limit of one query. Threads may share it.

    Once a release is required, no result is a mixture of two: while a loader puts another release in force, Neo4j shows
    a query that runs at that moment a part of both. The loader counts `epoch` up before and after, so the count is
    looked at again after each query. The embedded engine has no such count: its graphs never change.
    """

    def __init__(
        self,
        address: Address,
        seconds: float = 10.0,
        overrun: Callable[[], None] = lambda: None,
        expendable: bool = False,
    ) -> None:
        """`overrun` is called when the engine goes on with a query for which its own limit is over; where the engine is
        expendable, also for one that was given less time than that, for nobody knows whether it will stop.
        """
        self.address, self.seconds, self._overrun, self._expendable = address, seconds, overrun, expendable
        self._epoch: int | None = None
        self._explains: bool | None = None
        self._spares = Spares(lambda: open_driver(address, 5, 5))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(
        self,
        cypher: str,
        parameters: Mapping[str, Any],
        *,
        rows: int = 100_000,
        seconds: float | None = None,
        values: int = MOST_VALUES,
    ) -> list[Row]:
        """All rows of a read; raises `StoreError` when there are more than `rows`, it fails or outlives its limit.

        Dates, times and durations come as ISO text, nodes as their properties, relationships with their type.
        """
        limit = self.seconds if seconds is None else min(seconds, self.seconds)
        return self._run(cypher, parameters, Most(rows, limit, values), self._epoch)

    def _run(self, cypher: str, parameters: Mapping[str, Any], most: Most, epoch: int | None) -> list[Row]:
        with (
            self._within(most.seconds) as driver,
            reported(
                self.address, lambda: "; see `galenic doctor`", lambda problem: _translated(problem, self.seconds)
            ),
            driver.session(database=self.address.database, default_access_mode=READ_ACCESS) as session,
        ):
            found = read_rows(session, cypher, parameters, most)
            if epoch is not None and [
                r["epoch"]
                for r in read_rows(session, "MATCH (r:Release) RETURN r.epoch AS epoch", {}, Most(2, most.seconds))
            ] != [epoch]:
                raise StoreUnavailable("the graph was switched to another release during the query; ask again")
        if len(found) > most.rows:
            raise StoreError(f"the query gives more than {most.rows:,} rows; add a LIMIT or count instead")
        return found

    def _within(self, limit: float) -> AbstractContextManager[Driver]:
        """The driver for a query, closed under it when that does not end.

        The embedded engine knows only the limit that it was started with, and no engine looks at its own before a
        row is ready.
        """
        if limit + _GRACE_SECONDS < self.seconds:
            then = self._overrun if self._expendable else lambda: None
            return self._spares.lent(limit + _GRACE_SECONDS, lambda: _too_long(self.seconds), then)
        return self._spares.lent(limit + _OVERDUE_SECONDS, lambda: _too_long(self.seconds), self._overrun)

    def explain(self, cypher: str, parameters: Mapping[str, Any]) -> str | None:
        """What the plan says that a query does ('r', 'rw', 'w', 's'), nothing run; None on an engine that would run
        some of it.
        """
        with (
            reported(
                self.address, lambda: "; see `galenic doctor`", lambda problem: _translated(problem, self.seconds)
            ),
            self._within(self.seconds) as driver,
            driver.session(database=self.address.database, default_access_mode=READ_ACCESS) as session,
        ):
            if self._explains is None:
                self._explains = _NEO4J.fullmatch(driver.get_server_info().agent) is not None
            if not self._explains:
                return None
            return (
                session.run(Query(f"EXPLAIN {cypher}", timeout=self.seconds), dict(parameters)).consume().query_type
                or "unknown"
            )

    def release_id(self) -> str | None:
        """The id that the loader wrote, or None for a graph that is not ours."""
        found = self._release()
        return str(found["id"]) if found else None

    def _release(self) -> Row | None:
        cypher = "MATCH (r:Release) WHERE r.checksum IS NOT NULL RETURN r.id AS id, r.epoch AS epoch, r.since AS since LIMIT 2"  # noqa: E501
        found = self._run(cypher, {}, Most(2, self.seconds), None)
        return found[0] if len(found) == 1 else None

    def require(self, release_id: str) -> None:
        """Raise `ReleaseMismatch` unless the graph carries this release, `StoreUnavailable` while it is being
        switched.
        """
        found = self._release()
        if found is None:
            if self._run("MATCH (n) RETURN 1 AS one LIMIT 1", {}, Most(1, self.seconds), None):
                raise ReleaseMismatch(
                    f"the graph at {self.address.uri} holds no release of Galenic's; give Galenic an empty database "
                    "and run `galenic build`"
                )
            raise ReleaseMismatch(
                f"the graph at {self.address.uri} is empty; load it with `galenic build --graph {self.address.uri}`"
            )
        # A loader that died in the middle left the count odd; its transaction has ended by then, one way or the other.
        since = {"since": found["since"] or 0, "most": SWITCH_SECONDS * 1000}
        if (found["epoch"] or 0) % 2 and self._run(
            "RETURN timestamp() - $since < $most AS now", since, Most(1, self.seconds), None
        )[0]["now"]:
            raise StoreUnavailable("the graph is being switched to another release; try again in some seconds")
        if found["id"] != release_id:
            raise ReleaseMismatch(f"the graph holds release {found['id']}, not {release_id}; run `galenic build`")
        self._epoch = found["epoch"]

    def close(self) -> None:
        """Let go of the connection."""
        self._spares.close()


def open_driver(address: Address, connect_seconds: float, retry_seconds: float) -> Driver:
    """The driver of an address, not connected yet; raises `StoreUnavailable` for what is no address."""
    wrong = f"{address.uri!r} is not the address of a graph; write bolt://host:7687 (bolt+s:// with TLS)"
    if "@" in address.uri:
        raise StoreUnavailable(
            "the address of the graph names an account; set GALENIC_GRAPH_USER and GALENIC_GRAPH_PASSWORD, and "
            "write bolt://host:7687"
        )
    if not _BOLT.match(address.uri):
        raise StoreUnavailable(wrong)
    try:
        return GraphDatabase.driver(
            address.uri,
            auth=(address.user, address.password),
            connection_timeout=connect_seconds,
            max_transaction_retry_time=retry_seconds,
            notifications_min_severity="OFF",
            telemetry_disabled=True,
        )
    except (ConfigurationError, ValueError) as problem:
        raise StoreUnavailable(wrong) from problem


@contextlib.contextmanager
def reported(address: Address, mend: Callable[[], str], said: Callable[[Neo4jError], StoreError]) -> Iterator[None]:
    """Turn the driver's errors into `StoreError` and its kinds: `mend` ends those of the connection, `said` is for
    those of the server.
    """
    try:
        yield
    except (DriverError, AuthError, OSError) as problem:
        raise _unreachable(address, problem, mend()) from problem
    except Neo4jError as problem:
        raise _explained(address, problem) or said(problem) from problem
    except ValueError as problem:
        # The driver says so of a host name that nobody knows.
        if "DNS" not in str(problem):
            raise
        raise _unreachable(address, problem, mend()) from problem


def _unreachable(address: Address, problem: Exception, mend: str) -> StoreUnavailable:
    """Why a graph cannot be reached, in one line: the account, its certificate, or that nothing answers."""
    known = _explained(address, problem)
    if isinstance(known, StoreUnavailable):
        return known
    if isinstance(problem, ConfigurationError) and "Bolt Protocol" in str(problem):
        return StoreUnavailable(
            f"the graph at {address.uri} is too old: its protocol lacks what Galenic needs; Neo4j 5.13 or later is "
            "needed"
        )
    if "routing" in str(problem) and address.uri.startswith("neo4j"):
        problem = _without_routing(address) or problem
        if (known := _explained(address, problem)) is not None:
            return StoreUnavailable(str(known))
    scheme = address.uri.split("+")[0].split(":")[0]
    why = " ".join(str(problem).split())[:200]
    for cause in _causes(problem):
        if isinstance(cause, ssl.SSLCertVerificationError):
            said = f"the certificate of {address.uri} is not trusted ({cause.verify_message or cause.reason})"
            return StoreUnavailable(f"{said}; install its authority, or trust any with {scheme}+ssc://")
        if isinstance(cause, ssl.SSLError) and "encryption" in str(problem):
            return StoreUnavailable(
                f"{address.uri} does not speak TLS ({cause.reason or cause}); write {scheme}:// or switch TLS on there"
            )
        if isinstance(cause, OSError) and cause.strerror:
            why = cause.strerror
    return StoreUnavailable(f"the graph at {address.uri} does not answer ({why}){mend}")


def _without_routing(address: Address) -> Exception | None:
    """What goes wrong on the direct way: the driver does not say why it got no routing table."""
    try:
        with open_driver(replace(address, uri="bolt" + address.uri.removeprefix("neo4j")), 5, 0) as driver:
            driver.verify_connectivity()
    except (DriverError, Neo4jError, OSError, ValueError) as problem:
        return problem
    return None


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__


def _explained(address: Address, problem: Exception) -> StoreError | None:
    """What is wrong with the account or the database that was asked for, None where it is neither."""
    code = str(problem.code) if isinstance(problem, Neo4jError) else ""
    if "AuthenticationRateLimit" in code:
        return StoreUnavailable(
            f"the graph at {address.uri} was given wrong passwords too often; set GALENIC_GRAPH_PASSWORD and try again "
            "in a few seconds"
        )
    if "CredentialsExpired" in code:
        return StoreUnavailable(
            f"the graph at {address.uri} wants a new password for {address.user!r} first; change it with cypher-shell"
        )
    if isinstance(problem, AuthError):
        return StoreUnavailable(
            f"the graph at {address.uri} refuses the account {address.user!r}; set GALENIC_GRAPH_USER and "
            "GALENIC_GRAPH_PASSWORD"
        )
    if "DatabaseNotFound" in code:
        return StoreUnavailable(
            f"the graph at {address.uri} has no database {address.database!r}; set GALENIC_GRAPH_DATABASE"
        )
    return None


def _too_long(seconds: float) -> QueryTimeout:
    return QueryTimeout(
        f"the query took longer than {seconds:g} s and was stopped; narrow it, or raise `query_seconds`"
    )


def database_stopped(message: str) -> StoreUnavailable | None:
    """What Neo4j says when it cannot write its log, and from then on to every query: the disk is full as a rule."""
    if "Could not append transaction" not in message and "needs to be restarted" not in message:
        return None
    return StoreUnavailable(
        "the graph's database has stopped, as a rule because its disk is full; free space, restart the server and run "
        "the same command again"
    )


def _translated(problem: Neo4jError, seconds: float) -> StoreError:
    code, message = str(problem.code), str(problem.message)
    if "TransactionTimedOut" in code or "timeout" in message.casefold() or "Terminated" in code:
        return _too_long(seconds)
    if isinstance(problem, ClientError) and any(word in code for word in ("AccessMode", "Forbidden", "Security")):
        return QueryRefused(f"the graph refuses it: {without_settings(message)}")
    if stopped := database_stopped(message):
        return stopped
    if known := in_our_words(code, message):
        return known
    if "not allowed" in message or "permission" in message.casefold():
        return QueryRefused(f"the graph refuses it: {without_settings(message)}")
    return StoreError(f"the graph reports: {without_settings(message)}")
