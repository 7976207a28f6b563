"""Questions for papers, and questions for things of the graph with the papers behind them."""

from __future__ import annotations

import pytest

from tests.llm.test_parser import form


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which genes does [drug] bind and which papers show it?", "list(hop(binds, out, entity(X:Drug)))"),
        ("Which genes does [drug] bind, and what references support that?", "list(hop(binds, out, entity(X:Drug)))"),
        ("targets of [drug] with references", "list(hop(binds, out, entity(X:Drug)))"),
        ("targets of [drug] including their PMIDs", "list(hop(binds, out, entity(X:Drug)))"),
        ("PMIDs for drugs that treat [ill]", "list(hop(treats, in, entity(X:Ill)))"),
        ("give me the references behind the targets of [drug]", "list(hop(binds, out, entity(X:Drug)))"),
        ("List the side effects of [drug] with the papers behind them", "list(hop(causes, out, entity(X:Drug)))"),
        ("Which drugs treat [ill], plus citations for each", "list(hop(treats, in, entity(X:Ill)))"),
        ("How many drugs treat [ill], with sources?", "count(hop(treats, in, entity(X:Ill)))"),
    ],
)
def test_the_papers_behind_an_answer_are_no_search_of_the_literature(question: str, expected: str) -> None:
    assert form(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What do papers say about [drug] in [ill]?",
        "papers on drugs that treat [ill]",
        "[drug] and [ill] papers",
        "studies of [drug] with [ill] published lately",
        "PMIDs on [drug] and [ill]",
        "evidence for [drug] in [ill]",
        "Has anyone published on [gene] and literature-mining of [ill]?",
    ],
)
def test_what_papers_say_is_a_search_of_the_literature(question: str) -> None:
    assert form(question).startswith("literature(")


@pytest.mark.parametrize("question", ["papers on [unknown] and [ill]", "studies of [unknown]"])
def test_papers_may_speak_of_what_the_graph_has_no_name_for(question: str) -> None:
    assert form(question).startswith("literature(")


def test_a_name_that_the_graph_lacks_is_unknown_to_other_questions() -> None:
    assert form("Which drugs bind [unknown], with references?").startswith("abstain(unknown_name")
