"""The parser that was fine-tuned for Galenic, beside a second reader: where both read alike, it is surest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.logic.canonical import same
from kg.logic.forms import AbstainForm, AskBackForm, ExistsForm, entities
from kg.logic.reading import Asked, Read
from llm.cascade import SURE, Cascade
from llm.models.calibration import FAR, Calibration, Signs
from llm.models.decoder import Decoder
from llm.models.ways import Way, is_form, passed_over, ways_of

NAME = "galenic-smollm2-135m"
_MOST_CHOICES = 3
# A way that is less likely than this is not worth a question.
_LIKELY = 0.05


class TunedParser:
    """Reads a question, or a follow-up on the last answer, by the fine-tuned model; asks back below the line."""

    name = NAME

    def __init__(self, decoder: Decoder, calibration: Calibration, second: Cascade, width: int = 4) -> None:
        self.decoder, self.calibration, self.second, self.width = decoder, calibration, second, width

    def ways(self, asked: Asked) -> tuple[list[Way], Read | None]:
        """The ways to read a question, likeliest first, and the second reading; none where that alone can know."""
        other = self.second.read(asked)
        if other is not None and _points(other, asked):
            return [], other
        return ways_of(self.decoder, asked, self.width), other

    def parse(self, asked: Asked) -> Read | None:
        """The likeliest reading with the share of such readings that are right; None when there is none."""
        ways, other = self.ways(asked)
        if not ways:
            return other if other is not None and _points(other, asked) else None
        confidence = self.calibration.confidence(signs(ways, other))
        first = _read(ways[0], confidence, asked)
        if confidence >= self.calibration.line:
            return replace(first, unread=passed_over(asked, first.form))
        return _asked_back(asked, first, ways, other)


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


def _points(read: Read, asked: Asked) -> bool:
    """Whether a reading rests on what the model is not shown.

    That is a choice that was asked back, a result of the last answer, or a thing in focus.
    """
    context = asked.context
    if context is None or isinstance(read.form, AbstainForm):
        return False
    if read.why is not None or read.form in [w.form for w in context.waiting]:
        return True
    seen = {r.id for m in asked.marks for r in m.readings} | {e.id for e in entities(context.form)}
    return read.follows and any(e.id not in seen for e in entities(read.form))


def signs(ways: Sequence[Way], other: Read | None) -> Signs:
    """What tells how far the first of several ways is to be believed."""
    first = ways[0]
    lead = first.score - ways[1].score if len(ways) > 1 else FAR
    sure = other is not None and other.confidence >= SURE and not other.unread and is_form(other.form)
    alike = other is not None and same(first.form, other.form)
    return Signs(first.score, lead, first.unused, alike, sure and not alike, isinstance(first.form, AbstainForm))


def _asked_back(asked: Asked, first: Read, ways: Sequence[Way], other: Read | None) -> Read:
    """The likeliest readings, to choose from; an abstention where none is a form that can be offered."""
    likely = [_read(w, first.confidence, asked) for w in ways if w.likelihood >= _LIKELY or w is ways[0]]
    if other is not None and other.confidence >= SURE and not other.unread:
        likely.insert(1, replace(other, confidence=first.confidence))
    choices: list[Read] = []
    for read in likely:
        if is_form(read.form) and not any(same(read.form, c.form) for c in choices):
            choices.append(read)
    if not choices:
        return first
    choices = choices[:_MOST_CHOICES]
    words = tuple(asked.describe(c.form, {e.id: e.name for e in c.linked}) for c in choices)
    told = tuple(replace(c, confidence=1.0, follows=True) for c in choices)
    return replace(first, form=AskBackForm(words), linked=choices[0].linked, choices=told, unread=())
