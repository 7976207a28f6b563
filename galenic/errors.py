"""The error tree of the application: what a person sees as one line and an exit code.

GalenicError
└── UsageError      wrong words on a command line or in a batch file (exit code 2)
"""

from __future__ import annotations

from ontologies.errors import Problem


class GalenicError(Problem):
    """Anything the application itself reports."""

    http_status = 400


class UsageError(GalenicError, ValueError):
    """Wrong words on a command line or in a file that a person wrote."""

    exit_code = 2
