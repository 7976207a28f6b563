"""One way for Cypher that a person or a model wrote: understood, checked against the schema, and run as the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.cypher.grammar import Grammar
from kg.cypher.query_check import QueryCheck
from kg.cypher.tokens import plain
from kg.errors import QueryRefused
from kg.stores.bolt import GraphStore, Row


@dataclass(frozen=True, slots=True)
class Checked:
    """A query that may run: its text without comments and with its arrows right, the names of its parameters, what was changed in it."""

    cypher: str
    parameters: frozenset[str]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SafeResult:
    """Rows of a checked query, the Cypher that ran, and notes on what was changed in it."""

    rows: list[Row]
    cypher: str
    notes: tuple[str, ...]


def check(query: str, parameters: Mapping[str, object] | None = None) -> Checked:
    """A query that only reads and fits the schema; raises `QueryRefused`, which says where and why, for all others.

    The grammar is the list of what is let through: what it has no rule for is refused. Labels, relationship types and
    properties must exist; an arrow that points the wrong way is turned where the schema leaves no other reading. Where the
    parameters are given, their sizes count.

    >>> found = check("MATCH (d:Disease {id: $id})-[:TREATS]->(x:Drug) RETURN x.name // drugs")
    >>> found.cypher
    'MATCH (d:Disease {id: $id})<-[:TREATS]-(x:Drug) RETURN x.name'
    >>> sorted(found.parameters), found.notes
    (['id'], ('line 1, column 28: the arrow of TREATS was turned round, for TREATS goes from Drug to Disease',))
    """
    tree = Grammar(query).whole()
    found = QueryCheck(query, parameters)
    found.whole(tree)
    return Checked(plain(query, found.edits), frozenset(found.parameters), tuple(found.notes))


class SafeCypher:
    """Runs checked queries on a graph store."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

    def run(self, query: str, parameters: Mapping[str, Any] | None = None, rows: int = 10_000) -> SafeResult:
        """All rows of a query that only reads.

        Raises `QueryRefused` for a query that is not let through or lacks a
        parameter, `QueryTimeout` when it outlives its limit, `StoreError` for
        more than `rows` rows and for what the engine reports.
        """
        checked = check(query, parameters)
        bound = {name: value for name, value in (parameters or {}).items() if name in checked.parameters}
        if missing := sorted(checked.parameters - set(bound)):
            raise QueryRefused(f"the query needs a value for ${', $'.join(missing)}")
        if (does := self._store.explain(checked.cypher, bound)) not in ("r", None):
            raise QueryRefused(f"the engine plans more than reading (its plan is of type {does!r}), so the query does not run")
        return SafeResult(self._store.run(checked.cypher, bound, rows=rows), checked.cypher, checked.notes)
