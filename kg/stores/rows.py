"""What a graph store holds of a release: rows of nodes and edges, the same for every engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from kg.evidence.amounts import highest, range_of
from kg.rank import (
    ACTING,
    HANDLING,
    MOST_PUBLICATIONS,
    MOST_SOURCES,
    ROLE,
    SOURCE,
    TARGET,
    TIER,
    UNSAID,
)
from kg.release.release import Release
from kg.release.years import edge_years
from kg.schema import schema
from kg.schema.relations import Amount
from kg.stores.revision import LOAD_REVISION


def node_rows(release: Release) -> pl.DataFrame:
    """Nodes as the graph holds them: id, name, category, label, synonyms, xrefs, sources, attributes, and those the
    schema declares.
    """
    labels = {category: kind.label for category, kind in schema().kinds.items()}
    columns = ["id", "name", "category", "synonyms", "xrefs", "sources", "attributes"]
    rows = release.scan("nodes").select(columns).collect()
    texts = (
        pl.col("synonyms")
        .list.eval(pl.element().str.splitn("\t", 2).struct.field("field_0"))
        .list.unique(maintain_order=True)
    )
    rows = rows.with_columns(synonyms=texts, label=pl.col("category").replace_strict(labels, default="NamedThing"))
    return rows.with_columns(*_declared(rows))


def _declared(rows: pl.DataFrame) -> Iterator[pl.Series]:
    """The attributes that the schema declares, each as a column; null where a node has none."""
    wanted = {a.category for a in schema().attributes.values()}
    of = [
        json.loads(text) if text and category in wanted else {}
        for category, text in rows.select("category", "attributes").iter_rows()
    ]
    for one in schema().attributes.values():
        inner = pl.String() if one.value == "text" else pl.Float64()
        kind: pl.DataType = pl.List(inner) if one.list else inner
        read = str if one.value == "text" else float
        values: list[Any] = []
        for found, category in zip(of, rows["category"], strict=True):
            value = found.get(one.name) if category == one.category else None
            values.append(None if value is None else [read(v) for v in value] if one.list else read(value))
        yield pl.Series(one.name, values, dtype=kind)


def edge_rows(release: Release) -> pl.DataFrame:
    """Edges as the graph holds them; what each source says goes along only where it adds to `sources`, `tier` and
    how edges of the relation usually are known.
    """
    said = pl.col("assertions")
    plain = (said.list.len() == 1) & (pl.col("publications").list.len() == 0)
    usual = {name: relation.level for name, relation in schema().relations.items()}
    first = said.list.first().struct.field
    plain &= (first("attributes") == "") & (pl.col("qualifiers") == "")
    plain &= first("knowledge_level") == pl.col("relation").replace_strict(usual, default="")
    kind = (
        pl.when("negated")
        .then(pl.lit("NOT_") + pl.col("relation").str.to_uppercase())
        .otherwise(pl.col("relation").str.to_uppercase())
    )
    columns = [
        "id",
        "subject",
        "object",
        "tier",
        "sources",
        "assertions",
        "publications",
        "qualifiers",
        "negated",
        "relation",
    ]
    rows = release.scan("edges").select(columns).with_columns(type=kind, plain=plain).collect()
    detailed = rows.filter(~pl.col("plain")).select("id", "assertions")
    packed = detailed.select(
        "id", detail=pl.Series([_json(a) for a in detailed["assertions"].to_list()], dtype=pl.String)
    )
    joined = rows.drop("assertions", "plain").join(packed, on="id", how="left", maintain_order="left")
    joined = joined.join(edge_years(release), on="id", how="left", maintain_order="left").with_columns(rank=_rank())
    amounts = [column for amount in schema().amounts.values() for column in _amount(rows, amount)]
    return joined.select(
        "id", "subject", "object", "type", "tier", "rank", "sources", "publications", "qualifiers", "detail", "year"
    ).with_columns(*amounts)


def _amount(rows: pl.DataFrame, amount: Amount) -> Iterator[pl.Series]:
    """The bounds of an amount of every edge, and who states it; null where nobody does."""
    lower, upper, sources = (list[Any]([None] * len(rows)) for _ in range(3))
    of = rows.with_row_index("place").filter((pl.col("relation") == amount.relation) & ~pl.col("plain"))
    for place, assertions in of.select("place", "assertions").iter_rows():
        said = {a["source"]: r for a in assertions if (r := range_of(a["attributes"], amount.name)) is not None}
        if found := highest(said.values()):
            lower[place], upper[place], sources[place] = found.lower, found.upper, list(said)
    yield pl.Series(amount.lower, lower, dtype=pl.Float64)
    yield pl.Series(amount.upper, upper, dtype=pl.Float64)
    yield pl.Series(amount.sources, sources, dtype=pl.List(pl.String))


def _rank() -> pl.Expr:
    """`kg.rank.rank` of every edge."""
    sources = pl.col("sources").list.len().cast(pl.Int64).clip(upper_bound=MOST_SOURCES)
    publications = pl.col("publications").list.len().cast(pl.Int64).clip(upper_bound=MOST_PUBLICATIONS)
    # The attributes are JSON within JSON, so that their quotes are escaped.
    said = pl.col("detail").fill_null("")
    role = (
        pl.when(said.str.contains('known_action\\": \\"yes', literal=True))
        .then(ACTING)
        .when(said.str.contains('role\\": \\"target', literal=True))
        .then(TARGET)
        .when(said.str.contains('role\\": \\"', literal=True))
        .then(HANDLING)
        .otherwise(UNSAID)
    )
    return pl.col("tier").cast(pl.Int64) * TIER + (role + 1) * ROLE - sources * SOURCE - publications


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def types() -> Iterator[tuple[str, str]]:
    """Every vertex label and edge type that the schema can give, as ('vertex' | 'edge', name)."""
    for kind in schema().kinds.values():
        yield "vertex", kind.label
    for relation in schema().relations.values():
        yield "edge", relation.type
        yield "edge", f"NOT_{relation.type}"


def facts(release: Release) -> Mapping[str, str | int]:
    """What the graph says of itself: its release, the checksum of what was loaded, and how much there is."""
    tables = release.manifest["tables"]
    # Edges carry the year of their publications, which the citations say.
    said = json.dumps([LOAD_REVISION, tables["nodes"], tables["edges"], tables["citations"]], sort_keys=True)
    return {
        "id": release.id,
        "checksum": hashlib.sha256(said.encode()).hexdigest(),
        "nodes": tables["nodes"]["rows"],
        "edges": tables["edges"]["rows"],
        "revision": LOAD_REVISION,
    }
