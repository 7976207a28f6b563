"""What a sentence may say of narrower terms: 'a kind of' needs the is-a edges, 'itself' a form that means the thing alone."""

from __future__ import annotations

import pytest

from kg.evidence.claims import EdgeSupport
from kg.evidence.results import Count, YesNo
from tests.llm.test_checking import NAMES, carries, edge, query

NAMES |= {
    "X:arthritis": ("arthritis",),
    "X:joint": ("joint disease",),
    "X:hand": ("hand",),
    "X:finger": ("finger",),
}
TREATS = edge()


def lineage(*steps: tuple[str, str], relation: str = "subclass_of") -> list[EdgeSupport]:
    return [edge(relation, step) for step in steps]


WAY = lineage(("X:gout", "X:arthritis"), ("X:arthritis", "X:joint"))


def test_a_kind_is_carried_by_the_edges_that_lead_up_to_it() -> None:
    assert carries("Colchicine treats gout, a kind of joint disease.", TREATS, *WAY)
    assert carries("Colchicine treats gout, a kind of arthritis.", TREATS, WAY[0])
    assert carries("Gout, a kind of joint disease, is treated by Colchicine.", TREATS, *WAY)


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("Colchicine treats gout, a kind of joint disease.", [TREATS]),
        ("Colchicine treats gout, a kind of joint disease.", [TREATS, WAY[0]]),
        ("Colchicine treats gout, a kind of joint disease.", [TREATS, *lineage(("X:joint", "X:gout"))]),
        ("Colchicine treats gout, a kind of arthritis.", [TREATS, *WAY]),
        ("Colchicine treats gout, a part of joint disease.", [TREATS, *WAY]),
        ("Colchicine treats gout.", [TREATS, *WAY]),
        ("Colchicine treats joint disease.", [TREATS, *WAY]),
        ("Colchicine treats gout, a kind of joint disease.", WAY),
        ("Colchicine treats joint disease, a kind of gout.", [TREATS, *WAY]),
    ],
)
def test_a_kind_is_carried_by_nothing_else(text: str, edges: list[EdgeSupport]) -> None:
    assert not carries(text, *edges)


def test_a_part_is_no_kind() -> None:
    expresses = edge("expresses", ("X:finger", "X:ptgs2"))
    part = lineage(("X:finger", "X:hand"), relation="part_of")
    assert carries("finger, a part of hand, expresses PTGS2.", expresses, *part)
    assert not carries("finger, a kind of hand, expresses PTGS2.", expresses, *part)


def test_a_thing_alone_is_said_to_be_so_and_no_other() -> None:
    alone, whole = (f"count(hop(treats, in, entity(X:gout{word})))" for word in (", exact", ""))
    said, plain = (f"This release records 3 drugs that treat gout{word}." for word in (" itself", ""))
    for text, form, right in ((said, alone, True), (plain, whole, True), (said, whole, False), (plain, alone, False)):
        assert carries(text, query(form, "gout", count=3), results=(Count(3),)) is right, (text, form)


def test_that_narrower_terms_are_not_covered_is_said_of_a_form_that_asks_them() -> None:
    text = "Not recorded: no source in this release lists drugs that treat some narrower terms of gout."
    for word, right in (("", True), (", exact", False)):
        form = f"exists(and(entity(X:colchicine), hop(treats, in, entity(X:gout{word}))))"
        assert carries(text, query(form, "Colchicine", "gout"), results=(YesNo.of(None),)) is right
