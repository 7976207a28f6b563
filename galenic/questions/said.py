"""A question that may follow up on the last answer, and small questions asked of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from galenic.questions import cues
from galenic.questions.answer import LinkedEntity
from galenic.questions.context import Context, Reader
from kg.logic.forms import AbstainForm, AskBackForm, category_of
from kg.schema import schema
from llm.parser.parser import Parsed
from llm.parser.tokens import Mark, Reading

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
    reader: Reader
    unknown: tuple[Mark, ...] = ()

    @classmethod
    def of(cls, question: str, context: Context, reader: Reader) -> Said:
        """The question without its closing punctuation."""
        text = " ".join(question.split()).rstrip("?!. ")
        marks = reader.marks(text)
        return cls(
            text, tuple(m for m in marks if m.readings), context, reader, tuple(m for m in marks if not m.readings)
        )

    @property
    def plain(self) -> str:
        """The text in lower case."""
        return self.text.casefold()

    def left(self) -> set[str]:
        """The words beside the names."""
        return set(re.findall(r"[\w'-]+", unmarked(self.text, self.marks).casefold()))


def sure(parsed: Parsed) -> bool:
    """Whether a form was read with every step and every word accounted for."""
    return not isinstance(parsed.form, (AbstainForm, AskBackForm)) and parsed.confidence >= SURE and not parsed.unused


def nth(said: re.Match[str], context: Context) -> LinkedEntity | None:
    """The result that an ordinal means."""
    word, *numbers = said.groups()
    number = (
        len(context.results)
        if word and word.casefold() == "last"
        else cues.ORDINALS.get((word or "").casefold()) or int(next((n for n in numbers if n), "0"))
    )
    return context.results[number - 1] if 1 <= number <= len(context.results) else None


def unmarked(text: str, marks: Sequence[Mark]) -> str:
    """The text without its names."""
    for mark in sorted(marks, key=lambda m: -m.start):
        text = text[: mark.start] + " " + text[mark.end :]
    return text


def plural(category: str) -> str:
    """How several nodes of a kind are called."""
    return schema().kind(category).plural


def kind_of(context: Context) -> str:
    """What the last answer listed, in a word."""
    expr = context.of_them()
    return plural(category_of(expr)) if expr is not None else "the results"


def entity_of(mark: Mark, reading: Reading) -> LinkedEntity:
    """A name as one of its readings."""
    return LinkedEntity(mark.text, reading.id, reading.name, reading.category, round(reading.score, 4))
