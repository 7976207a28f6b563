"""How often a side effect was seen, as several labels put it: a range, and each reported value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Seen after marketing, among nobody knows how many: SIDER's bounds for it (0 to 0.001) are no measurement.
_UNMEASURED = "postmarketing"


@dataclass(slots=True)
class Frequency:
    """Gathers the values of one side effect of one drug; bounds are shares of patients, 0 to 1."""

    measured: list[tuple[float, float]] = field(default_factory=list)
    worded: list[tuple[float, float]] = field(default_factory=list)
    texts: dict[str, None] = field(default_factory=dict)

    def add(self, text: str, lower: float, upper: float) -> None:
        """Take one reported value."""
        self.texts[text] = None
        if text != _UNMEASURED:
            (self.measured if any(c.isdigit() for c in text) else self.worded).append((lower, upper))

    def told(self) -> Mapping[str, Any]:
        """As an attribute of an edge: `lower` and `upper` over all labels, and the values as they were given.

        Where any label gives a number, the bounds are those of the numbers. Bounds of mere words are SIDER's, for which
        'common' reaches up to 1: they are marked as `worded`. `highest` are the bounds of the highest single value,
        where they are others.

        >>> seen = Frequency()
        >>> seen.add("common", 0.01, 1)
        >>> seen.told()
        {'lower': 0.01, 'upper': 1, 'worded': True, 'texts': ['common']}
        >>> seen.add("2%", 0.02, 0.02)
        >>> seen.add("5%", 0.05, 0.05)
        >>> seen.told()
        {'lower': 0.02, 'upper': 0.05, 'highest': [0.05, 0.05], 'texts': ['2%', '5%', 'common']}
        >>> seen = Frequency()
        >>> seen.add("postmarketing", 0, 0.001)
        >>> seen.told()
        {'texts': ['postmarketing']}
        """
        told: dict[str, Any] = {}
        if bounds := self.measured or self.worded:
            told = {"lower": min(low for low, _ in bounds), "upper": max(high for _, high in bounds)}
            if not self.measured:
                told["worded"] = True
            highest = list(max(bounds))
            if highest != [told["lower"], told["upper"]]:
                told["highest"] = highest
        return {**told, "texts": sorted(self.texts)}
