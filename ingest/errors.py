"""The error tree of the ingest room.

IngestError
├── SourceError       a source that cannot be read at all; names the file and the mend
│   └── UnsafeFile    a file that tries entity expansion or reaches outside itself
├── MappingError      a table mapping (TOML) that does not fit its table
└── BuildError        a build that cannot go on
    └── BuildLocked   another build holds the home folder
"""

from __future__ import annotations

from ontologies.errors import Problem


class IngestError(Problem):
    """Anything that goes wrong between a source's files and the release."""


class SourceError(IngestError):
    """A source whose files cannot be read at all."""


class UnsafeFile(SourceError):
    """A file that tries entity expansion or reaches outside itself."""


class MappingError(IngestError):
    """A table mapping that does not fit its table."""


class BuildError(IngestError):
    """A build that cannot go on; the former release is whole."""


class BuildLocked(BuildError):
    """Another build is at work in the same home folder."""
