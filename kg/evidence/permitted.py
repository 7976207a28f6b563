"""Which sources may speak: what `--source` and `--licence` let in, and what a release holds of these sources alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from kg.release.release import Release

# What of a node came from any of its sources, without a note of which.
_SHARED = ("synonyms", "xrefs")


@dataclass(frozen=True, slots=True)
class Permitted:
    """The evidence that is let in: names of sources, None for no restriction.

    An edge is let in when one of its sources is; nothing is when `sources` is empty.

    >>> only = Permitted(frozenset(["hetionet"]))
    >>> only.lets_in("hetionet"), only.lets_in("mesh"), Permitted().lets_in("mesh")
    (True, False, True)
    """

    sources: frozenset[str] | None = None

    @classmethod
    def of(cls, release: Release, names: Collection[str] = (), licences: Collection[str] = ()) -> Permitted:
        """What these names of sources and licences ('commercial' or a licence's own name) let in, no restriction where
        there is neither.

        Raises `ValueError` for a source that the release does not have and for licences that no source has.
        """
        if not names and not licences:
            return cls()
        known = release.sources
        unknown = [n for n in names if n not in known]
        if unknown:
            raise ValueError(f"unknown source {', '.join(unknown)}; this release has {', '.join(known)}")
        chosen = set(names or known)
        if licences:
            fitting = {
                n
                for n, s in known.items()
                if s["licence"] in licences or ("commercial" in licences and s["commercial"])
            }
            if not fitting:
                raise ValueError(
                    f"no source has the licence {', '.join(licences)}; known: "
                    f"{', '.join(sorted({s['licence'] for s in known.values()}))}, commercial"
                )
            chosen &= fitting
        return cls(frozenset(chosen))

    def lets_in(self, source: str) -> bool:
        """Whether a source may speak."""
        return self.sources is None or source in self.sources

    def narrowed(self, sources: Collection[str]) -> Permitted:
        """The same, and of it only these sources."""
        return Permitted(frozenset(sources if self.sources is None else self.sources.intersection(sources)))

    def among(self, column: str) -> pl.Expr:
        """Whether a column of lists of sources names one that may speak."""
        if self.sources is None:
            return pl.lit(True)
        return pl.col(column).list.eval(pl.element().is_in(list(self.sources))).list.any()

    def edges(self, rows: pl.LazyFrame, aggregators: Collection[str]) -> pl.LazyFrame:
        """Rows of a release's edges that permitted sources state, every column as if the release had no others.

        `aggregators` are the sources that repeat others.
        """
        if self.sources is None:
            return rows
        field = pl.element().struct.field
        kept = pl.col("assertions").list.eval(pl.element().filter(field("source").is_in(list(self.sources))))
        rows = rows.with_columns(assertions=kept).filter(pl.col("assertions").list.len() > 0)
        assertions = pl.col("assertions").list
        primary = assertions.eval(field("source").filter(~field("source").is_in(list(aggregators)))).list
        first = assertions.first().struct.field
        return rows.with_columns(
            sources=assertions.eval(field("source")).list.unique(maintain_order=True),
            licences=assertions.eval(field("licence")).list.unique(maintain_order=True),
            publications=assertions.eval(
                field("publications").explode(keep_nulls=False, empty_as_null=False)
            ).list.unique(maintain_order=True),
            tier=assertions.eval(field("tier")).list.min(),
            primary_source=pl.coalesce(primary.first(), first("source")),
            n_independent=pl.max_horizontal(primary.n_unique(), pl.lit(1)).cast(pl.Int16),
            licence=first("licence"),
            knowledge_level=first("knowledge_level"),
            agent_type=first("agent_type"),
        )

    def nodes(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Rows of a release's nodes with their permitted sources; what may come from another source is left out: all
        but identifier, kind and name.
        """
        if self.sources is None:
            return rows
        kept = pl.col("sources").list.eval(pl.element().filter(pl.element().is_in(list(self.sources))))
        whole = kept.list.len() == pl.col("sources").list.len()
        shared = {name: pl.when(whole).then(name).otherwise(pl.lit([], pl.List(pl.String))) for name in _SHARED}
        return rows.with_columns(
            sources=kept, attributes=pl.when(whole).then("attributes").otherwise(pl.lit("")), **shared
        )


ALL_SOURCES = Permitted()
