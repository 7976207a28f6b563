"""A conversation on one release: every question may follow up on the last one, and says how it was read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from galenic.questions import compose
from galenic.questions.answer import Answer, LinkedEntity
from galenic.questions.ask import Asker
from galenic.questions.context import Choices, Context, Reader, Rewritten, Unclear
from galenic.questions.followups import follow, lacks_context
from galenic.questions.rewriting import expr_of, linked, results_of
from galenic.questions.work import Scope
from kg.logic.forms import (
    AbstainForm,
    AskBackForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Form,
    ListForm,
    TopForm,
    entities,
)
from kg.logic.simplify import simplify
from kg.logic.text import show
from llm.parser.parser import Parsed
from llm.parser.refusals import refusal
from llm.parser.tokens import Mark

# How the message of a follow-up begins that was not understood.
UNREAD = "Not understood: "
_PICK = re.compile(r"^(?:the )?(?:(\d)|(first|second|third|fourth|fifth))(?: one| reading)?[.!]?$", re.IGNORECASE)
_WORDS = ("first", "second", "third", "fourth", "fifth")
_EXAMPLES = ("and its symptoms?", "only the curated ones", "which of them treat asthma?", "why the second one?")


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer; `words` are its form as a person reads it, `follows` is whether it follows up,
    `choices` are readings to choose from.
    """

    question: str
    form: Form
    answer: Answer
    words: str = ""
    follows: bool = False
    choices: tuple[str, ...] = ()
    confidence: float = 1.0

    @property
    def read_as(self) -> str:
        """How a follow-up was understood, '' for a question that stands by itself."""
        return self.words if self.follows else ""


@dataclass(slots=True)
class Memory:
    """What a conversation keeps: the last answer that was one, the thing in focus, and readings that wait to be
    chosen.
    """

    context: Context | None = None
    focus: LinkedEntity | None = None
    waiting: tuple[tuple[str, Rewritten], ...] = ()
    known: dict[str, LinkedEntity] = field(default_factory=dict)


