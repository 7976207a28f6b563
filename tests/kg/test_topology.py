"""The topology of a release: nodes by number, neighbours, filters of the evidence; built once, mapped, refused for another release."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kg.errors import ReleaseError, ReleaseMismatch, SchemaError
from kg.evidence.only import Only
from kg.evidence.permitted import Permitted
from kg.release.release import Release, write_release
from kg.release.tables import PARTITION
from kg.schema import schema
from kg.topology.build import ARRAYS, build_topology
from kg.topology.errors import UnknownNode
from kg.topology.topology import Topology

LETTERS = {
    "C": "biolink:Drug",
    "X": "biolink:ChemicalEntity",
    "D": "biolink:Disease",
    "G": "biolink:Gene",
    "A": "biolink:AnatomicalEntity",
    "N": "biolink:NamedThing",
}
Edge = tuple[str, str, str] | tuple[str, str, str, dict[str, object]]


def made(folder: Path, nodes: Sequence[str], edges: Sequence[Edge]) -> Release:
    """A release of nodes such as C1 (a drug) or G2 (a gene) and (subject, relation, object, further columns) edges."""
    rows = []
    for subject, relation, obj, *more in edges:
        subject, obj = sorted((subject, obj)) if schema().relation(relation).symmetric else (subject, obj)
        rows.append(
            {
                "subject": subject,
                "object": obj,
                "relation": relation,
                "negated": False,
                "tier": 2,
                "sources": ["one"],
                **(more[0] if more else {}),
            }
        )
    rows = [{"id": f"E{number}", "publications": [], **row} for number, row in enumerate(rows)]
    lists, texts = (
        dict.fromkeys(("sources", "publications"), pl.List(pl.String)),
        dict.fromkeys(("id", "subject", "object", "relation"), pl.String),
    )
    kinds = {**texts, "negated": pl.Boolean, "tier": pl.Int8, **lists}
    tables = {
        **{
            name: pl.DataFrame(schema=PARTITION[name])
            for name in ("evidence", "coverage", "passages", "citations", "aliases", "mechanisms", "quarantine")
        },
        "merges": pl.DataFrame(),
        "values": pl.DataFrame(),
        "nodes": pl.DataFrame(
            {"id": list(nodes), "category": [LETTERS[n[0]] for n in nodes]},
            schema={"id": pl.String, "category": pl.String},
        ),
        "edges": pl.DataFrame(rows, schema=kinds),
    }
    return write_release(folder, tables, {"sources": []})


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Topology]:
    def build(nodes: str, edges: Sequence[Edge]) -> Topology:
        release = made(tmp_path / "release", nodes.split(), edges)
        build_topology(release, tmp_path / "topology")
        return Topology.open(tmp_path / "topology", release)

    return build


def ids(topology: Topology, indices: np.ndarray) -> list[str]:
    return [topology.id(int(i)) for i in indices]


def test_nodes_of_a_category_lie_together_and_chemicals_beside_drugs(small) -> None:
    top = small("G2 C1 X1 D1 G1 C2 N1", [])
    assert [top.id(i) for i in range(len(top))] == ["C1", "C2", "X1", "D1", "G1", "G2", "N1"]
    assert [top.index(top.id(i)) for i in range(len(top))] == list(range(7))
    assert (top.category_range("biolink:Drug"), top.end_range("biolink:Drug"), top.category_range("biolink:Gene")) == (
        (0, 2),
        (0, 3),
        (4, 6),
    )
    assert (top.category_range("biolink:NamedThing"), top.end_range("biolink:NamedThing")) == ((6, 7), (0, 7))
    assert [top.category(i) for i in (2, 5)] == ["biolink:ChemicalEntity", "biolink:Gene"]


def test_what_is_not_there_is_refused_by_name(small) -> None:
    top = small("C1 D1", [("C1", "treats", "D1")])
    for unknown in ("", "C", "C11", "ZZ", "A"):
        with pytest.raises(UnknownNode, match="galenic link"):
            top.index(unknown)
    with pytest.raises(UnknownNode, match="number 2"):
        top.id(2)
    with pytest.raises(UnknownNode, match="number -1"):
        top.category(-1)
    with pytest.raises(SchemaError, match="unknown relation 'cures'"):
        top.neighbours("cures", "out", np.array([0]))
    with pytest.raises(SchemaError, match="'out', along its arrow"):
        top.neighbours("treats", "up", np.array([0]))
    with pytest.raises(SchemaError, match="unknown category"):
        top.category_range("biolink:Planet")


def test_neighbours_follow_the_arrow_or_go_against_it(small) -> None:
    top = small(
        "C1 C2 X1 D1 D2 G1",
        [("C1", "treats", "D1"), ("C1", "treats", "D2"), ("C2", "treats", "D2"), ("X1", "binds", "G1")],
    )
    near = lambda relation, direction, *names: ids(top, top.neighbours(relation, direction, top.indices(names)))  # noqa: E731
    assert near("treats", "out", "C1") == ["D1", "D2"]
    assert near("treats", "in", "D1", "D2") == ["C1", "C2"]
    assert near("treats", "out", "D1", "G1") == near("treats", "out") == []
    assert near("binds", "in", "G1") == ["X1"]
    counts = top.neighbour_counts("treats", "out", top.indices(["C2", "G1", "C1", "C1"]))
    assert counts.tolist() == [1, 0, 2, 2]
    assert top.neighbour_counts("treats", "out", top.indices(["C1", "C2"]), among=top.indices(["D1"])).tolist() == [
        1,
        0,
    ]
    assert top.degrees("treats", "in").tolist() == [0, 0, 0, 1, 2, 0]


def test_a_symmetric_relation_is_walked_both_ways(small) -> None:
    top = small("G1 G2 G3", [("G2", "interacts", "G1"), ("G2", "interacts", "G3"), ("G3", "interacts", "G3")])
    for direction in ("in", "out"):
        assert [ids(top, top.neighbours("interacts", direction, np.array([i]))) for i in range(3)] == [
            ["G2"],
            ["G1", "G3"],
            ["G2", "G3"],
        ]
        assert top.degrees("interacts", direction).tolist() == [1, 2, 2]
    assert top.joining(0, 1, ["interacts", "regulates"]) == (("interacts", "out"),)


def test_a_relation_between_any_things_spans_all_nodes(small) -> None:
    top = small("C1 G1 N1", [("C1", "related_to", "N1"), ("N1", "subclass_of", "G1"), ("G1", "related_to", "G1")])
    assert ids(top, top.neighbours("related_to", "out", np.arange(3))) == ["G1", "N1"]
    assert ids(top, top.neighbours("subclass_of", "in", np.arange(3))) == ["N1"]


def test_edges_count_by_tier_and_source_each_for_itself(small) -> None:
    top = small(
        "C1 D1 D2 D3",
        [
            ("C1", "treats", "D1", {"tier": 1, "sources": ["label"]}),
            ("C1", "treats", "D1", {"tier": 5, "sources": ["mined", "own"]}),
            ("C1", "treats", "D2", {"tier": 5, "sources": ["mined"]}),
            ("C1", "treats", "D3", {"negated": True}),
        ],
    )
    near = lambda only: ids(top, top.neighbours("treats", "out", np.array([0]), only))  # noqa: E731
    assert near(Only()) == ["D1", "D2"]
    assert near(Only(tiers=(0, 2))) == ["D1"]
    assert near(Only(Permitted(frozenset(["mined"])))) == ["D1", "D2"]
    # D1's edge of tier 1 comes from the label alone, its mined one has tier 5.
    of = lambda *sources: Permitted(frozenset(sources))  # noqa: E731
    assert near(Only(of("mined", "own"), (1, 2))) == near(Only(of())) == near(Only(of("unheard of"))) == []
    assert top.neighbour_counts("treats", "out", np.array([0])).tolist() == [2]
    assert top.degrees("treats", "out", Only(Permitted(frozenset(["own"]))))[0] == 1
    assert top.sources == ("label", "mined", "own")


def test_a_build_gives_the_same_bytes_again_and_is_not_repeated(tmp_path: Path) -> None:
    edges: list[Edge] = [
        ("C1", "treats", "D1"),
        ("G1", "interacts", "G2", {"sources": ["two", "one"]}),
        ("C1", "binds", "G2"),
    ]
    release = made(tmp_path / "release", ["G1", "G2", "C1", "D1"], edges)
    for name in ("a", "b"):
        build_topology(release, tmp_path / name)
    written = [{p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("a", "b")]
    assert written[0] == written[1] and set(written[0]) == {"topology.json", *(f"{n}.npy" for n in ARRAYS)}
    before = (tmp_path / "a" / "ends.npy").stat().st_mtime_ns
    build_topology(release, tmp_path / "a")
    assert (tmp_path / "a" / "ends.npy").stat().st_mtime_ns == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b", "release"]


def test_the_arrays_are_mapped_and_another_release_is_refused(tmp_path: Path) -> None:
    first = made(tmp_path / "one", ["C1", "D1"], [("C1", "treats", "D1")])
    other = made(tmp_path / "other", ["C1", "D2"], [("C1", "treats", "D2")])
    build_topology(first, tmp_path / "topology")
    assert isinstance(Topology.open(tmp_path / "topology", first).block("treats", "out").ends.base, np.memmap)
    with pytest.raises(ReleaseMismatch, match=r"topology belongs to release .* run `galenic build`"):
        Topology.open(tmp_path / "topology", other)
    build_topology(other, tmp_path / "topology")
    assert Topology.open(tmp_path / "topology", other).index("D2") == 1


def test_a_missing_broken_or_foreign_topology_is_said_so(tmp_path: Path) -> None:
    release = made(tmp_path / "release", ["C1", "D1"], [("C1", "treats", "D1")])
    with pytest.raises(ReleaseError, match="no topology in"):
        Topology.open(tmp_path / "none", release)
    folder = tmp_path / "topology"
    build_topology(release, folder)
    (folder / "tiers.npy").write_bytes((folder / "tiers.npy").read_bytes()[:-1])
    with pytest.raises(ReleaseError, match=r"tiers.npy is broken"):
        Topology.open(folder, release)
    (folder / "tiers.npy").unlink()
    with pytest.raises(ReleaseError, match=r"tiers.npy is missing"):
        Topology.open(folder, release)
    build_topology(release, folder)
    assert len(Topology.open(folder, release)) == 2
    facts = json.loads((folder / "topology.json").read_text())
    (folder / "topology.json").write_text(json.dumps({**facts, "format": "galenic.topology/0"}))
    with pytest.raises(ReleaseError, match="made by another version"):
        Topology.open(folder, release)
    (folder / "topology.json").write_text("{")
    with pytest.raises(ReleaseError, match="is broken"):
        Topology.open(folder, release)


def test_an_edge_of_a_wrong_node_or_too_many_sources_stop_the_build_and_leave_nothing(tmp_path: Path) -> None:
    lost = made(tmp_path / "lost", ["C1"], [("C1", "treats", "D1")])
    with pytest.raises(ReleaseError, match="not in it"):
        build_topology(lost, tmp_path / "topology")
    wrong = made(tmp_path / "wrong", ["C1", "G1"], [("C1", "treats", "G1")])
    with pytest.raises(ReleaseError, match=r"treats \(in\) starts from biolink:Disease"):
        build_topology(wrong, tmp_path / "topology")
    many = made(tmp_path / "many", ["C1", "D1"], [("C1", "treats", "D1", {"sources": [f"s{n}" for n in range(65)]})])
    with pytest.raises(ReleaseError, match="65 sources"):
        build_topology(many, tmp_path / "topology")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lost", "many", "wrong"]


def test_an_empty_release_has_an_empty_topology(small) -> None:
    top = small("", [])
    assert len(top) == 0 and top.neighbours("treats", "out", np.zeros(0, np.int64)).tolist() == []
