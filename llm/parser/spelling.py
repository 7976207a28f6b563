"""Typing errors in the words of a question: 'medicatoins' is read as 'medications', a name is left as it is."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from llm.parser import lexicon
from llm.parser.lexicon import DETERMINERS, NOUNS, RELATIONAL
from llm.parser.refusals import COMMON, RESTRICTING
from llm.parser.relations import stem, vocabulary, wordings

_SHORTEST, _TWO_ERRORS = 4, 9
_PLAIN = re.compile(r"(?<![\\\[])\b[a-z]{2,}\b")


@lru_cache(maxsize=1)
def known_words() -> frozenset[str]:
    """Every word that questions are made of beside names."""
    nouns = {word for noun in NOUNS for word in noun.split()}
    frames = (
        lexicon.PATHS,
        lexicon.DESCRIBE,
        lexicon.TOP,
        lexicon.COMPARE,
        lexicon.LITERATURE,
        lexicon.COUNT,
        lexicon.YES_NO,
        lexicon.CLOSERS,
        lexicon.OPENERS,
    )
    whole = frozenset(
        "study studies researcher researchers randomised randomized analysis analyses connected connection relation relationship".split()  # noqa: E501
    )
    cues = whole | {word for frame in frames for word in _PLAIN.findall(frame.pattern)}
    glue = {word for phrase in (*lexicon.AND, *lexicon.OR, *lexicon.NOT) for word in phrase.split()}
    return frozenset(nouns | COMMON | vocabulary() | set(RELATIONAL) | DETERMINERS | cues | glue | set(lexicon.NUMBERS))


@lru_cache(maxsize=1)
def _by_length() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for word in sorted(known_words()):
        found.setdefault(len(word), []).append(word)
    return found


@lru_cache(maxsize=4096)
def corrected(word: str) -> str | None:
    """The question word that a lower-case word was meant to be, the word itself if it is one, None for neither.

    >>> corrected("medicatoins"), corrected("genes"), corrected("zorbloxinib")
    ('medications', 'genes', None)
    """
    if (
        word in known_words()
        or word in RESTRICTING
        or word.removesuffix("s") in known_words()
        or stem(word) in wordings().vocabulary
    ):
        return word
    if len(word) < _SHORTEST or not word.isascii():
        return None
    allowed = 2 if len(word) >= _TWO_ERRORS else 1
    choices = [
        w
        for size in range(len(word) - allowed, len(word) + allowed + 1)
        if size >= _SHORTEST
        for w in _by_length().get(size, ())
    ]
    best = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=allowed)
    if best is None:
        return None
    meant = str(best[0])
    # A new first letter makes another word more often than it is a slip.
    return meant if meant[0] == word[0] or (len(word) >= 6 and best[1] == 1) else None
