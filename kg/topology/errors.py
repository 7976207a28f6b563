"""The errors of the topology, below those of the kg room.

GraphError
├── UnknownNode    an identifier that the release does not hold, or a node that no chosen edge reaches
├── SeedError      seeds or a restart that make no distribution
└── NotConverged   a computation that did not settle within its number of rounds
"""

from __future__ import annotations

from kg.errors import GraphError


class UnknownNode(GraphError, LookupError):
    """An identifier that the release does not hold, or a node that no chosen edge reaches."""


class SeedError(GraphError, ValueError):
    """Seeds or a restart that make no distribution."""


class NotConverged(GraphError):
    """A computation that did not settle within its number of rounds."""
