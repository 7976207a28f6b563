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

    lower: float | None = None
    upper: float | None = None
    texts: dict[str, None] = field(default_factory=dict)

    def add(self, text: str, lower: float, upper: float) -> None:
        """Take one reported value."""
        self.texts[text] = None
        if text != _UNMEASURED:
            self.lower = lower if self.lower is None else min(self.lower, lower)
            self.upper = upper if self.upper is None else max(self.upper, upper)

    def told(self) -> Mapping[str, Any]:
        """As an attribute of an edge: `lower` and `upper` over all labels, and the values as they were given.

        >>> seen = Frequency()
        >>> seen.add("rare", 0, 0.001)
        >>> seen.add("2%", 0.02, 0.02)
        >>> seen.told()
        {'lower': 0, 'upper': 0.02, 'texts': ['2%', 'rare']}
        >>> seen = Frequency()
        >>> seen.add("postmarketing", 0, 0.001)
        >>> seen.told()
        {'texts': ['postmarketing']}
        """
        bounds = {} if self.lower is None else {"lower": self.lower, "upper": self.upper}
        return {**bounds, "texts": sorted(self.texts)}
