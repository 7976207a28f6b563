"""What a source leaves out of a relation is said where it bears on what was asked."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from kg.evidence.shortfalls import Shortfall, shortfalls
from kg.release.release import Release

CUT = Shortfall("Hetionet", "disease_upregulates", "", 2, "genes", "disease")


@pytest.fixture
def release(tmp_path: Path) -> Release:
    rows = [("D1", "G1"), ("D2", "G1"), ("D2", "G2"), ("D3", "G1")]
    edges = pl.DataFrame(rows, schema=["subject", "object"], orient="row")
    says = {"relation": pl.lit("disease_upregulates"), "sources": pl.lit(["h"], pl.List(pl.String))}
    edges.with_columns(**says).write_parquet(tmp_path / "edges.parquet")
    cut = {"name": "h", "title": "Hetionet", "partial": {"expresses": "true subset"}}
    return Release(
        tmp_path,
        {"sources": [{**cut, "capped": {"disease_upregulates": ["out", 2]}}, {"name": "o", "title": "Other"}]},
    )


def test_it_is_said_of_the_relations_that_are_asked(release: Release) -> None:
    assert shortfalls(release, ["treats"]) == []
    assert shortfalls(release, ["expresses", "disease_upregulates"]) == [
        Shortfall("Hetionet", "expresses", "true subset"),
        CUT,
    ]


@pytest.mark.parametrize(
    ("ids", "expected"), [(["D1"], []), (["D2"], [CUT]), (["D1", "D3"], []), (["D1", "D2"], [CUT]), (["G1"], [CUT])]
)
def test_a_list_that_is_shorter_than_the_cut_is_whole(
    release: Release, ids: list[str], expected: list[Shortfall]
) -> None:
    assert shortfalls(release, ["disease_upregulates"], ids) == expected
