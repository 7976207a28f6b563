"""Readers of ontology formats; each recognises its own files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from ontologies.errors import FormatError
from ontologies.formats import mesh, name_tables, obo, obographs, owl, term_tables
from ontologies.term import Problem, Term

__all__ = ["Problem", "Term", "read_terms"]


class Reader(Protocol):
    """What every module of a format offers."""

    def can_read(self, path: Path) -> bool:
        """Whether the file looks like this format."""
        ...

    def read(self, path: Path) -> Iterator[Term | Problem]:
        """Its terms, and what could not be read."""
        ...


def read_terms(path: Path) -> Iterator[Term | Problem]:
    """Terms of a file of any known format; raises `FormatError` when no reader knows it."""
    readers: tuple[Reader, ...] = (obo, mesh, name_tables, term_tables, obographs, owl)
    for reader in readers:
        if reader.can_read(path):
            return reader.read(path)
    raise FormatError(path, 1, "is empty, cut short, or no OBO, OWL, OBO Graphs, MeSH or term table")
