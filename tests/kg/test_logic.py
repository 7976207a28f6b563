"""Logical forms: typed, printable, refused with the relations that fit."""

from __future__ import annotations

import pytest

from kg.errors import FormError, SchemaError
from kg.logic.canonical import canonical
from kg.logic.forms import All, And, Entity, Hop, ListForm, PathsForm, TopForm, category_of, entities
from kg.logic.interchange import from_json, to_json
from kg.logic.plan import plan
from kg.logic.read import read_form
from kg.logic.text import show
from kg.schema import schema

DISEASE = Entity("DOID:999", "biolink:Disease")


def test_the_schema_holds_hetionets_kinds_and_metaedges() -> None:
    assert (len(schema().by_hetionet_kind()), len(schema().by_metaedge())) == (11, 24)
    with pytest.raises(SchemaError, match="unknown relation 'cures'"):
        schema().relation("cures")


@pytest.mark.parametrize("relation", schema().relations.values(), ids=lambda r: r.name)
def test_a_hop_leads_from_one_end_of_a_relation_to_the_other(relation) -> None:  # type: ignore[no-untyped-def]
    assert category_of(Hop(relation.name, "out", All(relation.subject))) == relation.object
    assert category_of(Hop(relation.name, "in", All(relation.object))) == relation.subject
    assert "{}" in relation.those and relation.plural and relation.passive


def test_an_ill_typed_form_names_the_relations_that_fit() -> None:
    with pytest.raises(FormError, match=r"treats \(out\) starts from biolink:Drug.*associates"):
        category_of(Hop("treats", "out", DISEASE))
    with pytest.raises(FormError, match="cannot be joined"):
        category_of(And((DISEASE, All("biolink:Drug"))))
    with pytest.raises(FormError, match="1 to 4"):
        PathsForm(DISEASE, DISEASE, 9)
    with pytest.raises(FormError, match="at least 1"):
        TopForm(0, All("biolink:Drug"), "treats", "out")


def test_forms_are_shown_and_their_cypher_binds_every_value() -> None:
    form = ListForm(And((Hop("treats", "in", DISEASE), Hop("binds", "in", Entity("NCBIGene:1", "biolink:Gene")))))
    assert show(form) == "list(and(hop(treats, in, entity(DOID:999)), hop(binds, in, entity(NCBIGene:1))))"
    assert to_json(form)["op"] == "list"
    assert [e.id for e in entities(form)] == ["DOID:999", "NCBIGene:1"]
    statements = plan(form)
    assert len(statements) == 2 and not any("DOID" in s or "NCBI" in s for s in statements)


NEW_FORMS = [
    "hypotheses(drugs, entity(DOID:999))",
    "hypotheses(targets, entity(DOID:999))",
    "hypotheses(diseases, entity(DRUGBANK:DB99991))",
    "hypothesis(entity(DRUGBANK:DB99991), entity(DOID:999))",
    "screen(entity(DRUGBANK:DB99991), entity(DRUGBANK:DB99992), entity(DRUGBANK:DB99993))",
    "list(hop(contraindicated, in, entity(DOID:999)))",
    "list(where(hop(causes, out, entity(DRUGBANK:DB99991)), frequency >= 0.01))",
]


@pytest.mark.parametrize("text", NEW_FORMS)
def test_forms_of_hypotheses_screens_and_frequencies_are_read_and_shown(text: str) -> None:
    form = read_form(text)
    assert show(form) == text and from_json(to_json(form)) == form == canonical(form)
    assert entities(form)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hypotheses(genes, entity(X:1))", "expected drugs or targets or diseases, found 'genes'"),
        ("hypotheses(drugs, entity(DRUGBANK:DB99991))", "wants biolink:Disease, and DRUGBANK:DB99991 is biolink:Drug"),
        ("hypothesis(entity(DOID:999), entity(DRUGBANK:DB99991))", "wants biolink:Drug, and DOID:999"),
        ("screen(entity(DRUGBANK:DB99991))", "2 to 20 drugs, each once; these are 1"),
        ("screen(entity(DRUGBANK:DB99991), entity(DRUGBANK:DB99991))", "each once"),
        (f"screen({', '.join(f'entity(X:{n})' for n in range(21))})", "these are 21"),
        ("screen(entity(DRUGBANK:DB99991), entity(DOID:999))", "wants biolink:Drug, and DOID:999 is biolink:Disease"),
    ],
)
def test_an_ill_typed_hypothesis_or_screen_says_what_it_wants(text: str, message: str) -> None:
    known = {"DRUGBANK:DB99991": "biolink:Drug", "DOID:999": "biolink:Disease"}
    with pytest.raises(FormError, match=message):
        read_form(text, known)


def test_a_screen_is_one_form_in_whatever_order_its_drugs_are_named() -> None:
    one, other = (
        read_form(f"screen({', '.join(f'entity(X:{n})' for n in order)})") for order in ((1, 2, 3), (3, 1, 2))
    )
    assert one != other and canonical(one) == canonical(other)
    assert len(plan(one)) == 1 and "INTERACTS_WITH_DRUG" in plan(one)[0]
