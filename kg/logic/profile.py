"""What the graph holds of one node: its record and how many neighbours it has over each relation."""

from __future__ import annotations

from collections.abc import Iterator

from kg.logic.execute import Executor
from kg.logic.forms import Direction
from kg.schema import schema
from kg.schema.relations import Relation
from kg.stores.reads import Row

_RECORD = (
    "MATCH (n:Entity) WHERE n.id = $id RETURN n.id AS id, n.name AS name, n.category AS category, n.synonyms AS "
    "synonyms, "
    "n.sources AS sources, n.xrefs AS xrefs, n.attributes AS attributes"
)


def node_record(executor: Executor, identifier: str) -> Row | None:
    """The node's own record, or None."""
    rows = executor.run(_RECORD, {"id": identifier})
    return rows[0] if rows else None


def neighbour_totals(executor: Executor, identifier: str, category: str) -> Iterator[tuple[Relation, Direction, int]]:
    """Relations of a node with the number of its neighbours, none of them zero."""
    directions: tuple[Direction, Direction] = ("out", "in")
    for relation in schema().relations.values():
        for direction in directions[:1] if relation.symmetric else directions:
            if relation.source(direction) != category:
                continue
            number = executor.neighbour_counts([identifier], relation, direction).get(identifier, 0)
            if number:
                yield relation, direction, number
