"""A name of one kind where a question needs another: hypertension as a phenotype stands for the disease too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kg.errors import GraphError
from kg.logic.reading import Mark, Reading
from kg.release.release import Release
from kg.topology.errors import UnknownNode
from kg.topology.topology import Topology

_TIE = "same_phenomenon_as"
# A name that is only like this one is not followed further.
_SURE = 0.9
# What a tied node is worth beside the one that is named.
_LESS = 0.5


def with_tied(marks: Sequence[Mark], topology: Topology, release: Release) -> tuple[Mark, ...] | None:
    """The names of a question with the nodes that are the same phenomenon as more readings; None where there are none.

    Of a kind that a name has no reading of, the one node is taken that its best reading is tied to; of several none.
    """
    told = tuple(replace(m, readings=(*m.readings, *_tied(m, topology, release))) for m in marks)
    return told if told != tuple(marks) else None


def _tied(mark: Mark, topology: Topology, release: Release) -> list[Reading]:
    best = mark.readings[0] if mark.readings else None
    if best is None or best.score < _SURE:
        return []
    try:
        ends = topology.neighbours(_TIE, "out", np.array([topology.index(best.id)]))
    except (UnknownNode, GraphError):
        return []
    by_kind: dict[str, list[str]] = {}
    for end in map(int, ends):
        by_kind.setdefault(topology.category(end), []).append(topology.id(end))
    single = {kind: nodes[0] for kind, nodes in by_kind.items() if len(nodes) == 1 and mark.of(kind) is None}
    names = release.names_of_each(tuple(single.values())) if single else {}
    why = f"the same phenomenon as {best.name} ({best.id})"
    return [Reading(node, names[node][0], kind, best.score * _LESS, why) for kind, node in single.items()]
