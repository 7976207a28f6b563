"""MeSH: descriptors with their tree, sorted into diseases, symptoms, chemicals, anatomy and the rest."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.ontology_records import term_records
from ingest.source import Inputs, Source
from kg.records import Record
from ontologies.term import Term

_TREES = (
    ("C23.888", "biolink:PhenotypicFeature"),
    ("C", "biolink:Disease"),
    ("F03", "biolink:Disease"),
    ("D", "biolink:ChemicalEntity"),
    ("A", "biolink:AnatomicalEntity"),
)


def category(term: Term) -> str | None:
    """The category by the first tree that fits; descriptors of no such tree (geography, health care) are left out."""
    trees = (term.namespace or "").split("|")
    return next((kind for start, kind in _TREES if any(t.startswith(start) for t in trees)), None)


def read(inputs: Inputs) -> Iterator[Record]:
    """Descriptors of every MeSH file at hand; the tree numbers are read beside the term list."""
    for path in inputs.files:
        if "tree-numbers" not in path.name:
            yield from term_records(inputs, path, category)


SOURCE = Source(
    name="mesh",
    title="MeSH",
    version="2015",
    licence="public domain",
    url="https://www.nlm.nih.gov/mesh",
    infores="infores:mesh",
    commercial=True,
    patterns=("ontologies/mesh-*.tsv*", "ontologies/desc*.xml*"),
    read=read,
)
