"""The error tree of the application: what a person sees as one line and an exit code.

GalenicError
├── UsageError      wrong words on a command line or in a batch file (exit code 2)
├── Busy            too many queries are at work
├── Outside         a setting that `offline` forbids
└── CannotListen    an address for the API that is taken, or is none of this machine
"""

from __future__ import annotations

from ontologies.errors import Problem


class GalenicError(Problem):
    """Anything the application itself reports."""

    http_status = 400


class UsageError(GalenicError, ValueError):
    """Wrong words on a command line or in a file that a person wrote."""

    exit_code = 2


class Outside(GalenicError):
    """A setting that names another machine while `offline` is set."""

    exit_code = 2


class CannotListen(GalenicError):
    """An address that is taken, or none of this machine's."""


class Busy(GalenicError):
    """Too many queries are at work; another try later may find a place."""

    http_status = 503
