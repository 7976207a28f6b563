"""Which edges count, by who says them, how well and when."""

from __future__ import annotations

from dataclasses import dataclass

from kg.evidence.permitted import ALL_SOURCES, Permitted


@dataclass(frozen=True, slots=True)
class Only:
    """Edges that are permitted, of a tier and a year from the first to the last.

    Years None: all, also edges of which no year is known.
    """

    permitted: Permitted = ALL_SOURCES
    tiers: tuple[int, int] = (0, 9)
    years: tuple[int, int] | None = None


ALL = Only()
