"""Mechanisms of all sources, their ends and steps under the identifiers of the release."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from kg.release.tables import PARTITION

_STEPS = PARTITION["mechanisms"]["steps"]


def merge_mechanisms(
    rows: pl.DataFrame, merges: pl.DataFrame, nodes: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The release's table, and the mechanisms of unknown drugs as rows of quarantine.

    `merges` gives the identifier after the joins (`new`) by each former one (`old`). What a step names that is no node
    of the release keeps its identifier and name.
    """
    now: dict[str, str] = dict(merges.select("old", "new").iter_rows())
    moved = rows.with_columns(
        drug=pl.col("drug").replace(now),
        disease=pl.col("disease").replace(now),
        steps=pl.Series([[_moved(step, now) for step in of] for of in rows["steps"].to_list()], dtype=_STEPS),
    )
    known = pl.col("drug").is_in(nodes["id"].implode())
    columns = [*PARTITION["mechanisms"], "source"]
    kept = moved.filter(known).select(columns).unique("citation", keep="first", maintain_order=True)
    refused = moved.filter(~known).select(
        "source",
        file=pl.lit(""),
        line=pl.lit(None, pl.Int64),
        reason=pl.lit("a mechanism of the unknown drug ") + pl.col("drug"),
        row="citation",
    )
    return kept.sort("drug", "citation"), refused


def _moved(step: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    ends = {end: now.get(step[end], step[end]) for end in ("subject", "object")}
    return {**step, **ends}
