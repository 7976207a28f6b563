"""SSSOM TSV: mappings between vocabularies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.curie import normalise
from ontologies.errors import CurieError, FormatError
from ontologies.formats.lines import beginning, lines
from ontologies.term import Problem


@dataclass(frozen=True, slots=True)
class Mapping:
    """A row of a mapping set: two CURIEs, the predicate between them, whether it is denied, and why it is believed."""

    subject: str
    predicate: str
    object: str
    justification: str = ""
    negated: bool = False


def can_read(path: Path) -> bool:
    """Whether the file has SSSOM's columns."""
    return b"subject_id" in beginning(path, 65536) and b"predicate_id" in beginning(path, 65536)


def read(path: Path) -> Iterator[Mapping | Problem]:
    """Every row below the commented header; rows with unknown prefixes are problems."""
    at: dict[str, int] = {}
    for number, text in lines(path):
        if text.startswith("#") or not text.strip():
            continue
        cells = text.split("\t")
        if not at:
            at = {name: n for n, name in enumerate(cells)}
            missing = [c for c in ("subject_id", "predicate_id", "object_id") if c not in at]
            if missing:
                raise FormatError(
                    path, number, f"lacks the column {missing[0]}; SSSOM needs subject_id, predicate_id, object_id"
                )
            continue
        try:
            subject, object_ = normalise(cells[at["subject_id"]]), normalise(cells[at["object_id"]])
            yield Mapping(
                subject,
                cells[at["predicate_id"]],
                object_,
                cells[at["mapping_justification"]] if "mapping_justification" in at else "",
                _denied(cells[at["predicate_modifier"]]) if "predicate_modifier" in at else False,
            )
        except (CurieError, IndexError, ValueError) as problem:
            yield Problem(number, str(problem), text)


def _denied(modifier: str) -> bool:
    """Whether a predicate_modifier says Not; raises `ValueError` for a word that SSSOM does not know."""
    word = modifier.strip().casefold()
    if word not in ("", "not"):
        raise ValueError(f"predicate_modifier is {modifier!r}; it must be Not or empty")
    return word == "not"
