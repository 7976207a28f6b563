"""The weight of an edge's evidence as one whole number: a store that reads one property of an edge is twice as fast as
with three.
"""

from __future__ import annotations

TIER, SOURCE = 10_000_000, 100_000
MOST_SOURCES, MOST_PUBLICATIONS = 99, 99_999


def rank(tier: int, n_sources: int, n_publications: int) -> int:
    """The smaller, the better: by tier, then by number of sources, then of publications; more than 99 and 99,999
    count as these.

    >>> rank(1, 1, 0) < rank(2, 3, 40) < rank(2, 3, 0) < rank(2, 1, 900)
    True
    """
    return tier * TIER - min(n_sources, MOST_SOURCES) * SOURCE - min(n_publications, MOST_PUBLICATIONS)


def unranked(value: int) -> tuple[int, int, int]:
    """Tier, sources and publications of a rank.

    >>> unranked(rank(2, 3, 40))
    (2, 3, 40)
    """
    tier = -(-value // TIER)
    n_sources, n_publications = divmod(tier * TIER - value, SOURCE)
    return tier, n_sources, n_publications
