"""Metapaths, path counts, degree-weighted path counts and top paths: equal to what walking every path one by one gives."""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import SchemaError
from kg.evidence.only import Only
from kg.evidence.permitted import Permitted
from kg.release.release import Release
from kg.schema import schema
from kg.topology.build import build_topology
from kg.topology.errors import UnknownNode
from kg.topology.metapath import Metapath, Step, metaedges, metapaths
from kg.topology.network import Network
from kg.topology.pathcounts import degree_weighted, path_counts
from kg.topology.paths import top_paths
from kg.topology.topology import Topology
from tests.kg.test_topology import LETTERS, Edge, made

KINDS = ("biolink:Drug", "biolink:Disease", "biolink:Gene", "biolink:AnatomicalEntity")
RELATIONS = (
    "treats",
    "palliates",
    "drug_resembles",
    "binds",
    "disease_resembles",
    "associates",
    "localizes",
    "interacts",
    "regulates",
    "expresses",
)


class Walked:
    """Every path one by one, from a plain list of edges."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self.out: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for subject, relation, obj in ((e[0], e[1], e[2]) for e in edges if e[0] != e[2]):
            both = ("out", "in")
            for start, end, direction in ((subject, obj, both), (obj, subject, both[::-1])):
                for d in both if schema().relation(relation).symmetric else direction[:1]:
                    self.out[relation, d][start].add(end)

    def paths(self, steps: Sequence[Step], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if not steps:
            yield before
            return
        for end in sorted(self.out[steps[0].relation, steps[0].direction][before[-1]]):
            if end not in before:
                yield from self.paths(steps[1:], (*before, end))

    def weight(self, metapath: Metapath, nodes: Sequence[str], damping: float) -> float:
        worth = 1.0
        for step, start, end in zip(metapath.steps, nodes, nodes[1:], strict=False):
            there, back = self.out[step.relation, step.direction], self.out[step.relation, step.reverse.direction]
            worth *= (len(there[start]) * len(back[end])) ** -damping
        return worth


def network(edges: Sequence[Edge], nodes: Sequence[str], relations: Sequence[str]) -> Network:
    with tempfile.TemporaryDirectory() as folder:
        release = made(Path(folder) / "release", nodes, edges)
        build_topology(release, Path(folder) / "topology")
        return Network(Topology.open(Path(folder) / "topology", release), relations=relations)


def compared(net: Network, walked: Walked, source: str, target: str) -> int:
    """Check every metapath of 1 to 4 steps between two kinds; how many paths there were."""
    total = 0
    paths = metapaths(source, target, 4, relations=net.relations)
    starts, ends = net.ids(source), net.ids(target)
    counts, weights = dict(path_counts(net, paths)), dict(degree_weighted(net, paths, damping=0.4))
    assert set(counts) == set(weights) == set(paths)
    for metapath in paths:
        expected = np.zeros((2, len(starts), len(ends)))
        for row, start in enumerate(starts):
            for nodes in walked.paths(metapath.steps, (start,)):
                expected[:, row, ends.index(nodes[-1])] += 1, walked.weight(metapath, nodes, 0.4)
        assert np.array_equal(counts[metapath], expected[0]), str(metapath)
        np.testing.assert_allclose(weights[metapath], expected[1], rtol=1e-11, atol=0, err_msg=str(metapath))
        total += int(expected[0].sum())
    return total


def random_graph(
    seed: int, per_kind: int, density: float, relations: Sequence[str] = RELATIONS
) -> tuple[list[str], list[Edge]]:
    rng = random.Random(seed)
    letter = {category: name for name, category in LETTERS.items()}
    nodes = [f"{letter[k]}{n}" for k in KINDS for n in range(per_kind)] + ["X0"]
    edges: list[Edge] = []
    for name in relations:
        relation = schema().relation(name)
        ends = [
            [n for n in nodes if n[0] in letter[category] + ("X" if category == "biolink:Drug" else "")]
            for category in (relation.subject, relation.object)
        ]
        pairs = {tuple(sorted(p)) if relation.symmetric else p for p in product(*ends)}
        edges += [(start, name, end) for start, end in sorted(pairs) if rng.random() < density]
    return nodes, edges


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**31),
    st.integers(1, 4),
    st.floats(0.05, 0.8),
    st.lists(st.sampled_from(RELATIONS), min_size=1, max_size=4, unique=True),
)
def test_counts_equal_walking_every_path(seed: int, per_kind: int, density: float, relations: list[str]) -> None:
    nodes, edges = random_graph(seed, per_kind, density, relations)
    net, walked = network(edges, nodes, relations), Walked(edges)
    reached = {c for r in relations for c in (schema().relation(r).subject, schema().relation(r).object)}
    for source, target in product(sorted(reached), repeat=2):
        compared(net, walked, source, target)


def test_counts_are_exact_for_every_way_in_which_kinds_repeat() -> None:
    nodes, edges = random_graph(7, 3, 0.5)
    net, walked = network(edges, nodes, RELATIONS), Walked(edges)
    patterns = set()
    for source, target in product(KINDS, repeat=2):
        assert compared(net, walked, source, target) > 0
        for path in metapaths(source, target, 4, relations=RELATIONS):
            kinds = path.categories
            patterns.add("".join("ABCDE"[list(dict.fromkeys(kinds)).index(k)] for k in kinds))
    # Every pattern of up to four kinds at two to five places; a fifth kind repeats none.
    assert patterns == {p for n in range(2, 6) for p in _patterns(n) if p != "ABCDE"}


def _patterns(places: int) -> set[str]:
    grown = {"A"}
    for _ in range(places - 1):
        grown = {p + letter for p in grown for letter in "ABCDE"[: len(set(p)) + 1]}
    return grown


def test_a_node_never_repeats_though_its_kind_does() -> None:
    # C1 treats D1 and binds G1, which binds nothing else: every walk C-D-x-C-D and C-G-C-D comes back to C1.
    edges: list[Edge] = [
        ("C1", "treats", "D1"),
        ("D1", "associates", "G1"),
        ("C1", "binds", "G1"),
        ("C2", "palliates", "D2"),
    ]
    net = network(edges, ["C1", "C2", "D1", "D2", "G1"], metaedges())
    for text in ("CtDaGbCtD", "CbGbCtD", "CtDtCtD", "CbGaDtCtD"):
        assert next(path_counts(net, [Metapath.parse(text)]))[1].sum() == 0
        assert next(degree_weighted(net, [Metapath.parse(text)]))[1].any() == np.False_
    more = network([*edges, ("C2", "binds", "G1"), ("C2", "treats", "D2")], ["C1", "C2", "D1", "D2", "G1"], metaedges())
    ranked = top_paths(more, "C1", "D2", [Metapath.parse("CtDaGbCtD")])
    assert [p.nodes for p in ranked.top] == [("C1", "D1", "G1", "C2", "D2")]


def test_some_sources_and_targets_in_any_order_give_those_rows_and_columns() -> None:
    nodes, edges = random_graph(3, 5, 0.5)
    net = network(edges, nodes, RELATIONS)
    for source, target, left, right in (
        ("biolink:Drug", "biolink:Disease", ["C3", "X0", "C1"], ["D4", "D0"]),
        ("biolink:Gene", "biolink:Gene", ["G2", "G2"], ["G4", "G2", "G0", "G2"]),
    ):
        paths = metapaths(source, target, 4, relations=RELATIONS)
        whole = dict(degree_weighted(net, paths))
        some = dict(degree_weighted(net, paths, left, right))
        rows, columns = net.rows(source, left), net.rows(target, right)
        for path in paths:
            np.testing.assert_allclose(some[path], whole[path][np.ix_(rows, columns)], rtol=1e-12)
            back = next(degree_weighted(net, [path.reverse], right, left))[1]
            np.testing.assert_allclose(back.T, some[path], rtol=1e-12)


def test_top_paths_are_all_paths_weightiest_first_with_their_share() -> None:
    nodes, edges = random_graph(11, 5, 0.5)
    net, walked = network(edges, nodes, RELATIONS), Walked(edges)
    paths = metapaths("biolink:Drug", "biolink:Disease", 4, relations=RELATIONS)
    for path in paths:
        expected = sorted(
            ((walked.weight(path, n, 0.4), n) for n in walked.paths(path.steps, ("C1",)) if n[-1] == "D2"),
            key=lambda f: (-round(f[0], 12), f[1]),
        )
        ranked = top_paths(net, "C1", "D2", [path], top=10_000)
        score = next(degree_weighted(net, [path], ["C1"], ["D2"]))[1][0, 0]
        assert ranked.count == len(expected) and ranked.score == pytest.approx(score, rel=1e-11)
        assert [p.nodes for p in ranked.top] == [n for _, n in expected]
        assert [p.weight for p in ranked.top] == pytest.approx([w for w, _ in expected])
        assert not ranked.top or sum(p.share for p in ranked.top) == pytest.approx(1)
        assert top_paths(net, "C1", "D2", [path], top=3).top == ranked.top[:3]
    together = top_paths(net, "C1", "D2", paths, top=5, factors={paths[0]: 0.0, paths[1]: 2.0})
    parts = [top_paths(net, "C1", "D2", [p]).score * {0: 0.0, 1: 2.0}.get(n, 1.0) for n, p in enumerate(paths)]
    assert together.score == pytest.approx(sum(parts)) and len(together.top) == 5
    assert all(a.weight >= b.weight * (1 - 1e-9) for a, b in zip(together.top, together.top[1:], strict=False))


def test_paths_in_chunks_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import kg.topology.paths as module

    nodes, edges = random_graph(5, 6, 0.6)
    net = network(edges, nodes, RELATIONS)
    paths = metapaths("biolink:Gene", "biolink:Disease", 4, relations=RELATIONS)[-40:]
    whole = top_paths(net, "G1", "D1", paths, top=50)
    monkeypatch.setattr(module, "_CHUNK", 7)
    chunked = top_paths(net, "G1", "D1", paths, top=50)
    assert [(p.metapath, p.nodes) for p in chunked.top] == [(p.metapath, p.nodes) for p in whole.top]
    assert (chunked.count, chunked.score) == (whole.count, pytest.approx(whole.score))


def test_metapaths_are_written_as_hetionet_writes_them() -> None:
    listed = metapaths("biolink:Drug", "biolink:Disease", 4, shortest=2)
    # The number that Himmelstein and others count, eLife 2017, 6:e26726.
    assert len(listed) == len(set(listed)) == len({str(m) for m in listed}) == 1206
    assert all(
        Metapath.parse(str(m)) == m and m.reverse.reverse == m and str(m.reverse.reverse) == str(m) for m in listed
    )
    written = {str(m) for m in listed}
    assert {
        "CbGaD",
        "CrCtD",
        "CbGr>GaD",
        "CbG<rGaD",
        "CcSEcCtD",
        "CiPCiCtD",
        "CtDpSpD",
        "CbGpBPpGaD",
        "CdGeAlD",
    } <= written
    assert str(Metapath((Step("interacts_with_drug", "in"),))) == "Cinteracts_with_drugC"
    assert str(Metapath((Step("binds_protein"),))) == "Cbinds_proteinPROTEIN"
    assert metapaths("biolink:Article", "biolink:Disease", 4) == metapaths("biolink:Drug", "biolink:Disease", 0) == []
    assert [
        str(m)
        for m in metapaths("biolink:Drug", "biolink:Protein", 2, relations=["binds_protein", "interacts_with_drug"])
    ] == [
        "Cbinds_proteinPROTEIN",
        "Cinteracts_with_drugCbinds_proteinPROTEIN",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "take turns"),
        ("C", "take turns"),
        ("CbG ", "take turns"),
        ("CbGxD", "'GxD'"),
        ("GrG", "'GrG'"),
        ("CtDt", "take turns"),
        ("D>tC", "take turns"),
    ],
)
def test_a_metapath_that_cannot_be_read_is_refused_with_the_part_that_is_wrong(text: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        Metapath.parse(text)


def test_what_cannot_be_counted_is_refused() -> None:
    net = network([("C1", "treats", "D1")], ["C1", "C2", "D1"], ["treats", "binds"])
    five = Metapath(tuple(Step("treats", d) for d in ("out", "in", "out", "in", "out")))
    for work in (lambda: next(path_counts(net, [five])), lambda: top_paths(net, "C1", "D1", [five])):
        with pytest.raises(SchemaError, match="5 steps"):
            work()
    with pytest.raises(SchemaError, match="different kinds"):
        next(path_counts(net, [Metapath.parse("CtD"), Metapath.parse("CbG")]))
    with pytest.raises(SchemaError, match="not among the relations"):
        next(path_counts(net, [Metapath.parse("CpD")]))
    with pytest.raises(SchemaError, match="joins a biolink:Pathway"):
        net.members("biolink:Pathway")
    with pytest.raises(UnknownNode, match="C2: no biolink:Drug"):
        next(path_counts(net, [Metapath.parse("CtD")], ["C2"]))
    with pytest.raises(SchemaError, match="any two things"):
        Step("related_to")
    with pytest.raises(SchemaError, match="ends at biolink:Disease, binds"):
        Metapath((Step("treats"), Step("binds")))
    with pytest.raises(SchemaError, match="one step"):
        Metapath(())
    assert list(path_counts(net, [])) == []
    assert next(path_counts(net, [Metapath.parse("CbGbCtD")]))[1].tolist() == [[0.0]]


@pytest.fixture(scope="module")
def real_network(real_release: Release, tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = tmp_path_factory.mktemp("real") / "topology"
    build_topology(real_release, folder)
    return Network(Topology.open(folder, real_release), Only(Permitted(frozenset(["hetionet"]))))


def test_the_real_releases_scores_are_the_sums_of_its_paths(real_network: Network) -> None:
    drugs = ["DRUGBANK:DB00331", "DRUGBANK:DB00563", "DRUGBANK:DB01234"]
    diseases = ["DOID:9352", "DOID:7148", "DOID:10652"]
    paths = random.Random(1).sample(metapaths("biolink:Drug", "biolink:Disease", 4), 150)
    counts, weights = (
        dict(path_counts(real_network, paths, drugs, diseases)),
        dict(degree_weighted(real_network, paths, drugs, diseases)),
    )
    for (row, drug), (column, disease) in product(enumerate(drugs), enumerate(diseases)):
        for path in paths:
            ranked = top_paths(real_network, drug, disease, [path], top=1)
            assert ranked.count == counts[path][row, column]
            assert weights[path][row, column] == pytest.approx(ranked.score, rel=1e-10, abs=0)


def test_the_real_release_holds_hetionets_drugs_and_diseases(real_network: Network) -> None:
    # Compounds and diseases with an edge, which make 209,168 pairs: Himmelstein and others, eLife 2017, 6:e26726. DrugBank
    # has since joined two of the compounds under one number.
    assert (len(real_network.members("biolink:Drug")), len(real_network.members("biolink:Disease"))) == (1537, 136)
    assert 1538 * 136 == 209_168
