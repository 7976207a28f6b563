"""What a term stands for: the node itself and all terms below it, by the is-a edges of permitted sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from kg.evidence.only import Only
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.schema import schema
from kg.topology.errors import UnknownNode
from kg.topology.knots import kin_range
from kg.topology.topology import Indices, Topology

# Terms and restrictions that are kept ready; a conversation asks for few.
_KEPT = 256


@dataclass(frozen=True, slots=True)
class Terms:
    """A term and all narrower ones, nearest first; `up` gives of each the next one on its shortest way to the term.

    >>> terms = Terms("DOID:162", {"DOID:2531": "DOID:162", "DOID:1240": "DOID:2531"})
    >>> len(terms), "DOID:1240" in terms, terms.way("DOID:1240")
    (3, True, ('DOID:1240', 'DOID:2531', 'DOID:162'))
    """

    term: str
    up: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[str]:
        yield self.term
        yield from self.up

    def __len__(self) -> int:
        return 1 + len(self.up)

    def __contains__(self, node: object) -> bool:
        return node == self.term or node in self.up

    def way(self, node: str) -> tuple[str, ...]:
        """The terms from one of them up to the term, both included."""
        steps = [node]
        while steps[-1] != self.term:
            steps.append(self.up[steps[-1]])
        return tuple(steps)


class Lineage:
    """The narrower and broader terms of a release. Terms of one kind are tied, by the relations that the schema gives it.

    Where sources make a circle, a term on it has below it what the edges kept of the circle (`kg.topology.knots`) put
    there; a term outside has the whole circle above or below it. Of edges of sources that are not permitted nothing is
    seen, neither to walk them nor to keep others from being walked.
    """

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self._under: dict[tuple[str, Permitted], Terms] = {}
        self._cuts: dict[Permitted, dict[int, frozenset[tuple[int, int]]]] = {}
        table, self._knot_sources = topology.knots()
        self._knots = [(int(child), int(parent), int(knot)) for child, parent, knot in table]
        self._knot_of = {node: knot for child, parent, knot in self._knots for node in (child, parent)}

    def under(self, identifier: str, permitted: Permitted = ALL_SOURCES) -> Terms:
        """A term with all that it stands for: itself alone where its kind has no ontology, or the release no such
        node.
        """
        key = (identifier, permitted)
        if key not in self._under:
            if len(self._under) >= _KEPT:
                self._under.clear()
            self._under[key] = self._walked(identifier, permitted)
        return self._under[key]

    def _walked(self, identifier: str, permitted: Permitted) -> Terms:
        try:
            start = self.topology.index(identifier)
        except UnknownNode:
            return Terms(identifier)
        cut = self._cut(permitted).get(self._knot_of.get(start, -1), frozenset())
        up = {node: nearer for node, nearer in self._steps(start, "in", permitted, cut)}
        name = self.topology.id
        return Terms(identifier, {name(node): name(nearer) for node, nearer in up.items()})

    def above(self, identifier: str, permitted: Permitted = ALL_SOURCES) -> tuple[str, ...]:
        """The broader terms of a term, nearest first: those that stand for it too."""
        try:
            start = self.topology.index(identifier)
        except UnknownNode:
            return ()
        found = [node for node, _ in self._steps(start, "out", permitted, frozenset())]
        named = [(node, self.topology.id(node)) for node in found]
        # What a term on a circle stands for is not told by the way up.
        return tuple(i for n, i in named if n not in self._knot_of or identifier in self.under(i, permitted))

    def _steps(
        self, start: int, direction: str, permitted: Permitted, cut: frozenset[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        """Nodes below ('in') or above ('out') a node, level by level, each with the next one on its way back; of several
        the first by number. `cut`: pairs of narrower and broader node that are not walked.
        """
        kind = schema().kind(self.topology.category(start))
        low, high = kin_range(kind.category, self.topology.category_range)
        only, seen, level = Only(permitted), {start}, np.array([start], np.int64)
        while len(level):
            fresh: dict[int, int] = {}
            for nearer, node in self._pairs(level, kind.narrower, direction, only):
                pair = (node, nearer) if direction == "in" else (nearer, node)
                if low <= node < high and node not in seen and pair not in cut:
                    fresh[node] = min(nearer, fresh.get(node, nearer))
            seen |= fresh.keys()
            level = np.array(sorted(fresh), np.int64)
            yield from ((int(node), fresh[int(node)]) for node in level)

    def _pairs(
        self, level: Indices, relations: tuple[str, ...], direction: str, only: Only
    ) -> Iterator[tuple[int, int]]:
        for relation in relations:
            places, ends = self.topology.edges_of(relation, "in" if direction == "in" else "out", level, only)
            yield from zip(level[places].tolist(), ends.tolist(), strict=True)

    def _cut(self, permitted: Permitted) -> Mapping[int, frozenset[tuple[int, int]]]:
        """The edges of each circle that are not kept, by its number."""
        if permitted not in self._cuts:
            stating = self.topology.mask(permitted)
            kept: dict[int, set[int]] = {}
            cut: dict[int, set[tuple[int, int]]] = {}
            for (child, parent, knot), bits in zip(self._knots, self._knot_sources.tolist(), strict=True):
                if not bits & stating:
                    continue
                if _leads(kept, parent, child):
                    cut.setdefault(knot, set()).add((child, parent))
                else:
                    kept.setdefault(child, set()).add(parent)
            self._cuts[permitted] = {knot: frozenset(pairs) for knot, pairs in cut.items()}
        return self._cuts[permitted]


def _leads(parents: Mapping[int, set[int]], start: int, end: int) -> bool:
    """Whether a way up leads from a node to another."""
    waiting, seen = [start], {start}
    while waiting:
        node = waiting.pop()
        if node == end:
            return True
        fresh = parents.get(node, set()) - seen
        seen |= fresh
        waiting += fresh
    return False
