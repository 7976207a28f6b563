"""Loads a release into a running Neo4j: in batches that can be taken up again, checked, and put in force at one stroke.

New nodes carry the label `Staged` until everything is there and counted. Then one
transaction gives them their own labels and takes those of the former release
away. Neo4j lets a query that runs at that moment see a part of it; therefore a count
on the release's own node goes up before and after, and readers look at it (`BoltStore`).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import polars as pl
from neo4j import ManagedTransaction, Query, Session, unit_of_work
from neo4j.exceptions import DriverError, Neo4jError

from kg.errors import StoreBusy, StoreError
from kg.release.release import Release
from kg.schema import schema
from kg.stores.bolt import SWITCH_SECONDS, Address, database_stopped, open_driver, reported
from kg.stores.rows import edge_rows, facts, node_rows

Progress = Callable[[int, int], None]

_NODES, _EDGES, _CLEARED = 10_000, 20_000, 10_000
_OLDEST = (5, 13)
# Labels alone do not make a node ours: others have an Entity or a Release too, and must not lose it.
_FOREIGN = (
    "OPTIONAL MATCH (r:Release) WHERE r.checksum IS NOT NULL WITH count(r) > 0 AS served "
    "MATCH (n) WITH n, ((n:Entity OR n:Retired) AND served OR n:Staged) AND coalesce(n.category, '') STARTS WITH "
    "'biolink:' "
    "OR n:Release AND n.checksum IS NOT NULL OR n:Loading AND coalesce(n.key, '') = 'load' AS ours WHERE NOT ours "
    "RETURN labels(n) AS labels LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: rows written now, and those found from an earlier try."""

    nodes: int
    edges: int
    resumed: int


