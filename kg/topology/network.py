"""The chosen edges of a topology as binary and degree-weighted sparse matrices between kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.errors import SchemaError
from kg.evidence.only import ALL, Only
from kg.schema.relations import STANDS_IN
from kg.topology.errors import UnknownNode
from kg.topology.metapath import Step, metaedges
from kg.topology.topology import Indices, Topology

_STANDS_FOR = {other: category for category, other in STANDS_IN.items()}


def space(category: str) -> str:
    """The category under which a kind's nodes are kept: chemicals stand beside drugs.

    >>> space("biolink:ChemicalEntity"), space("biolink:Gene")
    ('biolink:Drug', 'biolink:Gene')
    """
    return _STANDS_FOR.get(category, category)


class Network:
    """Edges of some relations (the 24 metaedges unless others are given) that rest on permitted evidence, for path
    counts.

    Two nodes are joined once by a relation however many edges say so, and no node
    with itself. A kind's rows are its members: the nodes that any of the relations
    reaches. Matrices are scipy CSR of float64, built when first asked for.
    """

    def __init__(self, topology: Topology, only: Only = ALL, relations: Collection[str] | None = None) -> None:
        self.topology, self.only = topology, only
        self.relations = metaedges() if relations is None else tuple(dict.fromkeys(relations))
        marks: dict[str, NDArray[np.bool_]] = {}
        for step in map(Step, self.relations):
            for category, ends in zip((step.source, step.target), self._pairs(step), strict=True):
                marks.setdefault(space(category), np.zeros(len(topology), bool))[ends] = True
        self._members = {kind: np.flatnonzero(mark) for kind, mark in marks.items()}
        self._binary: dict[Step, Any] = {}
        self._weighted: dict[tuple[Step, float], Any] = {}

    def _pairs(self, step: Step) -> tuple[Indices, Indices]:
        start, end = self.topology.pairs(step.relation, step.direction, self.only)
        apart = start != end
        return start[apart], end[apart]

    def members(self, category: str) -> Indices:
        """The nodes of a kind, by number, that the relations reach; raises `SchemaError` for a kind that none of them
        joins.
        """
        try:
            return self._members[space(category)]
        except KeyError:
            raise SchemaError(f"none of these relations joins a {category}") from None

    def rows(self, category: str, identifiers: Iterable[str] | None = None) -> Indices:
        """Rows of the members of a kind with these identifiers, in order; all of its rows for None. Raises
        `UnknownNode`.
        """
        members = self.members(category)
        if identifiers is None:
            return np.arange(len(members))
        wanted = list(identifiers)
        nodes = self.topology.indices(wanted)
        at = np.searchsorted(members, nodes)
        missing = [i for i, present in zip(wanted, np.append(members, -1)[at] == nodes, strict=True) if not present]
        if missing:
            raise UnknownNode(f"{', '.join(missing[:5])}: no {category} that the chosen relations and evidence reach")
        return at

    def ids(self, category: str, rows: Indices | None = None) -> list[str]:
        """Identifiers of the members of a kind, all or those in some rows."""
        members = self.members(category)
        return [self.topology.id(int(i)) for i in (members if rows is None else members[rows])]

    def binary(self, step: Step) -> Any:
        """1 where a step joins two members, shape (members of its source, members of its target)."""
        if step not in self._binary:
            from scipy import sparse

            if step.relation not in self.relations:
                raise SchemaError(
                    f"{step.relation} is not among the relations of this network: {', '.join(self.relations)}"
                )
            rows, columns = self.members(step.source), self.members(step.target)
            start, end = (np.searchsorted(m, e) for m, e in zip((rows, columns), self._pairs(step), strict=True))
            starts = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=len(rows)))])
            self._binary[step] = sparse.csr_matrix(
                (np.ones(len(end)), end.astype(np.int32), starts.astype(np.int32)), shape=(len(rows), len(columns))
            )
        return self._binary[step]

    def degrees(self, step: Step) -> NDArray[np.float64]:
        """How many nodes a step leads to from each member of its source."""
        return np.diff(self.binary(step).indptr).astype(np.float64)

    def weighted(self, step: Step, damping: float) -> Any:
        """`binary` with each edge worth (degree of its start x degree of its end) ** -damping, the degrees those of the
        step.
        """
        if damping == 0:
            return self.binary(step)
        key = (step, damping)
        if key not in self._weighted:
            matrix = self.binary(step).copy()
            near, far = (np.maximum(d, 1) ** -damping for d in (self.degrees(step), self.degrees(step.reverse)))
            matrix.data = np.repeat(near, np.diff(matrix.indptr)) * far[matrix.indices]
            self._weighted[key] = matrix
        return self._weighted[key]
