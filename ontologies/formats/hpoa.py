"""HPO annotations of diseases: the old .tab layout and the present .hpoa."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.formats.lines import beginning, lines
from ontologies.formats.obo import reference
from ontologies.term import Problem


@dataclass(frozen=True, slots=True)
class PhenotypeAnnotation:
    """A disease and a phenotype, with the reference behind it and how often it is seen."""

    disease: str
    name: str
    phenotype: str
    reference: str
    evidence: str
    onset: str = ""
    frequency: str = ""
    sex: str = ""
    negated: bool = False
    aspect: str = ""


def can_read(path: Path) -> bool:
    """Whether the file is an annotation file of either layout."""
    head = beginning(path, 65536)
    return b"database_id\t" in head or b"\tHP:" in head.split(b"\n", 1)[0]


def read(path: Path) -> Iterator[PhenotypeAnnotation | Problem]:
    """One annotation a row."""
    present = b"database_id\t" in beginning(path, 65536)
    for number, text in lines(path):
        if text.startswith(("#", "database_id\t")) or not text.strip():
            continue
        cells = text.split("\t")
        if len(cells) < 12 or "HP:" not in text:
            yield Problem(number, f"{len(cells)} columns, at least 12 are needed", text)
        elif present:
            disease, name, negated, phenotype, source, evidence, onset, frequency, sex, _, aspect = cells[:11]
            yield PhenotypeAnnotation(reference(disease), name, phenotype, source, evidence, onset, frequency, sex, negated == "NOT", aspect)
        else:
            database, local, name, negated, phenotype, source, evidence, onset, frequency, _, aspect = cells[:11]
            yield PhenotypeAnnotation(reference(f"{database}:{local}"), name, phenotype, source, evidence, onset, frequency, "", negated == "NOT", aspect)
