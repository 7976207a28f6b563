"""A chat model as the last reader: asked where the reader before it is not sure, and never believed alone."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.logic.canonical import same
from kg.logic.forms import AbstainForm, AskBackForm, LiteratureForm
from kg.logic.reading import Asked, Read
from llm.cascade import Cascade
from llm.chat.errors import ChatNonsense, ChatUnavailable
from llm.models.ways import Way, asked_back, before_of, is_form, passed_over, shown_of

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from llm.chat.talk import Talk

logger = logging.getLogger(__name__)
# No chat model was measured, so these are set and not counted: a reading of its own is offered to be confirmed, one in
# which two readers agree is answered.
ALONE, AGREED = 0.3, 0.8
# A reading without a form: what a chat model may have a try at.
_OPEN = ("ambiguous_question", "out_of_scope")
_TRIES, _LONGEST_REPLY, _REMEMBERED, _MOST_CHOICES = 2, 4_000, 64, 3
_Prompts = tuple[str, ...]


class ChatParser:
    """Reads by a first reader; where that is not sure, by a chat model beside it."""

    def __init__(self, talk: Talk, first: Cascade) -> None:
        self.talk, self.first, self.name = talk, first, talk.name
        self._said: OrderedDict[_Prompts, str] = OrderedDict()

    def parse(self, asked: Asked) -> Read | None:
        """What both readers make of a question.

        Raises `ChatUnavailable` when the model does not answer and the first reader
        has nothing to say: that is a failed call, and not a question without a form.
        """
        first = self.first.read(asked)
        if first is not None and not self._is_open(first):
            return first
        try:
            way = self.way(asked)
        except ChatUnavailable as problem:
            if first is None or isinstance(first.form, AbstainForm):
                raise
            logger.warning("read without a chat model: %s", problem)
            return first
        return first if way is None else self._together(first, way, asked)

    def _is_open(self, first: Read) -> bool:
        """Whether the first reader leaves a question open."""
        if isinstance(first.form, AskBackForm):
            return first.form.reason in _OPEN and bool(first.choices)
        if first.confidence >= self.first.sure and not first.unread:
            return False
        return not isinstance(first.form, AbstainForm) or first.form.reason in _OPEN

    def way(self, asked: Asked) -> Way | None:
        """What the model alone makes of a question; None for replies that say no form. Raises `ChatUnavailable`."""
        # These take LangChain with them, 0.8 s that a question which needs no chat model need not wait for.
        from langchain_core.messages import AIMessage, HumanMessage

        from llm.chat.asking import asked_for
        from llm.chat.reading import meant

        before = before_of(asked.context)
        shown = shown_of(asked, before)
        messages = asked_for(shown, asked, before)
        for _ in range(_TRIES):
            text = ""
            try:
                text = self._reply(messages, tuple(shown.marks))
                return meant(json.loads(text), shown, asked, before)
            except ChatNonsense as problem:
                error = " ".join(str(problem).split())
            except RecursionError:
                error = "the form is nested too deeply"
            logger.info("the language model %s said no form: %s", self.name, error)
            again = HumanMessage(f"That was refused: {error}\nReply with a JSON object that mends it.")
            messages = [*messages, AIMessage(text[:_LONGEST_REPLY] or "(no reply)"), again]
        return None

    def _reply(self, messages: list[BaseMessage], letters: tuple[str, ...]) -> str:
        """The reply as JSON; the same is not asked twice, as when a name has several meanings."""
        from llm.chat.spoken import json_schema

        key = tuple(m.text for m in messages)
        if key not in self._said:
            _, fields = self.talk.object(messages, json_schema(letters))
            self._said[key] = json.dumps(fields)
            while len(self._said) > _REMEMBERED:
                self._said.popitem(last=False)
        return self._said[key]

    def _together(self, first: Read | None, way: Way, asked: Asked) -> Read:
        """One reading of two, neither of them sure: answered where they agree, else asked back."""
        read = self._read(way, asked)
        if first is None or isinstance(first.form, AbstainForm):
            return read if first is None or is_form(read.form) else first
        offered = first.choices or (first,)
        if not is_form(read.form) or read.unread:
            # The model finds no form, or none that takes all in: what the first reader said is doubted the more.
            asks = bool(first.choices or first.unread)
            return first if asks else replace(first, confidence=min(first.confidence, ALONE))
        alike = next((r for r in offered if same(r.form, read.form)), None)
        if alike is not None:
            return replace(alike, confidence=AGREED, unread=first.unread, follows=read.follows, parser=self.name)
        return read if first.unread else asked_back(asked, read, (*offered[: _MOST_CHOICES - 1], read))

    def _read(self, way: Way, asked: Asked) -> Read:
        unread = (*passed_over(asked, way.form), *_unused(way, asked))
        return Read(way.form, way.linked, ALONE, tuple(dict.fromkeys(unread)), way.follows, parser=self.name)


def _unused(way: Way, asked: Asked) -> list[str]:
    """The names in a question of which a form makes no use, known ones and others."""
    if not is_form(way.form):
        return []
    ids, mentions = {e.id for e in way.linked}, {e.mention for e in way.linked}
    whole = isinstance(way.form, LiteratureForm)
    return [
        m.text
        for m in asked.marks
        if m.text not in mentions and not (ids & {r.id for r in m.readings}) and not (whole and not m.readings)
    ]
