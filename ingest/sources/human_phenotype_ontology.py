"""The Human Phenotype Ontology: phenotypic features with synonyms and hierarchy."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.ontology_records import ontology_records
from ingest.source import Inputs, Source
from kg.records import Record


def read(inputs: Inputs) -> Iterator[Record]:
    """Terms of every HPO file at hand."""
    yield from ontology_records(
        inputs, inputs.files, lambda term: "biolink:PhenotypicFeature" if term.id.startswith("HP:") else None
    )


SOURCE = Source(
    name="human_phenotype_ontology",
    title="Human Phenotype Ontology",
    licence="HPO licence",
    url="https://hpo.jax.org",
    infores="infores:hpo",
    commercial=True,
    patterns=(
        "ontology_names/hp-*.obo*",
        "ontologies/hp-*.obo*",
        "ontologies/hp-*.json*",
        "ontologies/hp.o*",
        "ontologies/hp.json*",
    ),
    read=read,
    revision=3,
)
