"""A conversation on one release: what each answer leaves for the next question. Nothing here knows any language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from galenic.questions.answer import Answer, Note
from galenic.questions.earlier import whole
from galenic.questions.pipeline import Pipeline
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.evidence.results import Found, Result, YesNo
from kg.logic.forms import (
    AbstainForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Form,
    ListForm,
    TopForm,
    category_of,
)
from kg.logic.reading import Context, Linked, Read
from kg.logic.rewriting import expr_of

# So many things of an answer are remembered by name.
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """One question, how it was read, and its answer."""

    question: str
    read: Read
    answer: Answer

    @property
    def form(self) -> Form:
        """The logical form."""
        return self.read.form

    @property
    def read_as(self) -> str:
        """How a follow-up was understood, '' for a question that stands by itself."""
        return self.answer.read_as if self.read.follows else ""


@dataclass(slots=True)
class Memory:
    """What a conversation keeps: the last answer that was one, the focus, readings that wait, all names told."""

    context: Context | None = None
    focus: Linked | None = None
    waiting: tuple[Read, ...] = ()
    known: dict[str, Linked] = field(default_factory=dict)


class Dialogue:
    """Questions in turn; `permitted` restricts the evidence of all of them."""

    def __init__(self, pipeline: Pipeline, permitted: Permitted = ALL_SOURCES) -> None:
        self.pipeline, self.permitted = pipeline, permitted
        self.memory = Memory()

    def ask(self, question: str) -> Turn:
        """The answer to a question or a follow-up; the conversation moves on only when it is answered."""
        memory = self.memory
        context = replace(memory.context or Context(), focus=memory.focus, waiting=memory.waiting)
        read = self.pipeline.read(question, context)
        memory.waiting = read.choices
        return self._turn(question, whole(read, memory.known.values()))

    def run(self, question: str, form: Form, named: Sequence[Linked]) -> Turn:
        """The answer to a form that was made without a question, as a turn of the conversation."""
        focus = self.memory.focus
        turn = self._turn(question, Read(form, tuple(named)))
        self.memory.focus = focus
        return turn

    def look_at(self, linked: Linked | None) -> None:
        """Put a thing in focus, as 'it'; None lets go of it."""
        self.memory.focus = linked
        if linked is not None:
            self.memory.known[linked.id] = linked
            if self.memory.context is None:
                self.memory.context = Context("", DescribeForm(Entity(linked.id, linked.category)), spoken=(linked,))

    def remember(self, question: str, things: Sequence[Linked]) -> None:
        """Let things that were found otherwise, as by Cypher, be what 'them' means."""
        self.memory.known |= {e.id: e for e in things}
        self.memory.focus = None
        self.memory.context = Context(question, AbstainForm("no_evidence"), tuple(things))

    def _turn(self, question: str, read: Read) -> Turn:
        read = self.pipeline.settled(question, read, self.permitted)
        answer = self.pipeline.answer_or_draft(question, read, self.permitted)
        if answer.status == "answered" and answer.written is None:
            if read.why is None:
                self._keep(question, read, answer)
            if read.about is not None:
                self.memory.focus = read.about
        if read.why is not None:
            answer = _reasons(answer, read.why)
        return Turn(question, read, answer)

    def _keep(self, question: str, read: Read, answer: Answer) -> None:
        """What an answer leaves for the next question."""
        memory, form, named = self.memory, read.form, read.linked
        memory.known |= {e.id: e for e in named}
        # A follow-up that leaves nothing, or asks but yes or no, is told; 'them' stays what it was before.
        aside = isinstance(form, ExistsForm) or (isinstance(form, (ListForm, TopForm)) and not answer.results)
        if aside and read.follows and memory.context is not None:
            if isinstance(form, ExistsForm):
                spoken = tuple({e.id: e for e in (*memory.context.spoken, *named)}.values())
                memory.context = replace(memory.context, aside=form, spoken=spoken)
            return
        things = results_of(form, answer.results) or self._still_listed(form)
        listed = memory.context.results if memory.context is not None and read.follows else ()
        if isinstance(form, DescribeForm) and form.of.id in {r.id for r in listed}:
            # 'tell me about the second one': the list stays, so that the third one can be asked for.
            things = listed
        memory.known |= {t.id: t for t in things[:_KEPT] if t.id not in memory.known}
        memory.context = Context(question, form, things, None, named)
        if not read.follows:
            memory.focus = named[0] if len(named) == 1 else None
        elif memory.focus not in named:
            memory.focus = None

    def _still_listed(self, form: Form) -> tuple[Linked, ...]:
        """What the last answer listed, where only its number was asked for since."""
        last, expr = self.memory.context, expr_of(form)
        same = last is not None and isinstance(form, CountForm) and expr is not None and expr == expr_of(last.form)
        return last.results if same and last is not None else ()


def results_of(form: Form, results: Iterable[Result]) -> tuple[Linked, ...]:
    """The things that an answer listed, with their kind; none for a number, yes or no, a path or a document."""
    if not isinstance(form, (ListForm, TopForm, DescribeForm)):
        return ()
    category = category_of(form.of)
    return tuple(Linked(r.name, r.id, r.name, category, 1.0) for r in results if isinstance(r, Found))


def _reasons(answer: Answer, about: Linked) -> Answer:
    """The answer to 'why': the evidence, and by what the results are put in order."""
    verdict = next((r.value for r in answer.results if isinstance(r, YesNo)), None)
    if answer.status != "answered" or verdict is None:
        return answer
    if verdict is False:
        return replace(answer, message=answer.message.replace("No: ", f"{about.name} is not there: ", 1))
    message = f"{about.name} is there because of {'these facts' if answer.claims else 'the query itself'}."
    return replace(answer, message=message, notes=(*answer.notes, Note("order")))
