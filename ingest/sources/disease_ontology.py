"""The Disease Ontology: diseases with synonyms, references and their hierarchy, from OBO and term lists."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.ontology_records import ontology_records
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Diseases of every file at hand; slim tables and xref tables are not term lists and are left out."""
    yield from ontology_records(
        inputs, inputs.files, lambda term: "biolink:Disease" if term.id.startswith("DOID:") else None
    )


SOURCE = Source(
    name="disease_ontology",
    title="Disease Ontology",
    licence="CC0-1.0",
    url="https://disease-ontology.org",
    infores="infores:disease-ontology",
    commercial=True,
    patterns=(
        "ontologies/doid-*.obo*",
        "ontologies/doid-20??.tsv*",
        "ontologies/doid.o*",
        "ontology_names/doid-names*.tsv*",
    ),
    read=read,
    revision=3,
)
