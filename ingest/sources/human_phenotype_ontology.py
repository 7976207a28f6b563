"""The Human Phenotype Ontology: phenotypic features with synonyms and hierarchy."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.ontology_records import term_records
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Terms of every HPO file at hand."""
    for path in inputs.files:
        yield from term_records(
            inputs, path, lambda term: "biolink:PhenotypicFeature" if term.id.startswith("HP:") else None
        )


SOURCE = Source(
    name="human_phenotype_ontology",
    title="Human Phenotype Ontology",
    version="2016-04",
    licence="HPO licence",
    url="https://hpo.jax.org",
    infores="infores:hpo",
    commercial=True,
    patterns=("ontologies/hp-*.obo*", "ontologies/hp-*.json*", "ontologies/hp.o*", "ontologies/hp.json*"),
    read=read,
    revision=2,
)