class Neo4jLoader:
    """A writer's connection. `stage`, then `publish`; raises `StoreError` and its kinds, each with how to mend it.

    A load that has written nothing for `stale_seconds` is taken for dead; a server
    that goes away is waited for `retry_seconds`.
    """

    def __init__(
        self,
        address: Address,
        progress: Progress = lambda done, total: None,
        *,
        stale_seconds: float = 60,
        retry_seconds: float = 30,
    ) -> None:
        self.address, self._progress, self._stale = address, progress, stale_seconds
        self._owner, self._writer = secrets.token_hex(8), f"{socket.gethostname()}:{os.getpid()}"
        self._claimed = False
        self._driver = open_driver(address, 10, retry_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.close()

    def check(self) -> None:
        """Whether a release can be loaded there: the server answers, is new enough, and holds nothing of others."""
        with self._reported(), self._session() as session:
            self._check_server(session)

    def stage(self, release: Release) -> Loaded:
        """Bring the release's rows into the graph, out of sight; a load that was cut off goes on where it stood."""
        with self._reported(), self._session() as session:
            self._check_server(session)
            if self._serves(session, release):
                self._drop(session)
                return Loaded(0, 0, 0)
            self._make_indexes(session)
            at = self._claim(session, release)
            self._claimed = True
            try:
                return self._fill(session, release, at)
            except BaseException:
                # Whoever comes next need not wait; where the server itself is gone, the claim grows stale.
                with contextlib.suppress(DriverError, Neo4jError, OSError):
                    session.run("MATCH (l:Loading {owner: $owner}) SET l.beat = 0", owner=self._owner).consume()
                raise

    def publish(self, release: Release) -> None:
        """Put what was staged in force, in one transaction, then clear the former release away."""
        said = dict(facts(release))
        with self._reported(), self._session() as session:
            if self._serves(session, release):
                # The same nodes and edges in another release, say with other passages: only the id changes.
                session.run("MATCH (r:Release) SET r += $said", said=said).consume()
            else:
                # An odd count tells readers to trust nothing that they read meanwhile.
                session.run(
                    "MATCH (r:Release) SET r.epoch = coalesce(r.epoch, 0) + 1 + coalesce(r.epoch, 0) % 2, r.since = "
                    "timestamp()"
                ).consume()
                try:
                    session.execute_write(unit_of_work(timeout=SWITCH_SECONDS)(self._switch), said)
                finally:
                    self._end_switch(session)
            self._end_switch(session)
            _clear(session, "Retired", lambda: None)

    def _drop(self, session: Session) -> None:
        """Clear away what a load that was given up has staged, unless its writer is still at it."""
        row = session.run(
            "MATCH (l:Loading {key: 'load'}) RETURN l.writer AS writer, l.beat < timestamp() - $stale AS stale",
            stale=int(self._stale * 1000),
        ).single()
        if row and (row["stale"] or _is_dead(str(row["writer"]))):
            _clear(session, "Staged", lambda: None)
            session.run("MATCH (l:Loading) DELETE l").consume()
        _clear(session, "Retired", lambda: None)

    @staticmethod
    def _end_switch(session: Session) -> None:
        session.run("MATCH (r:Release) WHERE r.epoch % 2 = 1 SET r.epoch = r.epoch + 1").consume()

    def _session(self) -> Session:
        return self._driver.session(database=self.address.database)

    def _reported(self) -> contextlib.AbstractContextManager[None]:
        return reported(self.address, self._mend, _said)

    def _mend(self) -> str:
        return (
            "; what was written is kept, the same command goes on from there"
            if self._claimed
            else "; start it, or give another address"
        )

    def _check_server(self, session: Session) -> None:
        row = session.run(
            "CALL dbms.components() YIELD name, versions RETURN name, versions[0] AS version ORDER BY name STARTS WITH "
            "'Neo4j' DESC LIMIT 1"
        ).single()
        name, version = (
            (str(row["name"]).removesuffix(" Kernel"), str(row["version"])) if row else ("an unknown server", "0")
        )
        numbers = tuple(int(n) for n in version.split("-")[0].split(".")[:2] if n.isdecimal())
        if numbers < _OLDEST:
            raise StoreError(
                f"{name} {version} at {self.address.uri} is too old; Neo4j {'.'.join(map(str, _OLDEST))} or later is "
                "needed"
            )
        foreign = session.run(_FOREIGN).single()
        if foreign:
            what = ":".join(foreign["labels"]) or "without a label"
            raise StoreError(
                f"the graph at {self.address.uri} holds nodes that are not Galenic's (one is {what}); give Galenic an "
                "empty database"
            )

    def _serves(self, session: Session, release: Release) -> bool:
        found = session.run("MATCH (r:Release) RETURN r.checksum AS checksum").single()
        return bool(found and found["checksum"] == facts(release)["checksum"])

    def _make_indexes(self, session: Session) -> None:
        for statement in index_statements():
            session.run(Query(statement)).consume()
        for label, name in (("Staged", "id"), ("Loading", "key")):
            session.run(
                Query(
                    f"CREATE CONSTRAINT {label.lower()}_{name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{name} IS UNIQUE"
                )
            ).consume()
        session.run("CALL db.awaitIndexes(300)").consume()

    def _claim(self, session: Session, release: Release) -> int:
        """Take the right to write; the number of rows that an earlier try of the same load has written."""
        checksum = facts(release)["checksum"]
        # The first SET takes the lock, so that of two loads at once one waits and then sees the other's mark.
        claim = (
            "MERGE (l:Loading {key: 'load'}) ON CREATE SET l.owner = $owner, l.writer = $writer, l.beat = timestamp(), "
            "l.checksum = $checksum, l.done = 0 "
            "SET l.asked = timestamp() WITH l, l.owner = $owner OR l.beat < timestamp() - $stale OR l.writer = $dead "
            "AS free, "
            "l.checksum = $checksum AS same, l.writer AS writer, (timestamp() - l.beat) / 1000 AS seconds "
            "FOREACH (_ IN CASE WHEN free THEN [1] ELSE [] END | SET l.owner = $owner, l.writer = $writer, l.beat = "
            "timestamp()) "
            "RETURN free, same, writer, seconds, l.done AS done"
        )
        said: dict[str, Any] = {
            "owner": self._owner,
            "writer": self._writer,
            "checksum": checksum,
            "stale": int(self._stale * 1000),
        }
        row = session.run(claim, said, dead="").single(strict=True)
        if not row["free"] and _is_dead(str(row["writer"])):
            row = session.run(claim, said, dead=row["writer"]).single(strict=True)
        if not row["free"]:
            wait = max(1, int(self._stale - row["seconds"]) + 1)
            raise StoreBusy(
                f"another load (process {row['writer']}) wrote this graph {row['seconds']:.0f} s ago; wait for it, or "
                f"try again in {wait} s if it died"
            )
        if row["same"]:
            return int(row["done"])
        # Nobody may go on from a count whose rows are being cleared away.
        self._mark(session, "")
        _clear(session, "Staged", lambda: self._beat(session))
        self._mark(session, str(checksum))
        return 0

    def _mark(self, session: Session, checksum: str) -> None:
        session.run(
            "MATCH (l:Loading {owner: $owner}) SET l.checksum = $checksum, l.done = 0",
            owner=self._owner,
            checksum=checksum,
        ).consume()

    def _fill(self, session: Session, release: Release, at: int) -> Loaded:
        nodes, edges = node_rows(release), edge_rows(release)
        total = len(nodes) + len(edges)
        groups = [("", nodes), *((str(kind), group) for (kind,), group in edges.group_by("type", maintain_order=True))]
        done = 0
        for kind, group in groups:
            for block in group.iter_slices(_EDGES if kind else _NODES):
                if done + len(block) > at:
                    self._write(session, kind, block, done)
                    self._progress(done + len(block), total)
                done += len(block)
        try:
            self._verify(session, nodes, edges)
        except StoreError:
            self._mark(session, "")
            raise
        return Loaded(max(len(nodes) - at, 0), min(len(edges), total - at), at)

    def _beat(self, session: Session) -> None:
        session.run("MATCH (l:Loading {owner: $owner}) SET l.beat = timestamp()", owner=self._owner).consume()

    def _write(self, session: Session, kind: str, block: pl.DataFrame, done: int) -> None:
        """One batch and the count of rows in one transaction: repeated after a lost answer, it writes nothing twice."""
        if kind:
            rows: list[dict[str, Any]] = [
                {"s": r.pop("subject"), "o": r.pop("object"), "p": _sparse(r)} for r in block.drop("type").to_dicts()
            ]
            create = f"MATCH (a:Staged {{id: row.s}}) MATCH (b:Staged {{id: row.o}}) CREATE (a)-[r:{kind}]->(b) SET r = row.p"  # noqa: E501
        else:
            rows = [{"p": _sparse(r)} for r in block.drop("label").to_dicts()]
            create = "CREATE (n:Staged) SET n = row.p"
        session.execute_write(self._batch, create, rows, done)

    def _batch(self, tx: ManagedTransaction, create: str, rows: list[dict[str, Any]], done: int) -> None:
        step = tx.run(
            "MATCH (l:Loading {key: 'load'}) SET l.asked = timestamp() WITH l, l.owner = $owner AS mine, l.done AS "
            "before "
            "FOREACH (_ IN CASE WHEN mine AND before = $done THEN [1] ELSE [] END | SET l.done = $after, l.beat = "
            "timestamp()) RETURN mine, before",
            owner=self._owner,
            done=done,
            after=done + len(rows),
        ).single()
        if step is None or not step["mine"]:
            raise StoreBusy("another load took this graph over; nothing of it was overwritten")
        if step["before"] == done:
            tx.run(f"UNWIND $rows AS row {create}", rows=rows).consume()

    def _verify(self, session: Session, nodes: pl.DataFrame, edges: pl.DataFrame) -> None:
        there = {
            r["category"]: r["n"] for r in session.run("MATCH (n:Staged) RETURN n.category AS category, count(*) AS n")
        }
        _same("nodes", dict(nodes.group_by("category").len().iter_rows()), there)
        there = {
            r["type"]: r["n"] for r in session.run("MATCH (:Staged)-[r]->() RETURN type(r) AS type, count(*) AS n")
        }
        _same("edges", dict(edges.group_by("type").len().iter_rows()), there)

    @staticmethod
    def _switch(tx: ManagedTransaction, said: Mapping[str, str | int]) -> None:
        served = tx.run("MATCH (r:Release) RETURN r.checksum AS checksum").single()
        if served is not None and served["checksum"] == said["checksum"]:
            # Repeated because the answer of a commit was lost: it had come about.
            return
        # Locks out every other load, and finds out whether one has cleared away what was staged.
        claim = "MATCH (l:Loading {key: 'load'}) SET l.beat = timestamp() RETURN l.checksum AS checksum, l.done AS done"
        staged = tx.run(claim).single()
        if (
            staged is None
            or staged["checksum"] != said["checksum"]
            or staged["done"] != int(said["nodes"]) + int(said["edges"])
        ):
            raise StoreBusy(
                "another load took this graph over, what was staged is gone; the release that served still does; run "
                "the same command again"
            )
        labels = {kind.label: category for category, kind in schema().kinds.items()}
        tx.run(f"MATCH (n:Entity) SET n:Retired REMOVE n:Entity:{':'.join(labels)}").consume()
        for label, category in labels.items():
            tx.run(
                f"MATCH (n:Staged) WHERE n.category = $category SET n:Entity:{label} REMOVE n:Staged", category=category
            ).consume()
        tx.run("MATCH (n:Staged) SET n:Entity:NamedThing REMOVE n:Staged").consume()
        tx.run("MATCH (l:Loading) DELETE l").consume()
        tx.run("MERGE (r:Release) SET r += $said, r.epoch = coalesce(r.epoch, 1)", said=dict(said)).consume()


def _clear(session: Session, label: str, beat: Callable[[], None]) -> None:
    """Delete all nodes of a label with their edges, in pieces that fit into memory."""
    while session.run(Query(f"MATCH (n:{label}) WITH n LIMIT {_CLEARED} DETACH DELETE n RETURN count(*) AS n")).single(
        strict=True
    )["n"]:
        beat()


def _is_dead(writer: str) -> bool:
    """Whether a writer was a process of this machine that has ended."""
    host, _, pid = writer.rpartition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def index_statements() -> list[str]:
    """The schema's constraints and indexes as Neo4j says them."""
    found = []
    for index in schema().indexes:
        if index.kind == "unique":
            found.append(
                f"CREATE CONSTRAINT {index.name} IF NOT EXISTS FOR (n:{index.label}) REQUIRE n.{index.property} IS "
                "UNIQUE"
            )
        else:
            found.append(
                f"CREATE FULLTEXT INDEX {index.name} IF NOT EXISTS FOR (n:{index.label}) ON EACH [n.{index.property}]"
            )
    return found


def _sparse(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value not in (None, "", [])}


def _same(what: str, wanted: Mapping[str, int], there: Mapping[str, int]) -> None:
    for kind in sorted(set(wanted) | set(there), key=str):
        if wanted.get(kind, 0) != there.get(kind, 0):
            raise StoreError(
                f"the graph holds {there.get(kind, 0):,} {what} of {kind}, the release {wanted.get(kind, 0):,}; run "
                "the same command again to load anew"
            )


def _said(problem: Neo4jError) -> StoreError:
    code, message = str(problem.code), str(problem.message)
    if "ReadOnly" in code or "read-only" in message.casefold() or "read only" in message.casefold():
        return StoreError(
            "the database is read-only; allow writing (server.databases.default_to_read_only=false) or load another one"
        )
    if stopped := database_stopped(message):
        return stopped
    if "No space" in message or "disk" in message.casefold():
        return StoreError(f"the graph's disk is full ({message}); free space and run the same command again")
    if "memory" in code.casefold() or "memory" in message.casefold():
        return StoreError(f"the graph ran out of memory ({message}); give it more (server.memory.heap.max_size)")
    return StoreError(f"the graph reports: {message}")
