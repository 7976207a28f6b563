"""Shares that edges carry as ranges, such as the frequency of a side effect: what is said, and what is compared."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeGuard

from kg.evidence.edges import Assertion


class Range(NamedTuple):
    """From the lowest to the highest share, 0 to 1."""

    lower: float
    upper: float


def range_of(attributes: str, name: str) -> Range | None:
    """The range that is compared, of the attributes of one assertion; None where none is known.

    A source may give a number, or `lower` and `upper`, and beside them `highest` where several of its labels differ:
    the highest statement is the one that is compared.

    >>> range_of('{"frequency": {"lower": 0.01, "upper": 0.3, "highest": [0.3, 0.3]}}', "frequency")
    Range(lower=0.3, upper=0.3)
    >>> range_of('{"frequency": 0.05}', "frequency"), range_of('{"frequency": {"texts": ["rare"]}}', "frequency")
    (Range(lower=0.05, upper=0.05), None)
    """
    found = json.loads(attributes).get(name) if name in attributes else None
    if isinstance(found, dict):
        lower, upper = found.get("highest") or (found.get("lower"), found.get("upper"))
        return Range(float(lower), float(upper)) if _is_share(lower) and _is_share(upper) else None
    return Range(float(found), float(found)) if _is_share(found) else None


def highest(ranges: Iterable[Range | None]) -> Range | None:
    """The highest of several statements: by its lower bound, then by its upper."""
    return max((r for r in ranges if r is not None), default=None)


def amount_of(assertions: Iterable[Assertion], name: str) -> Range | None:
    """The highest range that some assertions state."""
    return highest(range_of(a.attributes, name) for a in assertions)


def percent(value: float) -> str:
    """A share as a percentage.

    >>> percent(0.05), percent(0.001), percent(0)
    ('5%', '0.1%', '0%')
    """
    return f"{value * 100:.3g}%"


def _is_share(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1
