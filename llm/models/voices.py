"""Files of questions with their forms, as people wrote them: names are slots, the same in form and question."""

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
    """A question and its form, both with slots: {drug}, {drug2}; `at` says file and line."""

    at: str
    form: str
    question: str

    @property
    def number(self) -> int:
        """Its line in the file."""
        return int(self.at.rpartition(":")[2])

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots in the order in which the question names them, without those for made-up names."""
        named = dict.fromkeys("".join(m) for m in SLOT.findall(self.question))
        return tuple(s for s in named if not s.startswith(UNKNOWN))

    def category(self, slot: str) -> str:
        """The kind of thing that a slot stands for."""
        return SLOTS[slot.rstrip("0123456789")]

    def meant(self, names: dict[str, str]) -> Form:
        """The form with `names` in place of the slots; raises `CorpusError` for one that is no form."""
        kinds = {name: self.category(slot) for slot, name in names.items()}
        try:
            return read_form(SLOT.sub(lambda m: names[m[1] + m[2]], self.form), kinds)
        except KeyError as slot:
            raise CorpusError(f"{self.at}: {{{slot.args[0]}}} stands in the form and not in the question") from None
        except FormError as problem:
            raise CorpusError(f"{self.at}: {problem}") from problem


def pairs(file: Path) -> Iterator[Pair]:
    """The lines `form<TAB>question` of a file; raises `CorpusError` that names file, line and mend."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise CorpusError(f"{file}: cannot be read as text ({problem})") from problem
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        at, fields = f"{file.name}:{number}", line.split("\t")
        if len(fields) != 2:
            raise CorpusError(f"{file}:{number}: {len(fields)} fields; a line is form<TAB>question; mend or drop it")
        pair = Pair(at, fields[0].strip(), fields[1].strip())
        for kind, _ in SLOT.findall(pair.question):
            if kind != UNKNOWN and kind not in SLOTS:
                raise CorpusError(f"{at}: {{{kind}}} is no slot; known: {', '.join(SLOTS)}, {UNKNOWN}")
        yield pair
