"""Personalised PageRank is the solution of its equations; shortest paths are those that a plain search finds."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.evidence.only import Only
from kg.schema import schema
from kg.topology.build import build_topology
from kg.topology.errors import NotConverged, SeedError, UnknownNode
from kg.topology.topology import Topology
from kg.topology.whole import WholeGraph
from tests.kg.test_topology import Edge, made
from tests.kg.test_topology_counts import RELATIONS, random_graph


def opened(folder: Path, nodes: list[str], edges: list[Edge]) -> Topology:
    release = made(folder / "release", nodes, edges)
    build_topology(release, folder / "topology")
    return Topology.open(folder / "topology", release)


def dense(topology: Topology, edges: list[Edge], directed: bool) -> np.ndarray:
    """How many relations lead from a node to another, from the plain list of edges."""
    steps = {(e[1], e[0], e[2]) for e in edges}
    matrix = np.zeros((len(topology), len(topology)))
    both = {(r, b, a) for r, a, b in steps if not directed or schema().relation(r).symmetric}
    # A relation that is said of a pair both ways joins it twice, unless the relation is symmetric.
    for _, start, end in [*steps, *(b for b in both if b not in steps or not schema().relation(b[0]).symmetric)]:
        if start != end:
            matrix[topology.index(start), topology.index(end)] += 1
    return matrix


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.02, 0.6), st.sampled_from([0.15, 0.5, 1.0]), st.booleans())
def test_pagerank_solves_its_equations(
    tmp_path_factory: pytest.TempPathFactory, seed: int, density: float, restart: float, directed: bool
) -> None:
    nodes, edges = random_graph(seed, 4, density)
    top = opened(tmp_path_factory.mktemp("graph"), nodes, edges)
    seeds = {n: 1.0 + len(n) * i for i, n in enumerate(random.Random(seed).sample(nodes, 2))}
    rank = WholeGraph(top, RELATIONS, directed=directed).pagerank(seeds, restart, tolerance=1e-13)
    matrix = dense(top, edges, directed)
    start = np.zeros(len(top))
    for node, weight in seeds.items():
        start[top.index(node)] = weight / sum(seeds.values())
    out = matrix.sum(axis=1)
    # A node that leads nowhere leads back to the seeds.
    walk = np.where(out[:, None] > 0, matrix / np.maximum(out, 1)[:, None], start)
    expected = np.linalg.solve(np.eye(len(top)) - (1 - restart) * walk.T, restart * start)
    np.testing.assert_allclose(rank, expected, atol=1e-11)
    assert rank.sum() == pytest.approx(1, abs=1e-12)


def test_seeds_that_make_no_distribution_are_refused(tmp_path: Path) -> None:
    graph = WholeGraph(opened(tmp_path, ["C1", "D1", "G1"], [("C1", "treats", "D1")]))
    for seeds in ({}, {"C1": 0.0}, {"C1": -1.0, "D1": 2.0}, {"C1": float("nan")}, {"C1": float("inf")}):
        with pytest.raises(SeedError):
            graph.pagerank(seeds)
    for restart in (0.0, -0.1, 1.1):
        with pytest.raises(SeedError, match="restart"):
            graph.pagerank({"C1": 1}, restart)
    with pytest.raises(UnknownNode, match="C9"):
        graph.pagerank({"C9": 1})
    with pytest.raises(NotConverged, match="within 2 rounds"):
        graph.pagerank({"C1": 1}, rounds=2)
    # A seed that nothing joins keeps all of the rank.
    assert graph.pagerank({"G1": 3}).tolist() == [0, 0, 1]


def every_shortest(matrix: np.ndarray, first: int, last: int) -> list[tuple[int, ...]]:
    fronts = [(first,)]
    seen = {first}
    while fronts:
        if arrived := [path for path in fronts if path[-1] == last]:
            return sorted(arrived)
        fronts = [(*path, int(n)) for path in fronts for n in np.flatnonzero(matrix[path[-1]]) if n not in seen]
        seen |= {path[-1] for path in fronts}
    return []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.02, 0.3), st.booleans())
def test_shortest_paths_are_those_of_a_plain_search(
    tmp_path_factory: pytest.TempPathFactory, seed: int, density: float, directed: bool
) -> None:
    nodes, edges = random_graph(seed, 4, density)
    top = opened(tmp_path_factory.mktemp("graph"), nodes, edges)
    graph, matrix = WholeGraph(top, RELATIONS, directed=directed), dense(top, edges, directed)
    joined: dict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in edges:
        joined[edge[0], edge[2]].add(edge[1])
        if not directed or schema().relation(edge[1]).symmetric:
            joined[edge[2], edge[0]].add(edge[1])
    for start, end in product(nodes[::3], nodes[::2]):
        expected = [tuple(top.id(n) for n in path) for path in every_shortest(matrix, top.index(start), top.index(end))]
        shortest = graph.shortest_paths(start, end)
        assert [r.nodes for r in shortest.routes] == expected[:100] and shortest.count == len(expected)
        assert shortest.length == (len(expected[0]) - 1 if expected else None)
        for route in shortest.routes:
            assert [{name for name, _ in step} for step in route.steps] == [
                joined[pair] for pair in zip(route.nodes, route.nodes[1:], strict=False)
            ]
        assert [r.nodes for r in graph.shortest_paths(start, end, most=1).routes] == expected[:1]
        if shortest.length:
            assert graph.shortest_paths(start, end, longest=shortest.length - 1).length is None


def test_the_evidence_and_the_direction_of_a_step_are_kept(tmp_path: Path) -> None:
    edges: list[Edge] = [
        ("C1", "binds", "G1", {"tier": 5, "sources": ["mined"]}),
        ("D1", "associates", "G1"),
        ("C1", "related_to", "C1"),
        ("D2", "disease_resembles", "D1"),
    ]
    top = opened(tmp_path, ["C1", "D1", "D2", "G1"], edges)
    shortest = WholeGraph(top).shortest_paths("C1", "D2")
    assert [(r.nodes, r.steps) for r in shortest.routes] == [
        (("C1", "G1", "D1", "D2"), ((("binds", "out"),), (("associates", "in"),), (("disease_resembles", "out"),)))
    ]
    assert WholeGraph(top, only=Only(tiers=(0, 4))).shortest_paths("C1", "D2").length is None
    assert WholeGraph(top).shortest_paths("C1", "C1").routes[0].nodes == ("C1",)
    with pytest.raises(UnknownNode, match="D7"):
        WholeGraph(top).shortest_paths("C1", "D7")
