"""Which passages speak of a thing: by a linked mention of it, or by one of its names as a whole.

One word of a name is not the name: a passage on hepatitis C does not speak of hepatitis B.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Protocol, TypeVar

from ontologies.names import normal

# Names in these scopes are said of other things too.
_LOOSE = frozenset(("broad", "related"))
# A name that is written apart where it should not be, or together, is still meant when it is so long or has a digit.
_LONG = 6
_ACRONYM = re.compile(r"[A-Z]{2,5}")
_END = "\x00"


class Readable(Protocol):
    """What is asked of a passage; `mentions` are the identifiers that are linked in it."""

    @property
    def title(self) -> str:
        """Its document's title."""
        ...

    @property
    def text(self) -> str:
        """Its own text."""
        ...

    @property
    def mentions(self) -> Collection[str]:
        """What is linked in it."""
        ...


P = TypeVar("P", bound=Readable)


@dataclass(frozen=True, slots=True)
class Thing:
    """What a passage may speak of: its identifier and all that it is called, the words of the question among them.

    A name may carry its scope after a tab, as in a release; broad and related ones are passed over.
    """

    id: str
    names: tuple[str, ...]


def speaking(passages: Iterable[P], things: Sequence[Thing]) -> list[P]:
    """The passages that speak of every thing, in their order; all of them when no thing is given."""
    kept = []
    for passage in passages:
        unlinked = [thing for thing in things if thing.id not in passage.mentions]
        text = _words(passage.title, passage.text) if unlinked else None
        if text is None or all(text.hold(_names(thing.names)) for thing in unlinked):
            kept.append(passage)
    return kept


def holds(text: str, name: str) -> bool:
    """Whether a text holds a name as a whole, in whatever spelling.

    Case, hyphens, spaces, Greek letters, British spelling, plurals and possessives make no difference; an
    acronym of capitals is found in capitals alone, since many are ordinary words in small letters.

    >>> holds("TNFα and beta-blockers", "TNF-alpha"), holds("β blocker use", "beta blockers")
    (True, True)
    >>> holds("chronic hepatitis C", "hepatitis B"), holds("It was seen.", "WAS")
    (False, False)
    """
    return _Words("", text).hold(_names((name,)))


@dataclass(frozen=True, slots=True)
class _Names:
    """What is looked for: acronyms as they stand, other names as words in normal form."""

    acronyms: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> _Names:
    acronyms: set[str] = set()
    phrases: dict[tuple[str, ...], None] = {}
    for given in names:
        name, _, scope = given.partition("\t")
        if scope in _LOOSE:
            continue
        if _ACRONYM.fullmatch(name.strip()):
            acronyms.add(name.strip())
            continue
        first, comma, rest = name.partition(", ")
        # 'Diabetes mellitus, type 2' is said 'type 2 diabetes mellitus'.
        for written in (name, f"{rest} {first}") if comma and ", " not in rest else (name,):
            words = tuple(normal.key(written).split())
            if len("".join(words)) > 1 and not all(w.isdigit() for w in words):
                phrases[words] = None
    return _Names(frozenset(acronyms), tuple(phrases))


class _Words:
    """A passage as words in normal form; the title does not run into the text."""

    def __init__(self, title: str, text: str) -> None:
        self._raw = f"{title}\n{text}"
        words = [*normal.key(title).split(), _END, *normal.key(text).split()]
        self._forms = (_Joined(words), _Joined([normal.singular(word) for word in words]))

    def hold(self, names: _Names) -> bool:
        """Whether one of the names stands here as a whole."""
        if any(re.search(rf"(?<![^\W_]){acronym}s?(?![^\W_])", self._raw) for acronym in names.acronyms):
            return True
        plain, singular = self._forms
        return any(
            plain.hold(words) or singular.hold(tuple(normal.singular(word) for word in words))
            for words in names.phrases
        )


# One question looks for several sets of things in the same passages.
_words = lru_cache(maxsize=256)(_Words)


class _Joined:
    """Words written together, with the places where one begins."""

    def __init__(self, words: Sequence[str]) -> None:
        self._text = "".join(words)
        self._starts = {start: n for n, start in enumerate(accumulate(map(len, words), initial=0))}
        self._words = words

    def hold(self, name: tuple[str, ...]) -> bool:
        """Whether a name stands here, each word as a whole or, of a long name, written apart or together."""
        wanted = "".join(name)
        at = self._text.find(wanted)
        while at >= 0:
            first, last = self._starts.get(at), self._starts.get(at + len(wanted))
            if first is not None and last is not None:
                alike = tuple(self._words[first:last]) == name
                if alike or len(wanted) >= _LONG or any(c.isdigit() for c in wanted):
                    return True
            at = self._text.find(wanted, at + 1)
        return False
