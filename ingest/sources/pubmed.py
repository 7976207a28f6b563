"""PubMed XML (baseline, update and e-utility files) and MEDLINE text."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.literature import medline_text, pubmed_xml
from ingest.literature.sorting import read_own
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Every file of these formats; files of other formats beside them belong to other sources."""
    yield from read_own(inputs, (medline_text, pubmed_xml), "pubmed")


SOURCE = Source(
    name="pubmed",
    title="PubMed",
    licence="public domain",
    url="https://pubmed.ncbi.nlm.nih.gov",
    infores="infores:pubmed",
    commercial=True,
    patterns=("pubmed*/**/*.xml*", "pubmed*/**/*.txt*"),
    read=read,
    revision=3,
)
