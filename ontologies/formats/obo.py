"""OBO 1.2 and 1.4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ontologies.curie import normalise
from ontologies.errors import CurieError
from ontologies.formats.lines import beginning, lines
from ontologies.term import Problem, Scope, Synonym, Term

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(.*)')
_SCOPES: dict[str, Scope] = {"EXACT": "exact", "NARROW": "narrow", "BROAD": "broad", "RELATED": "related"}
_ABBREVIATION = {"abbreviation", "acronym"}


def can_read(path: Path) -> bool:
    """Whether the file begins like OBO."""
    head = beginning(path)
    return b"format-version:" in head or b"\n[Term]" in head or head.startswith(b"[Term]")


def reference(text: str) -> str:
    """A CURIE in Biolink's spelling, or the text itself where the prefix is unknown."""
    try:
        return normalise(text)
    except CurieError:
        return text


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "W": " "}.get(m[1], m[1]), text).strip()


def _uncommented(value: str) -> str:
    """The value without its trailing comment and modifiers."""
    value = re.split(r"(?<!\\)\s!\s?", value, maxsplit=1)[0]
    return re.sub(r"\s*(?<!\\)\{[^{}]*\}\s*$", "", value).strip()


def read(path: Path) -> Iterator[Term | Problem]:
    """Every [Term] stanza; one without an id or name is a `Problem`."""
    stanza: list[tuple[str, str]] | None = None
    start = 0
    for number, line in lines(path):
        if line.startswith("["):
            if stanza is not None:
                yield _term(stanza, start)
            stanza, start = ([], number) if line.strip() == "[Term]" else (None, number)
        elif stanza is not None and line and not line.startswith("!"):
            tag, colon, value = line.partition(":")
            if colon:
                stanza.append((tag, value.strip()))
            else:
                yield Problem(number, "a line without 'tag: value'", line)
    if stanza is not None:
        yield _term(stanza, start)


def _synonym(value: str) -> Synonym | None:
    found = _QUOTED.match(value)
    if not found:
        return None
    words = found[2].split("[", 1)[0].split()
    scope = _SCOPES.get(words[0], "related") if words else "related"
    if any(w.casefold() in _ABBREVIATION for w in words[1:]):
        scope = "abbreviation"
    return Synonym(_plain(found[1]), scope)


def _term(stanza: list[tuple[str, str]], line: int) -> Term | Problem:
    values: dict[str, list[str]] = {}
    for tag, value in stanza:
        values.setdefault(tag, []).append(value)
    identifier = _uncommented(values.get("id", [""])[0])
    obsolete = values.get("is_obsolete", [""])[0].startswith("true")
    name = _plain(_uncommented(values.get("name", [""])[0]))
    if not identifier or (not name and not obsolete):
        return Problem(line, "a [Term] without id or name", identifier)
    relationships = [_uncommented(v).split() for v in values.get("relationship", ())]
    quoted = _QUOTED.match(values.get("def", [""])[0])
    return Term(
        reference(identifier),
        name or identifier,
        tuple(s for v in values.get("synonym", ()) if (s := _synonym(v)) and s.text),
        tuple(reference(_plain(_uncommented(v)).split(" ")[0]) for v in values.get("xref", ()) if v.strip()),
        tuple(reference(_uncommented(v)) for v in values.get("is_a", ())),
        tuple(reference(r[1]) for r in relationships if len(r) > 1 and r[0] in ("part_of", "BFO:0000050")),
        obsolete,
        tuple(reference(_uncommented(v)) for v in values.get("replaced_by", ())),
        values["namespace"][0] if "namespace" in values else None,
        _plain(quoted[1]) if quoted else None,
        tuple(reference(_uncommented(v)) for v in values.get("alt_id", ())),
    )
