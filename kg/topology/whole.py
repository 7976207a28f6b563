"""The graph as a whole, whatever joins two nodes: personalised PageRank and shortest paths."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.evidence.only import ALL, Only
from kg.schema import schema
from kg.schema.relations import Direction
from kg.topology.errors import NotConverged, SeedError
from kg.topology.metapath import metaedges
from kg.topology.topology import Indices, Topology, directions


@dataclass(frozen=True, slots=True)
class Route:
    """A shortest path: its nodes, and of each step the relations that join the two nodes with their directions."""

    nodes: tuple[str, ...]
    steps: tuple[tuple[tuple[str, Direction], ...], ...]


@dataclass(frozen=True, slots=True)
class Routes:
    """The shortest paths of a pair: their length in steps (None when nothing joins the two), how many there are, the
    first of them.
    """

    length: int | None
    count: int
    routes: tuple[Route, ...]


class WholeGraph:
    """All nodes of a release, joined by some relations (the 24 metaedges unless others are given) on permitted
    evidence.

    Relations are walked both ways unless `directed`; symmetric ones always are. A
    pair counts once for each relation that joins it; a node is not joined with itself.
    """

    def __init__(
        self, topology: Topology, relations: Collection[str] | None = None, only: Only = ALL, directed: bool = False
    ) -> None:
        self.topology, self.only, self.directed = topology, only, directed
        self.relations = metaedges() if relations is None else tuple(dict.fromkeys(relations))

    @cached_property
    def adjacency(self) -> Any:
        """How many relations lead from a node to another: scipy CSR of float64, shape (nodes, nodes)."""
        from scipy import sparse

        size = len(self.topology)
        total = sparse.csr_matrix((size, size))
        for name in self.relations:
            known = schema().relation(name)
            for direction in ("out",) if self.directed else directions(known):
                start, end = self.topology.pairs(name, direction, self.only)
                start, end = start[start != end], end[start != end]
                starts = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=size))])
                total = total + sparse.csr_matrix(
                    (np.ones(len(end)), end.astype(np.int32), starts.astype(np.int32)), shape=(size, size)
                )
        return total

    @cached_property
    def _against(self) -> Any:
        return self.adjacency.T.tocsr() if self.directed else self.adjacency

    def pagerank(
        self, seeds: Mapping[str, float], restart: float = 0.15, tolerance: float = 1e-10, rounds: int = 1000
    ) -> NDArray[np.float64]:
        """Personalised PageRank of every node, by node number; adds up to 1.

        The fixed point of p = restart * s + (1 - restart) * (P' p + d s): s are the seeds'
        weights divided by their sum, P the adjacency with rows divided by their sum, and d
        the rank on nodes that lead nowhere, which goes back to the seeds (Page and others
        1999, section 6; Haveliwala, WWW 2002). Power iteration until p changes by less
        than `tolerance` in all (L1). Raises `UnknownNode` for an unknown seed, `SeedError`
        for weights without a positive sum or a restart outside (0, 1], `NotConverged`.
        """
        if not 0 < restart <= 1:
            raise SeedError(f"restart {restart}: the share of restarts is above 0 and at most 1")
        start = np.zeros(len(self.topology))
        for identifier, weight in seeds.items():
            if not weight >= 0:
                raise SeedError(f"{identifier}: the weight {weight} of a seed is no number from 0 up")
            start[self.topology.index(identifier)] += weight
        if not 0 < start.sum() < np.inf:
            raise SeedError("the weights of the seeds have no positive sum; give one node at least a weight above 0")
        start /= start.sum()
        out = np.asarray(self.adjacency.sum(axis=1)).ravel()
        lost, share = out == 0, 1 / np.maximum(out, 1)
        rank = start.copy()
        for _ in range(rounds):
            new = restart * start + (1 - restart) * (self._against @ (rank * share) + rank[lost].sum() * start)
            # Rounding alone moves the sum away from 1.
            new /= new.sum()
            if np.abs(new - rank).sum() < tolerance:
                return np.asarray(new)
            rank = new
        raise NotConverged(
            f"personalised PageRank has not settled within {rounds} rounds; give a larger tolerance than {tolerance}"
        )

    def shortest_paths(self, start: str, end: str, most: int = 100, longest: int | None = None) -> Routes:
        """The shortest paths between two nodes: all are counted, the first `most` listed, in order of their nodes'
        numbers.

        Breadth-first search (Moore 1959). No path is longer than `longest` steps, if
        given. Raises `UnknownNode`.
        """
        first, last = self.topology.index(start), self.topology.index(end)
        levels = self._levels(first, last, longest)
        if levels is None:
            return Routes(None, 0, ())
        # Counted from the end: how many shortest ways lead on from each node of a level.
        ways: list[dict[int, int]] = [{last: 1}]
        after: list[dict[int, list[int]]] = []
        for level in reversed(levels[:-1]):
            onward = {node: [n for n in self._next(self.adjacency, node).tolist() if n in ways[0]] for node in level}
            ways.insert(0, {node: sum(ways[0][n] for n in following) for node, following in onward.items()})
            after.insert(0, onward)
        listed: list[Route] = []
        for nodes in self._walk(first, after):
            if len(listed) == most:
                break
            listed.append(self._route(nodes))
        return Routes(len(after), ways[0][first], tuple(listed))

    def _levels(self, first: int, last: int, longest: int | None) -> list[list[int]] | None:
        """Nodes of each distance that lie on a shortest path; None when there is no path."""
        distance = np.full(len(self.topology), -1)
        distance[first] = 0
        front, steps = np.array([first]), 0
        while distance[last] < 0:
            if not len(front) or steps == longest:
                return None
            steps += 1
            reached = self._all_next(self.adjacency, front)
            front = reached[distance[reached] < 0]
            distance[front] = steps
        levels, front = [[last]], np.array([last])
        for step in range(steps - 1, -1, -1):
            reached = self._all_next(self._against, front)
            front = reached[distance[reached] == step]
            levels.insert(0, front.tolist())
        return levels

    def _next(self, matrix: Any, node: int) -> Indices:
        return np.asarray(np.sort(matrix.indices[matrix.indptr[node] : matrix.indptr[node + 1]]))

    def _all_next(self, matrix: Any, nodes: Indices) -> Indices:
        return np.asarray(np.unique(matrix[nodes].indices))

    def _walk(self, first: int, after: list[dict[int, list[int]]]) -> Iterator[tuple[int, ...]]:
        if not after:
            yield (first,)
            return
        for following in after[0][first]:
            yield from ((first, *rest) for rest in self._walk(following, after[1:]))

    def _route(self, nodes: tuple[int, ...]) -> Route:
        steps = []
        for start, end in pairwise(nodes):
            joined = self.topology.joining(start, end, self.relations, self.only)
            steps.append(tuple((name, d) for name, d in joined if not self.directed or d == "out"))
        return Route(tuple(self.topology.id(n) for n in nodes), tuple(steps))
