"""Where a document says something of two things: the stretch of a passage that is quoted as evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.records import Directness, Mention, Passage
from kg.sentences import sentences


@dataclass(frozen=True, slots=True)
class Place:
    """Half-open offsets in a passage's text; 'direct' when both things are named between them."""

    passage: Passage
    start: int
    end: int
    directness: Directness

    @property
    def quote(self) -> str:
        """The text that stands there."""
        return self.passage.text[self.start : self.end]


def place(passages: Sequence[Passage], subject: str, object: str) -> Place | None:
    """The best place for two identifiers in a document's passages; the title only where no other names both so well.

    The sentence that names both, nearest together; else the sentences from one to
    the other in one passage; else the sentence that names the subject, or the
    object where that is named nowhere. None when neither is.

    >>> marks = (Mention(0, 7, "Fakedin", "X:1", "c"), Mention(15, 22, "sham ne", "X:2", "c"))
    >>> passage = Passage("p", "PMID:99999901", "abstract", "Fakedin causes sham ne. No more.", 0, marks)
    >>> found = place([passage], "X:1", "X:2")
    >>> found.quote, found.directness
    ('Fakedin causes sham ne.', 'direct')
    """
    together = min(_pairs(passages, subject, object), default=None, key=lambda pair: pair[0])
    if together is not None:
        return together[1]
    for identifier in (subject, object):
        for passage in passages:
            for mention in _named(passage, identifier):
                start, end, _ = _stretch(list(sentences(passage.text)), mention, mention)
                return Place(passage, start, end, "indirect")
    return None


def _named(passage: Passage, identifier: str) -> list[Mention]:
    return [m for m in passage.mentions if m.id == identifier]


def _pairs(
    passages: Sequence[Passage], subject: str, object: str
) -> Iterator[tuple[tuple[bool, bool, int, int, int], Place]]:
    """(rank, place) of every pair of names in one passage; the lowest rank is best."""
    for number, passage in enumerate(passages):
        parts = list(sentences(passage.text))
        for mention in _named(passage, subject):
            for other in _named(passage, object):
                if mention != other:
                    start, end, several = _stretch(parts, mention, other)
                    gap = max(mention.start, other.start) - min(mention.end, other.end)
                    yield (
                        (several, passage.section == "title", gap, number, start),
                        Place(passage, start, end, "direct"),
                    )


def _stretch(parts: Sequence[tuple[int, int]], mention: Mention, other: Mention) -> tuple[int, int, bool]:
    """From the sentence of the first name to that of the second, and whether these are two."""
    first, last = min(mention.start, other.start), max(mention.end, other.end)
    begin = max((start for start, _ in parts if start <= first), default=first)
    stop = min((end for _, end in parts if end >= last), default=last)
    return begin, stop, sum(begin <= start < stop for start, _ in parts) > 1
