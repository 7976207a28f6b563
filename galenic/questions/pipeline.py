"""The one way from a question to an answer: policy, link, read, run, compose, verify."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Protocol, TypeGuard

import polars as pl

from galenic.questions import connections, literature, mechanisms, profile, shapes, verdicts
from galenic.questions.answer import Answer, Note
from galenic.questions.desk import Desk
from galenic.questions.drafts import Writer, drafted
from galenic.questions.earlier import whole
from galenic.questions.levels import levels
from galenic.questions.on_paper import on_paper
from galenic.questions.rivals import rivals
from galenic.questions.screens import screened
from galenic.questions.settled import settled
from galenic.questions.tied import with_tied
from galenic.questions.unranked import unranked
from galenic.questions.unrecorded import unrecorded
from galenic.questions.unsourced import unsourced
from galenic.questions.vocabulary import vocabulary_of
from galenic.questions.wording import in_words, narrower
from galenic.questions.work import Outcome, Work
from kg.errors import GraphError, QueryTimeout, StoreError
from kg.evidence.claims import Claim, Support
from kg.evidence.coverage import Coverage
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.evidence.shortfalls import shortfalls
from kg.logic.execute import Executor
from kg.logic.forms import (
    AbstainForm,
    AskBackForm,
    CompareForm,
    CountForm,
    DescribeForm,
    ExistsForm,
    Form,
    HypothesesForm,
    HypothesisForm,
    ListForm,
    LiteratureForm,
    MechanismForm,
    PathsForm,
    ScreenForm,
    TopForm,
    entities,
)
from kg.logic.pasteable import pasteable
from kg.logic.reading import Asked, Context, Linked, Mark, Read, Vocabulary
from kg.logic.rewriting import exactly
from kg.logic.text import show
from kg.logic.through import taken_in
from kg.release.release import Release
from kg.schema import schema
from kg.stores.bolt import GraphStore
from kg.topology.lineage import Lineage
from llm.cascade import Cascade
from llm.policy import MAX_CHARACTERS, refused
from llm.ports import Basis, Composer, Verifier
from retrieval.passages import PassageIndex

# Below this a reading is not answered: it is offered as a question to be confirmed.
DOUBTFUL = 0.4
_MOST_READINGS = 5
# Reasons of an abstention after which a chat model may try: the question may be about the graph, but no form was found.
OPEN = frozenset(("ambiguous_question", "out_of_scope"))


class Linker(Protocol):
    """Finds the names in a question."""

    def marks(self, question: str) -> list[Mark]:
        """Mentions in order, each with its readings; none for a name that the release does not know."""
        ...

    def is_in_names(self, word: str) -> bool:
        """Whether some name of the release has this word."""
        ...


@dataclass(frozen=True, slots=True)
class Models:
    """What reads questions, words claims, checks them, and writes Cypher where no form covers a question."""

    cascade: Cascade
    composer: Composer
    verifier: Verifier
    writer: Writer | None = None


class Pipeline:
    """Answers questions on one release. `store`, `passages` and `lineage` are opened on first use.

    `seconds` limits the graph's part of an answer.
    """

    def __init__(
        self,
        release: Release,
        linker: Linker,
        models: Models,
        store: Callable[[], GraphStore],
        passages: Callable[[], PassageIndex],
        lineage: Callable[[], Lineage],
        seconds: float | None = None,
    ) -> None:
        self.release, self.linker, self.models, self.seconds = release, linker, models, seconds
        self._store, self._passages, self._lineage = store, passages, lineage

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the release can be restricted by."""
        return vocabulary_of(self.release, self.lineage, self.linker.is_in_names)

    @cached_property
    def coverage(self) -> Coverage:
        """Which things the sources of the release cover."""
        return Coverage(self.release)

    @cached_property
    def lineage(self) -> Lineage:
        """What the terms of the release stand for."""
        return self._lineage()

    def asked(self, question: str, context: Context | None = None) -> Asked:
        """A question with the names in it, as parsers get it."""
        marks = tuple(self.linker.marks(question))
        return Asked(question, marks, self.vocabulary, self.linker.marks, self._in_words, context)

    def read(self, question: str, context: Context | None = None, *, exact: bool = False) -> Read:
        """What a question asks, nothing run: refused, read, or asked back; never raises for what a person may type.

        `exact`: each thing named is meant alone, without its narrower terms.
        """
        barred = refused(question)
        if barred is not None:
            return Read(barred)
        asked = self.asked(question, context)
        read = self.models.cascade.read(asked)
        if not _is_sure(read):
            read = self._by_phenomenon(asked) or read
        if read is None:
            return Read(AbstainForm("ambiguous_question", "How the question should be read was not understood."))
        if exact:
            read = replace(read, form=exactly(read.form))
        # A passage speaks of a name, whichever of the things of that name it means.
        alike = [] if isinstance(read.form, LiteratureForm) else rivals(asked.marks, read)
        if not alike:
            return on_paper(question, self._confirmed(read), self._passages)
        named = self._by_name(asked, alike, read)
        if exact:
            named = replace(named, choices=tuple(replace(c, form=exactly(c.form)) for c in named.choices))
        return named

    def _by_phenomenon(self, asked: Asked) -> Read | None:
        """The question read again, its names standing for the same phenomenon of other kinds; None where no help."""
        try:
            marks = with_tied(asked.marks, self.lineage.topology, self.release) if asked.marks else None
        except GraphError:
            # What the graph cannot say now is said when the question is answered.
            return None
        read = None if marks is None else self.models.cascade.read(replace(asked, marks=marks))
        return read if _is_sure(read) and not isinstance(read.form, (AbstainForm, AskBackForm)) else None

    def _in_words(self, form: Form, names: Mapping[str, str]) -> str:
        """A form as a person reads it, its sources by their titles."""
        return in_words(form, {**self.release.titles, **names})

    def said(self, read: Read) -> str:
        """How a question was read, in words, and what a name was taken for that means another kind of thing."""
        words = self._in_words(read.form, {e.id: e.name for e in read.linked})
        taken = [f"{e.mention} taken as {e.name}, {e.why}" for e in read.linked if e.why and not read.follows]
        return f"{words} ({'; '.join(taken)})" if taken else words

    def _by_name(self, asked: Asked, rivals: Sequence[tuple[Mark, str]], read: Read) -> Read:
        """The question to ask back when a name stands for several things alike, with a reading for each of them."""
        words, choices = [], []
        for mark, identifier in rivals[:_MOST_READINGS]:
            reading = next(r for r in mark.readings if r.id == identifier)
            only = tuple(replace(m, readings=(reading,)) if m is mark else m for m in asked.marks)
            context = asked.context if read.follows else None
            chosen = self.models.cascade.read(replace(asked, marks=only, context=context))
            words.append(f"{mark.text} may be {reading.name} ({reading.id})")
            if chosen is not None and not isinstance(chosen.form, (AbstainForm, AskBackForm)):
                choices.append(replace(chosen, follows=True))
        linked = tuple(Linked.of(m, next(r for r in m.readings if r.id == identifier)) for m, identifier in rivals)
        whole = tuple(choices) if len(choices) == len(words) else ()
        return replace(read, form=AskBackForm(tuple(words), "ambiguous_name"), linked=linked, choices=whole)

    def _confirmed(self, read: Read) -> Read:
        """A reading that is hardly one, or passes words over, is offered to be confirmed instead of answered."""
        if isinstance(read.form, (AbstainForm, AskBackForm)) or (read.confidence >= DOUBTFUL and not read.unread):
            return read
        if read.confidence < DOUBTFUL and read.unread:
            # Neither how it is meant nor all of its words: there is nothing to offer.
            because = f"Not understood: {', '.join(read.unread)}."
            return replace(read, form=AbstainForm("ambiguous_question", because))
        return replace(read, form=AskBackForm((self.said(read),)), choices=(replace(read, unread=(), confidence=1.0),))

    def ask(
        self,
        question: str,
        permitted: Permitted = ALL_SOURCES,
        context: Context | None = None,
        *,
        exact: bool = False,
    ) -> Answer:
        """The answer; a failed call, a timeout and an empty result stay three different things."""
        started = time.perf_counter()
        read = self.read(question, context, exact=exact)
        answer = self.answer_or_draft(question, whole(read, context.spoken) if context else read, permitted)
        return replace(answer, seconds=time.perf_counter() - started)

    def answer_or_draft(self, question: str, read: Read, permitted: Permitted = ALL_SOURCES) -> Answer:
        """The answer to a question that was read; where no form covers it, a chat model's rows if there is one.

        Raises `ChatUnavailable` when a model is set and does not answer.
        """
        started = time.perf_counter()
        answer = self.answer(question, read, permitted)
        writer = self.models.writer
        # What the model itself read as forms is asked back; no Cypher of its own takes their place.
        offered = writer is not None and bool(read.choices) and read.parser == writer.talk.name
        if writer is not None and not offered and permitted.sources is None and _uncovered(read, answer):
            answer = drafted(question, answer, writer.draft(question))
        return replace(answer, seconds=time.perf_counter() - started)

    def answer(self, question: str, read: Read, permitted: Permitted = ALL_SOURCES) -> Answer:
        """The answer to a question that was read; of a form that cannot be run, why."""
        started = time.perf_counter()
        read = self.settled(question, read, permitted)
        blank = Answer(
            question[:MAX_CHARACTERS],
            "answered",
            self.release.id,
            read_as="" if isinstance(read.form, (AbstainForm, AskBackForm)) else self.said(read),
            entities=read.linked,
            form=show(read.form),
            model=read.parser,
            confidence=round(min(max(read.confidence, 0.0), 1.0), 4),
        )
        try:
            answer = self._answer(blank, read, permitted)
        except QueryTimeout as problem:
            answer = replace(blank, status="failed", reason="timeout", message=str(problem))
        except StoreError as problem:
            answer = replace(blank, status="failed", reason="store", message=str(problem))
        except GraphError as problem:
            answer = replace(blank, status="failed", reason="release", message=str(problem))
        except pl.exceptions.PolarsError as problem:
            told = f"a table of the release cannot be read ({problem}); `galenic doctor` says how to mend it"
            answer = replace(blank, status="failed", reason="release", message=" ".join(told.split()))
        return replace(answer, seconds=time.perf_counter() - started)

    def settled(self, question: str, read: Read, permitted: Permitted = ALL_SOURCES) -> Read:
        """The reading with the relations of this release by which it is answered."""
        return settled(question, read, self.release, permitted)

    def executor(self, permitted: Permitted = ALL_SOURCES) -> Executor:
        """Runs forms on the graph, with the evidence that is let in."""
        return Executor(self._store(), permitted, self.release.sources, self.seconds, self.lineage)

    def _answer(self, blank: Answer, read: Read, permitted: Permitted) -> Answer:
        form = read.form
        if isinstance(form, AbstainForm):
            return replace(blank, status="abstained", reason=form.reason, message=form.because)
        if isinstance(form, AskBackForm):
            return _asked_back(blank, form, read)
        names = {**self.release.titles, **{e.id: e.name for e in blank.entities}}
        work = Work(
            blank.question,
            self.executor(permitted),
            Desk(self.release, form, names),
            names,
            permitted,
            self.coverage,
            blank.entities,
        )
        told = narrower(taken_in(form, work.executor), names)
        blank = replace(blank, read_as=f"{blank.read_as} ({told})") if told else blank
        outcome = unsourced(form, self._run(form, work), work)
        supports = work.desk.supports()
        claims = self.models.composer.compose(blank.question, outcome.claims, supports)
        basis = Basis(supports, outcome.results)
        kept, denied = (self._carried(c, basis) for c in (claims, outcome.contradictions))
        notes = [*outcome.notes, *levels(supports, work)]
        if isinstance(form, (ListForm, CountForm, ExistsForm, TopForm)):
            notes += unrecorded(form.of, work.executor, names)
        return replace(
            blank,
            status="abstained" if outcome.reason else "answered",
            reason=outcome.reason,
            message=outcome.message,
            results=outcome.results,
            claims=kept,
            supports=supports,
            contradictions=denied,
            dropped=len(claims) + len(outcome.contradictions) - len(kept) - len(denied),
            notes=(*notes, *_of_sources(form, self.release), *_of_papers(supports)),
            cypher=tuple(work.executor.trace.cypher),
            query=pasteable(form, self.release.sources, permitted, len(outcome.results) or None, self.lineage),
        )

    def _carried(self, claims: Sequence[Claim], basis: Basis) -> tuple[Claim, ...]:
        return tuple(c for c in claims if self.models.verifier.carries(c, basis))

    def _run(self, form: Form, work: Work) -> Outcome:
        match form:
            case ListForm():
                return shapes.listed(form, work)
            case CountForm():
                return shapes.counted(form, work)
            case ExistsForm():
                return verdicts.yes_or_no(form, work)
            case CompareForm():
                return shapes.compared(form, work)
            case TopForm():
                return shapes.topped(form, work)
            case PathsForm():
                return connections.connected(form, work)
            case DescribeForm():
                return profile.profiled(form, work)
            case MechanismForm():
                return mechanisms.explained(form, work)
            case ScreenForm():
                return screened(form, work)
            case HypothesesForm() | HypothesisForm():
                return unranked(form, work)
            case LiteratureForm():
                return literature.quoted(form, work, self._passages())
            case _:
                raise TypeError(f"no way to run {type(form).__name__}")


