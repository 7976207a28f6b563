"""From a question to an Answer: link, parse, run, compose, verify."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from galenic.questions import compose, literature, shapes
from galenic.questions.answer import Answer, LinkedEntity, Status
from galenic.questions.cues import THESE
from galenic.questions.restrictions import Vocabulary, restricted
from galenic.questions.rewriting import linked
from galenic.questions.supports import Desk
from galenic.questions.unrecorded import unrecorded
from galenic.questions.values import values_of
from galenic.questions.verify import verify
from galenic.questions.work import Outcome, Scope, Work
from kg.errors import GraphError, QueryTimeout, StoreError
from kg.logic.execute import Executor
from kg.logic.forms import (
    AbstainForm,
    All,
    And,
    AskBackForm,
    CompareForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Form,
    ListForm,
    LiteratureForm,
    Or,
    PathsForm,
    TopForm,
    Where,
)
from kg.logic.text import show
from kg.release.release import Release
from kg.stores.bolt import GraphStore
from llm.parser.parser import MAX_CHARACTERS, Parsed, parse
from llm.parser.refusals import refusal
from llm.parser.tokens import Mark
from retrieval.passages import PassageIndex

# Below this the words of a question fit no known wording of the relation that was read.
UNSURE = 0.3
_HAS_VALUE = re.compile(
    r"^(?:so |and )?(?:is|are|was|were) (?:the )?@ (?:(?:an?|also|already|still|currently|yet) )*([\w -]+?)(?: (?:drug|drugs|yet|already|now))?\s*[?.!]*$",  # noqa: E501
    re.IGNORECASE,
)
# How the note begins that says so.
READ_AS = "Read as:"


class Linker(Protocol):
    """Finds the names in a question."""

    def marks(self, question: str) -> list[Mark]:
        """Mentions in order, each with its readings; none for a name that the release does not know."""
        ...


class Asker:
    """Answers questions on one release. `store` and `passages` are opened on first use; `seconds` limits the graph's
    part of an answer.
    """

    def __init__(
        self,
        release: Release,
        linker: Linker,
        store: Callable[[], GraphStore],
        passages: Callable[[], PassageIndex],
        seconds: float | None = None,
    ) -> None:
        self.release, self.linker, self.seconds = release, linker, seconds
        self._store, self._passages = store, passages

    def parse(self, question: str) -> tuple[list[Mark], Parsed]:
        """Names and form of a question, nothing run."""
        problem = unreadable(question)
        if problem:
            return [], Parsed(problem, {})
        marks = self.linker.marks(question)
        return marks, self.read(question, marks)

    def read(self, question: str, marks: Sequence[Mark]) -> Parsed:
        """The form of a question whose names are found; asked back where a name stands for two things alike."""
        parsed = self._attribute(question, marks) or parse(question, marks)
        asked_back = _ambiguous(marks, parsed)
        return replace(parsed, form=asked_back) if asked_back else parsed

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What the release can be restricted by."""
        known = self.release.sources
        return Vocabulary(
            values_of(self.release),
            {n: str(s["title"]) for n, s in known.items()},
            frozenset(str(s["licence"]) for s in known.values()),
        )

    def _attribute(self, question: str, marks: Sequence[Mark]) -> Parsed | None:
        """'Is bivalirudin approved?': whether one thing has a value of an attribute; None for all other questions."""
        if not marks or not marks[0].readings or marks[0].readings[0].id == THESE or refusal(question):
            return None
        said = _HAS_VALUE.match(f"{question[: marks[0].start]}@{question[marks[0].end :]}")
        if said is None:
            return None
        reading = marks[0].readings[0]
        every, one = All(reading.category), Entity(reading.id, reading.category)
        having = [
            e
            for e in restricted(said.group(1), every, reading.category, self.vocabulary)
            if not isinstance(e, Where) or not e.evidence
        ]
        return (
            Parsed(ExistsForm(And((one, having[0] if len(having) == 1 else Or(tuple(having))))), {0: one})
            if having
            else None
        )

    def ask(self, question: str, scope: Scope | None = None) -> Answer:
        """The answer; a failed call, a timeout and an empty result stay three different things."""
        started = time.perf_counter()
        marks, parsed = self.parse(question)
        entities = (
            _candidates(marks, parsed, parsed.form)
            if isinstance(parsed.form, (AbstainForm, AskBackForm))
            else linked(marks, parsed)
        )
        answer = self.answer(question, parsed, entities, scope or Scope())
        return replace(answer, seconds=time.perf_counter() - started)

    def answer(self, question: str, parsed: Parsed, entities: tuple[LinkedEntity, ...], scope: Scope) -> Answer:
        """The answer to a form; `entities` are the things in it with their names. Of a form that cannot be run, why."""
        started = time.perf_counter()
        blank = Answer(
            question[:MAX_CHARACTERS], "answered", self.release.id, entities=entities, form=show(parsed.form)
        )
        try:
            answer = self._answer(blank, parsed, scope)
        except QueryTimeout as problem:
            answer = replace(blank, status="failed", reason="timeout", message=str(problem))
        except StoreError as problem:
            answer = replace(blank, status="failed", reason="store", message=str(problem))
        except GraphError as problem:
            answer = replace(blank, status="failed", reason="release", message=str(problem))
        return replace(answer, seconds=time.perf_counter() - started)

    def executor(self, scope: Scope) -> Executor:
        """Runs forms on the graph, with the evidence that is let in."""
        return Executor(self._store(), scope.sources, self.release.sources, self.seconds)

    def _answer(self, blank: Answer, parsed: Parsed, scope: Scope) -> Answer:
        form = parsed.form
        if isinstance(form, AbstainForm):
            return replace(blank, status="abstained", reason=form.reason, message=form.because)
        if isinstance(form, AskBackForm):
            return replace(blank, status="abstained", reason=form.reason, message="; ".join(form.readings))
        names = {**self.release.titles, **{e.id: e.name for e in blank.entities}}
        if isinstance(form, LiteratureForm):
            return literature.answer(blank, form, self._passages(), self.release, scope.sources, names)
        executor = self.executor(scope)
        work = Work(blank.question, parsed, executor, Desk(self.release), names, scope)
        found = _run(form, work)
        claims, dropped = verify(found.claims, work.desk.supports)
        denied, dropped_too = verify(found.contradictions, work.desk.supports)
        left_out = (
            unrecorded(form.of, executor, names) if isinstance(form, (ListForm, CountForm, ExistsForm, TopForm)) else []
        )
        notes = (
            *_unsure_note(parsed, names),
            *found.notes,
            *left_out,
            *partial_notes(form, self.release),
            *_unused_note(parsed),
        )
        status: Status = "abstained" if found.reason else "answered"
        return replace(
            blank,
            status=status,
            reason=found.reason,
            message=found.message,
            results=found.results,
            claims=claims,
            supports=work.desk.supports,
            contradictions=denied,
            dropped=dropped + dropped_too,
            notes=notes,
            cypher=tuple(executor.trace.cypher),
        )


