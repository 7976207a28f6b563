"""What publications say of edges, word for word, and what is known of the publications themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.release.release import Release


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a publication that supports or contradicts an edge."""

    edge: str
    citation: str
    kind: str
    text: str


def quotes(release: Release, edges: Sequence[str], permitted: Permitted = ALL_SOURCES) -> list[Quote]:
    """What the release, or the permitted sources in it, quote for edges, best first."""
    sources = permitted.sources
    allowed = pl.lit(True) if sources is None else pl.col("source").is_in(list(sources))
    rows = (
        release.scan("evidence")
        .filter(pl.col("edge").is_in(list(edges)), pl.col("quote").is_not_null(), allowed)
        .sort("score", "citation", descending=[True, False])
        .collect()
    )
    return [Quote(r["edge"], r["citation"], r["kind"], r["quote"]) for r in rows.iter_rows(named=True)]


def citations(release: Release, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the release knows of publications: title, year, journal, whether retracted; nothing of those that it only
    names.
    """
    rows = (
        release.scan("citations")
        .filter(pl.col("id").is_in(list(ids)))
        .select("id", "title", "year", "journal", "retracted")
        .collect()
    )
    return {r["id"]: r for r in rows.iter_rows(named=True)}
