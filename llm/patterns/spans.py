"""Stretches of a question: its frame, connectors, head noun, and names said together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from llm.patterns.lexicon import AND, NOT, OR
from llm.patterns.tokens import Token
from llm.words import DETERMINERS, RELATIONAL

_COORDINATION = re.compile(r"^(?:,|and|or|/|as well as|plus|, and|, or|or|nor|together with|along with|and also)$")
_BUT_NOT = re.compile(r"^,? ?(?:but|yet|and) not$")
_EXCLUDES = re.compile(
    r"^,? ?(?:except(?: for)?|excluding|without|minus|other than|apart from|leaving out|but excluding)$"
)


def strip_frame(parts: Sequence[Token]) -> list[Token]:
    """Tokens without leading determiners, question words and punctuation."""
    at = 0
    while at < len(parts) and parts[at].is_word and (parts[at].text in DETERMINERS or parts[at].text in ",.;:?!"):
        at += 1
    rest = list(parts[at:])
    while rest and rest[-1].is_word and rest[-1].text in ".?!,;:":
        rest.pop()
    return rest


def connector_at(parts: Sequence[Token], at: int) -> tuple[str, int]:
    """The connector that begins at a token ('and', 'or', 'not' or '') and how many tokens it takes."""
    start = at
    while start < len(parts) and parts[start].is_word and parts[start].text in (",", ";", ":", "."):
        start += 1
    best = ("", 0)
    for meaning, phrases in (("not", NOT), ("and", AND), ("or", OR)):
        for phrase in phrases:
            words = phrase.split()
            seen = [t.text for t in parts[start : start + len(words)] if t.is_word]
            if seen == words and len(words) > best[1]:
                best = (meaning, len(words))
    return (best[0], best[1] + start - at) if best[0] else ("and" if start > at else "", start - at)


def head(parts: Sequence[Token]) -> tuple[str | None, int]:
    """Category of the head noun and the number of tokens up to its end; (None, 0) without one at the start."""
    for at, token in enumerate(parts[:4]):
        if token.mark is not None:
            return None, 0
        if token.category:
            return token.category, at + 1
        if at + 1 < len(parts) and parts[at + 1].text in ("of", "for", "in") and token.text not in DETERMINERS:
            return None, 0
        if token.text in RELATIONAL or token.text in ("and", "or", "that", "do", "does", "is", "are"):
            return None, 0
    return None, 0


def groups(parts: Sequence[Token]) -> list[tuple[int, int, list[int], str]]:
    """Marks said together: (first token, one past the last, mark numbers, how: and | or | minus)."""
    spans: list[tuple[int, int, list[int], str]] = []
    for at, token in enumerate(parts):
        if token.mark is None:
            continue
        if spans:
            start, end, numbers, how = spans[-1]
            gap = parts[end:at]
            words = " ".join(t.text for t in gap if t.is_word or t.category)
            plain = all(t.is_word for t in gap)
            if gap and plain and _COORDINATION.match(words) and not _begins_phrase(parts, at, start):
                joined = "or" if "or" in words.split() or how == "or" else how
                spans[-1] = (start, at + 1, [*numbers, token.mark], joined)
                continue
            excluded = "minus" if _BUT_NOT.match(words) else "except" if _EXCLUDES.match(words) else ""
            if gap and plain and excluded and len(numbers) == 1 and not _begins_phrase(parts, at, start):
                spans[-1] = (start, at + 1, [*numbers, token.mark], excluded)
                continue
        before = parts[at - 1].text if at and parts[at - 1].is_word else ""
        spans.append((at, at + 1, [token.mark], "or" if before == "either" else "and"))
    return spans


def _begins_phrase(parts: Sequence[Token], at: int, start: int) -> bool:
    """Whether the mark at `at` opens a description of its own: 'drugs aimed at X or | Y lookalikes'."""
    if start == 0 or not any(t.is_word and t.text not in DETERMINERS for t in parts[:start]):
        return False
    for token in parts[at + 1 : at + 4]:
        if token.mark is not None or token.text in (",", "and", "or", "but", "also", "that", "which", "in", "as", "?"):
            return False
        if token.category or RELATIONAL.get(token.text):
            return True
    return False
