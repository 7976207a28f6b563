"""Under `--source` and `--licence` nothing of other sources leaves a session."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from galenic.explore.session import Session
from galenic.house import House
from kg.evidence.permitted import Permitted
from kg.evidence.quotes import quotes
from kg.release.kgx import unescape
from kg.release.tables import PARTITION
from tests.neo4j.variants import variant


def test_what_other_sources_say_is_neither_exported_nor_counted(house: House, tmp_path: Path) -> None:
    session = Session(house, Permitted(frozenset(["pharmacotherapydb"])))
    assert "gout (curated, 1 source)" in session.run(":expand allopurinol").rows[0][3]
    session.run("What drugs treat gout?")
    assert session.run(f":export kgx {tmp_path}").status == "answered"
    edges = pl.read_csv(tmp_path / "galenic_edges.tsv", separator="\t", quote_char=None)
    assertions = [json.loads(unescape(text)) for text in edges["assertions"]]
    assert len(assertions) == 9 and {a["source"] for stated in assertions for a in stated} == {"pharmacotherapydb"}
    assert set(edges["provided_by"]) == {"pharmacotherapydb"} and set(edges["primary_knowledge_source"]) == {
        "infores:pharmacotherapydb"
    }
    nodes = pl.read_csv(tmp_path / "galenic_nodes.tsv", separator="\t", quote_char=None, infer_schema=False)
    assert not nodes.select("synonym", "xref", "attributes", "provided_by").unique().drop_nulls().height
    query = (
        "MATCH (d:Disease)-[r:PRESENTS]->() WHERE NOT any(s IN r.sources WHERE s IN $sources) RETURN r.id AS id LIMIT 5"
    )
    assert session.run(query).rows and "names no node and no edge" in session.run(f":export kgx {tmp_path}").said


def test_text_is_quoted_of_permitted_sources_and_a_record_never(house: House, tmp_path: Path) -> None:
    edge = house.release.read("edges", ["id"])["id"][0]
    blank = {**dict.fromkeys(PARTITION["evidence"]), "edge": edge, "kind": "supports"}
    rows = [
        {**blank, "citation": "DRUGBANK:DB99991", "role": "record", "source": "one"},
        {**blank, "citation": "PMID:99999901", "role": "result", "quote": "It helped.", "source": "one"},
        {**blank, "citation": "PMID:99999902", "role": "result", "quote": "It did.", "source": "two"},
    ]
    evidence = pl.DataFrame(rows, schema={**PARTITION["evidence"], "source": pl.String})
    release = variant(house.release, tmp_path / "release", evidence=evidence)
    assert [q.text for q in quotes(release, [edge])] == ["It helped.", "It did."]
    assert [q.text for q in quotes(release, [edge], Permitted(frozenset(["two"])))] == ["It did."]
