"""The parser that was fine-tuned for Galenic, beside a second reader: where both read alike, it is surest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeGuard

from kg.logic.canonical import same
from kg.logic.forms import AbstainForm, ExistsForm, LiteratureForm, entities
from kg.logic.reading import Asked, Read
from llm.cascade import SURE, Cascade
from llm.models.calibration import FAR, Calibration, Signs
from llm.models.decoder import Decoder
from llm.models.errors import NotationError
from llm.models.prompt import Before
from llm.models.ways import Way, asked_back, is_form, left_out, passed_over, strange, ways_of
from llm.policy import BECAUSE

NAME = "galenic-smollm2-135m"
_MOST_CHOICES = 3
# A way that is less likely than this is not worth a question.
_LIKELY = 0.05
# From here on the rules are right in 95 of 100 cases, and are believed where the model doubts.
_CERTAIN = 1.05
# A follow-up that the model hardly reads is told as the rules tell it: what of it was not understood.
_PLAUSIBLE = 0.5
# What a name left unused takes from a way's log-probability, and what a second reader adds who reads it alike: of what
# was tried, these put the right way first most often on voices that were not learnt from.
_UNUSED, _ALIKE = 1.0, 1.0


class TunedParser:
    """Reads a question, or a follow-up on the last answer, by the fine-tuned model; asks back below the line."""

    name = NAME

    def __init__(
        self,
        decoder: Decoder,
        calibration: Calibration,
        second: Cascade,
        familiar: frozenset[str] = frozenset(),
        width: int = 4,
    ) -> None:
        """`familiar`: the words that the questions which it learnt from are made of; none where that is not known."""
        self.decoder, self.calibration, self.second = decoder, calibration, second
        self.familiar, self.width = familiar, width

    def ways(self, asked: Asked, other: Read | None) -> list[Way]:
        """The ways to read a question by the model, likeliest first; `other` is the second reading."""
        return _weighed(ways_of(self.decoder, asked, self.width), other)

    def parse(self, asked: Asked) -> Read | None:
        """The likeliest reading with the share of such readings that are right; None when there is none."""
        other = self.second.read(asked)
        if other is not None and _stands(other):
            return other
        ways = self.ways(asked, other)
        if not ways:
            return None
        confidence = self.calibration.confidence(signs(ways, other))
        first = _read(ways[0], confidence, asked)
        if _names_what_is_lacking(other) and first.form == _UNSAYABLE:
            return other
        if confidence >= self.calibration.line:
            missed = (
                left_out(asked, ways[0]),
                passed_over(asked, first.form),
                strange(asked, first.form, self.familiar),
            )
            return replace(first, unread=tuple(dict.fromkeys(word for words in missed for word in words)))
        hardly = ways[0].likelihood < _PLAUSIBLE or isinstance(first.form, AbstainForm) or not _goes_on(asked)
        if other is not None and other.follows and hardly:
            return other
        if (
            other is not None
            and other.confidence >= _CERTAIN
            and _is_sure(other)
            and not passed_over(asked, other.form)
        ):
            return other
        return _asked_back(asked, first, ways, other)


def _weighed(ways: Sequence[Way], other: Read | None) -> list[Way]:
    """The ways in the order of what speaks for each: its probability, names left unused, the second reader."""

    def worth(way: Way) -> float:
        alike = other is not None and is_form(other.form) and same(way.form, other.form)
        return way.score - _UNUSED * way.unused + _ALIKE * alike

    return sorted(ways, key=worth, reverse=True)


def _read(way: Way, confidence: float, asked: Asked) -> Read:
    """A way as a reading; of a follow-up, what is now spoken of."""
    new = [e for e in way.linked if any(m.text == e.mention for m in asked.marks)]
    about = new[0] if way.follows and len(new) == 1 and _swaps(way, asked) else None
    return Read(way.form, way.linked, confidence, follows=way.follows, about=about)


def _swaps(way: Way, asked: Asked) -> bool:
    """Whether a follow-up asks the same of another thing, or whether that is one of the last set."""
    form, context = way.form, asked.context
    last = context.form if context is not None else None
    return isinstance(form, ExistsForm) or (type(form) is type(last) and len(entities(form)) == 1)


_UNSAYABLE = AbstainForm("ambiguous_question", BECAUSE["ambiguous_question"])


def _names_what_is_lacking(read: Read | None) -> TypeGuard[Read]:
    """Whether rules read all but some words, which tells more than that a question cannot be read."""
    return read is not None and bool(read.unread) and is_form(read.form)


def _goes_on(asked: Asked) -> bool:
    return asked.context is not None and not asked.context.is_empty


def _stands(read: Read) -> bool:
    """Whether what the rules read is believed and the model not asked.

    A follow-up that a rule takes may rest on what the model is not shown: a result of the last answer, a choice that
    waits, the thing in focus. What papers say the model reads worse, and for some it has no words: a chromosome, a
    source by its title.
    """
    if read.follows:
        return not isinstance(read.form, AbstainForm)
    if not _is_sure(read):
        return False
    try:
        Before.of(read.form, read.linked)
    except NotationError:
        return True
    return isinstance(read.form, LiteratureForm)


def _is_sure(read: Read) -> bool:
    return read.confidence >= SURE and not read.unread and is_form(read.form)


def signs(ways: Sequence[Way], other: Read | None) -> Signs:
    """What tells how far the first of several ways is to be believed."""
    first = ways[0]
    lead = first.score - ways[1].score if len(ways) > 1 else FAR
    sure = other is not None and _is_sure(other)
    alike = other is not None and same(first.form, other.form)
    return Signs(first.score, lead, first.unused, alike, sure and not alike, isinstance(first.form, AbstainForm))


def _asked_back(asked: Asked, first: Read, ways: Sequence[Way], other: Read | None) -> Read:
    """The likeliest readings, to choose from; an abstention where none is a form that can be offered."""
    likely = [_read(w, first.confidence, asked) for w in ways if w.likelihood >= _LIKELY or w is ways[0]]
    if other is not None and _is_sure(other):
        likely.insert(1, replace(other, confidence=first.confidence))
    choices: list[Read] = []
    for read in likely:
        if is_form(read.form) and not any(same(read.form, c.form) for c in choices):
            choices.append(read)
    if not choices:
        return first
    choices = choices[:_MOST_CHOICES]
    return replace(asked_back(asked, first, choices), unread=passed_over(asked, choices[0].form))
