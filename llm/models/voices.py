"""Files of questions with their forms, as people wrote them: names are slots, the same in form and question.

A follow-up has the form of the answer that it follows on before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import FormError
from kg.logic.forms import Form
from kg.logic.read import read_form
from llm.models.errors import CorpusError

UNKNOWN = "unknown"
SLOT = re.compile(r"\{([a-z]+)(\d*)\}")
SLOTS = {
    "drug": "biolink:Drug",
    "disease": "biolink:Disease",
    "gene": "biolink:Gene",
    "anatomy": "biolink:AnatomicalEntity",
    "symptom": "biolink:PhenotypicFeature",
    "sideeffect": "biolink:ClinicalFinding",
    "process": "biolink:BiologicalProcess",
    "function": "biolink:MolecularActivity",
    "component": "biolink:CellularComponent",
    "pathway": "biolink:Pathway",
    "class": "biolink:ChemicalRole",
    "variant": "biolink:SequenceVariant",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its form, both with slots: {drug}, {drug2}; `at` says file and line.

    Of a follow-up `before` is the form of the last answer.
    """

    at: str
    form: str
    question: str
    before: str = ""

    @property
    def number(self) -> int:
        """Its line in the file."""
        return int(self.at.rpartition(":")[2])

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots of the form before and then of the question, as they are named, without those for made-up names."""
        named = dict.fromkeys("".join(m) for m in SLOT.findall(f"{self.before} {self.question}"))
        return tuple(s for s in named if not s.startswith(UNKNOWN))

    @property
    def slots_before(self) -> tuple[str, ...]:
        """The slots of the form before."""
        return tuple(dict.fromkeys("".join(m) for m in SLOT.findall(self.before)))

    def category(self, slot: str) -> str:
        """The kind of thing that a slot stands for."""
        return SLOTS[slot.rstrip("0123456789")]

    def meant(self, names: dict[str, str]) -> Form:
        """The form with `names` in place of the slots; raises `CorpusError` for one that is no form."""
        return self._read(self.form, names)

    def meant_before(self, names: dict[str, str]) -> Form:
        """The form of the last answer with `names` in place of the slots; raises `CorpusError` as `meant` does."""
        return self._read(self.before, names)

    def _read(self, form: str, names: dict[str, str]) -> Form:
        kinds = {name: self.category(slot) for slot, name in names.items()}
        try:
            return read_form(SLOT.sub(lambda m: names[m[1] + m[2]], form), kinds)
        except KeyError as slot:
            raise CorpusError(f"{self.at}: {{{slot.args[0]}}} stands in the form and not in the question") from None
        except FormError as problem:
            raise CorpusError(f"{self.at}: {problem}") from problem


def pairs(file: Path) -> Iterator[Pair]:
    """The lines `form<TAB>question` of a file, or `form before<TAB>follow-up<TAB>form`.

    Raises `CorpusError` that names file, line and mend.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise CorpusError(f"{file}: cannot be read as text ({problem})") from problem
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        at, fields = f"{file.name}:{number}", line.split("\t")
        fields = [field.strip() for field in fields]
        match fields:
            case [form, question]:
                pair = Pair(at, form, question)
            case [before, question, form]:
                pair = Pair(at, form, question, before)
            case _:
                raise CorpusError(
                    f"{file}:{number}: {len(fields)} fields; a line is form<TAB>question, or of a follow-up "
                    "form before<TAB>question<TAB>form; mend or drop it"
                )
        for kind, _ in SLOT.findall(f"{pair.before} {pair.question}"):
            if kind != UNKNOWN and kind not in SLOTS:
                raise CorpusError(f"{at}: {{{kind}}} is no slot; known: {', '.join(SLOTS)}, {UNKNOWN}")
        yield pair
