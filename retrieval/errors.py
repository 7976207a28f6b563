"""The error tree of the retrieval room.

RetrievalError
├── ModelError       the embedding model cannot be found or exported
└── IndexMissing     no index for this release; says how to build one
"""

from __future__ import annotations

from ontologies.errors import Problem


class RetrievalError(Problem):
    """Anything that goes wrong between a question and its hits."""


class ModelError(RetrievalError):
    """The embedding model cannot be found or exported."""


class IndexMissing(RetrievalError):
    """There is no index for this release."""
