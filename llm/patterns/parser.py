"""The parser by rules: a follow-up by what it follows, any other question by the nearest known wording."""

from __future__ import annotations

import re

from kg.logic.forms import AbstainForm
from kg.logic.reading import Asked, Context, Read
from llm.cascade import Cascade
from llm.patterns.classes import read_question
from llm.patterns.followed import MOST_READINGS, Unclear
from llm.patterns.followups import follow, lacks_context

_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_PICK = re.compile(
    rf"^(?:the )?(?:(\d)|({'|'.join(_ORDINALS[:MOST_READINGS])}))(?: one| reading)?[.!]?$",
    re.IGNORECASE,
)
_EXAMPLES = ("and its symptoms?", "only the curated ones", "which of them treat asthma?", "why the second one?")


NAME = "nearest-wording"


class FollowUps:
    """Reads what follows up on an answer, or chooses among readings that were asked back."""

    name = NAME

    def parse(self, asked: Asked) -> Read | None:
        """The form that a follow-up means; None for a question that stands by itself."""
        context = asked.context
        if context is not None and (picked := _picked(asked.question, context)) is not None:
            return picked
        if context is None or context.is_empty:
            if lacks_context(asked):
                return _unclear(asked.question, "it follows up on an answer, and nothing was asked yet", None)
        else:
            followed = follow(asked, context)
            if isinstance(followed, Unclear):
                return _unclear(asked.question, followed.because, context)
            if followed is not None:
                return followed
        return None


class WholeQuestions:
    """Reads questions that stand by themselves, by rules about English."""

    name = NAME

    def parse(self, asked: Asked) -> Read | None:
        """The form of a question; an abstention without confidence where no rule takes it."""
        return read_question(asked.question, asked.marks, asked.vocabulary)


def rules() -> Cascade:
    """Both readers, the one of follow-ups first."""
    return Cascade([FollowUps(), WholeQuestions()])


def _picked(question: str, context: Context) -> Read | None:
    """The reading that an answer to a question asked back chooses."""
    match = _PICK.match(question.strip())
    if not match or not context.waiting:
        return None
    number = int(match.group(1)) if match.group(1) else _ORDINALS.index(match.group(2).casefold()) + 1
    return context.waiting[number - 1] if 1 <= number <= len(context.waiting) else None


def _unclear(question: str, because: str, context: Context | None) -> Read:
    """A follow-up that was not understood; no other parser is asked, for it is known what it lacks."""
    message = f"{because[:1].upper()}{because[1:]}.{_advice(question, because, context)}"
    return Read(AbstainForm("incomplete" if context is None else "ambiguous_question", message), follows=True)


def _advice(question: str, because: str, context: Context | None) -> str:
    """What may be asked instead, unless the reason says so itself; nothing like what was just asked."""
    if context is None:
        return " Ask a whole question first, as in 'What drugs treat gout?'."
    if ";" in because:
        return ""
    asked = question.strip(" ?!.").casefold()
    examples = ", ".join(repr(e) for e in _EXAMPLES if e.strip("?") != asked)
    return f" Ask it in full, or follow up as in {examples}."
