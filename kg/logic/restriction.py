"""Which edges count as evidence: permitted sources, tiers and years, as conditions of Cypher with bound values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.logic.forms import Filter


@dataclass(frozen=True, slots=True)
class Evidence:
    """Edges of permitted sources (None: all), of a tier at most, of publications of certain years (None: any or
    none).
    """

    sources: tuple[str, ...] | None = None
    tiers: tuple[int, int] = (0, 9)
    years: tuple[int, int] | None = None

    def condition(self, variable: str) -> str:
        """Further conditions on an edge for a WHERE clause, with their parameters' names.

        >>> Evidence(tiers=(0, 2)).condition("r")
        ' AND r.tier >= $tiers[0] AND r.tier <= $tiers[1]'
        """
        text = ""
        if self.sources is not None:
            text += f" AND any(s IN {variable}.sources WHERE s IN $sources)"
        if self.tiers != (0, 9):
            text += f" AND {variable}.tier >= $tiers[0] AND {variable}.tier <= $tiers[1]"
        if self.years is not None:
            text += f" AND {variable}.year >= $years[0] AND {variable}.year <= $years[1]"
        return text

    def bound(self, cypher: str) -> dict[str, object]:
        """The parameters that a statement uses."""
        values = {"sources": self.sources, "tiers": self.tiers, "years": self.years}
        return {name: list(value) for name, value in values.items() if value is not None and f"${name}" in cypher}

    def narrowed(self, filters: Sequence[Filter], known: Mapping[str, Mapping[str, Any]]) -> Evidence:
        """The same with further filters; `known` gives the title and the licence of each source. A title may be that of
        several.
        """
        sources, tiers, years = self.sources, self.tiers, self.years
        for one in filters:
            if one.field in ("source", "licence"):
                value = str(one.value).casefold()
                said = {
                    s: (s, facts["title"]) if one.field == "source" else (facts["licence"],)
                    for s, facts in known.items()
                }
                fits = {s for s, texts in said.items() if value in (text.casefold() for text in texts)}
                sources = tuple(sorted(fits if sources is None else fits & set(sources)))
            elif one.field == "tier":
                tiers = _between(tiers, one)
            else:
                years = _between(years or (0, 9999), one)
        return Evidence(sources, tiers, years)


def _between(bounds: tuple[int, int], one: Filter) -> tuple[int, int]:
    low, high = bounds
    value = float(one.value)
    if one.test in ("=", ">="):
        low = max(low, math.ceil(value))
    if one.test in ("=", "<="):
        high = min(high, math.floor(value))
    return low, high
