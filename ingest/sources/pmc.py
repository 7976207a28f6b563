"""PubMed Central full texts in JATS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.literature import jats
from ingest.literature.files import Item, read_files
from ingest.source import Inputs, Source
from kg.records import Record

_FORMATS = (jats,)


def _read(path: Path, shown: str) -> Iterator[Item]:
    reader = next(f for f in _FORMATS if f.can_read(path))
    yield from reader.read(path, shown)


def read(inputs: Inputs) -> Iterator[Record]:
    """Every file of these formats; files of other formats beside them belong to other sources."""
    paths = [p for p in inputs.files if any(f.can_read(p) for f in _FORMATS)]
    yield from read_files(inputs, paths, _read)


SOURCE = Source(
    name="pmc",
    title="PubMed Central",
    licence="as each article says",
    url="https://pmc.ncbi.nlm.nih.gov",
    infores="infores:pmc",
    commercial=False,
    patterns=("pubmed*/**/*xml*", "pmc/**/*xml*"),
    read=read,
)
