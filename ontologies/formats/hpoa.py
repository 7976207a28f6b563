"""HPO annotations of diseases: the old .tab layout and the present .hpoa."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.formats.lines import beginning, lines
from ontologies.formats.obo import reference
from ontologies.term import Problem

# The present layout's heading; from 2018 to 2022 it was written `#DatabaseID`.
_HEADING = re.compile(rb"^#?database_?id\t", re.M | re.I)


@dataclass(frozen=True, slots=True)
class PhenotypeAnnotation:
    """A disease and a phenotype, with the reference behind it and how often it is seen.

    `modifier` is a term of the present layout or the word of the old one (MILD, SEVERE); `line` counts from 1.
    """

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
    modifier: str = ""
    line: int = 0


def can_read(path: Path) -> bool:
    """Whether the file is an annotation file of either layout."""
    head = beginning(path, 65536)
    return bool(_HEADING.search(head)) or b"\tHP:" in head.split(b"\n", 1)[0]


def read(path: Path) -> Iterator[PhenotypeAnnotation | Problem]:
    """One annotation a row."""
    present = bool(_HEADING.search(beginning(path, 65536)))
    for number, text in lines(path):
        if text.casefold().startswith(("#", "database_id\t", "databaseid\t")) or not text.strip():
            continue
        cells = text.split("\t")
        if len(cells) < 12 or "HP:" not in text:
            yield Problem(number, f"{len(cells)} columns, at least 12 are needed", text)
        else:
            yield _present(number, cells) if present else _old(number, cells)


def _present(line: int, cells: list[str]) -> PhenotypeAnnotation:
    disease, name, qualifier, phenotype, source, evidence, onset, frequency, sex, modifier, aspect = cells[:11]
    return PhenotypeAnnotation(
        reference(disease),
        name,
        phenotype,
        source,
        evidence,
        onset,
        frequency,
        sex,
        qualifier == "NOT",
        aspect,
        modifier,
        line,
    )


def _old(line: int, cells: list[str]) -> PhenotypeAnnotation:
    database, local, name, qualifier, phenotype, source, evidence, onset, frequency, _, aspect = cells[:11]
    modifier = "" if qualifier == "NOT" else qualifier
    return PhenotypeAnnotation(
        reference(f"{database}:{local}"),
        name,
        phenotype,
        source,
        evidence,
        onset,
        frequency,
        "",
        qualifier == "NOT",
        aspect,
        modifier,
        line,
    )
