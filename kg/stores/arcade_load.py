"""Bulk load of a release into ArcadeDB's own files, in a process of its own (it holds a Java machine)."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import polars as pl

from kg.release.release import Release
from kg.schema import schema
from kg.stores.rows import edge_rows, facts, node_rows, types

_VERTICES = 100_000
_EDGES = 50_000
_KINDS = {"unique": "UNIQUE", "fulltext": "FULL_TEXT"}
# A release of notes alone holds no node.
_NOWHERE = pl.DataFrame(schema={"id": pl.String, "place": pl.String})


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
            batch.create_vertices("Release", [dict(facts(release))])
            places = [
                _vertices(batch, str(label), group) for (label,), group in nodes.group_by("label", maintain_order=True)
            ]
            where = pl.concat([_NOWHERE, *places])
            for end, name in (("subject", "_src"), ("object", "_dst")):
                edges = edges.join(where.rename({"id": end, "place": name}), on=end, maintain_order="left").drop(end)
            for (kind,), group in edges.group_by("type", maintain_order=True):
                for block in group.drop("type").iter_slices(_EDGES):
                    to_json(batch._java_graph_batch, kind, _sparse_json(block))
        for index in schema().indexes:
            sql(f"CREATE INDEX ON {index.label} ({index.property}) {_KINDS[index.kind]}")


def _vertices(batch: Any, label: str, group: pl.DataFrame) -> pl.DataFrame:
    rows = [{k: v for k, v in row.items() if v not in (None, "", [])} for row in group.drop("label").to_dicts()]
    return group.select("id", place=pl.Series(batch.create_vertices(label, rows), dtype=pl.String))


def _sparse_json(block: pl.DataFrame) -> str:
    """JSON rows without the columns that are empty throughout the block."""
    empty = [
        c
        for c in block.columns
        if block[c].null_count() == len(block)
        or (c == "publications" and not block[c].list.len().sum())
        or (c == "qualifiers" and (block[c] == "").all())
    ]
    return block.drop(empty).write_json()


if __name__ == "__main__":
    load(Release.open(Path(sys.argv[1])), Path(sys.argv[2]), *sys.argv[3:])
