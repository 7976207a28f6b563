"""Bulk load of a release into ArcadeDB's own files, in a process of its own (it holds a Java machine)."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from kg.release.release import Release
from kg.schema import schema

DATABASE = "galenic"
_VERTICES = 100_000
_EDGES = 50_000


def node_rows(release: Release) -> pl.DataFrame:
    """Nodes as the graph holds them: id, name, category, label, synonyms, xrefs, sources, attributes."""
    labels = {category: kind.label for category, kind in schema().kinds.items()}
    columns = ["id", "name", "category", "synonyms", "xrefs", "sources", "attributes"]
    rows = release.scan("nodes").select(columns).collect()
    texts = pl.col("synonyms").list.eval(pl.element().str.splitn("\t", 2).struct.field("field_0")).list.unique(maintain_order=True)
    return rows.with_columns(synonyms=texts, label=pl.col("category").replace_strict(labels, default="NamedThing"))


def edge_rows(release: Release) -> pl.DataFrame:
    """Edges as the graph holds them; what each source says goes along only where it adds to `sources` and `tier`."""
    said = pl.col("assertions")
    plain = (said.list.len() == 1) & (pl.col("publications").list.len() == 0)
    plain = plain & (said.list.first().struct.field("attributes") == "") & (pl.col("qualifiers") == "")
    kind = pl.when("negated").then(pl.lit("NOT_") + pl.col("relation").str.to_uppercase()).otherwise(pl.col("relation").str.to_uppercase())
    columns = ["id", "subject", "object", "tier", "sources", "assertions", "publications", "qualifiers", "negated", "relation"]
    rows = release.scan("edges").select(columns).with_columns(type=kind, plain=plain).collect()
    detailed = rows.filter(~pl.col("plain")).select("id", "assertions")
    packed = detailed.select("id", detail=pl.Series([_json(a) for a in detailed["assertions"].to_list()], dtype=pl.String))
    joined = rows.drop("assertions", "plain").join(packed, on="id", how="left", maintain_order="left")
    return joined.select("id", "subject", "object", "type", "tier", "sources", "publications", "qualifiers", "detail")


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def types() -> Iterator[tuple[str, str]]:
    """Every vertex label and edge type that the schema can give, as ('vertex' | 'edge', name)."""
    for kind in schema().kinds.values():
        yield "vertex", kind.label
    for relation in schema().relations.values():
        yield "edge", relation.type
        yield "edge", f"NOT_{relation.type}"


def load(release: Release, folder: Path, heap: str = "2g") -> None:
    """Write the release as an ArcadeDB database into `folder`, which must not exist."""
    import arcadedb_embedded as arcadedb
    import jpype

    nodes, edges = node_rows(release), edge_rows(release)
    database = arcadedb.create_database(str(folder), jvm_kwargs={"heap_size": heap})
    with contextlib.closing(database):

        def sql(statement: str) -> None:
            database.command("sql", statement)

        sql("CREATE VERTEX TYPE Entity")
        sql("CREATE VERTEX TYPE Release")
        for name in ("id", "name", "category"):
            sql(f"CREATE PROPERTY Entity.{name} STRING")
        sql("CREATE PROPERTY Release.id STRING")
        for what, name in types():
            sql(f"CREATE VERTEX TYPE {name} EXTENDS Entity" if what == "vertex" else f"CREATE EDGE TYPE {name}")
        to_json = jpype.JClass("com.arcadedb.python.EdgeBatcher").newEdgesJson
        with database.graph_batch(batch_size=_VERTICES) as batch:
            batch.create_vertices("Release", [{"id": release.id, "nodes": len(nodes), "edges": len(edges)}])
            places = [_vertices(batch, str(label), group) for (label,), group in nodes.group_by("label", maintain_order=True)]
            where = pl.concat(places)
            for end, name in (("subject", "_src"), ("object", "_dst")):
                edges = edges.join(where.rename({"id": end, "place": name}), on=end, maintain_order="left").drop(end)
            for (kind,), group in edges.group_by("type", maintain_order=True):
                for block in group.drop("type").iter_slices(_EDGES):
                    to_json(batch._java_graph_batch, kind, _sparse_json(block))
        sql("CREATE INDEX ON Entity (id) UNIQUE")


def _vertices(batch: Any, label: str, group: pl.DataFrame) -> pl.DataFrame:
    rows = [{k: v for k, v in row.items() if v not in (None, "", [])} for row in group.drop("label").to_dicts()]
    return group.select("id", place=pl.Series(batch.create_vertices(label, rows), dtype=pl.String))


def _sparse_json(block: pl.DataFrame) -> str:
    """JSON rows without the columns that are empty throughout the block."""
    empty = [
        c for c in ("publications", "qualifiers", "detail")
        if block[c].null_count() == len(block)
        or (c == "publications" and not block[c].list.len().sum())
        or (c == "qualifiers" and (block[c] == "").all())
    ]  # fmt: skip
    return block.drop(empty).write_json()


if __name__ == "__main__":
    load(Release.open(Path(sys.argv[1])), Path(sys.argv[2]), *sys.argv[3:])
