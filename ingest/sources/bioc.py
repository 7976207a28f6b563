"""BioC collections, XML and JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.literature import bioc
from ingest.literature.sorting import read_own
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Every file of these formats; files of other formats beside them belong to other sources."""
    yield from read_own(inputs, (bioc,), "bioc")


SOURCE = Source(
    name="bioc",
    title="BioC",
    licence="as each collection says",
    url="https://bioc.sourceforge.net",
    infores="infores:bioc",
    commercial=False,
    patterns=("pubmed*/**/*bioc*", "bioc/**/*.xml*", "bioc/**/*.json*"),
    read=read,
    revision=2,
)
