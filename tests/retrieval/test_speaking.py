"""Passages that speak of a thing: by a linked mention, or by a whole name in any spelling."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from retrieval.speaking import Thing, holds, speaking


@dataclass(frozen=True)
class Passage:
    text: str
    title: str = ""
    mentions: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Two beta-blockers were given.", "β blocker"),
        ("a betablocker", "beta-blocker"),
        ("TNFα rose", "TNF-alpha"),
        ("TNF-alpha rose", "TNF alpha"),
        ("TNFalpha rose", "TNF-α"),
        ("IL6 and IL 8", "IL-6"),
        ("il-6", "IL6"),
        ("interleukin 6", "Interleukin-6"),
        ("ALZHEIMER'S DISEASE", "Alzheimer disease"),
        ("Alzheimer disease", "Alzheimer’s disease"),
        ("oesophageal tumours", "Esophageal tumor"),
        ("Neuropathies are common.", "neuropathy"),
        ("neuropathy", "Neuropathies"),
        ("Type II diabetes mellitus", "Diabetes Mellitus, Type 2"),
        ("NSAIDs and others", "NSAID"),
        ("patients with AIDS.", "AIDS"),
        ("COPD (chronic obstructive pulmonary disease)", "COPD"),
        ("severe copd", "copd"),
        ("Sjögren syndrome", "Sjogren's syndrome"),
        ("(5-fluorouracil)", "5 Fluorouracil"),
        ("X-linked agammaglobulinemia", "x linked agammaglobulinaemia"),
    ],
)
def test_a_name_is_found_in_any_spelling(text: str, name: str) -> None:
    assert holds(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("chronic hepatitis C and B cells", "hepatitis B"),
        ("vitamin C, then D", "vitamin D"),
        ("type 1 diabetes", "type 2 diabetes"),
        ("a kidney disease", "polycystic kidney disease"),
        ("kidney and liver disease", "kidney disease"),
        ("It was all set, as a cat may rest.", "WAS"),
        ("It was all set, as a cat may rest.", "ALL"),
        ("It was all set, as a cat may rest.", "asa"),
        ("She aids others with first aid.", "AIDS"),
        ("IL-60 and IL-16", "IL-6"),
        ("antigout", "gout"),
        ("goutweed", "gout"),
        ("BRCA2", "BRCA1"),
        ("An E. coli strain", "E"),
        ("12 of 3", "3"),
        ("", "gout"),
        ("gout", ""),
    ],
)
def test_a_part_of_a_name_or_another_word_is_not_the_name(text: str, name: str) -> None:
    assert not holds(text, name)


def test_a_passage_must_speak_of_every_thing_by_name_or_by_link() -> None:
    drug, ill = (
        Thing("X:1", ("Fakedin", "fkd")),
        Thing("X:2", ("Sham Disease", "shamitis\tabbreviation", "illness\tbroad")),
    )
    both = Passage("Fakedins in shamitis.")
    titled = Passage("It cured shamitis.", "On fakedin")
    linked = Passage("The drug cured sham disease.", mentions=frozenset({"X:1"}))
    alone, loose = Passage("Fakedin alone."), Passage("Fakedin in illness.")
    across = Passage("disease after fakedin", "A sham")
    all_of = [both, alone, titled, loose, linked, across]
    assert speaking(all_of, [drug, ill]) == [both, titled, linked]
    assert speaking(all_of, [drug]) == [both, alone, titled, loose, linked, across]
    assert speaking(all_of, []) == all_of


def test_the_words_of_a_question_are_a_name_too() -> None:
    passage = Passage("Nobody knows why gluten upsets them.")
    assert speaking([passage], [Thing("X:1", ("Coeliac disease",))]) == []
    assert speaking([passage], [Thing("X:1", ("Coeliac disease", "gluten upset"))]) == [passage]
