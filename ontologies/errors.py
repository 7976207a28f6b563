"""The error tree of the ontologies room.

OntologyError
├── CurieError          a string that is no CURIE, or an unknown prefix
├── FormatError         a file that breaks its format; names file and line
└── LineageError        a hierarchy that cannot be used (a cycle, an unknown term)
"""

from __future__ import annotations

from pathlib import Path


class OntologyError(ValueError):
    """Anything that goes wrong with identifiers, terms, lineage or names."""


class CurieError(OntologyError):
    """A text that cannot be read as a CURIE with a known prefix."""


class FormatError(OntologyError):
    """A file that breaks its format, with the place and the way to mend it."""

    def __init__(self, path: Path | str, line: int | None, problem: str) -> None:
        where = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{where}: {problem}")
        self.path, self.line, self.problem = str(path), line, problem


class LineageError(OntologyError):
    """A hierarchy that cannot be used, naming the CURIEs at fault."""
