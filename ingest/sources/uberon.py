"""Uberon: anatomical structures."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.ontology_records import term_records
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Terms of every Uberon file at hand."""
    for path in inputs.files:
        yield from term_records(
            inputs, path, lambda term: "biolink:AnatomicalEntity" if term.id.startswith("UBERON:") else None
        )


SOURCE = Source(
    name="uberon",
    title="Uberon",
    version="terms of Hetionet's time",
    licence="CC-BY-3.0",
    url="https://obophenotype.github.io/uberon",
    infores="infores:uberon",
    commercial=True,
    patterns=("ontologies/uberon*.tsv*", "ontologies/uberon*.obo*", "ontologies/uberon*.owl*"),
    read=read,
    revision=2,
)
