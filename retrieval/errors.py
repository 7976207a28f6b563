"""The error tree of the retrieval room.

RetrievalError
├── ModelError       an encoder cannot be had, is damaged or is another one
└── IndexMissing     no index for this release; says how to build one
"""

from __future__ import annotations

from ontologies.errors import Problem


class RetrievalError(Problem):
    """Anything that goes wrong between a question and its hits."""


class ModelError(RetrievalError):
    """An encoder cannot be had, is damaged or is another one."""


class IndexMissing(RetrievalError):
    """There is no index for this release."""
