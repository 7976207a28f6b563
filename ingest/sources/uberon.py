"""Uberon: anatomical structures."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.ontology_records import ontology_records
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Terms of every Uberon file at hand."""
    yield from ontology_records(
        inputs, inputs.files, lambda term: "biolink:AnatomicalEntity" if term.id.startswith("UBERON:") else None
    )


SOURCE = Source(
    name="uberon",
    title="Uberon",
    licence="CC-BY-3.0",
    url="https://obophenotype.github.io/uberon",
    infores="infores:uberon",
    commercial=True,
    patterns=(
        "ontology_names/uberon*.tsv*",
        "ontologies/uberon*.tsv*",
        "ontologies/uberon*.obo*",
        "ontologies/uberon*.owl*",
    ),
    read=read,
    revision=3,
)