def _unsure_note(parsed: Parsed, names: dict[str, str]) -> list[str]:
    """How a question was read whose words fit no known wording: what is answered may not be what was meant."""
    if parsed.confidence >= UNSURE:
        return []
    score = f"{max(parsed.confidence, 0.0):.2f} of 1"
    return [
        f"{READ_AS} {compose.in_words(parsed.form, names)}. The wording fits no known one well ({score}), so check "
        "that it is what you meant."
    ]


def _unused_note(parsed: Parsed) -> list[str]:
    """What an answer must say when words of the question restrict nothing in it."""
    return (
        [
            "The graph does not know of these words, so the answer is not restricted by them: "
            f"{', '.join(parsed.unused)}."
        ]
        if parsed.unused
        else []
    )


def _run(form: Form, work: Work) -> Outcome:
    match form:
        case ListForm():
            return shapes.listed(form, work)
        case CountForm():
            return shapes.counted(form, work)
        case ExistsForm():
            return shapes.yes_or_no(form, work)
        case CompareForm():
            return shapes.compared(form, work)
        case TopForm():
            return shapes.topped(form, work)
        case PathsForm():
            return shapes.connected(form, work)
        case DescribeForm():
            return shapes.profiled(form, work)
        case _:
            raise TypeError(f"no way to run {type(form).__name__}")


