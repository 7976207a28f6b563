"""A term of an ontology, whatever format it came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["exact", "narrow", "broad", "related", "abbreviation", "lay", "entry", "plural", "misspelling"]


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another name of a term, with its scope."""

    text: str
    scope: Scope = "exact"


@dataclass(frozen=True, slots=True)
class Term:
    """A term: `parents` by is_a, `part_of`, `replaced_by` for an obsolete one; identifiers are CURIEs.

    `namespace` is OBO's namespace, or MeSH's tree numbers joined by '|'.
    """

    id: str
    name: str
    synonyms: tuple[Synonym, ...] = ()
    xrefs: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    obsolete: bool = False
    replaced_by: tuple[str, ...] = ()
    namespace: str | None = None
    definition: str | None = None
    alt_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A stretch of a file that could not be read; the rest of the file was."""

    line: int | None
    reason: str
    text: str = ""
