"""The error tree of the application: what a person sees as one line and an exit code.

GalenicError
├── UsageError      wrong words on a command line or in a batch file (exit code 2)
└── NotReady        something must be built or started first (exit code 1)
"""

from __future__ import annotations


class GalenicError(Exception):
    """Anything the application itself reports."""


class UsageError(GalenicError, ValueError):
    """Wrong words on a command line or in a file that a person wrote."""


class NotReady(GalenicError):
    """Something must be built or started first."""
