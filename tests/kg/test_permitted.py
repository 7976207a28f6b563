"""What `--source` and `--licence` let in, and that nothing of other sources is left of what they let in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kg.evidence.permitted import Permitted
from kg.release.release import Release

SOURCES = (
    ("hetionet", "CC0-1.0", True),
    ("gene_info", "public domain", True),
    ("drugbank_xml", "CC-BY-NC-4.0", False),
)
RELEASE = Release(
    Path("nowhere"),
    {"sources": [{"name": n, "title": n, "licence": licence, "commercial": c} for n, licence, c in SOURCES]},
)


def test_names_and_licences_restrict_together() -> None:
    assert Permitted.of(RELEASE) == Permitted() and Permitted().sources is None
    assert Permitted.of(RELEASE, ["gene_info"]).sources == {"gene_info"}
    assert Permitted.of(RELEASE, licences=["CC0-1.0"]).sources == {"hetionet"}
    assert Permitted.of(RELEASE, licences=["commercial"]).sources == {"hetionet", "gene_info"}
    assert Permitted.of(RELEASE, ["gene_info"], ["CC0-1.0"]).sources == frozenset()


def test_what_the_release_does_not_have_is_named() -> None:
    with pytest.raises(ValueError, match="unknown source nothing; this release has hetionet, gene_info, drugbank_xml"):
        Permitted.of(RELEASE, ["nothing"])
    with pytest.raises(
        ValueError, match=r"no source has the licence MIT; known: .*CC-BY-NC-4.0, CC0-1.0.*, commercial"
    ):
        Permitted.of(RELEASE, licences=["MIT"])


def test_narrowing_never_lets_more_in() -> None:
    assert Permitted().narrowed(["a", "b"]).narrowed(["b", "c"]).sources == {"b"}
    nothing = Permitted().narrowed([])
    assert not nothing.lets_in("a") and nothing.narrowed(["a"]) == nothing


def test_lists_of_sources_are_let_in_when_one_of_them_is() -> None:
    rows = pl.DataFrame({"sources": [["a", "b"], ["c"], []]})
    among = lambda permitted: rows.select(permitted.among("sources")).to_series().to_list()  # noqa: E731
    assert among(Permitted(frozenset("bc"))) == [True, True, False] and among(Permitted(frozenset())) == [False] * 3
    assert rows.filter(Permitted().among("sources")).height == 3


def test_an_edge_of_permitted_sources_is_as_if_there_were_no_others() -> None:
    def assertion(source: str, tier: int, licence: str, *publications: str) -> dict[str, Any]:
        return {
            "source": source,
            "tier": tier,
            "licence": licence,
            "publications": list(publications),
            "knowledge_level": f"{source}s",
            "agent_type": "a",
            "attributes": "",
        }

    told = [
        assertion("paid", 1, "NC", "PMID:1"),
        assertion("sum", 3, "CC0-1.0"),
        assertion("free", 2, "MIT", "PMID:2", "PMID:1"),
    ]
    row = {
        "id": "x",
        "tier": 1,
        "knowledge_level": "paids",
        "agent_type": "a",
        "primary_source": "paid",
        "licence": "NC",
        "publications": ["PMID:1", "PMID:2"],
        "n_independent": 2,
        "sources": ["paid", "sum", "free"],
        "licences": ["NC", "CC0-1.0", "MIT"],
        "assertions": told,
    }
    rows = pl.LazyFrame([row, {**row, "id": "y", "assertions": told[:1]}])
    [edge] = Permitted(frozenset(["sum", "free"])).edges(rows, ["sum"]).collect().to_dicts()
    assert edge == {
        "id": "x",
        "tier": 2,
        "knowledge_level": "sums",
        "agent_type": "a",
        "primary_source": "free",
        "licence": "CC0-1.0",
        "publications": ["PMID:2", "PMID:1"],
        "n_independent": 1,
        "sources": ["sum", "free"],
        "licences": ["CC0-1.0", "MIT"],
        "assertions": told[1:],
    }
