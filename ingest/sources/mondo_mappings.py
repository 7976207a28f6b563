"""Mondo's SSSOM mappings between disease vocabularies, used to join nodes under one identifier."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.errors import SourceError
from ingest.identity import APART, EXACT
from ingest.source import Inputs, Source
from kg.records import Quarantined, Record, SameAs
from ontologies.errors import FormatError
from ontologies.formats import Problem
from ontologies.formats.sssom import read as read_sssom


def read(inputs: Inputs) -> Iterator[Record]:
    """Exact matches, and what a row denies; broad, narrow and close matches never join nodes."""
    for path in inputs.files:
        try:
            for row in read_sssom(path):
                if isinstance(row, Problem):
                    yield Quarantined(inputs.shown(path), row.line, row.reason, row.text)
                elif row.predicate == EXACT or row.negated:
                    yield SameAs(row.subject, row.object, APART if row.negated else EXACT, path.name)
        except FormatError as problem:
            raise SourceError(f"{problem}; download the file again") from problem


SOURCE = Source(
    name="mondo_mappings",
    title="Mondo mappings",
    licence="CC-BY-4.0",
    url="https://mondo.monarchinitiative.org",
    infores="infores:mondo",
    commercial=True,
    patterns=("ontologies/mondo_exactmatch_*.sssom.tsv*",),
    read=read,
    revision=2,
)
