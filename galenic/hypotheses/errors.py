"""The error tree of the hypotheses room.

Problem
└── HypothesisError     what cannot be ranked or explained, and why
    ├── TooLittleKnown  a release, or what is permitted of it, that holds too few treatments to learn from
    ├── NoCandidate     a drug or a disease that is not ranked, and why not
    └── ModelMismatch   a model of another release or of other sources, or a file that is none
"""

from __future__ import annotations

from ontologies.errors import Problem


class HypothesisError(Problem):
    """What cannot be ranked or explained."""

    http_status = 422


class TooLittleKnown(HypothesisError):
    """Too few recorded treatments to learn from."""


class NoCandidate(HypothesisError):
    """A drug or a disease that is not ranked."""


class ModelMismatch(HypothesisError):
    """A model of another release or of other sources, or a broken file."""
