"""One way for Cypher that a person or a model wrote: understood, checked against the schema, and run as the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.cypher.grammar import Grammar
from kg.cypher.query_check import QueryCheck
from kg.cypher.sizes import Sizes
from kg.cypher.tokens import plain
from kg.cypher.values import MAX_NESTED
from kg.errors import QueryRefused
from kg.stores.bolt import GraphStore
from kg.stores.reads import MOST_VALUES, Row

_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Checked:
    """A query that may run: its text without comments and as engines read it, the names of its parameters, what was
    changed in it.
    """

    cypher: str
    parameters: frozenset[str]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SafeResult:
    """Rows of a checked query, the Cypher that ran, and notes on what was changed in it."""

    rows: list[Row]
    cypher: str
    notes: tuple[str, ...]


def check(query: str, parameters: Mapping[str, object] | None = None, sizes: Sizes | None = None) -> Checked:
    """A query that only reads and fits the schema; raises `QueryRefused`, which says where and why, for all others.

    The grammar is the list of what is let through: what it has no rule for is refused. Labels, relationship types and
    properties must exist; what both engines would read in one way only is written as they read it, say an arrow that
    points the wrong way. Where the parameters are given, their sizes count; `sizes` are those of the graph.

    >>> found = check("MATCH (d:Disease {id: $id})-[:TREATS]->(x:Drug) RETURN x.name // drugs")
    >>> found.cypher
    'MATCH (d:Disease {id: $id})<-[:TREATS]-(x:Drug) RETURN x.name'
    >>> sorted(found.parameters), found.notes
    (['id'], ('line 1, column 28: the arrow of TREATS was turned round, for TREATS goes from Drug to Disease',))
    """
    grammar = Grammar(query)
    tree = grammar.whole()
    found = QueryCheck(query, parameters, sizes)
    found.edits, found.notes = dict(grammar.edits), list(grammar.notes)
    found.whole(tree)
    return Checked(plain(query, found.edits), frozenset(found.parameters), tuple(found.notes))


def _refuse_unfit(parameters: Mapping[str, Any]) -> None:
    """Refuse values that cannot be sent to a graph: whole numbers beyond 64 bits, broken text, lists without end."""
    for name, given in parameters.items():
        waiting: list[tuple[Any, int]] = [(given, 0)]
        while waiting:
            value, depth = waiting.pop()
            if depth > MAX_NESTED:
                raise QueryRefused(
                    f"the value of ${name} nests deeper than {MAX_NESTED} levels; send its parts as parameters of "
                    "their own"
                )
            if isinstance(value, int) and not -(2**63) <= value < 2**63:
                raise QueryRefused(
                    f"the value of ${name} holds a whole number beyond 64 bits; give it as text, or as a decimal number"
                )
            if isinstance(value, str) and _HALF.search(value):
                raise QueryRefused(
                    f"the value of ${name} holds half a character (a lone surrogate); write the text in whole "
                    "characters"
                )
            if isinstance(value, Mapping):
                waiting += [(v, depth + 1) for pair in value.items() for v in pair]
            elif isinstance(value, (list, tuple)):
                waiting += [(v, depth + 1) for v in value]


class SafeCypher:
    """Runs checked queries on a graph store."""

    def __init__(self, store: GraphStore, sizes: Sizes | None = None) -> None:
        """`sizes` are those of the graph; without them it is taken for a usual one."""
        self._store, self._sizes = store, sizes

    def run(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        rows: int = 10_000,
        values: int = MOST_VALUES,
    ) -> SafeResult:
        """All rows of a query that only reads.

        Raises `QueryRefused` for a query that is not let through, lacks a
        parameter or has one that no graph can hold, `QueryTimeout` when it outlives its limit, `StoreError` for
        more than `rows` rows or `values` values and for what the engine reports.
        """
        _refuse_unfit(parameters or {})
        checked = check(query, parameters, self._sizes)
        bound = {name: value for name, value in (parameters or {}).items() if name in checked.parameters}
        if missing := sorted(checked.parameters - set(bound)):
            raise QueryRefused(f"the query needs a value for ${', $'.join(missing)}")
        if (does := self._store.explain(checked.cypher, bound)) not in ("r", None):
            raise QueryRefused(
                f"the engine plans more than reading (its plan is of type {does!r}), so the query does not run"
            )
        return SafeResult(
            self._store.run(checked.cypher, bound, rows=rows, values=values), checked.cypher, checked.notes
        )
