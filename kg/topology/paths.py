"""The paths between two nodes, counted to the last one, and the weightiest of them with their share of the score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.errors import SchemaError
from kg.topology.metapath import Metapath, Step
from kg.topology.network import Network, space
from kg.topology.pathcounts import DAMPING, LONGEST

# Joined rows held at a time: 2 million paths of four steps take about 100 MB.
_CHUNK = 2_000_000


@dataclass(frozen=True, slots=True)
class FoundPath:
    """One path: its nodes' identifiers, its path-degree product, and its part (0 to 1) of the pair's score."""

    metapath: Metapath
    nodes: tuple[str, ...]
    weight: float
    share: float

    @property
    def triples(self) -> tuple[tuple[str, str, str], ...]:
        """Each step as (subject, relation, object): what `kg.evidence.edges.edges_of` finds the edges of."""
        steps = zip(self.metapath.steps, pairwise(self.nodes), strict=True)
        return tuple((a, s.relation, b) if s.direction == "out" else (b, s.relation, a) for s, (a, b) in steps)


@dataclass(frozen=True, slots=True)
class FoundPaths:
    """The weightiest paths of a pair, how many there are in all, and the score that they add up to."""

    top: tuple[FoundPath, ...]
    count: int
    score: float


@dataclass(frozen=True, slots=True)
class _Ways:
    """Walks of some steps: a row of member numbers each, and the product of their edges' weights."""

    nodes: NDArray[np.int32]
    weights: NDArray[np.float64]


def top_paths(
    network: Network,
    source: str,
    target: str,
    paths: Iterable[Metapath],
    top: int = 10,
    damping: float = DAMPING,
    factors: Mapping[Metapath, float] | None = None,
) -> FoundPaths:
    """Enumerate every path of a pair along some metapaths and keep the `top` weightiest, ties in order of their nodes.

    A path's weight is the product over its edges of (d_start * d_end) ** -damping: with
    one metapath the weights add up to its degree-weighted path count (the path-degree
    product of Himmelstein and Baranzini, PLOS Computational Biology 2015, e1004259).
    `factors` multiplies the weights of a metapath, 1 where none is given; the score is
    the sum of all weights so multiplied, and a share is a part of it. Raises
    `SchemaError` for a metapath of more than four steps, `UnknownNode` for a node
    without edges.
    """
    finder = _Finder(network, damping)
    count, score = 0, 0.0
    best: list[tuple[float, Metapath, tuple[int, ...]]] = []
    for path in dict.fromkeys(paths):
        if len(path) > LONGEST:
            raise SchemaError(f"{path} has {len(path)} steps; paths of at most {LONGEST} are enumerated")
        factor = 1.0 if factors is None else factors.get(path, 1.0)
        start, end = int(network.rows(path.source, [source])[0]), int(network.rows(path.target, [target])[0])
        for ways in finder.between(path, start, end):
            weights = ways.weights * factor
            count, score = count + len(weights), score + float(weights.sum())
            best += [(weights[n], path, tuple(ways.nodes[n].tolist())) for n in _weightiest(ways.nodes, weights, top)]
        best = sorted(best, key=lambda weighed: (-_rounded(weighed[0]), len(weighed[1]), str(weighed[1]), weighed[2]))[
            :top
        ]
    return FoundPaths(tuple(_named(network, *weighed, score) for weighed in best), count, score)


def _named(network: Network, weight: float, path: Metapath, nodes: tuple[int, ...], score: float) -> FoundPath:
    ids = [network.topology.id(int(network.members(c)[n])) for c, n in zip(path.categories, nodes, strict=True)]
    return FoundPath(path, tuple(ids), float(weight), float(weight / score) if score else 0.0)


def _rounded(weights: Any) -> Any:
    """Weights to 12 digits: the same product reached in another order of its factors is a tie."""
    with np.errstate(divide="ignore"):
        digits = 11 - np.floor(np.log10(np.abs(weights)))
    scale = 10.0 ** np.where(np.isfinite(digits), digits, 0)
    return np.round(weights * scale) / scale


def _weightiest(nodes: NDArray[np.int32], weights: NDArray[np.float64], top: int) -> NDArray[np.int64]:
    """Rows of the weightiest ways, ties in order of their nodes."""
    rounded = _rounded(weights)
    rows = np.arange(len(weights))
    if 0 < top < len(weights):
        rows = np.flatnonzero(rounded >= np.partition(rounded, len(weights) - top)[len(weights) - top])
    order = np.lexsort((*nodes[rows].T[::-1], -rounded[rows]))
    return np.asarray(rows[order[:top]])


class _Finder:
    """Joins what a source reaches in the first steps with what a target reaches, walked back, in the last ones."""

    def __init__(self, network: Network, damping: float) -> None:
        self.network, self.damping = network, damping
        self._walked: dict[tuple[int, tuple[Step, ...]], _Ways] = {}

    def between(self, path: Metapath, start: int, end: int) -> Iterator[_Ways]:
        """Every path of a metapath between two members, in chunks."""
        half = (len(path) + 1) // 2
        left, right = self._walk(start, path.steps[:half]), self._walk(end, path.reverse.steps[: len(path) - half])
        order = np.argsort(right.nodes[:, -1], kind="stable")
        middle = right.nodes[order, -1]
        first = np.searchsorted(middle, left.nodes[:, -1], "left")
        number = np.searchsorted(middle, left.nodes[:, -1], "right") - first
        reached = np.cumsum(number)
        at = 0
        while at < len(number):
            # At least one row at a time, however many it joins.
            until = max(at + 1, int(np.searchsorted(reached, (reached[at - 1] if at else 0) + _CHUNK)))
            count = number[at:until]
            left_rows = np.repeat(np.arange(at, until), count)
            right_rows = order[np.arange(count.sum()) + np.repeat(first[at:until] - np.cumsum(count) + count, count)]
            nodes = np.hstack([left.nodes[left_rows], right.nodes[right_rows, -2::-1]])
            keep = _apart(path, nodes)
            yield _Ways(nodes[keep], (left.weights[left_rows] * right.weights[right_rows])[keep])
            at = until

    def _walk(self, start: int, steps: tuple[Step, ...]) -> _Ways:
        """Every walk of these steps from a member."""
        if not steps:
            return _Ways(np.array([[start]], np.int32), np.ones(1))
        if (start, steps) not in self._walked:
            before = self._walk(start, steps[:-1])
            matrix = self.network.weighted(steps[-1], self.damping)
            ends = before.nodes[:, -1]
            count = (matrix.indptr[ends + 1] - matrix.indptr[ends]).astype(np.int64)
            row = np.repeat(np.arange(len(ends)), count)
            edges = np.arange(count.sum()) + np.repeat(matrix.indptr[ends] - np.cumsum(count) + count, count)
            nodes = np.hstack([before.nodes[row], matrix.indices[edges, None]])
            self._walked[start, steps] = _Ways(nodes, before.weights[row] * matrix.data[edges])
        return self._walked[start, steps]


def _apart(path: Metapath, nodes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which rows hold no node twice."""
    kinds = [space(c) for c in path.categories]
    keep = np.ones(len(nodes), bool)
    for place in range(len(kinds)):
        for other in range(place + 2, len(kinds)):
            if kinds[place] == kinds[other]:
                keep &= nodes[:, place] != nodes[:, other]
    return keep
