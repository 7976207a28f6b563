"""A question as the parser sees it: words, kinds of thing, and marks in place of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.logic.reading import Mark
from llm.words import NOUNS, corrected

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?(?:-[^\W_]+)*|[,;:?!.]")
_LONGEST = max(len(noun.split()) for noun in NOUNS)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a noun for a kind of node (`category`), or a mark (`mark`, its number)."""

    text: str
    category: str | None = None
    mark: int | None = None

    @property
    def is_word(self) -> bool:
        """Neither a mark nor a noun of a kind."""
        return self.category is None and self.mark is None


def _words(text: str) -> list[str]:
    return [w.replace("’", "'") for w in _WORD.findall(text.casefold())]


def _split_possessive(words: list[str]) -> list[str]:
    return [
        part
        for w in words
        for part in ([w[:-2], "'s"] if w.endswith("'s") and len(w) > 3 and w not in _CONTRACTED else [w])
    ]


_CONTRACTED = {"what's", "who's", "where's", "how's", "that's", "it's", "there's", "let's"}
_FULL = {
    "what's": ["what", "is"],
    "who's": ["who", "is"],
    "where's": ["where", "is"],
    "how's": ["how", "is"],
    "don't": ["do", "not"],
    "doesn't": ["does", "not"],
    "aren't": ["are", "not"],
    "isn't": ["is", "not"],
    "can't": ["can", "not"],
    "cannot": ["can", "not"],
    "that's": ["that", "is"],
    "i'm": ["i", "am"],
}


def tokens(question: str, marks: Sequence[Mark]) -> list[Token]:
    """The question as tokens; nouns of a kind are found longest first."""
    parts: list[Token] = []
    position = 0
    for number, mark in enumerate(marks):
        parts += _nouns(_words(question[position : mark.start]))
        parts.append(Token(mark.text, mark=number))
        position = mark.end
    return parts + _nouns(_words(question[position:]))


def _nouns(words: list[str]) -> list[Token]:
    flat = [part for w in words for part in _FULL.get(w, [w])]
    words = [corrected(w) or w if w.isalpha() else w for w in _split_possessive(flat)]
    parts: list[Token] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in NOUNS:
                parts.append(Token(phrase, category=NOUNS[phrase]))
                at += length
                break
        else:
            parts.append(Token(words[at]))
            at += 1
    return parts


def spoken(parts: Sequence[Token]) -> str:
    """Tokens as text in which every mark reads {x}."""
    return " ".join("{x}" if t.mark is not None else t.text for t in parts)


def words_of(parts: Sequence[Token]) -> str:
    """The text of tokens without marks."""
    return " ".join(t.text for t in parts if t.mark is None)
