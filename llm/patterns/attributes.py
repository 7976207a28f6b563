"""'Is bivalirudin approved?': whether one thing has a value of an attribute."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.logic.forms import All, And, Entity, ExistsForm, Or, Where
from kg.logic.reading import Mark, Vocabulary
from llm.patterns.cues import THESE
from llm.patterns.restrictions import restricted

_HAS_VALUE = re.compile(
    r"^(?:so |and )?(?:is|are|was|were) (?:the )?@ (?:(?:an?|also|already|still|currently|yet) )*([\w -]+?)"
    r"(?: (?:drug|drugs|yet|already|now))?\s*[?.!]*$",
    re.IGNORECASE,
)


def has_value(question: str, marks: Sequence[Mark], vocabulary: Vocabulary) -> ExistsForm | None:
    """The form of a question whether a thing has a value; None for all other questions."""
    if not marks or not marks[0].readings or marks[0].readings[0].id == THESE:
        return None
    match = _HAS_VALUE.match(f"{question[: marks[0].start]}@{question[marks[0].end :]}")
    if match is None:
        return None
    reading = marks[0].readings[0]
    every, entity = All(reading.category), Entity(reading.id, reading.category)
    having = [
        e
        for e in restricted(match.group(1), every, reading.category, vocabulary)
        if not isinstance(e, Where) or not e.evidence
    ]
    return ExistsForm(And((entity, having[0] if len(having) == 1 else Or(tuple(having))))) if having else None
