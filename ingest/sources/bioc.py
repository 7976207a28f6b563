"""BioC collections, XML and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.literature import bioc
from ingest.literature.files import Item, read_files
from ingest.source import Inputs, Source
from kg.records import Record

_FORMATS = (bioc,)


def _read(path: Path, shown: str) -> Iterator[Item]:
    reader = next(f for f in _FORMATS if f.can_read(path))
    yield from reader.read(path, shown)


def read(inputs: Inputs) -> Iterator[Record]:
    """Every file of these formats; files of other formats beside them belong to other sources."""
    paths = [p for p in inputs.files if any(f.can_read(p) for f in _FORMATS)]
    yield from read_files(inputs, paths, _read)


SOURCE = Source(
    name="bioc",
    title="BioC",
    licence="as each collection says",
    url="https://bioc.sourceforge.net",
    infores="infores:bioc",
    commercial=False,
    patterns=("pubmed*/**/*bioc*", "bioc/**/*.xml*", "bioc/**/*.json*"),
    read=read,
)