def unreadable(question: str) -> AbstainForm | None:
    """Questions that are empty, endless or no text."""
    if not question.strip():
        return AbstainForm("incomplete", "The question is empty.")
    if len(question) > MAX_CHARACTERS:
        return AbstainForm(
            "incomplete", f"The question has {len(question):,} characters; ask in at most {MAX_CHARACTERS:,}."
        )
    if "\x00" in question or sum(1 for c in question if not c.isprintable() and not c.isspace()) > len(question) // 20:
        return AbstainForm("out_of_scope", "The question is not text.")
    if sum(1 for c in question if c.isascii()) < len(question) * 0.6:
        return AbstainForm("out_of_scope", "Galenic reads questions in English.")
    return None


# Two readings of one kind whose scores are nearer than this are told apart by nothing but chance.
_TIED = 0.003


def _ambiguous(marks: Sequence[Mark], parsed: Parsed) -> AskBackForm | None:
    """The question to ask back when a name stands for two things of one kind and nothing prefers either."""
    readings = []
    for number, mark in enumerate([m for m in marks if m.readings]):
        chosen = parsed.chosen.get(number)
        taken = next((r for r in mark.readings if chosen and r.id == chosen.id), None)
        rivals = [
            r for r in mark.readings if taken and r.category == taken.category and abs(r.score - taken.score) < _TIED
        ]
        if len({r.name for r in rivals}) > 1:
            readings += [f"{mark.text} may be {r.name} ({r.id})" for r in rivals[:5]]
    return AskBackForm(tuple(readings), "ambiguous_name") if readings else None


def _candidates(marks: Sequence[Mark], parsed: Parsed, form: AbstainForm | AskBackForm) -> tuple[LinkedEntity, ...]:
    if form.reason != "ambiguous_name":
        return linked(marks, parsed)
    return tuple(
        LinkedEntity(m.text, r.id, r.name, r.category, round(r.score, 4)) for m in marks for r in m.readings[:5]
    )


def partial_notes(form: Form, release: Release) -> list[str]:
    """What an answer must say when it rests on relations of which a source holds only a part."""
    used = show(form)
    notes = []
    for source in release.sources.values():
        for relation, why in source.get("partial", {}).items():
            if f"hop({relation}," in used:
                notes.append(f"{source['title']} holds only a part of the relation '{relation}': {why}.")
    return notes


def permitted_sources(release: Release, names: Collection[str], licences: Collection[str]) -> frozenset[str] | None:
    """Sources that `--source` and `--licence` let in, None for no restriction; raises `ValueError` for an unknown
    one.
    """
    if not names and not licences:
        return None
    known = release.sources
    unknown = [n for n in names if n not in known]
    if unknown:
        raise ValueError(f"unknown source {', '.join(unknown)}; this release has {', '.join(known)}")
    chosen = set(names or known)
    if licences:
        fitting = {
            n for n, s in known.items() if s["licence"] in licences or ("commercial" in licences and s["commercial"])
        }
        if not fitting:
            raise ValueError(
                f"no source has the licence {', '.join(licences)}; known: "
                f"{', '.join(sorted({s['licence'] for s in known.values()}))}, commercial"
            )
        chosen &= fitting
    return frozenset(chosen)
