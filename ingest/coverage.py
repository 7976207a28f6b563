"""Which things each source covers for a relation, so that 'none' and 'not recorded' differ in a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import polars as pl

from kg.records import Side
from kg.schema import schema

COLUMNS = ("relation", "source", "side", "entity")


def coverage(
    edges: pl.DataFrame, declared: pl.DataFrame, nodes: pl.DataFrame, info: Mapping[str, Mapping[str, Any]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The release's table, and the declarations that name no relation or node as rows of quarantine.

    A source covers an entity on a side of a relation when it holds an edge of it there that is not negated; both ends
    of a symmetric relation are subjects, and of what papers speak of only the papers are covered, for they are a
    sample of what is written. Of the relations that a source declares (`declares` in `info`) it covers exactly what
    `declared` says. Identifiers are those after merging.
    """
    reason = (
        pl.when(~pl.col("relation").is_in(list(schema().relations)))
        .then(pl.lit("covers for the unknown relation ") + pl.col("relation"))
        .when(~pl.col("side").is_in(get_args(Side)))
        .then(pl.lit("covers the unknown side ") + pl.col("side"))
        .when(~pl.col("entity").is_in(nodes["id"].implode()))
        .then(pl.lit("covers the unknown node ") + pl.col("entity"))
    )
    declared = declared.with_columns(reason=reason)
    row = pl.concat_str("relation", "entity", "side", separator="\t")
    refused = declared.filter(pl.col("reason").is_not_null()).select(
        "source", file=pl.lit(""), line=pl.lit(None, pl.Int64), reason="reason", row=row
    )
    both = [r.name for r in schema().relations.values() if r.symmetric]
    side = pl.when(pl.col("relation").is_in(both)).then(pl.lit("subject")).otherwise("side")
    rows = pl.concat([_by_edges(edges, info), declared.filter(pl.col("reason").is_null()).select(COLUMNS)])
    return rows.with_columns(side=side).unique().sort("relation", "side", "entity", "source"), refused


def _by_edges(edges: pl.DataFrame, info: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    pairs = [(name, relation) for name, facts in info.items() for relation in facts.get("declares", ())]
    own = pl.DataFrame(pairs, schema={"source": pl.String, "relation": pl.String}, orient="row")
    mentioned = [r.name for r in schema().relations.values() if r.literary]
    counted = edges.filter(~pl.col("negated")).join(own, on=["source", "relation"], how="anti")
    sides = []
    for side in ("subject", "object"):
        some = counted.filter(~pl.col("relation").is_in(mentioned)) if side == "object" else counted
        ends = some.select("relation", "source", side=pl.lit(side), entity=side)
        sides.append(ends.unique())
    return pl.concat(sides)
