"""What a rule about follow-ups gives: a question of its own, readings to choose from, or why it was not understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.logic.forms import AskBackForm, Form
from kg.logic.reading import Linked, Read

MOST_READINGS = 5


@dataclass(frozen=True, slots=True)
class Unclear:
    """A follow-up that was not understood, and why."""

    because: str


def rewritten(
    form: Form,
    linked: tuple[Linked, ...] = (),
    about: Linked | None = None,
    why: Linked | None = None,
    confidence: float = 1.0,
) -> Read:
    """A follow-up as a form of its own."""
    return Read(form, linked, confidence, follows=True, about=about, why=why)


def one_of(readings: Sequence[tuple[str, Read]]) -> Read:
    """The only reading, or the question which of several is meant, each said in words."""
    if len(readings) == 1:
        return readings[0][1]
    few = readings[:MOST_READINGS]
    return Read(AskBackForm(tuple(words for words, _ in few)), follows=True, choices=tuple(read for _, read in few))
