"""Edges by their triples or identifiers carry all that their sources say: every step of a path can be cited."""

from __future__ import annotations

import random

import polars as pl
import pytest

from galenic.house import House
from kg.errors import SchemaError
from kg.evidence.edges import Triple, edges_by_id, edges_of, stored_assertions
from kg.evidence.permitted import Permitted
from kg.release.release import Release
from kg.schema import schema
from kg.topology.metapath import metapaths
from kg.topology.network import Network
from kg.topology.paths import top_paths


@pytest.fixture(scope="module")
def release(house: House) -> Release:
    return house.release


def test_every_step_of_a_random_path_has_its_edges(house: House) -> None:
    network = Network(house.topology)
    treats = house.release.scan("edges").filter((pl.col("relation") == "treats") & ~pl.col("negated")).collect()
    chosen = random.Random(2).sample(treats.rows(named=True), 8)
    paths = metapaths("biolink:Drug", "biolink:Disease", 3)
    steps: set[Triple] = set()
    for row in chosen:
        for path in top_paths(network, row["subject"], row["object"], paths, top=5).top:
            assert len(path.triples) == len(path.nodes) - 1
            steps.update(path.triples)
    cited = edges_of(house.release, steps)
    assert len(steps) > 20 and cited.keys() == steps
    for (subject, relation, object_), hits in cited.items():
        for hit in hits:
            assert hit.relation.name == relation and {hit.subject, hit.object} == {subject, object_}
            assert hit.assertions and {a.source for a in hit.assertions} == set(hit.sources) and not hit.negated


def test_triples_give_what_the_table_says(release: Release) -> None:
    table = release.read("edges")
    sampled = table.sample(60, seed=4).rows(named=True)
    asked: dict[Triple, Triple] = {}
    for number, row in enumerate(sampled):
        stored = (row["subject"], row["relation"], row["object"])
        turned = number % 2 and schema().relation(row["relation"]).symmetric
        asked[(stored[2], stored[1], stored[0]) if turned else stored] = stored
    by_triple = edges_of(release, list(asked))
    for triple, (subject, relation, object_) in asked.items():
        here = (pl.col("subject") == subject) & (pl.col("relation") == relation) & (pl.col("object") == object_)
        rows = {r["id"]: r for r in table.filter(here & ~pl.col("negated")).rows(named=True)}
        assert {hit.id for hit in by_triple.get(triple, ())} == rows.keys()
        for hit in by_triple.get(triple, ()):
            row = rows[hit.id]
            assert (hit.tier, hit.publications) == (row["tier"], tuple(row["publications"]))
            assert edges_by_id(release, [hit.id]) == [hit]


def test_what_is_not_permitted_or_not_there_is_left_out(release: Release) -> None:
    triple = ("DRUGBANK:DB00437", "treats", "DOID:13189")
    [both] = edges_of(release, [triple])[triple]
    assert {a.source for a in both.assertions} == {"hetionet", "pharmacotherapydb"}
    [edge] = edges_of(release, [triple], Permitted(frozenset(["pharmacotherapydb"])))[triple]
    assert [a.source for a in edge.assertions] == ["pharmacotherapydb"] and edge.id == both.id
    assert edges_of(release, [triple], Permitted(frozenset(["mesh"]))) == {}
    assert edges_of(release, [("DOID:13189", "treats", "DRUGBANK:DB00437")]) == edges_of(release, []) == {}
    assert edges_by_id(release, ["none such"]) == edges_by_id(release, []) == []
    with pytest.raises(SchemaError, match="cures"):
        edges_of(release, [("DRUGBANK:DB00437", "cures", "DOID:13189")])


def test_an_edge_of_a_store_without_detail_is_said_by_its_sources() -> None:
    row = {"sources": ["b", "a"], "tier": 4, "detail": None}
    assertions = stored_assertions(row, schema().relation("covaries"))
    assert [(a.source, a.tier, a.knowledge_level) for a in assertions] == [
        ("a", 4, "statistical_association"),
        ("b", 4, "statistical_association"),
    ]
    assert stored_assertions(row, schema().relation("treats"), Permitted(frozenset("c"))) == ()
