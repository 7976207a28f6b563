"""What a term stands for: the node itself and all terms below it, by the is-a edges of permitted sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.schema import schema
from kg.schema.relations import Direction
from kg.topology.errors import UnknownNode
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


@dataclass(frozen=True, slots=True)
class _Kin:
    """The pairs that count for some sources: from broader to narrower node and back, and those that are walked only by
    who comes from outside their circle.
    """

    below: tuple[Indices, Indices]
    above: tuple[Indices, Indices]
    cut: frozenset[tuple[int, int]]


class Lineage:
    """The narrower and broader terms of a release, by the rules of `kg.topology.kin`.

    Where sources make a circle, a term on it has below it what the pairs kept of the circle put there; a term outside
    has the whole circle above or below it. Of sources that are not permitted nothing is seen: neither are their pairs
    walked, nor do they keep others from being walked.
    """

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self._pairs, self._sources, knots = topology.kin()
        self._knots: list[tuple[int, int]] = [(int(place), int(circle)) for place, circle in knots]
        self._circle = {int(node): circle for place, circle in self._knots for node in self._pairs[place]}
        self._under: dict[tuple[str, Permitted], Terms] = {}
        self._numbers: dict[tuple[str, Permitted], Indices] = {}
        self._kin: dict[Permitted, _Kin] = {}

    def under(self, identifier: str, permitted: Permitted = ALL_SOURCES) -> Terms:
        """A term with all that it stands for: itself alone where its kind has no ontology, or the release no such
        node.
        """
        key = (identifier, permitted)
        terms = self._under.get(key)
        if terms is None:
            if len(self._under) >= _KEPT:
                self._under, self._numbers = {}, {}
            terms = self._walked_down(identifier, permitted)
            if terms.up:
                self._numbers[key] = self.topology.indices(terms)
            self._under[key] = terms
        return terms

    def _walked_down(self, identifier: str, permitted: Permitted) -> Terms:
        start = self._start(identifier)
        if start is None:
            return Terms(identifier)
        kin = self._of(permitted)
        circle = self._circle.get(start)
        cut = frozenset(p for p in kin.cut if self._circle[p[0]] == circle) if circle is not None else frozenset()
        name = self.topology.id
        return Terms(identifier, {name(node): name(nearer) for node, nearer in _levels(start, kin.below, cut)})

    def tied(self, terms: Terms, permitted: Permitted, relation: str, direction: Direction) -> list[str]:
        """Those of the terms, as `under` gave them, that a relation leads on from in a direction; each once.

        Of thousands of terms a relation knows some dozens: a store need not look up the others.
        """
        numbers = self._numbers.get((terms.term, permitted))
        if numbers is None:
            return list(terms)
        block = self.topology.block(relation, direction)
        inside = numbers[(numbers >= block.lo) & (numbers < block.hi)] - block.lo
        some = inside[block.starts[inside + 1] > block.starts[inside]]
        return [self.topology.id(int(n)) for n in some + block.lo]

    def stands_for_any(self, identifier: str, category: str) -> bool:
        """Whether any narrower term is of a category: a chemical may be a class of drugs."""
        numbers = self._numbers.get((identifier, ALL_SOURCES)) if self.under(identifier).up else None
        low, high = self.topology.category_range(category)
        return numbers is not None and bool(((numbers >= low) & (numbers < high)).any())

    def above(self, identifier: str, permitted: Permitted = ALL_SOURCES) -> tuple[str, ...]:
        """The broader terms that stand for a term too, nearest first."""
        start = self._start(identifier)
        if start is None:
            return ()
        found = [node for node, _ in _levels(start, self._of(permitted).above, frozenset())]
        named = [(node, self.topology.id(node)) for node in found]
        # What a term on a circle stands for is not told by the way up.
        return tuple(i for n, i in named if n not in self._circle or identifier in self.under(i, permitted))

    def _start(self, identifier: str) -> int | None:
        """The number of a term whose kind has an ontology."""
        try:
            start = self.topology.index(identifier)
        except UnknownNode:
            return None
        return start if schema().kind(self.topology.category(start)).narrower else None

    def _of(self, permitted: Permitted) -> _Kin:
        kin = self._kin.get(permitted)
        if kin is None:
            if len(self._kin) >= _KEPT:
                self._kin = {}
            kin = self._kin[permitted] = self._chosen(permitted)
        return kin

    def _chosen(self, permitted: Permitted) -> _Kin:
        mask = np.uint64(self.topology.mask(permitted))
        child, parent = self._pairs[:, 0], self._pairs[:, 1]
        stated, native = (self._sources & mask != 0).T
        placed = np.zeros(len(self.topology), bool)
        placed[child[native]] = True
        walked = stated & (native | ~placed[child])
        kept: dict[int, set[int]] = {}
        cut = set()
        for place, _ in self._knots:
            low, high = (int(n) for n in self._pairs[place])
            if walked[place]:
                if _leads(kept, high, low):
                    cut.add((low, high))
                else:
                    kept.setdefault(low, set()).add(high)
        child, parent = child[walked].astype(np.int64), parent[walked].astype(np.int64)
        by_child = np.lexsort((parent, child))
        return _Kin((parent, child), (child[by_child], parent[by_child]), frozenset(cut))


def _levels(start: int, pairs: tuple[Indices, Indices], cut: frozenset[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The nodes that pairs lead to, level by level, each with the first node of the level before that leads there.

    The pairs are in the order of where they start. `cut`: pairs of narrower and broader node that are not walked.
    """
    starts, ends = pairs
    seen, level = {start}, [start]
    while level:
        first, last = (np.searchsorted(starts, level, side).tolist() for side in ("left", "right"))
        fresh: dict[int, int] = {}
        for node, low, high in zip(level, first, last, strict=True):
            for end in ends[low:high].tolist():
                if end not in seen and end not in fresh and (end, node) not in cut:
                    fresh[end] = node
        seen |= fresh.keys()
        level = sorted(fresh)
        yield from ((node, fresh[node]) for node in level)


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
