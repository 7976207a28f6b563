"""KGX: a release's nodes and edges for other tools, as TSV or JSON lines, without loss.

What a statement says survives the round trip: every column of the tables of nodes
and of edges, what each source said of an edge included. In TSV, lists are joined
by `|`; inside a value a backslash stands before `|`, `t` (tab), `n` (newline),
`r` and another backslash.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from kg.release.release import Release

# KGX's name of a column, ours, and whether it holds a list. `assertions` is ours alone: what each source said.
NODE_COLUMNS = (
    ("id", "id", False), ("category", "category", True), ("name", "name", False), ("synonym", "synonyms", True), ("xref", "xrefs", True),
    ("provided_by", "sources", True), ("attributes", "attributes", False),
)  # fmt: skip
EDGE_COLUMNS = (
    ("id", "id", False), ("subject", "subject", False), ("predicate", "predicate", False), ("object", "object", False),
    ("category", "edge_category", True), ("relation", "relation", False), ("qualifiers", "qualifiers", False), ("negated", "negated", False),
    ("knowledge_level", "knowledge_level", False), ("agent_type", "agent_type", False), ("tier", "tier", False),
    ("primary_knowledge_source", "primary_source", False), ("publications", "publications", True), ("provided_by", "sources", True),
    ("licence", "licence", False), ("assertions", "assertions", False),
)  # fmt: skip
_ESCAPES = {"\\": "\\\\", "|": "\\|", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ROWS = 50_000


def escape(text: str) -> str:
    r"""A value as it stands in a TSV cell.

    >>> escape("a|b")
    'a\\|b'
    """
    if not any(c in text for c in _ESCAPES):
        return text
    return "".join(_ESCAPES.get(c, c) for c in text)


def split_list(cell: str) -> list[str]:
    r"""The values of a TSV cell that holds a list.

    >>> split_list(r"a\|b|c")
    ['a|b', 'c']
    """
    values, current, at = [], "", 0
    while at < len(cell):
        if cell[at] == "\\" and at + 1 < len(cell):
            current += {"t": "\t", "n": "\n", "r": "\r"}.get(cell[at + 1], cell[at + 1])
            at += 2
            continue
        if cell[at] == "|":
            values.append(current)
            current = ""
        else:
            current += cell[at]
        at += 1
    return [*values, current] if cell else []


def unescape(cell: str) -> str:
    """One value from a TSV cell."""
    return split_list(cell.replace("|", "\\|"))[0] if "\\" in cell else cell


def export(release: Release, folder: Path, layout: str = "tsv") -> Iterator[Path]:
    """Write nodes and edges into `folder`; yields the files as they are done."""
    folder.mkdir(parents=True, exist_ok=True)
    suffix = "tsv" if layout == "tsv" else "jsonl"
    tables = (("nodes", _nodes(release), NODE_COLUMNS), ("edges", _edges(release), EDGE_COLUMNS))
    for name, rows, columns in tables:
        path = folder / f"galenic_{name}.{suffix}"
        part = path.with_name(f".{path.name}.part")
        with part.open("w", encoding="utf-8", newline="") as stream:
            if layout == "tsv":
                stream.write("\t".join(c[0] for c in columns) + "\n")
            for block in rows.iter_slices(_ROWS):
                for row in block.iter_rows(named=True):
                    stream.write((_tsv(row, columns) if layout == "tsv" else _json(row, columns)) + "\n")
        part.replace(path)
        yield path


def _nodes(release: Release) -> pl.DataFrame:
    return release.read("nodes").with_columns(category=pl.concat_list("category"))


def _edges(release: Release) -> pl.DataFrame:
    return release.read("edges").with_columns(edge_category=pl.lit(["biolink:Association"]))


def _tsv(row: Mapping[str, Any], columns: Sequence[tuple[str, str, bool]]) -> str:
    cells = []
    for _, own, many in columns:
        value = row[own]
        if many:
            cells.append("|".join(escape(v) for v in value))
        elif own == "assertions":
            cells.append(escape(json.dumps(value, ensure_ascii=False)))
        else:
            cells.append("" if value is None else str(value).lower() if isinstance(value, bool) else escape(str(value)))
    return "\t".join(cells)


def _json(row: Mapping[str, Any], columns: Sequence[tuple[str, str, bool]]) -> str:
    return json.dumps({outer: row[own] for outer, own, _ in columns if row[own] not in (None, "", [])}, ensure_ascii=False)
