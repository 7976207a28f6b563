r"""KGX: a release's nodes and edges for other tools, as TSV or JSON lines, without loss.

Without loss means that Galenic reads back from the two files alone: of a node its
id, category, name, synonyms, references, further identifiers and attributes; of a statement its
subject, relation, object, qualifiers and negation; and of each source's word for it
(`assertions`) the tier, knowledge level, agent type, publications and attributes, with the
name and the licence of the source that first said it as the attributes `original_source` and
`original_licence`. Where sources of several tiers say the same, the edge's own knowledge level and
agent type, which are only a summary, become those of the strongest assertion. Passages, citations
and evidence are not part of KGX.

Columns are KGX's own (`primary_knowledge_source` is an infores CURIE; the qualifiers that a
relation implies stand in columns of their own) and Galenic's: relation, qualifiers, tier,
licence, attributes, assertions; the last three of one value are JSON text. In TSV, lists are
joined by `|`; inside a value a backslash stands before `|`, before another backslash, and
before `t` (tab), `n` (line feed) and `r` (carriage return).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from kg.errors import ReleaseError
from kg.release.description import describe
from kg.release.release import Release
from kg.schema import schema

# KGX's name of a column, ours, and whether it holds a list.
Columns = Sequence[tuple[str, str, bool]]
NODE_COLUMNS: Columns = (
    ("id", "id", False),
    ("category", "category", True),
    ("name", "name", False),
    ("synonym", "synonyms", True),
    ("xref", "xrefs", True),
    ("equivalent_identifiers", "equivalent_identifiers", True),
    ("provided_by", "sources", True),
    ("attributes", "attributes", False),
)
EDGE_COLUMNS: Columns = (
    ("id", "id", False),
    ("subject", "subject", False),
    ("predicate", "predicate", False),
    ("object", "object", False),
    ("category", "edge_category", True),
    ("object_aspect_qualifier", "object_aspect_qualifier", False),
    ("object_direction_qualifier", "object_direction_qualifier", False),
    ("relation", "relation", False),
    ("qualifiers", "qualifiers", False),
    ("negated", "negated", False),
    ("knowledge_level", "knowledge_level", False),
    ("agent_type", "agent_type", False),
    ("tier", "tier", False),
    ("primary_knowledge_source", "infores", False),
    ("publications", "publications", True),
    ("provided_by", "sources", True),
    ("licence", "licence", False),
    ("assertions", "assertions", False),
)
LAYOUTS = ("tsv", "jsonl")
_ESCAPES = {"\\": "\\\\", "|": "\\|", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_PLAIN = {"t": "\t", "n": "\n", "r": "\r"}
_SPECIAL = re.compile(r"[\\|\t\n\r]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TOKEN = re.compile(r"\\(.)|(\|)|([^\\|]+)", re.DOTALL)
_ROWS = 50_000


def escape(text: str) -> str:
    r"""A value as it stands in a TSV cell.

    >>> escape("a|b")
    'a\\|b'
    """
    return _SPECIAL.sub(lambda m: _ESCAPES[m[0]], text)


def unescape(cell: str) -> str:
    r"""One value from a TSV cell.

    >>> unescape(escape("a|b\\c")) == "a|b\\c"
    True
    """
    return _ESCAPED.sub(lambda m: _PLAIN.get(m[1], m[1]), cell) if "\\" in cell else cell


def split_list(cell: str) -> list[str]:
    r"""The values of a TSV cell that holds a list.

    >>> split_list(r"a\|b|c")
    ['a|b', 'c']
    """
    if not cell:
        return []
    if "\\" not in cell:
        return cell.split("|")
    values, current = [], ""
    for escaped, bar, plain in _TOKEN.findall(cell):
        if bar:
            values.append(current)
            current = ""
        else:
            current += plain or _PLAIN.get(escaped, escaped)
    return [*values, current]


def export(release: Release, folder: Path, layout: str = "tsv") -> Iterator[Path]:
    """Write `galenic_nodes`, `galenic_edges` and what describes them into `folder`; yields the files as they are done.

    `layout` is 'tsv' or 'jsonl'; a file appears whole or not at all. Raises
    `ReleaseError` for another layout.
    """
    if layout not in LAYOUTS:
        raise ReleaseError(f"unknown KGX layout {layout!r}; known: {', '.join(LAYOUTS)}")
    folder.mkdir(parents=True, exist_ok=True)
    tables = (("nodes", _nodes(release), NODE_COLUMNS), ("edges", _edges(release), EDGE_COLUMNS))
    for name, rows, columns in tables:
        path = folder / f"galenic_{name}.{layout}"
        part = path.with_name(f".{path.name}.part")
        with part.open("w", encoding="utf-8", newline="") as stream:
            if layout == "tsv":
                stream.write("\t".join(c[0] for c in columns) + "\n")
            write = _tsv if layout == "tsv" else _json
            for block in rows.iter_slices(_ROWS):
                stream.writelines(write(row, columns) for row in block.iter_rows(named=True))
        part.replace(path)
        yield path
    yield from describe(release, folder)


def _nodes(release: Release) -> pl.DataFrame:
    return release.read("nodes").with_columns(category=pl.concat_list("category"))


def _edges(release: Release) -> pl.DataFrame:
    """The edges with Biolink's association class, the implied qualifiers and the source as an infores CURIE."""
    relations = schema().relations.values()
    implied = {
        q: {r.name: r.qualifiers.get(q) for r in relations}
        for q in ("object_aspect_qualifier", "object_direction_qualifier")
    }
    infores = {name: str(facts.get("infores") or f"infores:{name}") for name, facts in release.sources.items()}
    return release.read("edges").with_columns(
        edge_category=pl.lit(["biolink:Association"]),
        infores=pl.col("primary_source").replace(infores),
        **{
            q: pl.col("relation").replace_strict(values, default=None, return_dtype=pl.String)
            for q, values in implied.items()
        },
    )


def _tsv(row: Mapping[str, Any], columns: Columns) -> str:
    cells = []
    for _, own, many in columns:
        value = row[own]
        if many:
            cells.append("|".join(escape(v) for v in value))
        elif own == "assertions":
            cells.append(escape(json.dumps(value, ensure_ascii=False)))
        else:
            cells.append("" if value is None else str(value).lower() if isinstance(value, bool) else escape(str(value)))
    return "\t".join(cells) + "\n"


def _json(row: Mapping[str, Any], columns: Columns) -> str:
    return (
        json.dumps({outer: row[own] for outer, own, _ in columns if row[own] not in (None, "", [])}, ensure_ascii=False)
        + "\n"
    )
