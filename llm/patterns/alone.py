"""'Cancer itself', 'cancer as such', 'exactly cancer': names that are meant alone, without their narrower terms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.logic.reading import Mark

_BEHIND = re.compile(r"[\s,]+(?:itself|themselves|exactly|precisely|as such|per se|proper)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:exactly|precisely)\s+$", re.IGNORECASE)


def meant_alone(question: str, marks: Sequence[Mark]) -> tuple[str, frozenset[int]]:
    """The question with blanks where it says so, so that names keep their places; and the starts of those names.

    >>> text = "What treats cancer itself?"
    >>> meant_alone(text, [Mark(12, 18, "cancer", ())])
    ('What treats cancer       ?', frozenset({12}))
    """
    alone: set[int] = set()
    for mark in marks:
        behind, before = _BEHIND.match(question, mark.end), _BEFORE.search(question, 0, mark.start)
        for said in filter(None, (behind, before)):
            question = question[: said.start()] + " " * (said.end() - said.start()) + question[said.end() :]
            alone.add(mark.start)
    return question, frozenset(alone)
