"""Every logical form of the questions at hand is read, typed, printed and brought to one form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.logic.canonical import canonical
from kg.logic.forms import Expr
from kg.logic.interchange import from_json, to_json
from kg.logic.read import read, read_form
from kg.logic.text import show
from tests.conftest import required

# What stands in a slot: an identifier, and its category.
SLOTS = {
    "drug": ("DRUGBANK:DB9999", "biolink:Drug"),
    "disease": ("DOID:9999", "biolink:Disease"),
    "gene": ("NCBIGene:9999", "biolink:Gene"),
    "anatomy": ("UBERON:9999", "biolink:AnatomicalEntity"),
    "symptom": ("MESH:D9999", "biolink:PhenotypicFeature"),
    "sideeffect": ("UMLS:C9999", "biolink:ClinicalFinding"),
    "process": ("GO:1999", "biolink:BiologicalProcess"),
    "function": ("GO:2999", "biolink:MolecularActivity"),
    "component": ("GO:3999", "biolink:CellularComponent"),
    "pathway": ("PW:9999", "biolink:Pathway"),
    "class": ("N9999", "biolink:ChemicalRole"),
}
SLOT = re.compile(r"\{([a-z]+)(\d?)\}")


@pytest.fixture(scope="module")
def voices(data: Path) -> list[Path]:
    """The files of questions; that of follow-ups has other columns."""
    found = sorted(f for f in (data.parent / "questions").glob("*.tsv") if f.stem != "followups")
    if not found:
        required(f"no questions at {data.parent / 'questions'}")
    return found


def filled(form: str) -> tuple[str, dict[str, str]]:
    """A form with identifiers in its slots, and their categories."""
    categories: dict[str, str] = {}

    def one(match: re.Match[str]) -> str:
        identifier, category = SLOTS[match[1]]
        categories[identifier + match[2]] = category
        return identifier + match[2]

    return SLOT.sub(one, form), categories


def forms(voices: list[Path]) -> Iterator[tuple[str, str, dict[str, str]]]:
    for path in voices:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.name}:{number}", *filled(line.partition("\t")[0])


def test_every_form_is_read_printed_and_brought_to_one_form(voices: list[Path]) -> None:
    number = 0
    for where, text, categories in forms(voices):
        form = read(text, categories)
        assert not isinstance(form, Expr), where
        assert read(show(form), categories) == form and from_json(to_json(form)) == form, where
        once = canonical(form)
        assert canonical(read_form(show(once), categories)) == once, where
        number += 1
    assert number > 12_000
