"""Phrases that restrict: what they are read as, how sets are narrowed by them, and how forms are said in words."""

from __future__ import annotations

import pytest

from galenic.house import House
from galenic.questions.vocabulary import values_of
from galenic.questions.wording import in_words
from kg.logic.forms import All, And, CountForm, Entity, ExistsForm, Having, Hop, ListForm, Minus, Or, TopForm, Where
from kg.logic.read import read
from kg.logic.reading import Vocabulary
from kg.logic.rewriting import replaced, within
from kg.logic.text import show
from llm.patterns.restrictions import readings, restricted

GOUT, ASTHMA, COPD = "entity(DOID:13189)", "entity(DOID:2841)", "entity(DOID:3083)"


DRUGS = f"hop(treats, in, {GOUT})"


KNOWN = Vocabulary(
    {
        "biolink:Drug": {"approved": ("groups",), "withdrawn": ("groups",), "vitamins": ("categories", "groups")},
        "biolink:Gene": {"7": ("chromosome",), "x": ("chromosome",)},
    },
    {"drugbank": "DrugBank"},
    frozenset(["CC0-1.0"]),
)


@pytest.mark.parametrize(
    ("phrase", "category", "wanted"),
    [
        ("the approved ones", "biolink:Drug", 'where(all(Drug), groups = "approved")'),
        ("approved drugs", "biolink:Drug", 'where(all(Drug), groups = "approved")'),
        ("that are currently approved", "biolink:Drug", 'where(all(Drug), groups = "approved")'),
        ("those on chromosome 7", "biolink:Gene", 'where(all(Gene), chromosome = "7")'),
        ("on the X chromosome", "biolink:Gene", 'where(all(Gene), chromosome = "x")'),
        ("with a half-life of at least 10 hours", "biolink:Drug", "where(all(Drug), half_life_hours >= 10)"),
        (
            "a half-life under 2.5 hours",
            "biolink:Drug",
            "minus(where(all(Drug), half_life_hours <= 2.5), where(all(Drug), half_life_hours = 2.5))",
        ),
        ("from DrugBank", "biolink:Drug", 'where(all(Drug), source = "drugbank")'),
        ("under CC0-1.0", "biolink:Drug", 'where(all(Drug), licence = "CC0-1.0")'),
        ("tier 2", "biolink:Drug", "where(all(Drug), tier = 2)"),
        ("text-mined evidence", "biolink:Gene", "where(all(Gene), tier = 5)"),
        ("published before 2010", "biolink:Drug", "where(all(Drug), year <= 2009)"),
        ("after 2010", "biolink:Drug", "where(all(Drug), year >= 2011)"),
        (
            "approved or withdrawn",
            "biolink:Drug",
            'or(where(all(Drug), groups = "approved"), where(all(Drug), groups = "withdrawn"))',
        ),
        (
            "approved and withdrawn",
            "biolink:Drug",
            'where(where(all(Drug), groups = "approved"), groups = "withdrawn")',
        ),
    ],
)
def test_phrases_restrict_by_what_the_schema_declares(phrase: str, category: str, wanted: str) -> None:
    assert [show(e) for e in restricted(phrase, All(category), category, KNOWN)] == [wanted]


@pytest.mark.parametrize(
    ("phrase", "category"),
    [
        ("approved", "biolink:Gene"),
        ("the purple ones", "biolink:Drug"),
        ("10 hours", "biolink:Drug"),
        ("", "biolink:Drug"),
        ("approved purple", "biolink:Drug"),
        ("from Nowhere", "biolink:Drug"),
        ("after lunch", "biolink:Drug"),
    ],
)
def test_phrases_that_restrict_nothing_give_no_reading(phrase: str, category: str) -> None:
    assert restricted(phrase, All(category), category, KNOWN) == []


def test_a_value_of_two_attributes_has_two_readings() -> None:
    assert [r.filters[0].field for r in readings("vitamins", "biolink:Drug", KNOWN)] == ["categories", "groups"]


def test_values_come_from_the_release(house: House) -> None:
    values = values_of(house.release)
    assert values["biolink:Gene"]["4"] == ("chromosome",) and values["biolink:Drug"] == {}


def test_sets_narrow_down_and_entities_give_way() -> None:
    drugs, other = read(DRUGS), read(f"hop(treats, in, {ASTHMA})")
    assert within(drugs, All("biolink:Drug")) == drugs  # type: ignore[arg-type]
    assert (
        show(within(drugs, read("minus(all(Drug), entity(DRUGBANK:DB00437))")))
        == f"minus({DRUGS}, entity(DRUGBANK:DB00437))"
    )  # type: ignore[arg-type]
    assert show(within(drugs, read("where(all(Drug), tier = 2)"))) == f"where({DRUGS}, tier = 2)"  # type: ignore[arg-type]
    form = read(f"list(having(minus({DRUGS}, entity(X:1)), hop(treats, out, or({GOUT}, {ASTHMA})), at_least, 1))")
    swapped = replaced(form, "DOID:13189", Entity("DOID:3083"))  # type: ignore[arg-type]
    assert (
        show(swapped)
        == f"list(having(minus(hop(treats, in, {COPD}), entity(X:1)), hop(treats, out, or({COPD}, {ASTHMA})), at_least, 1))"
    )
    assert other != drugs


def test_forms_are_said_in_words() -> None:
    disease = Entity("DOID:13189", "biolink:Disease")
    drugs, names = Hop("treats", "in", disease), {"DOID:13189": "gout", "X:1": "A", "X:2": "B", "X:3": "C"}
    several = Or(tuple(Entity(f"X:{n}", "biolink:Drug") for n in (1, 2, 3)))
    from kg.logic.forms import Filter

    approved = Where(drugs, (Filter("groups", "=", "approved"),))
    wordings = {
        ListForm(approved): "drugs that treat gout whose approval groups include approved",
        ListForm(
            Where(drugs, (Filter("year", ">=", 2010), Filter("source", "=", "drugbank")))
        ): "drugs that treat gout with a latest publication of 2010 or later and with evidence from drugbank",
        ListForm(
            Minus(approved, Where(drugs, (Filter("groups", "=", "approved"), Filter("groups", "=", "withdrawn"))))
        ): "drugs that treat gout whose approval groups include approved but not those whose approval groups include withdrawn",
        ListForm(Minus(drugs, several)): "drugs that treat gout, other than A, B and C",
        ListForm(And((several, drugs))): "drugs among A, B and C that treat gout",
        CountForm(drugs): "how many: drugs that treat gout",
        ExistsForm(drugs): "whether there are drugs that treat gout",
        TopForm(3, drugs, "binds", "out"): "of the drugs that treat gout, the 3 with the most genes (binds)",
        ListForm(Having(drugs, "binds", "out", "at_least", 2)): "drugs that treat gout and that bind at least 2 genes",
        ListForm(Where(drugs, (Filter("tier", "=", 2),))): "drugs that treat gout with curated evidence",
        ListForm(
            Where(All("biolink:Drug"), (Filter("half_life_hours", ">=", 10),))
        ): "drugs whose half-life in hours is at least 10",
    }
    assert {in_words(form, names): words for form, words in wordings.items()} == {
        words: words for words in wordings.values()
    }
