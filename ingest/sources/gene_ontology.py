"""The Gene Ontology: processes, functions and components with synonyms and hierarchy."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.ontology_records import ontology_records
from ingest.source import Inputs, Source
from kg.records import Record
from ontologies.term import Term

_CATEGORY = {
    "biological_process": "biolink:BiologicalProcess",
    "molecular_function": "biolink:MolecularActivity",
    "cellular_component": "biolink:CellularComponent",
}


def _category(term: Term) -> str | None:
    return _CATEGORY.get(term.namespace or "") if term.id.startswith("GO:") else None


def read(inputs: Inputs) -> Iterator[Record]:
    """Terms of the three GO namespaces."""
    yield from ontology_records(inputs, inputs.files, _category)


SOURCE = Source(
    name="gene_ontology",
    title="Gene Ontology",
    licence="CC-BY-4.0",
    url="https://geneontology.org",
    infores="infores:go",
    commercial=True,
    patterns=("ontology_names/go-names*.tsv*", "ontologies/go-*.obo*", "ontologies/go.o*"),
    read=read,
    revision=3,
)
