"""The sources of literature on the real data: counts, offsets, and what joining them does to names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.partition import Partition, make_partition
from ingest.source import Frame, Inputs, Source, all_sources
from kg.records import Passage, Record

# Documents, passages, mentions in passages, quarantined rows.
COUNTS = {
    "pubmed": (15, 35, 0, 0), "pmc": (9, 306, 0, 0), "bioc": (0, 0, 0, 4), "bc5cdr": (1000, 1515, 16564, 0),
    "ncbi_disease": (693, 1023, 5237, 1), "scifact": (5183, 8588, 0, 0), "pubmedqa": (500, 1683, 0, 0), "biored": (431, 791, 11019, 783),
}  # fmt: skip
LONGEST = 1_700


def inputs(source: Source, data: Path) -> Inputs:
    return Inputs(data, tuple(sorted({f for pattern in source.patterns for f in data.glob(pattern) if f.is_file()})))


def read(name: str, data: Path) -> list[Record]:
    source = all_sources()[name]
    return [r for r in source.read(inputs(source, data)) if not isinstance(r, Frame)]


@pytest.mark.parametrize("name", COUNTS)
def test_every_mention_stands_in_its_passage_and_ids_are_unique(data: Path, name: str) -> None:
    found = read(name, data)
    passages = [r for r in found if isinstance(r, Passage)]
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
    abstracts = {r.citation for name in COUNTS for r in read(name, data) if isinstance(r, Passage) and r.section != "title"}
    assert len(abstracts) >= 5_000


@pytest.mark.parametrize("name", COUNTS)
def test_a_source_states_its_licence_and_origin(name: str) -> None:
    source = all_sources()[name]
    assert source.licence and source.url.startswith("https://") and source.infores.startswith("infores:")
    assert source.commercial is (name in {"pubmed", "ncbi_disease", "biored", "pubmedqa"})


def made(name: str, folder: Path, *records: Record) -> Partition:
    source = Source(name, name, "CC0-1.0", "https://example.org", ("*",), lambda _: iter(records))
    return make_partition(source, Inputs(folder, ()), folder)
