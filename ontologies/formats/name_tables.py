"""Names of terms as tables: one name a row with its scope, or one term a row with synonyms, parents and references."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ontologies.formats.lines import beginning, lines
from ontologies.formats.obo import reference
from ontologies.term import Problem, Scope, Synonym, Term

_NAMES = ("id", "name_or_synonym", "scope")
_TERMS = ("id", "name", "synonyms", "parents")
_SCOPES: dict[str, Scope] = {
    "EXACT": "exact",
    "NARROW": "narrow",
    "BROAD": "broad",
    "RELATED": "related",
    "": "related",
}
_TYPES: dict[str, Scope] = {"ABBREVIATION": "abbreviation", "PLURAL": "plural", "MISSPELLING": "misspelling"}
# Names that their own makers doubt.
_DOUBTED = ("DUBIOUS", "INCONSISTENT", "DEPRECATED", "NON_AMNIOTE")


def _columns(path: Path) -> list[str]:
    head = beginning(path).decode("utf-8", "replace").splitlines()
    return head[0].split("\t") if head else []


def can_read(path: Path) -> bool:
    """Whether the first line names the columns of one of the two layouts."""
    columns = _columns(path)
    return all(c in columns for c in _NAMES) or all(c in columns for c in _TERMS)


def read(path: Path) -> Iterator[Term | Problem]:
    """The terms with all their names; rows that break the layout are problems."""
    columns = _columns(path)
    return _by_name(path, columns) if "name_or_synonym" in columns else _by_term(path, columns)


def _rows(path: Path, columns: list[str], needed: tuple[str, ...]) -> Iterator[dict[str, str] | Problem]:
    for number, text in lines(path):
        cells = text.split("\t")
        if number == 1:
            continue
        row = dict(zip(columns, cells, strict=False))
        if len(cells) != len(columns) or not all(row[c].strip() for c in needed):
            yield Problem(number, f"a row needs {len(columns)} cells, {' and '.join(needed)} not empty", text)
            continue
        yield row


def _by_name(path: Path, columns: list[str]) -> Iterator[Term | Problem]:
    names: dict[str, str] = {}
    synonyms: dict[str, dict[Synonym, None]] = {}
    for row in _rows(path, columns, _NAMES[:2]):
        if isinstance(row, Problem):
            yield row
            continue
        identifier, text, kind = reference(row["id"]), row["name_or_synonym"].strip(), row.get("type", "")
        if row["scope"] == "NAME":
            names.setdefault(identifier, text)
        elif row["scope"] in _SCOPES and kind not in _DOUBTED:
            scope = _TYPES.get(kind) or _SCOPES[row["scope"]]
            synonyms.setdefault(identifier, {}).setdefault(Synonym(text, scope))
    for identifier, name in names.items():
        yield Term(identifier, name, tuple(s for s in synonyms.get(identifier, ()) if s.text != name))
    for identifier in synonyms.keys() - names.keys():
        yield Problem(None, "synonyms of a term without a name", identifier)


def _by_term(path: Path, columns: list[str]) -> Iterator[Term | Problem]:
    seen: set[str] = set()
    for row in _rows(path, columns, ("id", "name")):
        if isinstance(row, Problem):
            yield row
            continue
        identifier = reference(row["id"])
        if identifier in seen:
            yield Problem(None, "the term stands twice", identifier)
            continue
        seen.add(identifier)
        yield Term(
            identifier,
            row["name"].strip(),
            tuple(Synonym(s) for s in dict.fromkeys(_split(row["synonyms"])) if s != row["name"].strip()),
            tuple(reference(x) for x in _split(row.get("xrefs", ""))),
            tuple(reference(p) for p in _split(row["parents"])),
            namespace=row.get("namespace") or None,
            alt_ids=tuple(reference(a) for a in _split(row.get("alt_ids", ""))),
        )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]
