"""The error tree of the kg room.

GraphError
├── RecordError        a record that breaks the schema; names the record
├── SchemaError        an unknown category, relation or label
├── ReleaseError       a release that is missing, broken or made by another version
│   └── ReleaseMismatch  a store or index that carries another release's id
├── FormError          an ill-typed logical form; names the relations that fit
└── StoreError         a graph store that cannot be reached or refuses
    ├── StoreUnavailable  not running, or the connection dropped
    ├── StoreBusy         another load writes it
    ├── QueryTimeout      the query outlived its limit
    └── QueryRefused      the query writes, or is not allowed
"""

from __future__ import annotations

from ontologies.errors import Problem


class GraphError(Problem):
    """Anything that goes wrong with what is known: records, release, forms, stores."""


class RecordError(GraphError, ValueError):
    """A record that breaks the schema."""


class SchemaError(GraphError, ValueError):
    """A category, relation or label that the schema does not know."""


class ReleaseError(GraphError):
    """A release that is missing, broken or made by another version."""


class ReleaseMismatch(ReleaseError):
    """A store or index built from another release."""


class FormError(GraphError, ValueError):
    """A logical form that is not well typed."""


class StoreError(GraphError):
    """A graph store that cannot be reached or refuses; what a graph that answers says is the query's fault."""

    http_status = 400


class StoreUnavailable(StoreError):
    """The graph store is not running or the connection dropped."""

    http_status = 503


class StoreBusy(StoreError):
    """Another load writes the graph."""

    http_status = 503


class QueryTimeout(StoreError):
    """The query outlived its time limit; no part of a result is returned."""

    http_status = 504


class QueryRefused(StoreError):
    """The query would write, or uses something that is not allowed."""

    exit_code = 2
