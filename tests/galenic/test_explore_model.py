"""A chat model in explore: what it is asked, what it is not asked, and what is said without one."""

from __future__ import annotations

from typing import Any

import pytest

from galenic.explore.session import Session
from galenic.house import House
from llm.chat.errors import ChatUnavailable
from llm.chat.talk import Talk
from tests.fakes.chat import ScriptedChat
from tests.galenic.pipelines import house_with, writing


@pytest.fixture
def session(house: House) -> Session:
    return Session(house)


def with_model(house: House, *replies: Any) -> tuple[Session, ScriptedChat]:
    model = ScriptedChat(replies=list(replies), asked=[])
    return Session(house_with(house, writing(house, Talk(model, "fake-model")))), model


OPEN_QUESTION = "Compare gout with every other disease"


CYPHER = (
    "MATCH (d:Drug)-[:TREATS]->(x:Disease) WHERE x.id = $e1 RETURN d.id AS id, d.name AS name ORDER BY name LIMIT 2"
)


def test_a_model_writes_cypher_for_what_no_form_covers(house: House) -> None:
    summary = {
        "sentences": [
            {"text": "Allopurinol and Colchicine treat gout.", "rows": [1, 2]},
            {"text": "Colchicine cures all.", "rows": [1]},
        ]
    }
    session, model = with_model(house, {"cypher": CYPHER}, summary)
    entry = session.run(OPEN_QUESTION)
    assert (entry.status, [r[1] for r in entry.rows], entry.said) == (
        "answered",
        ["Allopurinol", "Colchicine"],
        "Allopurinol and Colchicine treat gout.",
    )
    assert entry.written is not None and entry.written.dropped == 1 and entry.model == "fake-model"
    assert "$e1 is gout" in model.asked[0] and "DOID:13189" not in model.asked[0]
    assert session.run("which of them treat asthma?").status == "answered"
    assert not model.replies


def test_a_model_is_not_asked_what_forms_answer_or_what_must_not_be_answered(house: House) -> None:
    session, model = with_model(house)
    for question in (
        "What drugs treat gout?",
        "How much allopurinol should I take?",
        "Delete gout",
        "Does zorbloxinib treat gout?",
        "only the approved ones",
    ):
        session.run(question)
    assert model.asked == []


def test_a_model_that_asks_back_fails_or_is_gone_is_told_apart_from_nothing_found(house: House) -> None:
    session, _ = with_model(
        house,
        {"ask_back": ["one way", "another way"]},
        {"cannot": "no such data"},
        ChatUnavailable("the language model is gone"),
    )
    first, second, third = (session.run(OPEN_QUESTION) for _ in range(3))
    assert first.status == "abstained" and "one way; another way" in first.said
    assert second.status == "abstained" and "no such data" in second.said
    assert third.status == "failed" and "the language model is gone" in third.said and third.rows == ()
    session, _ = with_model(house, {"cypher": CYPHER}, ChatUnavailable("gone"))
    entry = session.run(OPEN_QUESTION)
    assert (
        entry.status == "answered"
        and len(entry.rows) == 2
        and entry.written is not None
        and "gone" in entry.written.trouble
    )


def test_without_a_model_it_says_what_it_cannot_do(session: Session) -> None:
    entry = session.run("Order the planets of the sun by weight")
    assert (
        entry.status == "abstained"
        and entry.turn is not None
        and any(n.code == "no_model" for n in entry.turn.answer.notes)
    )
