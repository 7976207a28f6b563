"""A question as a model sees it: each name as it stands, followed by its kinds and a letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kg.logic.reading import Mark, Reading
from llm.models.vocabulary import LETTERS

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
    """The text that is read, and the mark behind each letter."""

    text: str
    marks: dict[str, Mark]

    @property
    def letters(self) -> dict[str, tuple[str, ...]]:
        """The kinds that each name may be of, likeliest first."""
        return {letter: _kinds(mark) for letter, mark in self.marks.items()}

    def readings(self, letter: str) -> dict[str, Reading]:
        """The best reading of a name for each of its kinds."""
        mark = self.marks[letter]
        return {category: reading for category in _kinds(mark) if (reading := mark.of(category)) is not None}


def prompt(question: str, marks: Sequence[Mark]) -> Prompt:
    """The question with its names marked; a name that stands twice has one letter, one that is not known has none.

    >>> gout = Mark(5, 9, "gout", (Reading("DOID:13189", "gout", "biolink:Disease", 1.0),))
    >>> prompt("Is a gout drug there?", [gout]).text
    'Is a gout (disease A) drug there?'
    """
    parts, at, known = [], 0, dict[str, Mark]()
    letter_of: dict[str, str] = {}
    for mark in marks:
        name = mark.text.casefold()
        kinds = _kinds(mark)
        if kinds and name not in letter_of and len(known) < len(LETTERS):
            letter_of[name] = LETTERS[len(known)]
            known[letter_of[name]] = mark
        letter = letter_of.get(name)
        note = "unknown" if not mark.readings else f"{'/'.join(_KINDS[k] for k in kinds)} {letter}" if letter else ""
        shown = mark.text if len(mark.text) <= _LONGEST_NAME else mark.text[:_LONGEST_NAME] + "..."
        parts += [question[at : mark.start], f"{shown} ({note})" if note else shown]
        at = mark.end
    return Prompt(" ".join("".join([*parts, question[at:]]).split()), known)


def as_classes(marks: Sequence[Mark], is_group: Callable[[str], bool]) -> list[Mark]:
    """The marks with each chemical whose kinds are drugs as a class of drugs, which is what people mean by it."""

    def read(reading: Reading) -> Reading:
        group = reading.category == CHEMICAL and is_group(reading.id)
        return replace(reading, category=CLASS) if group else reading

    return [replace(mark, readings=tuple(map(read, mark.readings))) for mark in marks]


def _kinds(mark: Mark) -> tuple[str, ...]:
    return tuple(c for c in mark.categories if c in _KINDS)[:_MOST_KINDS]
