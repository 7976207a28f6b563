"""Classes of drugs in the place of drugs: 'Which beta blockers treat hypertension?', 'What do statins bind?'.

A class at the head of a question is read as 'drugs' and narrows what they are; anywhere else, where the question makes
no sense of a class, it is read as if it named a drug, and then stands for its members.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.errors import FormError
from kg.logic.forms import CompareForm, CountForm, Entity, ExistsForm, Expr, Hop, ListForm, TopForm
from kg.logic.reading import Linked, Mark, Read, Reading, Vocabulary
from kg.logic.rewriting import everywhere, mapped, within
from llm.patterns import lexicon
from llm.patterns.filters import extracted
from llm.patterns.sentence import read_sentence
from llm.patterns.tokens import tokens
from llm.words import DETERMINERS, RELATIONAL

_CLASS, _CHEMICAL, _DRUG = "biolink:ChemicalRole", "biolink:ChemicalEntity", "biolink:Drug"
# Words before a class that leave it the head of the question, beside determiners.
_BEFORE = frozenset("how many number of there and so if whether some please list show give me".split())
# A question for all of a class, `{}` where the class stands.
_EVERY = re.compile(
    r"(?:please )?(?:(?:which|what|how many)(?: of the)? (?:drugs are )?\{\}(?: drugs)? (?:are there|exist|are known|are recorded|do you know(?: of)?)"  # noqa: E501
    r"|(?:list|name|show|give)(?: me)?(?: all| some| the| all the)? \{\}(?: please)?"
    r"|(?:which|what) drugs (?:are|count as|belong to)(?: the| a| an)? \{\}(?: class)?)"
)
_SETS = (ListForm, CountForm, ExistsForm, CompareForm, TopForm)
# So sure a reading is, at least, that no other one is tried.
_SURE = 0.4


@dataclass(frozen=True, slots=True)
class _Class:
    """A name that means a class of drugs; `group`: a chemical whose kinds are drugs."""

    mark: Mark
    reading: Reading
    group: bool

    def members(self, exact: bool = False) -> Hop:
        """The drugs of the class; `exact`: without those of narrower classes."""
        if self.group:
            return Hop("subclass_of", "in", Entity(self.reading.id, _CHEMICAL, exact))
        return Hop("includes", "out", Entity(self.reading.id, _CLASS, exact))


def read_question(question: str, marks: Sequence[Mark], vocabulary: Vocabulary) -> Read:
    """The logical form of a question that stands by itself, its classes of drugs understood as such."""
    classes = [c for c in (_class_of(m, vocabulary) for m in marks) if c is not None]
    if not classes:
        return read_sentence(question, marks, vocabulary)
    if len(marks) == 1 and (whole := _whole(question, classes[0])):
        return whole
    first = next((m for m in marks if m.readings), None)
    if first is classes[0].mark and _is_head(question, classes[0].mark, marks, vocabulary):
        headed = _headed(question, classes[0], marks, vocabulary)
        if headed is not None:
            return headed
    read = read_sentence(question, _read_as(marks, classes, _CLASS), vocabulary)
    if not _is_sure(read):
        drugs = read_sentence(question, _read_as(marks, classes, _DRUG), vocabulary)
        if isinstance(drugs.form, _SETS) and (not isinstance(read.form, _SETS) or _is_sure(drugs)):
            read = drugs
    return _as_classes(read, classes)


def _whole(question: str, of: _Class) -> Read | None:
    """The members of a class where nothing else is asked: 'Which H2 blockers are there?', 'list all statins'."""
    frame = f"{question[: of.mark.start]}{{}}{question[of.mark.end :]}".casefold().strip(" ?.!")
    if not _EVERY.fullmatch(frame):
        return None
    form = (CountForm if frame.startswith("how many") else ListForm)(of.members())
    return Read(form, (Linked.of(of.mark, of.reading),))


def _class_of(mark: Mark, vocabulary: Vocabulary) -> _Class | None:
    """The class that a name means, unless it rather means a drug."""
    for reading in mark.readings:
        if reading.category == _DRUG:
            return None
        group = reading.category == _CHEMICAL and vocabulary.is_group(reading.id)
        if reading.category == _CLASS or group:
            return _Class(mark, reading, group)
    return None


def _is_head(question: str, mark: Mark, marks: Sequence[Mark], vocabulary: Vocabulary) -> bool:
    """Whether the things that a question asks for are called by the class: nothing but its frame stands before it, and
    behind it something is said of them.
    """
    text = extracted(question, marks, vocabulary)[0]
    before = lexicon.OPENERS.sub("", text[: mark.start])
    if any(t.category or t.text not in DETERMINERS | _BEFORE for t in tokens(before, []) if t.text not in ",.:;"):
        return False
    rest = tokens(text[mark.end :], [])
    following = next((m for m in marks if m.start >= mark.end), None)
    together = following is not None and not re.search(r"\w", text[mark.end : following.start])
    said = rest and rest[0].is_word and rest[0].text not in {"'s", "and", "or", ",", *RELATIONAL, *".?!"}
    return bool(said) and not together


def _headed(question: str, of: _Class, marks: Sequence[Mark], vocabulary: Vocabulary) -> Read | None:
    """The question asked of drugs, and of these the members of the class; None where it is not read for sure."""
    noun = "drugs" if of.mark.text.casefold().endswith("s") else "drug"
    text = question[: of.mark.start] + noun + question[of.mark.end :]
    moved = len(noun) - (of.mark.end - of.mark.start)
    rest = [
        replace(m, start=m.start + moved, end=m.end + moved) if m.start > of.mark.start else m
        for m in marks
        if m is not of.mark
    ]
    read = read_question(text, rest, vocabulary)
    if not _is_sure(read):
        return None
    try:
        form = mapped(read.form, lambda expr: within(of.members(), expr))
    except FormError:
        # What was read is asked of another kind of thing than of drugs.
        return None
    return replace(read, form=form, linked=(Linked.of(of.mark, of.reading), *read.linked))


def _is_sure(read: Read) -> bool:
    return isinstance(read.form, _SETS) and read.confidence >= _SURE and not read.unread


def _read_as(marks: Sequence[Mark], classes: Sequence[_Class], category: str) -> list[Mark]:
    """The names, classes among them as things of a category before anything of another kind.

    Another class or a drug of nearly the same name is no second reading: 'a benzodiazepine' is one of the class.
    """
    found = {c.mark.start: replace(c.reading, category=category) for c in classes}
    return [
        replace(m, readings=(found[m.start], *(r for r in m.readings if r.category not in (_CLASS, _DRUG))))
        if m.start in found
        else m
        for m in marks
    ]


def _as_classes(read: Read, classes: Sequence[_Class]) -> Read:
    """A reading in which classes stood for classes or drugs, with the sets that they are."""
    by_id = {c.reading.id: c for c in classes}

    def change(expr: Expr) -> Expr:
        if isinstance(expr, Entity) and expr.category == _DRUG and expr.id in by_id:
            return by_id[expr.id].members(expr.exact)
        if isinstance(expr, Hop) and expr.relation == "includes" and isinstance(expr.of, Entity):
            of = by_id.get(expr.of.id)
            return expr if of is None else of.members(expr.of.exact)
        return expr

    linked = tuple(replace(e, category=by_id[e.id].reading.category) if e.id in by_id else e for e in read.linked)
    return replace(read, form=mapped(read.form, lambda e: everywhere(e, change)), linked=linked)
