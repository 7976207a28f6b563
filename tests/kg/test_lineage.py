"""What a term of a release stands for: all that is under it, by the sources that count, whatever circles they make."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.topology.kin import kin_arrays
from kg.topology.lineage import Lineage, Terms
from kg.topology.topology import Topology
from tests.kg.test_topology import Edge, made, small

__all__ = ["made", "small"]
Build = Callable[..., Topology]


def isa(child: str, parent: str, *sources: str, relation: str = "subclass_of") -> Edge:
    return (child, relation, parent, {"sources": list(sources or ["one"])})


def only(*names: str) -> Permitted:
    return Permitted(frozenset(names))


def test_a_term_stands_for_itself_and_all_below_it_nearest_first(small: Build) -> None:
    lineage = Lineage(small("D1 D2 D3 D4 D5", [isa("D2", "D1"), isa("D3", "D1"), isa("D4", "D3"), isa("D4", "D2")]))
    terms = lineage.under("D1")
    assert list(terms) == ["D1", "D2", "D3", "D4"] and len(terms) == 4 and "D5" not in terms
    assert terms.way("D4") == ("D4", "D2", "D1") and terms.way("D1") == ("D1",)
    assert lineage.above("D4") == ("D2", "D3", "D1") and lineage.above("D1") == ()
    assert list(lineage.under("D5")) == ["D5"] and list(lineage.under("NOWHERE:1")) == ["NOWHERE:1"]


def test_parts_count_in_anatomy_alone(small: Build) -> None:
    lineage = Lineage(small("A1 A2 D1 D2", [isa("A2", "A1", relation="part_of"), isa("D2", "D1", relation="part_of")]))
    assert list(lineage.under("A1")) == ["A1", "A2"] and list(lineage.under("D1")) == ["D1"]


def test_chemicals_stand_for_drugs_and_drugs_for_themselves(small: Build) -> None:
    lineage = Lineage(small("X1 X2 C1 C2 D1", [isa("C1", "X1"), isa("C2", "C1"), isa("X2", "C1"), isa("D1", "X1")]))
    assert set(lineage.under("X1")) == {"X1", "C1", "C2", "X2"}
    assert list(lineage.under("C1")) == ["C1"]
    assert lineage.stands_for_any("X1", "biolink:Drug") and not lineage.stands_for_any("X2", "biolink:Drug")


def test_only_edges_of_permitted_sources_are_walked(small: Build) -> None:
    lineage = Lineage(
        small("D1 D2 D3", [isa("D2", "D1", "one"), isa("D3", "D2", "two"), isa("D3", "D1", "two", "one")])
    )
    assert set(lineage.under("D1", only("one"))) == {"D1", "D2", "D3"}
    assert set(lineage.under("D2", only("one"))) == {"D2"}
    assert list(lineage.under("D1", only("three"))) == ["D1"]
    assert lineage.above("D3", only("two")) == ("D1", "D2")


def test_a_relation_need_not_look_up_terms_that_it_does_not_know(small: Build) -> None:
    edges = [isa("D2", "D1"), isa("D3", "D2"), ("C1", "treats", "D3")]
    lineage = Lineage(small("C1 D1 D2 D3", edges))
    terms = lineage.under("D1")
    assert lineage.tied(terms, ALL_SOURCES, "treats", "in") == ["D3"]
    assert lineage.tied(terms, ALL_SOURCES, "associates", "out") == []


def kin(pairs: list[tuple[str, str, tuple[str, ...]]], sources: list[str]) -> dict[str, np.ndarray]:
    """The tables of is-a pairs (narrower, broader, sources) between diseases."""
    ids = sorted({n for child, parent, _ in pairs for n in (child, parent)})
    rows = [
        ("subclass_of", ids.index(c), ids.index(p), sum(1 << sources.index(s) for s in said)) for c, p, said in pairs
    ]
    columns = {"relation": pl.String, "subject": pl.Int64, "object": pl.Int64, "sources": pl.UInt64}
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    spans = lambda category: (0, len(ids)) if category == "biolink:Disease" else (0, 0)  # noqa: E731
    return kin_arrays(frame, pl.Series(ids), spans, sources)


class Ontologies:
    """A topology of nothing but the is-a pairs of some ontologies."""

    def __init__(self, pairs: list[tuple[str, str, tuple[str, ...]]]) -> None:
        self.ids = sorted({n for child, parent, _ in pairs for n in (child, parent)})
        self.sources = sorted({s for *_, said in pairs for s in said})
        self._tables = kin(pairs, self.sources)

    def __len__(self) -> int:
        return len(self.ids)

    def kin(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self._tables["kin"], self._tables["kin_sources"], self._tables["knots"]

    def index(self, identifier: str) -> int:
        return self.ids.index(identifier)

    def indices(self, identifiers: Terms) -> np.ndarray:
        return np.array([self.ids.index(i) for i in identifiers])

    def id(self, number: int) -> str:
        return self.ids[number]

    def category(self, number: int) -> str:
        return "biolink:Disease"

    def mask(self, permitted: Permitted) -> int:
        return sum(1 << n for n, name in enumerate(self.sources) if permitted.lets_in(name))

    def lineage(self) -> Lineage:
        return Lineage(self)  # type: ignore[arg-type]


MESH = [(f"MESH:{n}", "MESH:1", ("mesh",)) for n in range(2, 6)]


def test_a_term_is_placed_by_the_ontology_whose_identifier_it_carries() -> None:
    doid = [("DOID:2", "DOID:1", ("doid",)), ("DOID:4", "DOID:3", ("doid",))]
    lineage = Ontologies([*MESH, *doid, ("DOID:4", "DOID:2", ("mesh",)), ("MESH:5", "DOID:2", ("mesh",))]).lineage()
    # MeSH may hang its own term under one of DOID, but not move one that DOID has placed.
    assert set(lineage.under("DOID:1")) == {"DOID:1", "DOID:2", "MESH:5"}
    assert set(lineage.under("DOID:3")) == {"DOID:3", "DOID:4"}
    # Where DOID may not speak, it keeps nobody from being heard.
    assert set(lineage.under("DOID:2", only("mesh"))) == {"DOID:2", "DOID:4", "MESH:5"}


def test_a_circle_between_ontologies_is_cut_at_the_edge_that_is_believed_least() -> None:
    doid = [("DOID:2", "DOID:1", ("doid",)), ("DOID:3", "DOID:2", ("doid",)), ("DOID:4", "DOID:3", ("doid",))]
    lineage = Ontologies([*MESH, *doid, ("DOID:1", "DOID:3", ("mesh",)), ("DOID:1", "DOID:0", ("mesh",))]).lineage()
    assert set(lineage.under("DOID:1")) == {"DOID:1", "DOID:2", "DOID:3", "DOID:4"}
    assert set(lineage.under("DOID:3")) == {"DOID:3", "DOID:4"}
    # From outside the whole circle counts, whichever edge leads into it.
    assert set(lineage.under("DOID:0")) == {"DOID:0", "DOID:1", "DOID:2", "DOID:3", "DOID:4"}
    assert set(lineage.above("DOID:4")) == {"DOID:3", "DOID:2", "DOID:1", "DOID:0"}
    assert set(lineage.under("DOID:3", only("mesh"))) == {"DOID:3", "DOID:1"}


_NODES = [f"{prefix}:{n}" for prefix in ("DOID", "MESH") for n in range(4)]
_PAIRS = st.lists(
    st.tuples(
        st.sampled_from(_NODES),
        st.sampled_from(_NODES),
        st.sampled_from([("doid",), ("mesh",), ("doid", "mesh")]),
    ).filter(lambda pair: pair[0] != pair[1]),
    min_size=1,
    max_size=18,
    unique_by=lambda pair: pair[:2],
)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(_PAIRS, st.sampled_from([ALL_SOURCES, only("doid"), only("mesh"), only()]))
def test_no_term_is_narrower_than_itself_and_both_ways_agree(
    pairs: list[tuple[str, str, tuple[str, ...]]], permitted: Permitted
) -> None:
    topology = Ontologies(pairs)
    lineage = topology.lineage()
    under = {node: set(lineage.under(node, permitted)) - {node} for node in topology.ids}
    for one, other in combinations(topology.ids, 2):
        assert not (one in under[other] and other in under[one])
    for node in topology.ids:
        assert {n for n in topology.ids if node in under[n]} == set(lineage.above(node, permitted))
        ways = [lineage.under(node, permitted).way(n) for n in under[node]]
        stated = {(c, p) for c, p, said in pairs if any(map(permitted.lets_in, said))}
        assert all(step in stated for way in ways for step in pairwise(way))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(_PAIRS)
def test_without_circles_nothing_that_one_ontology_implies_is_lost(
    pairs: list[tuple[str, str, tuple[str, ...]]],
) -> None:
    downwards = [(max(c, p), min(c, p), ("doid",)) for c, p, _ in pairs]
    topology = Ontologies(downwards)
    lineage = topology.lineage()
    for node in topology.ids:
        reached, level = {node}, {node}
        while level:
            level = {c for c, p, _ in downwards if p in level} - reached
            reached |= level
        assert set(lineage.under(node)) == reached


@pytest.mark.parametrize("pairs", [[], [isa("D1", "D1")]])
def test_a_term_that_contains_itself_stands_for_itself(small: Build, pairs: list[Edge]) -> None:
    lineage = Lineage(small("D1", pairs))
    assert list(lineage.under("D1")) == ["D1"] and lineage.above("D1") == ()
