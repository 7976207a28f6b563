"""Passages of all sources, with the mentions that their own sources and readers found in them."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from kg.release.tables import PARTITION

_MENTION = ("start", "end", "text", "id", "category")


def merge_passages(
    passages: pl.DataFrame,
    markings: pl.DataFrame,
    joined: Callable[[pl.DataFrame], pl.DataFrame],
    deleted: pl.Series,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The release's passages, and rows of quarantine for markings of what does not stand in its passage.

    `joined` gives the column `id` of mentions the identifiers after the joins;
    passages of `deleted` citations are left out, with all that was marked in them.
    """
    kept = passages.filter(~pl.col("citation").is_in(deleted.implode())).sort("rank", maintain_order=True)
    kept = kept.unique("id", keep="last", maintain_order=True).sort("id")
    own = kept.select(passage="id", mentions="mentions").explode("mentions", keep_nulls=False, empty_as_null=False)
    good, bad = _checked(markings, kept)
    spread = joined(pl.concat([own.unnest("mentions"), good.select("passage", *_MENTION)]))
    if len(good):
        spread = spread.unique(["passage", "start", "end", "id"], keep="first", maintain_order=True)
    packed = spread.group_by("passage", maintain_order=True).agg(mentions=pl.struct(*_MENTION))
    empty = pl.lit([], dtype=PARTITION["passages"]["mentions"])
    whole = kept.drop("mentions").join(packed.rename({"passage": "id"}), on="id", how="left", maintain_order="left")
    columns = ("id", "citation", "section", "text", "offset", "mentions", "source")
    return whole.with_columns(pl.col("mentions").fill_null(empty)).select(columns), bad


def _checked(markings: pl.DataFrame, passages: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    told = markings.join(
        passages.select(passage="id", whole="text"), on="passage", how="left", maintain_order="left"
    ).with_columns(
        stands=(pl.col("whole").str.slice(pl.col("start"), pl.col("end") - pl.col("start")) == pl.col("text"))
        & (pl.col("start") < pl.col("end"))
    )
    bad = told.filter(~pl.col("stands").fill_null(False))
    reason = pl.format("the name {} does not stand at {}-{} of the passage {}", "text", "start", "end", "passage")
    quarantine = bad.select("source", file=pl.lit(""), line=pl.lit(None, pl.Int64), reason=reason, row=pl.col("text"))
    return told.filter(pl.col("stands").fill_null(False)), quarantine
