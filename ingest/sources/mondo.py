"""Mondo: diseases with synonyms, hierarchy and references to the other disease vocabularies."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.ontology_records import ontology_records
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Terms of every Mondo file at hand."""
    yield from ontology_records(
        inputs, inputs.files, lambda term: "biolink:Disease" if term.id.startswith("MONDO:") else None
    )


SOURCE = Source(
    name="mondo",
    title="Mondo Disease Ontology",
    licence="CC-BY-4.0",
    url="https://mondo.monarchinitiative.org",
    infores="infores:mondo",
    commercial=True,
    patterns=("ontology_names/mondo-*.tsv*", "ontologies/mondo.o*", "ontologies/mondo.json*"),
    read=read,
)
