"""The sources of literature on the real data: counts, offsets, and what joining them does to names."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from ingest.merge import merge
from ingest.partition import Partition, make_partition
from ingest.source import Frame, Inputs, Source, all_sources
from kg.records import Citation, Node, Passage, Quarantined, Record
from kg.release.tables import PLACEHOLDER

# Documents, passages, mentions in passages, quarantined rows.
COUNTS = {
    "pubmed": (15, 35, 0, 0),
    "pmc": (9, 306, 0, 0),
    "bioc": (0, 0, 0, 4),
    "bc5cdr": (1000, 1590, 16786, 0),
    "ncbi_disease": (692, 1021, 5229, 0),  # one abstract stands there twice
    "scifact": (5183, 8588, 0, 0),
    "pubmedqa": (500, 1683, 0, 0),
    "biored": (431, 852, 11244, 783),
}
LONGEST = 1_700


def inputs(source: Source, data: Path) -> Inputs:
    return Inputs(data, tuple(sorted({f for pattern in source.patterns for f in data.glob(pattern) if f.is_file()})))


def read(name: str, data: Path) -> list[Record]:
    source = all_sources()[name]
    return [r for r in source.read(inputs(source, data)) if not isinstance(r, Frame)]


@pytest.mark.parametrize("name", COUNTS)
def test_counts_of_the_real_files(data: Path, name: str) -> None:
    records = read(name, data)
    passages = [r for r in records if isinstance(r, Passage)]
    documents, bad = sum(isinstance(r, Citation) for r in records), sum(isinstance(r, Quarantined) for r in records)
    assert (documents, len(passages), sum(len(p.mentions) for p in passages), bad) == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_every_mention_stands_in_its_passage_and_ids_are_unique(data: Path, name: str) -> None:
    records = read(name, data)
    passages = [r for r in records if isinstance(r, Passage)]
    wrong = [p.id for p in passages for m in p.mentions if p.text[m.start : m.end] != m.text]
    assert wrong == []
    assert all(p.text.strip() == p.text and 0 < len(p.text) <= LONGEST for p in passages)
    repeated = len(passages) - len({p.id for p in passages})
    assert repeated <= (3 if name == "ncbi_disease" else 0)  # one document of that corpus stands twice


def test_passages_of_one_document_do_not_overlap(data: Path) -> None:
    ends: dict[str, int] = {}
    for record in read("pmc", data):
        if isinstance(record, Passage):
            assert record.offset >= ends.get(record.citation, 0)
            ends[record.citation] = record.offset + len(record.text)
    assert len(ends) == COUNTS["pmc"][0]


def test_the_sources_give_over_five_thousand_abstracts(data: Path) -> None:
    abstracts = {
        r.citation for name in COUNTS for r in read(name, data) if isinstance(r, Passage) and r.section != "title"
    }
    assert len(abstracts) >= 5_000


@pytest.mark.parametrize("name", COUNTS)
def test_a_source_states_its_licence_and_origin(name: str) -> None:
    source = all_sources()[name]
    assert source.licence and source.url.startswith("https://") and source.infores.startswith("infores:")
    assert source.commercial is (name in {"pubmed", "ncbi_disease", "biored", "pubmedqa"})


def made(name: str, folder: Path, *records: Record) -> Partition:
    source = Source(name, name, "CC0-1.0", "https://example.org", ("*",), lambda _: iter(records))
    return make_partition(source, Inputs(folder, ()), folder)


def test_text_of_a_document_never_becomes_a_name_of_a_known_node(tmp_path: Path) -> None:
    placeholder = {"placeholder": True}
    corpus = made(
        "corpus",
        tmp_path,
        Node("MESH:D999901", "biolink:Disease", "the awful thing", attributes=placeholder),
        Node("MESH:D999902", "biolink:Disease", "unheard of", attributes=placeholder),
    )
    other = made("other", tmp_path, Node("MESH:D999902", "biolink:Disease", "never heard of", attributes=placeholder))
    known = made("known", tmp_path, Node("MESH:D999901", "biolink:Disease", "Made-up Disease", ("MUD",)))
    nodes = {row["id"]: row for row in merge([corpus, other, known]).tables["nodes"].to_dicts()}
    assert (nodes["MESH:D999901"]["name"], nodes["MESH:D999901"]["synonyms"]) == ("Made-up Disease", ["MUD"])
    assert "placeholder" not in nodes["MESH:D999901"]["attributes"]
    assert (nodes["MESH:D999902"]["name"], nodes["MESH:D999902"]["synonyms"]) == ("unheard of", [])
    assert nodes["MESH:D999902"]["attributes"] == PLACEHOLDER


def test_text_of_a_document_never_becomes_a_synonym_by_a_mapping(data: Path, tmp_path: Path) -> None:
    names = ("disease_ontology", "mondo_mappings", "bc5cdr", "ncbi_disease")
    partitions = [make_partition(all_sources()[n], inputs(all_sources()[n], data), tmp_path) for n in names]
    given = pl.concat([p.scan("nodes").collect() for p in partitions]).filter(pl.col("attributes") != PLACEHOLDER)
    allowed = {*given["name"], *given["synonyms"].explode().drop_nulls()}
    merged = (
        merge(partitions)
        .tables["nodes"]
        .filter(pl.col("category") == "biolink:Disease", pl.col("attributes") != PLACEHOLDER)
    )
    stray = set(merged["synonyms"].explode().drop_nulls()) - allowed
    assert len(stray) == 0
    assert not merged["attributes"].str.contains("placeholder").any()
