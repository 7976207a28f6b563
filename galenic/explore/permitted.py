"""Rows of a release reduced to what permitted sources say, so that nothing of the others leaves the house."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

# What of a node came from any of its sources, without a note of which.
_SHARED = ("synonyms", "xrefs")


def permitted_edges(rows: pl.LazyFrame, allowed: Collection[str], aggregators: Collection[str]) -> pl.LazyFrame:
    """Edges that permitted sources state, every column as if the release had no others."""
    one = pl.element().struct.field
    kept = pl.col("assertions").list.eval(pl.element().filter(one("source").is_in(list(allowed))))
    rows = rows.with_columns(assertions=kept).filter(pl.col("assertions").list.len() > 0)
    said = pl.col("assertions").list
    primary = said.eval(one("source").filter(~one("source").is_in(list(aggregators)))).list
    first = said.first().struct.field
    return rows.with_columns(
        sources=said.eval(one("source")).list.unique(maintain_order=True),
        licences=said.eval(one("licence")).list.unique(maintain_order=True),
        publications=said.eval(one("publications").explode(keep_nulls=False, empty_as_null=False)).list.unique(
            maintain_order=True
        ),
        tier=said.eval(one("tier")).list.min(),
        primary_source=pl.coalesce(primary.first(), first("source")),
        n_independent=pl.max_horizontal(primary.n_unique(), pl.lit(1)).cast(pl.Int16),
        licence=first("licence"),
        knowledge_level=first("knowledge_level"),
        agent_type=first("agent_type"),
    )


def permitted_nodes(rows: pl.LazyFrame, allowed: Collection[str]) -> pl.LazyFrame:
    """Nodes with their permitted sources; what may come from another source is left out: all but identifier, kind and
    name.
    """
    kept = pl.col("sources").list.eval(pl.element().filter(pl.element().is_in(list(allowed))))
    whole = kept.list.len() == pl.col("sources").list.len()
    shared = {name: pl.when(whole).then(name).otherwise(pl.lit([], pl.List(pl.String))) for name in _SHARED}
    return rows.with_columns(sources=kept, attributes=pl.when(whole).then("attributes").otherwise(pl.lit("")), **shared)
