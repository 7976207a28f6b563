"""PubMed XML (baseline, update and e-utility files) and MEDLINE text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.literature import medline_text, pubmed_xml
from ingest.literature.files import Item, read_files
from ingest.source import Inputs, Source
from kg.records import Record

_FORMATS = (pubmed_xml, medline_text,)


def _read(path: Path, shown: str) -> Iterator[Item]:
    reader = next(f for f in _FORMATS if f.can_read(path))
    yield from reader.read(path, shown)


def read(inputs: Inputs) -> Iterator[Record]:
    """Every file of these formats; files of other formats beside them belong to other sources."""
    paths = [p for p in inputs.files if any(f.can_read(p) for f in _FORMATS)]
    yield from read_files(inputs, paths, _read)


SOURCE = Source(
    name="pubmed",
    title="PubMed",
    licence="public domain",
    url="https://pubmed.ncbi.nlm.nih.gov",
    infores="infores:pubmed",
    commercial=True,
    patterns=("pubmed*/**/*.xml*", "pubmed*/**/*.txt*"),
    read=read,
)
