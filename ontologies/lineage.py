"""Who is a kind of whom: ancestors, descendants, is-a tests and information content from compact arrays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ontologies.errors import LineageError
from ontologies.term import Term

Codes = NDArray[np.int32]


class Lineage:
    """The closure of a hierarchy over n terms, stored as one sorted array of (term, ancestor) pairs.

    A term is its own ancestor. Cycles are cut at the edge that closes them and
    listed in `cycles`; with `strict` they raise `LineageError` instead.

    >>> tree = Lineage.from_parents([("DOID:9352", "DOID:9351"), ("DOID:9351", "DOID:4")])
    >>> tree.is_a("DOID:9352", "DOID:4"), tree.ancestors("DOID:9352")
    (True, ['DOID:4', 'DOID:9351'])
    """

    def __init__(
        self, ids: Sequence[str], starts: NDArray[np.int64], above: Codes, cycles: Sequence[tuple[str, ...]] = ()
    ) -> None:
        self.ids = list(ids)
        self.cycles = list(cycles)
        self._code = {identifier: n for n, identifier in enumerate(self.ids)}
        self._starts, self._above = starts, above
        rows = np.repeat(np.arange(len(self.ids), dtype=np.int64), np.diff(starts))
        self._pairs = rows * max(len(self.ids), 1) + above
        self._sets: dict[int, frozenset[int]] = {}

    @classmethod
    def from_terms(cls, terms: Iterable[Term], strict: bool = False) -> Lineage:
        """The is_a hierarchy of live terms."""
        listed = [t for t in terms if not t.obsolete]
        return cls.from_parents([(t.id, p) for t in listed for p in t.parents], [t.id for t in listed], strict)

    @classmethod
    def from_parents(cls, pairs: Iterable[tuple[str, str]], ids: Iterable[str] = (), strict: bool = False) -> Lineage:
        """The closure of (child, parent) pairs, with further terms that have neither."""
        listed = list(pairs)
        names = sorted({*ids, *(n for pair in listed for n in pair)})
        code = {name: n for n, name in enumerate(names)}
        parents: list[list[int]] = [[] for _ in names]
        for child, parent in listed:
            if child != parent:
                parents[code[child]].append(code[parent])
        order, cycles = _order(parents, names)
        if cycles and strict:
            raise LineageError(f"a cycle of is_a: {' -> '.join(cycles[0])}; remove one of its edges")
        closure: list[Codes] = [np.zeros(0, np.int32)] * len(names)
        for n in order:
            closure[n] = np.unique(np.concatenate([np.array([n], np.int32), *(closure[p] for p in parents[n])]))
        starts = np.concatenate([[0], np.cumsum([len(c) for c in closure])]).astype(np.int64)
        above = np.concatenate(closure) if closure else np.zeros(0, np.int32)
        return cls(names, starts, above, cycles)

    def code(self, identifier: str) -> int:
        """The number of a term; raises `LineageError` for an unknown one."""
        try:
            return self._code[identifier]
        except KeyError:
            raise LineageError(f"{identifier} is not in this hierarchy") from None

    def codes(self, identifiers: Iterable[str]) -> Codes:
        """The numbers of terms, for `is_a_many`."""
        return np.array([self.code(i) for i in identifiers], np.int32)

    def is_a(self, child: str, ancestor: str) -> bool:
        """Whether a term is another or a kind of it."""
        c = self.code(child)
        if c not in self._sets:
            self._sets[c] = frozenset(self._above[self._starts[c] : self._starts[c + 1]].tolist())
        return self.code(ancestor) in self._sets[c]

    def is_a_many(self, children: Codes, ancestors: Codes) -> NDArray[np.bool_]:
        """`is_a` for arrays of codes of one shape."""
        wanted = children.astype(np.int64) * len(self.ids) + ancestors
        place = np.searchsorted(self._pairs, wanted)
        return np.asarray(self._pairs[np.minimum(place, len(self._pairs) - 1)] == wanted)

    def ancestors(self, identifier: str) -> list[str]:
        """Everything that a term is a kind of, without itself."""
        c = self.code(identifier)
        return [self.ids[a] for a in self._above[self._starts[c] : self._starts[c + 1]] if a != c]

    def descendants(self, identifier: str) -> list[str]:
        """Every kind of a term, without itself."""
        c = self.code(identifier)
        rows = np.searchsorted(self._starts, np.flatnonzero(self._above == c), side="right") - 1
        return [self.ids[r] for r in rows if r != c]

    def information_content(self, identifier: str) -> float:
        """Intrinsic information content, 0 for a root of everything to 1 for a leaf.

        1 - log(descendants + 1) / log(terms), Seco, Veale and Hayes, ECAI 2004.
        """
        return 1.0 - math.log(len(self.descendants(identifier)) + 1) / math.log(max(len(self.ids), 2))

    def save(self, path: Path) -> None:
        """Write the arrays to an .npz file."""
        np.savez(path, ids=np.array(self.ids), starts=self._starts, above=self._above)

    @classmethod
    def load(cls, path: Path) -> Lineage:
        """Read what `save` wrote."""
        with np.load(path) as stored:
            return cls(stored["ids"].tolist(), stored["starts"], stored["above"])


def _order(parents: list[list[int]], names: Sequence[str]) -> tuple[list[int], list[tuple[str, ...]]]:
    """Terms with every parent before its children; edges that close a cycle are removed from `parents`."""
    state = [0] * len(parents)
    order: list[int] = []
    cycles: list[tuple[str, ...]] = []
    for root in range(len(parents)):
        stack = [(root, 0)] if state[root] == 0 else []
        while stack:
            node, at = stack.pop()
            state[node] = 1
            if at == len(parents[node]):
                state[node] = 2
                order.append(node)
                continue
            parent = parents[node][at]
            if state[parent] == 1:
                path = [n for n, _ in stack] + [node]
                cycles.append(tuple(names[n] for n in [*path[path.index(parent) :], parent]))
                parents[node].pop(at)
                stack.append((node, at))
                continue
            stack.append((node, at + 1))
            if state[parent] == 0:
                stack.append((parent, 0))
    return order, cycles
