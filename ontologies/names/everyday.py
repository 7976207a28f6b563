"""What people call things, from written lists: everyday names, short forms, brands, and symptoms in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

_BRACKETS = re.compile(r"\(([^()]*)\)")
_CAPITALS = re.compile(r"\b[A-Z]+\b")
_SET = re.compile(r"^([A-Z]+) = (.*)$")


@dataclass(frozen=True, slots=True)
class Everyday:
    """A name with the standard names of what it means: the first that a release bears. `kind` is the sort of name."""

    name: str
    meant: tuple[str, ...]
    kind: str


def everyday_names() -> Iterator[Everyday]:
    """All listed names: those of lay_terms.tsv, of brands.tsv and of symptoms.tsv."""
    for line in _lines("lay_terms.tsv"):
        lay, meant, kind = line.split("\t")
        yield Everyday(lay, (meant,), kind)
    for line in _lines("brands.tsv"):
        brand, drug = line.split("\t")
        yield Everyday(brand, (drug,), "brand")
    yield from _symptoms()


def phrases(shape: str, sets: Mapping[str, str]) -> list[str]:
    """The phrases that a shape stands for: `(a|b)` is either, a word in capitals one of the set that it names.

    >>> phrases("(sore|dry) EYE", {"EYE": "eye|eyes"})
    ['sore eye', 'sore eyes', 'dry eye', 'dry eyes']
    >>> phrases("LOW iron (|level)", {"LOW": "low|reduced"})
    ['low iron', 'low iron level', 'reduced iron', 'reduced iron level']
    """
    found = [_CAPITALS.sub(lambda m: f"({sets[m[0]]})" if m[0] in sets else m[0], shape)]
    while any("(" in phrase for phrase in found):
        found = list(dict.fromkeys(other for phrase in found for other in _chosen(phrase)))
    return list(dict.fromkeys(" ".join(phrase.split()) for phrase in found))


def _chosen(phrase: str) -> list[str]:
    """A phrase with each of the choices of its first innermost brackets."""
    brackets = _BRACKETS.search(phrase)
    if brackets is None:
        return [phrase]
    return [phrase[: brackets.start()] + choice + phrase[brackets.end() :] for choice in brackets[1].split("|")]


def _symptoms() -> Iterator[Everyday]:
    sets: dict[str, str] = {}
    for line in _lines("symptoms.tsv"):
        if named := _SET.match(line):
            sets[named[1]] = named[2]
            continue
        shape, meant = line.split("\t")
        for phrase in phrases(shape, sets):
            yield Everyday(phrase, tuple(meant.split("|")), "lay")


def _lines(name: str) -> list[str]:
    text = files("ontologies.names").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
