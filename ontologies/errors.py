"""The root of all errors, and the error tree of the ontologies room.

Problem                 a message to a person, and no fault of the program; every room's tree grows from it
└── OntologyError
    ├── CurieError      a string that is no CURIE, or an unknown prefix
    ├── FormatError     a file that breaks its format; names file and line
    └── LineageError    a hierarchy that cannot be used (a cycle, an unknown term)
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class Problem(Exception):
    """What a person is told in one line; the doors end with its exit code or answer with its HTTP status."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 503


class OntologyError(Problem, ValueError):
    """Anything that goes wrong with identifiers, terms, lineage or names."""

    http_status = 400


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
