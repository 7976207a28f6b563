"""Which edges count as evidence: permitted sources, tiers and years, as conditions of Cypher with bound values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg.evidence.only import Only
from kg.logic.filters import Filter
from kg.schema import schema


@dataclass(frozen=True, slots=True)
class Evidence(Only):
    """The edges that count, for a graph store; `amounts` must hold of those of their relation that lead to a set."""

    amounts: tuple[Filter, ...] = ()

    def condition(self, variable: str, relation: str = "") -> str:
        """Further conditions on an edge of a relation for a WHERE clause, with their parameters' names.

        >>> Evidence(tiers=(0, 2)).condition("r")
        ' AND r.tier >= $tiers[0] AND r.tier <= $tiers[1]'
        """
        text = ""
        if self.permitted.sources is not None:
            text += f" AND any(s IN {variable}.sources WHERE s IN $sources)"
        if self.tiers != (0, 9):
            text += f" AND {variable}.tier >= $tiers[0] AND {variable}.tier <= $tiers[1]"
        if self.years is not None:
            text += f" AND {variable}.year >= $years[0] AND {variable}.year <= $years[1]"
        return text + "".join(self._of_amount(variable, n) for n in self._amounts_of(relation))

    def _amounts_of(self, relation: str) -> list[int]:
        return [n for n, f in enumerate(self.amounts) if schema().amounts[f.field].relation == relation]

    def _of_amount(self, variable: str, number: int) -> str:
        """That the range of an amount lies on the side of a value as a whole, and that its sources may speak."""
        filter_ = self.amounts[number]
        amount = schema().amounts[filter_.field]
        text = f" AND {variable}.{amount.lower} >= $amounts[{number}]" if filter_.test in ("=", ">=") else ""
        text += f" AND {variable}.{amount.upper} <= $amounts[{number}]" if filter_.test in ("=", "<=") else ""
        if self.permitted.sources is not None:
            text += f" AND any(s IN {variable}.{amount.sources} WHERE s IN $sources)"
        return text

    def bound(self, cypher: str) -> dict[str, object]:
        """The parameters that a statement uses."""
        sources = self.permitted.sources
        values = {
            "sources": None if sources is None else sorted(sources),
            "tiers": self.tiers,
            "years": self.years,
            "amounts": [f.value for f in self.amounts],
        }
        return {name: list(value) for name, value in values.items() if value is not None and f"${name}" in cypher}

    def narrowed(self, filters: Sequence[Filter], known: Mapping[str, Mapping[str, Any]]) -> Evidence:
        """The same with further filters; `known` gives the title and the licence of each source. A title may be that of
        several.
        """
        permitted, tiers, years, amounts = self.permitted, self.tiers, self.years, self.amounts
        for filter_ in filters:
            if filter_.field in ("source", "licence"):
                value = str(filter_.value).casefold()
                names = {
                    s: (s, facts["title"]) if filter_.field == "source" else (facts["licence"],)
                    for s, facts in known.items()
                }
                fits = {s for s, texts in names.items() if value in (text.casefold() for text in texts)}
                permitted = permitted.narrowed(fits)
            elif filter_.field == "tier":
                tiers = _between(tiers, filter_)
            elif filter_.is_amount:
                amounts = (*amounts, filter_)
            else:
                years = _between(years or (0, 9999), filter_)
        return Evidence(permitted, tiers, years, amounts)

    def beneath(self) -> Evidence:
        """What counts behind a step: amounts are asked of its own edges alone."""
        return replace(self, amounts=())


def _between(bounds: tuple[int, int], filter_: Filter) -> tuple[int, int]:
    low, high = bounds
    value = float(filter_.value)
    if filter_.test in ("=", ">="):
        low = max(low, math.ceil(value))
    if filter_.test in ("=", "<="):
        high = min(high, math.floor(value))
    return low, high
