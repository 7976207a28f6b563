"""A question as a model sees it: each name as it stands, followed by its kinds and a letter; of a follow-up the form
of the last answer ahead of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kg.logic.forms import Entity, Form, entities
from kg.logic.reading import Linked, Mark, Reading
from kg.logic.rewriting import replaced
from llm.models.notation import said
from llm.models.vocabulary import LETTERS, spelled, words

CLASS, CHEMICAL = "biolink:ChemicalRole", "biolink:ChemicalEntity"
# One word for a kind; kinds without one are not spoken of.
_KINDS = {
    "biolink:Drug": "drug",
    "biolink:Disease": "disease",
    "biolink:Gene": "gene",
    "biolink:AnatomicalEntity": "tissue",
    "biolink:PhenotypicFeature": "symptom",
    "biolink:ClinicalFinding": "effect",
    "biolink:BiologicalProcess": "process",
    "biolink:CellularComponent": "component",
    "biolink:MolecularActivity": "function",
    "biolink:Pathway": "pathway",
    CLASS: "class",
    CHEMICAL: "chemical",
    "biolink:SequenceVariant": "variant",
    "biolink:Protein": "protein",
    "biolink:Article": "article",
}
_MOST_KINDS, _LONGEST_NAME = 3, 40


@dataclass(frozen=True, slots=True)
class Prompt:
    """The text that is read, the mark behind each letter, the letters that the question itself names, and how much of
    the text stands ahead of the question.
    """

    text: str
    marks: dict[str, Mark]
    asked: frozenset[str]
    ahead: int = 0

    @property
    def question(self) -> str:
        """The text without the last form."""
        return self.text[self.ahead :]

    @property
    def letters(self) -> dict[str, tuple[str, ...]]:
        """The kinds that each name may be of, likeliest first."""
        return {letter: _kinds(mark) for letter, mark in self.marks.items()}

    def readings(self, letter: str) -> dict[str, Reading]:
        """The best reading of a name for each of its kinds."""
        mark = self.marks[letter]
        return {category: reading for category in _kinds(mark) if (reading := mark.of(category)) is not None}


@dataclass(frozen=True, slots=True)
class Before:
    """What a follow-up follows on: the tokens of the last form, and a mark for each of its letters in their order."""

    tokens: tuple[str, ...]
    marks: tuple[Mark, ...]

    @classmethod
    def of(cls, form: Form, named: Sequence[Linked]) -> Before:
        """The last form with what it names; raises `NotationError` for one that has no tokens."""
        names, categories = {e.id: e.name for e in named}, {e.id: e.category for e in named}
        marks: list[Mark] = []
        there = {e.id: e for e in entities(form)}
        for letter, entity in zip(LETTERS, there.values(), strict=False):
            category = categories.get(entity.id, entity.category)
            name = names.get(entity.id, entity.id)
            marks.append(Mark(0, 0, name, (Reading(entity.id, name, category, 1.0),)))
            form = replaced(form, entity.id, Entity(letter, category, entity.exact))
        return cls(tuple(said(form)), tuple(marks))

    def is_like(self, tokens: Sequence[str]) -> bool:
        """Whether a form is the last one with other names.

        >>> Before(("list", "treats:in", "A"), ()).is_like(["list", "treats:in", "B"])
        True
        """
        return [t not in LETTERS and t for t in tokens] == [t not in LETTERS and t for t in self.tokens]


def prompt(question: str, marks: Sequence[Mark], before: Before | None = None) -> Prompt:
    """The question with its names marked; a name that stands twice has one letter, one that is not known has none.

    >>> gout = Mark(5, 9, "gout", (Reading("DOID:13189", "gout", "biolink:Disease", 1.0),))
    >>> prompt("Is a gout drug there?", [gout]).text
    'Is a gout (disease A) drug there?'
    >>> prompt("how many?", [], Before(("list", "treats:in", "A"), (gout,))).text
    'list treats gout (disease A) > how many?'
    """
    known: dict[str, Mark] = {}
    letter_of: dict[str, str] = {}
    for mark in before.marks if before is not None else ():
        letter_of[mark.text.casefold()] = letter_of[mark.readings[0].id] = LETTERS[len(known)]
        known[LETTERS[len(known)]] = mark
    ahead = "" if before is None else f"{_spoken(before.tokens, known)} > "
    parts, at, asked = [], 0, set[str]()
    for mark in marks:
        name, kinds = mark.text.casefold(), _kinds(mark)
        earlier = letter_of.get(name) or next((letter_of[r.id] for r in mark.readings if r.id in letter_of), None)
        if earlier is None and kinds and len(known) < len(LETTERS):
            earlier = LETTERS[len(known)]
            known[earlier] = mark
        if earlier is not None:
            letter_of[name] = earlier
            asked.add(earlier)
        note = "unknown" if not mark.readings else f"{'/'.join(_KINDS[k] for k in kinds)} {earlier}" if earlier else ""
        shown = _shortened(mark.text)
        parts += [question[at : mark.start], f"{shown} ({note})" if note else shown]
        at = mark.end
    text = ahead + " ".join("".join([*parts, question[at:]]).split())
    return Prompt(text, known, frozenset(asked), len(ahead))


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "..."


def _spoken(tokens: Sequence[str], known: dict[str, Mark]) -> str:
    """The last form in the model's own words, each name said once."""
    text, told = "", set[str]()
    for token in tokens:
        mark = known.get(token)
        if mark is None or token in told:
            text += spelled(words()[token])
            continue
        told.add(token)
        text += f" {_shortened(mark.text)} ({'/'.join(_KINDS[k] for k in _kinds(mark))} {token})"
    return text.strip()


def as_classes(marks: Sequence[Mark], is_group: Callable[[str], bool]) -> list[Mark]:
    """The marks with each chemical whose kinds are drugs as a class of drugs, which is what people mean by it."""

    def read(reading: Reading) -> Reading:
        group = reading.category == CHEMICAL and is_group(reading.id)
        return replace(reading, category=CLASS) if group else reading

    return [replace(mark, readings=tuple(map(read, mark.readings))) for mark in marks]


def _kinds(mark: Mark) -> tuple[str, ...]:
    return tuple(c for c in mark.categories if c in _KINDS)[:_MOST_KINDS]
