"""PubMed Central full texts in JATS."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.literature import jats
from ingest.literature.sorting import read_own
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Every file of these formats; files of other formats beside them belong to other sources."""
    yield from read_own(inputs, (jats,), "pmc")


SOURCE = Source(
    name="pmc",
    title="PubMed Central",
    licence="as each article says",
    url="https://pmc.ncbi.nlm.nih.gov",
    infores="infores:pmc",
    commercial=False,
    patterns=("pubmed*/**/*xml*", "pmc/**/*xml*"),
    read=read,
    revision=3,
)