def _is_sure(read: Read | None) -> TypeGuard[Read]:
    """Whether a question was understood, be it as one that is refused."""
    if read is None or read.unread:
        return False
    if isinstance(read.form, (AbstainForm, AskBackForm)):
        return read.form.reason != "ambiguous_question"
    return read.confidence >= DOUBTFUL


def _uncovered(read: Read, answer: Answer) -> bool:
    """Whether no form covers a question: nothing was read for sure, and it follows up on nothing."""
    return answer.status == "abstained" and answer.reason in OPEN and not read.follows


def _asked_back(blank: Answer, form: AskBackForm, read: Read) -> Answer:
    """Readings to choose from; words that were not understood are named."""
    lacking = f"Not understood: {', '.join(dict.fromkeys(read.unread))}. Without that" if read.unread else ""
    message = f"{lacking + ' it' if lacking else 'It'} may be read in several ways; answer with a number."
    if form.reason == "ambiguous_name":
        message = "; ".join(form.readings)
    elif len(form.readings) == 1:
        message = f"Did you mean: {form.readings[0]}?"
        if lacking:
            message = f"{lacking}: {form.readings[0]}?"
    return replace(blank, status="abstained", reason=form.reason, message=message, choices=form.readings)


def _of_sources(form: Form, release: Release) -> list[Note]:
    """What an answer must say when a source holds only a part of a relation that it rests on, or cuts its lists."""
    used = show(form)
    relations = [name for name in schema().relations if f"hop({name}," in used]
    notes = []
    for shortfall in shortfalls(release, relations, [e.id for e in entities(form)]):
        facts = {name: value for name, value in asdict(shortfall).items() if value}
        notes.append(Note("capped" if shortfall.most else "partial", facts))
    return notes


def _of_papers(supports: Mapping[str, Support]) -> list[Note]:
    """The publications cited that were retracted."""
    retracted = sorted({p for s in supports.values() if s.kind == "edge" for p in s.retracted})
    return [Note("retracted", {"citations": retracted})] if retracted else []
