"""A release as the files that `neo4j-admin database import` reads, and the command line that reads them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from kg.errors import StoreError
from kg.release.release import Release
from kg.schema import schema
from kg.stores.neo4j_load import index_statements
from kg.stores.rows import edge_rows, facts, node_rows

# Separates the values of a list; a character that is not for text.
_BETWEEN = "\x1f"
MARK = "galenic-export.json"
_FILES = ("nodes.csv", "edges.csv", "release.csv", "indexes.cypher", "import.sh")
_SAYS = """# Run where neo4j-admin is, as the user that Neo4j runs as, with Neo4j stopped.
# A database that exists is kept; to replace it, add --overwrite-destination.
"""
_TYPES = {pl.String: "string", pl.Int16: "int", pl.Int32: "int", pl.Int64: "long", pl.Float64: "double", pl.Int8: "int"}


def export(release: Release, folder: Path, database: str = "neo4j") -> Iterator[Path]:
    """Write nodes, edges, the release's own node, the indexes and import.sh; yields each file once it is written.

    An earlier export in the folder is replaced; raises `StoreError` when the folder holds anything else. import.sh
    comes last, so that a part of an export cannot be imported. The import needs a
    database that is not running; afterwards indexes.cypher is run once.
    """
    _make_room(folder)
    mark = folder / MARK
    mark.write_text(
        json.dumps({"what": "neo4j-import", "release": release.id, "files": list(_FILES)}, indent=1) + "\n", "utf-8"
    )
    nodes = node_rows(release)
    labels = pl.lit(f"Entity{_BETWEEN}") + pl.col("label")
    yield _write(folder / "nodes.csv", nodes.with_columns(labels.alias(":LABEL")).drop("label"), {"id": "id:ID"})
    edges = edge_rows(release).rename({"subject": ":START_ID", "object": ":END_ID", "type": ":TYPE"})
    yield _write(folder / "edges.csv", edges, {})
    one = pl.DataFrame(
        {**{name: [value] for name, value in facts(release).items()}, "epoch": [0], ":LABEL": ["Release"]}
    )
    yield _write(folder / "release.csv", one, {"id": "id:string"})
    indexes = folder / "indexes.cypher"
    indexes.write_text("".join(f"{line};\n" for line in index_statements()), "utf-8")
    yield indexes
    script = folder / "import.sh"
    script.write_text(f'#!/bin/sh\n{_SAYS}set -e\ncd "$(dirname "$0")"\n{command(database)} "$@"\n', "utf-8")
    script.chmod(0o755)
    yield script


def _make_room(folder: Path) -> None:
    """An empty folder, or one that holds an earlier export and nothing else, which is removed."""
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder} is a file; give a folder")
    folder.mkdir(parents=True, exist_ok=True)
    there = {p.name for p in folder.iterdir()}
    strange = sorted(there if MARK not in there else there - {MARK, *_FILES})
    if strange:
        raise StoreError(
            f"{folder} holds files that no export wrote ({', '.join(strange[:3])}); give an empty or a new folder"
        )
    for name in reversed(_FILES):
        (folder / name).unlink(missing_ok=True)


def command(database: str = "neo4j") -> str:
    """The command line of the import, to be run in the folder of the files.

    >>> command().split()[:4]
    ['neo4j-admin', 'database', 'import', 'full']
    """
    files = ["--nodes=nodes.csv", "--nodes=release.csv", "--relationships=edges.csv"]
    return shlex.join(
        [
            "neo4j-admin",
            "database",
            "import",
            "full",
            database,
            *files,
            "--array-delimiter=U+001F",
            "--multiline-fields=true",
        ]
    )


def _write(path: Path, rows: pl.DataFrame, heads: dict[str, str]) -> Path:
    """Columns get the head that the import wants; lists become one text with a separator between their values."""
    columns, names = [], {}
    declared = {a.name: a for a in schema().attributes.values()}
    for name, kind in rows.schema.items():
        column = pl.col(name)
        if isinstance(kind, pl.List):
            if rows[name].explode().cast(pl.String).str.contains(_BETWEEN, literal=True).any():
                raise StoreError(
                    f"a value of {name} holds the character U+001F, which separates values here; mend it in its source "
                    "and build again"
                )
            column = pl.when(column.list.len() > 0).then(column.cast(pl.List(pl.String)).list.join(_BETWEEN))
            inner = "double" if name in declared and declared[name].value == "number" else "string"
            names[name] = f"{name}:{inner}[]"
        elif not name.startswith(":"):
            names[name] = f"{name}:{_TYPES.get(type(kind), 'string')}"
        if kind == pl.String:
            column = pl.when(column != "").then(column)
        columns.append(column)
    rows.select(columns).rename({**names, **heads}).write_csv(path, quote_style="necessary")
    return path
