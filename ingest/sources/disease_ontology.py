"""The Disease Ontology: diseases with synonyms, references and their hierarchy, from OBO and term lists."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.ontology_records import term_records
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Newer files first, so that their names win; slim tables and xref tables are not term lists and are left out."""
    for path in sorted(inputs.files, key=lambda f: ("2016" in f.name, f.name)):
        yield from term_records(inputs, path, lambda term: "biolink:Disease" if term.id.startswith("DOID:") else None)


SOURCE = Source(
    name="disease_ontology",
    title="Disease Ontology",
    version="2016-05 and 2026-07",
    licence="CC0-1.0",
    url="https://disease-ontology.org",
    infores="infores:disease-ontology",
    commercial=True,
    patterns=("ontologies/doid-*.obo*", "ontologies/doid-20??.tsv*", "ontologies/doid.o*"),
    read=read,
    revision=2,
)
