"""A node of a result, and which of two is better supported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kg.rank import UNSAID


class Found(NamedTuple):
    """A node of a result with the weight of its best edge: tier, sources, publications, what it is to the other end."""

    id: str
    name: str
    category: str
    value: float | bool | None = None
    tier: int = 9
    n_sources: int = 0
    n_publications: int = 0
    role: int = UNSAID


def stronger(node: Found | None, other: Found) -> Found:
    """The one with the better evidence."""
    if node is None:
        return other
    return min(node, other, key=strength)


def strength(node: Found) -> tuple[int, int, int, int]:
    """Tier, what it is to the other end, number of sources, of publications; the smaller, the better."""
    return (node.tier, node.role, -node.n_sources, -node.n_publications)


def ranked(nodes: Iterable[Found]) -> list[Found]:
    """What was counted first, then the best evidence: tier, role, number of sources and of publications; then names."""
    return sorted(nodes, key=lambda f: (-(f.value or 0), *strength(f), f.name.casefold(), f.id))
