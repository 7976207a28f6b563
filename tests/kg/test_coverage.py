"""What is covered can be asked of a release: by relation, side and permitted source."""

from __future__ import annotations

import polars as pl
import pytest

from galenic.house import House
from kg.errors import SchemaError
from kg.evidence.coverage import Coverage
from kg.evidence.permitted import Permitted
from kg.schema import schema

HETIONET, NOTES = Permitted(frozenset(["hetionet"])), Permitted(frozenset(["notes"]))


@pytest.fixture(scope="module")
def coverage(house: House) -> Coverage:
    return Coverage(house.release)


def test_who_has_an_edge_or_was_looked_at_is_covered(house: House, coverage: Coverage) -> None:
    drugs = house.release.scan("nodes").filter(pl.col("category") == "biolink:Drug").collect()["id"].to_list()
    known = coverage.covered("treats", "out", drugs)
    edges = house.release.scan("edges").filter((pl.col("relation") == "treats") & ~pl.col("negated")).collect()
    assert known >= set(edges["subject"]) and known <= set(drugs)
    assert coverage.covered("treats", "out", drugs, HETIONET) < known
    assert coverage.covered("treats", "out", drugs, NOTES) == coverage.covered("treats", "out", []) == frozenset()
    assert coverage.covered("treats", "in", drugs) == frozenset()
    assert coverage.extent("treats", "out") == len(known) and coverage.extent("treats", "out", NOTES) == 0
    # Looked at by the curators of indications, who found that it treats none of their diseases.
    assert known - set(edges["subject"])


def test_both_ends_of_a_symmetric_relation_are_asked_alike(house: House, coverage: Coverage) -> None:
    genes = house.release.scan("edges").filter(pl.col("relation") == "interacts").collect()
    ends = {*genes["subject"], *genes["object"]}
    assert coverage.covered("interacts", "out", ends) == coverage.covered("interacts", "in", ends) == ends


def test_the_sources_that_cover_a_thing_are_named(coverage: Coverage) -> None:
    assert coverage.sources("treats", "out", "DRUGBANK:DB00437") == ("hetionet", "pharmacotherapydb")
    assert coverage.sources("treats", "out", "DRUGBANK:DB99999") == ()
    with pytest.raises(SchemaError, match="cures"):
        coverage.covered("cures", "out", ["DRUGBANK:DB00437"])


def test_totals_add_up_to_the_table(house: House, coverage: Coverage) -> None:
    totals = coverage.totals()
    table = house.release.read("coverage")
    for total in totals:
        rows = table.filter(
            (pl.col("relation") == total.relation) & (pl.col("source") == total.source) & (pl.col("side") == total.side)
        )
        assert 0 <= total.covered <= min(total.whole, len(rows))
    assert {(t.relation, t.source, t.side) for t in totals} == set(table.select("relation", "source", "side").rows())
    assert not [t for t in totals if schema().relation(t.relation).symmetric and t.side == "object"]
