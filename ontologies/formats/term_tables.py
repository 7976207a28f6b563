"""Term lists as TSV: an id column, a name column, and where there is one the name of the parent."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ontologies.formats.lines import beginning, lines
from ontologies.formats.obo import reference
from ontologies.term import Problem, Term

_IDS, _NAMES = ("id", "uberon_id"), ("label", "name", "uberon_name")


def _columns(header: str) -> list[str]:
    return [c.strip().strip('"') for c in header.split("\t")]


def can_read(path: Path) -> bool:
    """Whether the first line names an id and a name column and the rows are one a term."""
    columns = _columns(beginning(path).decode("utf-8", "replace").splitlines()[0] if beginning(path) else "")
    return bool(set(columns) & set(_IDS)) and bool(set(columns) & set(_NAMES)) and "xref" not in columns


def read(path: Path) -> Iterator[Term | Problem]:
    """One term a row; several rows of one id give several parents. Parents named by label are found by it."""
    numbered = lines(path)
    columns = _columns(next(numbered)[1])
    at = {
        "id": next(i for i, c in enumerate(columns) if c in _IDS),
        "name": next(i for i, c in enumerate(columns) if c in _NAMES),
    }
    parent = columns.index("subClassOf") if "subClassOf" in columns else None
    rows: dict[str, tuple[str, list[str]]] = {}
    for number, text in numbered:
        cells = next(csv.reader([text], delimiter="\t"), [])
        if len(cells) <= max(at.values()) or not cells[at["id"]].strip() or not cells[at["name"]].strip():
            yield Problem(number, "a row without id or name", text)
            continue
        entry = rows.setdefault(reference(cells[at["id"]]), (cells[at["name"]].strip(), []))
        if parent is not None and len(cells) > parent and cells[parent]:
            entry[1].append(cells[parent].strip())
    by_name = {name: identifier for identifier, (name, _) in rows.items()}
    for identifier, (name, parents) in rows.items():
        yield Term(identifier, name, parents=tuple(dict.fromkeys(by_name[p] for p in parents if p in by_name)))
