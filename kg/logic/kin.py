"""Broader and narrower terms of a node on the graph: what it is a kind or a part of, and what is a kind or part of it.

What is recorded of a narrower term holds of the broader one, never the other way round; both are told apart here so
that an answer can name them where the node itself is tied to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from kg.logic.execute import Executor
from kg.schema import schema

Side = Literal["broader", "narrower"]
LINEAGE = ("subclass_of", "part_of")
# A term has some dozens of terms above it; below the most general ones stands the whole ontology, which tells nothing.
_MOST = 1_500


def kin_of(executor: Executor, node: str, side: Side) -> dict[str, str]:
    """The terms above or below a node, nearest first, each with the next one on its way back to the node."""
    near: dict[str, str] = {}
    level = [node]
    while level and len(near) < _MOST:
        near_level: dict[str, str] = {}
        for child, parent in _steps(executor, level, side):
            start, end = (child, parent) if side == "broader" else (parent, child)
            if end != node and end not in near:
                near_level.setdefault(end, start)
        near |= near_level
        level = list(near_level)
    return near


def _steps(executor: Executor, ids: Sequence[str], side: Side) -> list[tuple[str, str]]:
    """(narrower, broader) pairs that touch the ids, in a fixed order."""
    types = [schema().relation(name).type for name in LINEAGE]
    end = "a" if side == "broader" else "b"
    cypher = (
        f"MATCH (a:Entity)-[r:{'|'.join(types)}]->(b:Entity) WHERE {end}.id IN $ids"
        f"{executor.evidence.condition('r')} RETURN DISTINCT a.id AS narrow, b.id AS broad"
    )
    return sorted((row["narrow"], row["broad"]) for row in executor.run(cypher, {"ids": list(ids)}))


def way(near: Mapping[str, str], node: str, term: str) -> tuple[str, ...]:
    """The terms from a node to one of its kin, both ends included.

    >>> way({"DOID:65": "DOID:0080001", "DOID:0080001": "DOID:1398"}, "DOID:1398", "DOID:65")
    ('DOID:1398', 'DOID:0080001', 'DOID:65')
    """
    steps = [term]
    while steps[-1] != node:
        steps.append(near[steps[-1]])
    return tuple(reversed(steps))
