"""HPO annotations: which phenotypic features a disease shows, with reference, frequency and onset."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.errors import SourceError
from ingest.source import Inputs, Source
from kg.records import Edge, Node, Quarantined, Record
from ontologies.errors import FormatError
from ontologies.formats import hpoa
from ontologies.term import Problem

_NO_FEATURE = {"I", "M", "C", "H"}


def read(inputs: Inputs) -> Iterator[Record]:
    """One `has_phenotype` edge an annotation of aspect P (or O, the old layout); inheritance, course and modifiers are no features.

    A disease that no other source describes stands under the name in the file.
    """
    for path in inputs.files:
        named: set[str] = set()
        try:
            for row in hpoa.read(path):
                if isinstance(row, Problem):
                    yield Quarantined(inputs.shown(path), row.line, row.reason, row.text)
                    continue
                if row.aspect in _NO_FEATURE:
                    continue
                if row.disease not in named:
                    named.add(row.disease)
                    yield Node(row.disease, "biolink:Disease", row.name.split(";")[0].strip() or row.disease)
                papers = tuple(r for r in row.reference.replace(",", ";").split(";") if r.startswith(("PMID:", "OMIM:", "ORPHA:")))
                details = {"evidence": row.evidence, "frequency": row.frequency, "onset": row.onset, "sex": row.sex}
                yield Edge(row.disease, "has_phenotype", row.phenotype, negated=row.negated, publications=papers,
                           attributes={k: v for k, v in details.items() if v})  # fmt: skip
        except FormatError as problem:
            raise SourceError(f"{problem}; download the file again") from problem


SOURCE = Source(
    name="hpo_annotations",
    title="HPO annotations",
    version="2016 and an excerpt of 2024",
    licence="HPO licence",
    url="https://hpo.jax.org/data/annotations",
    infores="infores:hpo-annotations",
    commercial=True,
    patterns=("ontologies/*.hpoa*", "ontologies/phenotype_annotation*.tab*"),
    read=read,
)
