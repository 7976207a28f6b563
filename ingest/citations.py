"""Citations of all sources, and which of them are retracted, whoever says so."""

from __future__ import annotations

import json

import polars as pl

_COLUMNS = ("id", "title", "year", "authors", "journal", "retracted", "attributes", "source")
_ARTICLE = pl.col("category") == "biolink:Article"


def merge_citations(
    citations: pl.DataFrame, retractions: pl.DataFrame, nodes: pl.DataFrame, deleted: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The release's citations, and its nodes with retracted articles marked.

    A document is retracted when its own record, a notice or a list says so; one
    that no source holds gets a row without a title, so that a statement that rests
    on it can be marked. `deleted` citations are left out.
    """
    kept = citations.filter(~pl.col("id").is_in(deleted.implode())).sort("rank", maintain_order=True)
    articles = nodes.lazy().filter(_ARTICLE).select("id", alias="xrefs").explode("alias", empty_as_null=False).collect()
    named = retractions.sort("rank", maintain_order=True).select(id="citation", source="source")
    # A notice may name a DOI where the article goes by its PMID.
    known = named.join(
        articles.rename({"id": "article"}), left_on="id", right_on="alias", how="left", maintain_order="left"
    )
    named = known.select(pl.coalesce("article", "id").alias("id"), "source").unique(
        "id", keep="first", maintain_order=True
    )
    named = named.filter(~pl.col("id").is_in(deleted.implode()))
    retracted = pl.concat([named["id"], kept.filter("retracted")["id"]]).unique()
    unknown = named.join(kept, on="id", how="anti").with_columns(
        title=pl.lit(""),
        year=None,
        authors=pl.lit([], kept.schema["authors"]),
        journal=None,
        retracted=True,
        attributes=pl.lit(""),
    )
    last = kept.unique("id", keep="last", maintain_order=True).drop("rank")
    whole = pl.concat([last.select(_COLUMNS), unknown.select(_COLUMNS).cast(last.select(_COLUMNS).schema)])
    marked = whole.with_columns(retracted=pl.col("id").is_in(retracted.implode())).sort("id")
    return marked, _marked(nodes, retracted)


def _marked(nodes: pl.DataFrame, retracted: pl.Series) -> pl.DataFrame:
    """Nodes of which retracted articles say so in their attributes."""

    def mark(text: str) -> str:
        return json.dumps({**(json.loads(text) if text else {}), "retracted": True}, ensure_ascii=False, sort_keys=True)

    attributes = pl.when(_ARTICLE & pl.col("id").is_in(retracted.implode())).then(pl.col("attributes"))
    return nodes.with_columns(
        attributes=pl.coalesce(attributes.map_elements(mark, return_dtype=pl.String), "attributes")
    )
