"""The weight of an edge's evidence as one whole number: a store that reads one property of an edge is twice as fast as
with three.
"""

from __future__ import annotations

TIER, ROLE, SOURCE = 100_000_000, 10_000_000, 100_000
MOST_SOURCES, MOST_PUBLICATIONS = 99, 99_999
# What a thing is to a drug that binds it: a target that is known to act, any target, not said, what handles the drug.
ACTING, TARGET, UNSAID, HANDLING = range(4)


def rank(tier: int, n_sources: int, n_publications: int, role: int = UNSAID) -> int:
    """The smaller, the better: by tier, role, number of sources, then of publications; more than 99 and 99,999 count as
    these.

    >>> rank(1, 1, 0) < rank(2, 3, 40) < rank(2, 3, 0) < rank(2, 1, 900)
    True
    >>> rank(2, 1, 0, ACTING) < rank(2, 1, 0, TARGET) < rank(2, 9, 9) < rank(2, 99, 99, HANDLING)
    True
    """
    weight = min(n_sources, MOST_SOURCES) * SOURCE + min(n_publications, MOST_PUBLICATIONS)
    return tier * TIER + (role + 1) * ROLE - weight


def unranked(value: int) -> tuple[int, int, int, int]:
    """Tier, sources, publications and role of a rank.

    >>> unranked(rank(2, 3, 40)), unranked(rank(5, 1, 0, HANDLING))
    ((2, 3, 40, 2), (5, 1, 0, 3))
    """
    tenth = -(-value // ROLE)
    n_sources, n_publications = divmod(tenth * ROLE - value, SOURCE)
    tier, role = divmod(tenth - 1, TIER // ROLE)
    return tier, n_sources, n_publications, role
