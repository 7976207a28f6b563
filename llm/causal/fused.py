"""Several facts in a few sentences: what a composer is shown, and what each sentence that it says claims of which fact.

Things stand as letters, so that no name or number can come out that was not given; each claim ends in the mark of its
fact. Read back, a sentence is one clause for each mark, which a verifier holds against that fact alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STYLES = ("joined", "apart", "turned")
_ITEM = re.compile(r"(?P<before>[^\[\]]*?)\b(?P<thing>[A-Z])(?= \[\d+\]) \[(?P<mark>\d+)\]")
_TURNED = re.compile(r"(?P<verb>[^\[\]A-Z]+) (?P<of>[A-Z])")
_GLUE = re.compile(r"^(?:[,;]|\band\b|\balso\b|\bit\b|\s)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact with letters for its ends, and the words of its relation: 'treats', 'is treated by', 'treat'."""

    subject: str
    says: str
    object: str
    passive: str
    plural: str


@dataclass(frozen=True, slots=True)
class Clause:
    """What a sentence claims of the fact with a mark: 'B are treated by A' where it was said of several at once."""

    mark: int
    text: str

    @property
    def ways(self) -> tuple[str, ...]:
        """The clause as it stands, and said of one thing: 'B is treated by A'."""
        return tuple(dict.fromkeys((self.text, re.sub(r"^([A-Z]) are ", r"\1 is ", self.text))))


def prompt(facts: Sequence[Fact], style: str) -> str:
    """What a composer is shown.

    >>> print(prompt([Fact("A", "treats", "B", "is treated by", "treat")], "joined"))
    Word these facts, joined:
    [1] A treats B.
    """
    lines = (f"[{n}] {f.subject} {f.says} {f.object}." for n, f in enumerate(facts, 1))
    return "\n".join([f"Word these facts, {style}:", *lines])


def clauses(text: str) -> list[Clause] | None:
    """The claims of sentences, in order; None where a sentence is of no kind that can be read back for sure.

    >>> [c.text for c in clauses("A treats B [1] and C [2], and binds D [3]. E [4] is caused by A.")]
    ['A treats B', 'A treats C', 'A binds D', 'E is caused by A']
    """
    found: list[Clause] = []
    subject = ""
    for sentence in re.findall(r"[^.]+\.", text.strip()):
        read = _turned(sentence[:-1].strip()) or _active(sentence[:-1].strip(), subject)
        if read is None:
            return None
        clauses_read, subject = read
        found += clauses_read
    whole = "".join(re.findall(r"[^.]+\.", text.strip()))
    return found if found and whole == text.strip() else None


def _active(sentence: str, last: str) -> tuple[list[Clause], str] | None:
    """'A treats B [1] and C [2], and binds D [3]'; 'It' is the subject of the sentence before."""
    first = re.match(r"(?:(?P<letter>[A-Z])|It) ", sentence)
    subject = (first["letter"] or last) if first else ""
    if first is None or not subject:
        return None
    found, verb, at = [], "", first.end()
    for item in _ITEM.finditer(sentence, first.end()):
        if item.start() != at:
            return None
        words = _GLUE.sub("", item["before"]).strip()
        verb, at = words or verb, item.end()
        if not verb:
            return None
        found.append(Clause(int(item["mark"]), f"{subject} {verb} {item['thing']}"))
    return (found, subject) if found and at == len(sentence) else None


def _turned(sentence: str) -> tuple[list[Clause], str] | None:
    """'B [1] and C [2] are treated by A', 'B [1] and C [2] treat A'."""
    items, at = [], 0
    for item in _ITEM.finditer(sentence):
        if item.start() != at or _GLUE.sub("", item["before"]).strip():
            return None
        items.append(item)
        at = item.end()
    said = _TURNED.fullmatch(sentence[at:].strip())
    if not items or said is None:
        return None
    return [Clause(int(i["mark"]), f"{i['thing']} {said['verb']} {said['of']}") for i in items], said["of"]


def named(text: str, names: Mapping[str, str]) -> str:
    """A text with names for its letters.

    >>> named("A treats B [1].", {"A": "Allopurinol", "B": "gout"})
    'Allopurinol treats gout [1].'
    """
    return re.sub(r"\b[A-Z]\b", lambda m: names.get(m[0], m[0]), text)