class Dialogue:
    """Questions in turn; `scope` restricts the evidence of all of them."""

    def __init__(self, asker: Asker, scope: Scope | None = None) -> None:
        self.asker, self.scope = asker, scope or Scope()
        self.memory = Memory()
        self._reader = Reader(asker.linker.marks, asker.read, lambda: self.asker.vocabulary, self._in_words)

    def _in_words(self, form: Form, names: Mapping[str, str]) -> str:
        """A form as a person reads it, its sources by their titles."""
        return compose.in_words(form, {**self.asker.release.titles, **names})

    def ask(self, question: str) -> Turn:
        """The answer to a question or a follow-up; the conversation moves on only when it is answered."""
        memory = self.memory
        picked = self._picked(question)
        if picked is not None:
            return self._rewritten(question, picked)
        memory.waiting = ()
        if refusal(question) or memory.context is None:
            if not refusal(question) and lacks_context(question, self._reader):
                return self._unclear(question, "it follows up on an answer, and nothing was asked yet")
            return self._plain(question)
        context = replace(memory.context, focus=memory.focus)
        match follow(question, context, self._reader):
            case Rewritten() as one:
                return self._rewritten(question, one)
            case Choices(readings):
                return self._asked_back(question, readings)
            case Unclear(because):
                return self._unclear(question, because)
            case _:
                return self._plain(question)

    def run(self, question: str, form: Form, named: Sequence[LinkedEntity]) -> Turn:
        """The answer to a form that was made without a question, as a turn of the conversation."""
        focus = self.memory.focus
        turn = self._turn(question, Parsed(form, {}), tuple(named))
        self.memory.focus = focus
        return turn

    def look_at(self, entity: LinkedEntity | None) -> None:
        """Put a thing in focus, as 'it'; None lets go of it."""
        self.memory.focus = entity
        if entity is not None:
            self.memory.known[entity.id] = entity
            if self.memory.context is None:
                self.memory.context = Context("", DescribeForm(Entity(entity.id, entity.category)), (), None, (entity,))

    def remember(self, question: str, things: Sequence[LinkedEntity]) -> None:
        """Let things that were found otherwise, as by Cypher, be what 'them' means."""
        self.memory.known |= {e.id: e for e in things}
        self.memory.focus = None
        self.memory.context = Context(question, AbstainForm("no_evidence"), tuple(things))

    def _picked(self, question: str) -> Rewritten | None:
        said = _PICK.match(question.strip())
        if not said or not self.memory.waiting:
            return None
        number = int(said.group(1)) if said.group(1) else _WORDS.index(said.group(2).casefold()) + 1
        return self.memory.waiting[number - 1][1] if 1 <= number <= len(self.memory.waiting) else None

    def _plain(self, question: str) -> Turn:
        marks, parsed = self.asker.parse(question)
        if isinstance(parsed.form, AskBackForm) and parsed.form.reason == "ambiguous_name":
            readings = self._by_name(question, marks)
            if readings:
                return self._asked_back(question, readings, "ambiguous_name")
        if isinstance(parsed.form, (AbstainForm, AskBackForm)):
            return Turn(question, parsed.form, self.asker.ask(question, self.scope), confidence=parsed.confidence)
        return self._turn(question, parsed, linked(marks, parsed))

    def _by_name(self, question: str, marks: Sequence[Mark]) -> tuple[tuple[str, Rewritten], ...]:
        """A reading for each thing that an ambiguous name may stand for."""
        found: list[tuple[str, Rewritten]] = []
        for at, mark in enumerate(marks):
            if len(mark.readings) < 2:
                continue
            for reading in mark.readings[:5]:
                only = [replace(m, readings=(reading,)) if n == at else m for n, m in enumerate(marks)]
                parsed = self.asker.read(question, only)
                if not isinstance(parsed.form, (AbstainForm, AskBackForm)):
                    found.append(
                        (
                            f"{mark.text} is {reading.name} ({reading.id})",
                            Rewritten(parsed.form, linked(only, parsed), None, None, parsed.confidence),
                        )
                    )
        return tuple(found)

    def _rewritten(self, question: str, one: Rewritten) -> Turn:
        self.memory.waiting = ()
        one = replace(one, form=_simple(one.form))
        named = self._all_named(one.form, one.entities)
        turn = self._turn(question, Parsed(one.form, {}, one.confidence), named, follows=True, keep=one.why is None)
        if one.about is not None:
            self.memory.focus = one.about
        if one.why is not None:
            turn = replace(turn, answer=_reasons(turn.answer, one.why))
        return turn

    def _all_named(self, form: Form, new: Sequence[LinkedEntity]) -> tuple[LinkedEntity, ...]:
        known = {**self.memory.known, **{e.id: e for e in new}}
        return tuple(known[e.id] for e in dict.fromkeys(entities(form)) if e.id in known)

    def _turn(
        self, question: str, parsed: Parsed, named: tuple[LinkedEntity, ...], follows: bool = False, keep: bool = True
    ) -> Turn:
        answer = self.asker.answer(question, parsed, named, self.scope)
        self.memory.known |= {e.id: e for e in named}
        # A follow-up that leaves nothing, or asks but yes or no, is told; 'them' stays what it was before.
        aside = isinstance(parsed.form, ExistsForm) or (
            isinstance(parsed.form, (ListForm, TopForm)) and not answer.results
        )
        if answer.status == "answered" and keep and not (aside and follows and self.memory.context):
            things = results_of(parsed.form, answer.results) or self._still_listed(parsed.form)
            if (
                follows
                and isinstance(parsed.form, DescribeForm)
                and self.memory.context
                and parsed.form.of.id in {r.id for r in self.memory.context.results}
            ):
                # 'tell me about the second one': the list stays, so that the third one can be asked for.
                things = self.memory.context.results
            self.memory.known |= {t.id: t for t in things[:200] if t.id not in self.memory.known}
            self.memory.context = Context(question, parsed.form, things, None, named)
            if not follows:
                self.memory.focus = named[0] if len(named) == 1 else None
            elif self.memory.focus not in named:
                self.memory.focus = None
        elif (
            answer.status == "answered"
            and keep
            and isinstance(parsed.form, ExistsForm)
            and self.memory.context is not None
        ):
            context = self.memory.context
            self.memory.context = replace(
                context, aside=parsed.form, spoken=tuple({e.id: e for e in (*context.spoken, *named)}.values())
            )
        return Turn(
            question,
            parsed.form,
            answer,
            self._in_words(parsed.form, {e.id: e.name for e in named}),
            follows,
            confidence=parsed.confidence,
        )

    def _still_listed(self, form: Form) -> tuple[LinkedEntity, ...]:
        """What the last answer listed, where only its number was asked for since."""
        last, expr = self.memory.context, expr_of(form)
        return (
            last.results
            if last is not None and isinstance(form, CountForm) and expr is not None and expr == expr_of(last.form)
            else ()
        )

    def _asked_back(
        self, question: str, readings: tuple[tuple[str, Rewritten], ...], reason: str = "ambiguous_question"
    ) -> Turn:
        self.memory.waiting = readings[: len(_WORDS)]
        words = tuple(w for w, _ in self.memory.waiting)
        form = AskBackForm(words, "ambiguous_name" if reason == "ambiguous_name" else "ambiguous_question")
        message = "It may be read in several ways; answer with a number."
        answer = Answer(question, "abstained", self.asker.release.id, reason=reason, message=message, form=show(form))
        return Turn(question, form, answer, choices=words)

    def _unclear(self, question: str, because: str) -> Turn:
        form = AbstainForm(
            "incomplete" if self.memory.context is None else "ambiguous_question",
            f"{UNREAD}{because}.{_advice(question, because, self.memory.context)}",
        )
        return Turn(question, form, self.asker.answer(question, Parsed(form, {}), (), self.scope))


def _advice(question: str, because: str, context: Context | None) -> str:
    """What may be asked instead, unless the reason says so itself; nothing like what was just asked."""
    if context is None:
        return " Ask a whole question first, as in 'What drugs treat gout?'."
    if ";" in because:
        return ""
    asked = question.strip(" ?!.").casefold()
    return f" Ask it in full, or follow up as in {', '.join(repr(e) for e in _EXAMPLES if e.strip('?') != asked)}."


def _simple(form: Form) -> Form:
    """The form with its set said more shortly: follow-ups on follow-ups nest."""
    return replace(form, of=simplify(form.of)) if isinstance(form, (ListForm, CountForm, TopForm)) else form


def _reasons(answer: Answer, about: LinkedEntity) -> Answer:
    """The answer to 'why': the evidence, and by what the results are put in order."""
    if answer.status != "answered" or not answer.results or answer.results[0].value not in (True, False):
        return answer
    order = "Results stand in order of their best tier of evidence, then the number of sources, then of publications."
    if answer.results[0].value is False:
        return replace(answer, message=answer.message.replace("No: ", f"{about.name} is not there: ", 1))
    return replace(
        answer,
        message=f"{about.name} is there because of {'these facts' if answer.claims else 'the query itself'}.",
        notes=(*answer.notes, order),
    )
