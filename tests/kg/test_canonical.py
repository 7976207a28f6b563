"""Canonical forms: they mean what the form means, and forms that mean the same share one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galenic.house import House
from kg.logic.canonical import canonical, canonical_set
from kg.logic.evaluate import Evaluator
from kg.logic.forms import And, CompareForm, CountForm, ExistsForm, Expr, Form, ListForm, Minus, Or, TopForm
from kg.logic.read import read_form
from kg.logic.text import show
from tests.kg.drawn_forms import Vocabulary, forms

_DRAWN = settings(
    max_examples=600, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def drawn(house: House) -> Iterator[tuple[Vocabulary, Evaluator]]:
    yield Vocabulary.of(house.release), Evaluator(house.topology, house.release)


def outcome(evaluator: Evaluator, form: Form) -> Any:
    match form:
        case ListForm() | CountForm():
            return sorted(evaluator.nodes(form.of))
        case ExistsForm():
            return bool(evaluator.nodes(form.of))
        case CompareForm():
            return sorted((len(evaluator.nodes(form.left)), len(evaluator.nodes(form.right))))
        case TopForm():
            return sorted(evaluator.top(form))
    raise AssertionError(form)


def test_a_canonical_form_means_the_same_and_stands_for_itself(drawn: tuple[Vocabulary, Evaluator]) -> None:
    words, evaluator = drawn

    @_DRAWN
    @given(st.data())
    def same(data: st.DataObject) -> None:
        form = data.draw(forms(words))
        canonical_form = canonical(form)
        assert outcome(evaluator, canonical_form) == outcome(evaluator, form), (show(form), show(canonical_form))
        assert canonical(canonical_form) == canonical_form, (show(form), show(canonical_form))

    same()


def test_parts_in_another_order_make_no_other_form(drawn: tuple[Vocabulary, Evaluator]) -> None:
    words, _ = drawn

    @_DRAWN
    @given(st.data())
    def same(data: st.DataObject) -> None:
        form = data.draw(forms(words))
        if isinstance(form, (ListForm, CountForm)):
            assert canonical_set(turned(form.of)) == canonical_set(form.of), show(form)

    same()


def turned(expr: Expr) -> Expr:
    """The same with the parts of every 'and' and 'or' at its top the other way round."""
    match expr:
        case And() | Or():
            return type(expr)(tuple(turned(p) for p in reversed(expr.parts)))
        case Minus():
            return Minus(turned(expr.left), turned(expr.right))
        case _:
            return expr


SAME = (
    ("list(and(hop(treats, in, entity(A:1)), and(hop(causes, in, entity(B:1)), hop(binds, in, entity(C:1)))))",
     "list(and(hop(binds, in, entity(C:1)), hop(treats, in, entity(A:1)), hop(causes, in, entity(B:1))))"),
    ("list(minus(minus(hop(treats, in, entity(A:1)), entity(D:1)), entity(D:2)))",
     "list(minus(hop(treats, in, entity(A:1)), or(entity(D:2), entity(D:1))))"),
    ("count(hop(interacts, in, entity(G:1)))", "count(hop(interacts, out, entity(G:1)))"),
    ("exists(and(entity(D:1), hop(treats, in, entity(A:1))))", "exists(and(entity(A:1), hop(treats, out, entity(D:1))))"),
    ("exists(and(entity(D:1), where(hop(treats, in, entity(A:1)), tier = 2)))",
     "exists(and(where(hop(treats, out, entity(D:1)), tier = 2), entity(A:1)))"),
    ('list(where(hop(treats, in, entity(A:1)), groups = "approved"))',
     'list(and(where(all(Drug), groups = "approved"), hop(treats, in, entity(A:1))))'),
    ("list(having(hop(treats, in, entity(A:1)), hop(binds, out), at_least, 2))",
     "list(and(having(all(Drug), hop(binds, out), at_least, 2), hop(treats, in, entity(A:1))))"),
    ("compare(hop(causes, out, entity(D:1)), hop(causes, out, entity(D:2)))",
     "compare(hop(causes, out, entity(D:2)), hop(causes, out, entity(D:1)))"),
    ("exists(and(entity(D:1), hop(treats, in, hop(presents, in, entity(S:1)))))",
     "exists(and(hop(treats, out, entity(D:1)), hop(presents, in, entity(S:1))))"),
    ("exists(and(hop(treats, out, entity(D:1)), hop(treats, out, entity(D:2))))",
     "exists(and(entity(D:1), hop(treats, in, hop(treats, out, entity(D:2)))))"),
    ("exists(having(hop(treats, in, entity(A:1)), hop(causes, out), at_least, 1))",
     "exists(and(hop(treats, in, entity(A:1)), hop(causes, in, all(ClinicalFinding))))"),
    ("list(having(all(Drug), hop(treats, out, entity(A:1)), at_least, 1))", "list(hop(treats, in, entity(A:1)))"),
    ("list(having(hop(binds, in, entity(G:1)), hop(treats, out, entity(A:1)), at_least, 1))",
     "list(and(hop(treats, in, entity(A:1)), hop(binds, in, entity(G:1))))"),
    ("paths(entity(A:1), entity(D:1), 3)", "paths(entity(D:1), entity(A:1), 3)"),
)  # fmt: skip
OTHER = (
    ("list(hop(treats, in, entity(A:1)))", "count(hop(treats, in, entity(A:1)))"),
    ("list(hop(regulates, in, entity(G:1)))", "list(hop(regulates, out, entity(G:1)))"),
    ("list(and(hop(treats, in, entity(A:1)), hop(treats, in, entity(A:2))))",
     "list(or(hop(treats, in, entity(A:1)), hop(treats, in, entity(A:2))))"),
    ("list(minus(hop(treats, in, entity(A:1)), hop(treats, in, entity(A:2))))",
     "list(minus(hop(treats, in, entity(A:2)), hop(treats, in, entity(A:1))))"),
    ("list(where(hop(binds, in, hop(associates, out, entity(A:1))), tier = 2))",
     "list(hop(binds, in, where(hop(associates, out, entity(A:1)), tier = 2)))"),
    ("exists(and(entity(D:1), hop(treats, in, hop(presents, in, entity(S:1)))))",
     "exists(and(entity(D:1), hop(palliates, in, hop(presents, in, entity(S:1)))))"),
    ("list(having(hop(binds, in, entity(G:1)), hop(treats, out, entity(A:1)), at_least, 2))",
     "list(and(hop(treats, in, entity(A:1)), hop(binds, in, entity(G:1))))"),
    ("exists(and(entity(D:1), hop(treats, in, entity(A:1))))", "exists(and(entity(D:1), hop(palliates, in, entity(A:1))))"),
)  # fmt: skip


@pytest.mark.parametrize(("form", "other"), SAME)
def test_forms_that_mean_the_same_share_a_canonical_form(form: str, other: str) -> None:
    assert show(canonical(read_form(form))) == show(canonical(read_form(other)))


@pytest.mark.parametrize(("form", "other"), OTHER)
def test_forms_that_mean_something_else_do_not(form: str, other: str) -> None:
    assert canonical(read_form(form)) != canonical(read_form(other))
