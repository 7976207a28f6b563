"""Evidence of all sources, under the edges as they were joined, and only where its quote stands in its passage."""

from __future__ import annotations

import polars as pl

from kg.release.tables import PARTITION


def checked(
    evidence: pl.DataFrame, edges: pl.DataFrame | None, passages: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The release's evidence, and rows of quarantine for what is quoted wrongly or from a passage that is not there.

    `evidence` names its source; `edges` (None: there is no evidence) gives the
    identifier of each edge after the joins as `now`, by the former as `edge`. What
    belongs to an edge that was refused is out with it.
    """
    columns = [*PARTITION["evidence"], "source"]
    if edges is None:
        return evidence.select(columns), _quarantined(evidence.with_columns(reason=pl.lit("")).clear())
    joined = evidence.join(edges, on="edge", maintain_order="left").with_columns(edge="now")
    texts = passages.select(passage="id", text="text", of="citation")
    told = joined.join(texts, on="passage", how="left", maintain_order="left")
    stands = pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start")) == pl.col("quote")
    reason = (
        pl.when(pl.col("role") == "record")
        .then(None)
        .when(pl.col("text").is_null())
        .then(pl.format("evidence from the passage {}, which is not there", pl.col("passage").fill_null("(none)")))
        .when(pl.col("of") != pl.col("citation"))
        .then(pl.format("evidence from {} that names the passage {}", "citation", "passage"))
        .when(~stands.fill_null(False))
        .then(pl.format("the quote does not stand at {}-{} of the passage {}", "start", "end", "passage"))
    )
    told = told.with_columns(reason=reason)
    good = told.filter(pl.col("reason").is_null())
    kept = good.select(columns).unique(maintain_order=True).sort("edge", "citation", maintain_order=True)
    return kept, _quarantined(told.filter(pl.col("reason").is_not_null()))


def _quarantined(rows: pl.DataFrame) -> pl.DataFrame:
    row = pl.concat_str("edge", "citation", pl.col("quote").fill_null("").str.slice(0, 400), separator="\t")
    return rows.select("source", file=pl.lit(""), line=pl.lit(None, pl.Int64), reason="reason", row=row)
