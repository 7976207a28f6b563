"""What an answer gives machines: things found, a number, yes or no, a path, a pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Stop:
    """A node that is named on the way: on a path, or between a result and what was asked about."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """A node or a document of the answer; `value` is what was counted of it, or how well a document fits.

    `through` is the narrower term that leads to it where nothing ties it to the thing itself that was asked about.
    """

    id: str
    name: str
    value: float | None = None
    through: Stop | None = None
    kind: Literal["found"] = "found"


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are."""

    value: int
    name: Literal["count"] = "count"
    id: None = None
    kind: Literal["count"] = "count"


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no; `value` is None where no permitted source covers what was asked, which is neither."""

    value: bool | None
    name: Literal["yes", "no", "not recorded"]
    id: None = None
    kind: Literal["yes_no"] = "yes_no"

    @classmethod
    def of(cls, value: bool | None) -> YesNo:
        """The result of a truth value."""
        return cls(value, "not recorded" if value is None else "yes" if value else "no")


@dataclass(frozen=True, slots=True)
class PathResult:
    """A path from one thing to another: its nodes in order, and in `value` its number of steps."""

    nodes: tuple[Stop, ...]
    value: int
    name: str = ""
    id: None = None
    kind: Literal["path"] = "path"


@dataclass(frozen=True, slots=True)
class Level:
    """How grave one source calls an interaction; None where it knows of it and does not say."""

    source: str
    level: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things and whether they interact; `value` is None where no permitted source covers both, which is neither."""

    nodes: tuple[Stop, Stop]
    value: bool | None
    name: str
    levels: tuple[Level, ...] = ()
    id: None = None
    kind: Literal["pair"] = "pair"


Result = Found | Count | YesNo | PathResult | Pair
