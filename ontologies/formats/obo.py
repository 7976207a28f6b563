"""OBO 1.2 and 1.4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from ontologies.curie import normalise
from ontologies.errors import CurieError
from ontologies.formats.lines import beginning, lines
from ontologies.term import Problem, Scope, Synonym, Term

T = TypeVar("T")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(.*)')
_SCOPES: dict[str, Scope] = {"EXACT": "exact", "NARROW": "narrow", "BROAD": "broad", "RELATED": "related"}
# OBO 1.2 still allows these, a tag for each scope.
_TAGS: dict[str, Scope | None] = {"synonym": None, **{f"{scope}_synonym": scope for scope in _SCOPES.values()}}
_QUALIFIERS = re.compile(r'\s*(?<!\\)\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}\s*(?:!.*)?$')
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
    """The value without its trailing comment and qualifiers; a '!' in a qualifier's quotes begins no comment."""
    value = _QUALIFIERS.sub("", value)
    return re.split(r"(?<!\\)\s!\s?", value, maxsplit=1)[0].strip()


def read(path: Path) -> Iterator[Term | Problem]:
    """Every [Term] stanza; one without an id or name is a `Problem`. Stanzas of one id are one term."""
    stanzas: dict[str, tuple[int, list[tuple[str, str]]]] = {}
    stanza: list[tuple[str, str]] | None = None
    start = 0
    for number, line in _unfolded(path):
        if line.startswith("["):
            stanza, start = ([], number) if line.strip() == "[Term]" else (None, number)
            if stanza is not None:
                stanzas[f"[Term] {start}"] = (start, stanza)
        elif stanza is not None and line and not line.startswith("!"):
            tag, colon, value = line.partition(":")
            if not colon:
                yield Problem(number, "a line without 'tag: value'", line)
                continue
            if tag == "id" and f"[Term] {start}" in stanzas:
                del stanzas[f"[Term] {start}"]
                begun = stanzas.setdefault(_uncommented(value), (start, []))[1]
                begun += stanza
                stanza = begun
            stanza.append((tag, value.strip()))
    for line_of, told in stanzas.values():
        yield _term(told, line_of)


def _unfolded(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with the number of the first, those that a backslash continues as one."""
    begun: tuple[int, str] | None = None
    for number, line in lines(path):
        first, text = (begun[0], begun[1] + line) if begun else (number, line)
        begun = (first, text[:-1]) if text.endswith("\\") and not text.endswith("\\\\") else None
        if begun is None:
            yield first, text
    if begun:
        yield begun


def _synonym(value: str, scoped: Scope | None) -> Synonym | None:
    match = _QUOTED.match(value)
    if not match:
        return None
    words = match[2].split("[", 1)[0].split()
    scope = scoped or (_SCOPES.get(words[0], "related") if words else "related")
    if any(w.casefold() in _ABBREVIATION for w in words[1:]):
        scope = "abbreviation"
    elif "layperson" in words[1:]:
        scope = "lay"
    return Synonym(_plain(match[1]), scope)


def _each(values: Iterable[T]) -> tuple[T, ...]:
    """Each value once, in order: a stanza that is told twice repeats itself."""
    return tuple(dict.fromkeys(values))


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
        _each(s for t, scope in _TAGS.items() for v in values.get(t, ()) if (s := _synonym(v, scope)) and s.text),
        _each(reference(_plain(_uncommented(v)).split(" ")[0]) for v in values.get("xref", ()) if v.strip()),
        _each(reference(_uncommented(v)) for v in values.get("is_a", ())),
        _each(reference(r[1]) for r in relationships if len(r) > 1 and r[0] in ("part_of", "BFO:0000050")),
        obsolete,
        tuple(reference(_uncommented(v)) for v in values.get("replaced_by", ())),
        values["namespace"][0] if "namespace" in values else None,
        _plain(quoted[1]) if quoted else None,
        tuple(reference(_uncommented(v)) for v in values.get("alt_id", ())),
    )
