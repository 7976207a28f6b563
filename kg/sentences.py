"""Where the sentences of a text begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A full stop, the brackets and quotes that it closes, a space, and something that a sentence may begin with; or a
# line break, which ends headings and list items too.
_END = re.compile(r"[.!?][\"'”’)\]]*(\s+)(?=[\"'“‘(\[]*[A-Z0-9Α-Ω])|(\n+)")
_LAST_WORDS = re.compile(r"(?:(\S+)\s)?\(*([^\s(\[]+)$")
# After these a sentence goes on, whatever follows.
_NEVER = frozenset(
    "e.g. i.e. cf. vs. viz. ca. approx. Dr. Mr. Mrs. Ms. Prof. St. Fig. Figs. fig. figs. Eq. Eqs. Ref. Refs.".split()
)
# After these it goes on where a number, a bracket or a quote follows: 'Smith et al. (1999)', 'i.v. 3 times', 'no. 4'.
_BEFORE_NUMBER = re.compile(
    r"(?:(?:[a-z]\.){2,}|(?:al|etc|no|nos|vol|vols|p|pp|sect|chap|suppl|min|max|tab|spp?|var)\.)$", re.IGNORECASE
)
_INITIAL = re.compile(r"[A-Z]\.$")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Half-open offsets of each sentence, without the space around it.

    An abbreviation ends none: 'e.g.', 'et al.' before a year, 'i.v.' before a number, 'E. coli', an initial.

    >>> text = "It was given i.v. 3 times, e.g. Monday. Smith et al. (1999) saw E. coli. None died."
    >>> [text[start:end] for start, end in sentences(text)]
    ['It was given i.v. 3 times, e.g. Monday.', 'Smith et al. (1999) saw E. coli.', 'None died.']
    """
    start = 0
    for end in _END.finditer(text):
        stop = end.start(1) if end.group(1) is not None else end.start()
        if end.group(1) is not None and "\n" not in end.group(1) and _goes_on(text, end.start() + 1, end.end()):
            continue
        yield from _trimmed(text, start, stop)
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _goes_on(text: str, dot: int, following: int) -> bool:
    """Whether the full stop that ends before `dot` is one of an abbreviation."""
    match = _LAST_WORDS.search(text, max(0, dot - 40), dot)
    before, word = (match[1] or "", match[2].rstrip("\"'”’)]")) if match else ("", "")
    if word in _NEVER or word[:1].lower() + word[1:] in _NEVER:
        return True
    if _INITIAL.match(word):
        # 'J. Smith' and 'by A. B. Smith', but not 'hepatitis B.' or '40 degrees C.'
        named = not before or before in ("by", "and", "&") or before[-1] in ".!?)"
        return named or bool(_INITIAL.match(text[following : following + 2]))
    return not text[following].isalpha() and bool(_BEFORE_NUMBER.match(word))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
