"""Tests that restrict a set: of the evidence of edges, of an amount that they carry, of attributes of nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from kg.errors import FormError
from kg.evidence.tiers import TIERS
from kg.logic.categories import nearest
from kg.schema import schema

Test = Literal["=", "<=", ">="]
EVIDENCE = {"tier": "number", "source": "text", "licence": "text", "year": "number"}
# Beyond it neighbouring whole numbers are one to a machine.
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Filter:
    """A test of the evidence (`tier`, `source`, `licence`, `year`), of an amount that edges of a relation carry
    (`frequency`) or of an attribute of nodes; the schema declares the latter two.

    Of an edge the best tier counts, one permitted source is enough, and `year` is
    the latest year of its publications that is known. An amount is a range; it passes
    when it lies on that side as a whole (`kg.evidence.amounts`). An attribute that is a
    list passes when one of its values does; texts are compared without case.
    """

    field: str
    test: Test
    value: str | int | float

    def __post_init__(self) -> None:
        amounts = schema().amounts
        known = {
            **EVIDENCE,
            **dict.fromkeys(amounts, "number"),
            **{a.name: a.value for a in schema().attributes.values()},
        }
        kind = known.get(self.field)
        if kind is None:
            raise FormError(
                f"nothing is filtered by {self.field!r}{nearest(self.field, known)}; known: {', '.join(known)}"
            )
        if self.test not in get_args(Test) or (kind == "text" and self.test != "="):
            raise FormError(f"{self.field} {self.test}: texts are tested with =, numbers with =, <= or >=")
        if isinstance(self.value, bool) or (kind == "number") != isinstance(self.value, (int, float)):
            raise FormError(f"{self.field} is a {kind}; {self.value!r} is none")
        if kind == "number" and not abs(float(self.value)) <= _LARGEST:
            raise FormError(f"{self.field} {self.test} {self.value}: a number of at most {_LARGEST:,} is compared")
        if self.field == "tier" and self.value not in TIERS:
            raise FormError(f"evidence has the tiers {min(TIERS)} to {max(TIERS)}, not {self.value}")
        if self.field in amounts and not 0 <= float(self.value) <= 1:
            raise FormError(f"{self.field} is a share from 0 to 1, not {self.value}; 10% is written 0.1")

    @property
    def of_edges(self) -> bool:
        """Whether it is edges that must pass, not nodes."""
        return self.field in EVIDENCE or self.is_amount

    @property
    def is_amount(self) -> bool:
        """Whether it tests an amount that only edges of one relation carry."""
        return self.field in schema().amounts
