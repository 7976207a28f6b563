"""Under `--source` and `--licence` nothing of other sources leaves a session."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from galenic.explore.permitted import permitted_edges
from galenic.explore.session import Session
from galenic.house import House
from galenic.questions.work import Scope
from kg.release.kgx import unescape


def test_what_other_sources_say_is_neither_exported_nor_counted(house: House, tmp_path: Path) -> None:
    session = Session(house, Scope(frozenset(["pharmacotherapydb"])))
    assert "gout (curated, 1 source)" in session.run(":expand allopurinol").rows[0][3]
    session.run("What drugs treat gout?")
    assert session.run(f":export kgx {tmp_path}").status == "answered"
    edges = pl.read_csv(tmp_path / "galenic_edges.tsv", separator="\t", quote_char=None)
    said = [json.loads(unescape(text)) for text in edges["assertions"]]
    assert len(said) == 9 and {a["source"] for one in said for a in one} == {"pharmacotherapydb"}
    assert set(edges["provided_by"]) == {"pharmacotherapydb"} and set(edges["primary_knowledge_source"]) == {
        "infores:pharmacotherapydb"
    }
    nodes = pl.read_csv(tmp_path / "galenic_nodes.tsv", separator="\t", quote_char=None, infer_schema=False)
    assert not nodes.select("synonym", "xref", "attributes", "provided_by").unique().drop_nulls().height
    query = (
        "MATCH (d:Disease)-[r:PRESENTS]->() WHERE NOT any(s IN r.sources WHERE s IN $sources) RETURN r.id AS id LIMIT 5"
    )
    assert session.run(query).rows and "names no node and no edge" in session.run(f":export kgx {tmp_path}").said


def test_an_edge_of_permitted_sources_is_as_if_there_were_no_others() -> None:
    def said(source: str, tier: int, licence: str, *publications: str) -> dict[str, Any]:
        return {
            "source": source,
            "tier": tier,
            "licence": licence,
            "publications": list(publications),
            "knowledge_level": f"{source}s",
            "agent_type": "a",
            "attributes": "",
        }

    told = [said("paid", 1, "NC", "PMID:1"), said("sum", 3, "CC0-1.0"), said("free", 2, "MIT", "PMID:2", "PMID:1")]
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
    [found] = permitted_edges(rows, ["sum", "free"], ["sum"]).collect().to_dicts()
    assert found == {
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
