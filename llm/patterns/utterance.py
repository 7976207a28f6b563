"""A question that may follow up on the last answer, and small questions asked of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.logic.forms import AbstainForm, AskBackForm, category_of
from kg.logic.reading import Asked, Context, Linked, Mark, Read, unmarked
from kg.schema import schema
from llm.patterns import cues
from llm.patterns.classes import read_question

# A reading whose weakest step is below this is a guess.
SURE = 0.55


@dataclass(frozen=True, slots=True)
class Said:
    """A question with its names, what it follows, and what it is read with; `unknown` are words that look like
    names.
    """

    text: str
    marks: tuple[Mark, ...]
    context: Context
    asked: Asked
    unknown: tuple[Mark, ...] = ()

    @classmethod
    def of(cls, asked: Asked, context: Context) -> Said:
        """The question without its closing punctuation."""
        text = " ".join(asked.question.split()).rstrip("?!. ")
        marks = asked.find(text)
        known, unknown = (tuple(m for m in marks if bool(m.readings) is there) for there in (True, False))
        return cls(text, known, context, asked, unknown)

    def read(self, text: str, marks: Sequence[Mark]) -> Read:
        """A question that a rule makes of this one, read by itself."""
        return read_question(text, marks, self.asked.vocabulary)

    @property
    def plain(self) -> str:
        """The text in lower case."""
        return self.text.casefold()

    def left(self) -> set[str]:
        """The words beside the names."""
        return set(re.findall(r"[\w'-]+", unmarked(self.text, self.marks).casefold()))


def sure(read: Read) -> bool:
    """Whether a form was read with every step and every word accounted for."""
    return not isinstance(read.form, (AbstainForm, AskBackForm)) and read.confidence >= SURE and not read.unread


def nth(ordinal: re.Match[str], context: Context) -> Linked | None:
    """The result that an ordinal means."""
    word, *numbers = ordinal.groups()
    number = (
        len(context.results)
        if word and word.casefold() == "last"
        else cues.ORDINALS.get((word or "").casefold()) or int(next((n for n in numbers if n), "0"))
    )
    return context.results[number - 1] if 1 <= number <= len(context.results) else None


def plural(category: str) -> str:
    """How several nodes of a kind are called."""
    return schema().kind(category).plural


def kind_of(context: Context) -> str:
    """What the last answer listed, in a word."""
    expr = context.of_them()
    return plural(category_of(expr)) if expr is not None else "the results"
