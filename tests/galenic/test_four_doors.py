"""Command line, explore, LangChain tool and HTTP give the same answer to the same question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from galenic.api.app import create_app
from galenic.api.served import Served
from galenic.chains.graph import compiled
from galenic.chains.tools import GalenicAsk
from galenic.explore.session import Session
from galenic.house import House
from galenic.reports.document import document
from tests.galenic.test_cli import run

QUESTIONS = (
    "What drugs treat gout?",
    "How many drugs treat asthma?",
    "Does allopurinol treat asthma?",
    "Which drug treats the most diseases?",
    "How are allopurinol and gout connected?",
    "What does the literature say about an indication that palliates symptoms?",
    "What is allopurinol?",
    "What drugs treat gout in children?",
    "Does zorbloxinib treat gout?",
    "How much allopurinol should I take?",
    "",
)


def same(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as JSON, without what differs from run to run."""
    plain: dict[str, Any] = json.loads(json.dumps(answer))
    return {**plain, "seconds": 0}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_doors_agree(house: House, sample_home: Path, question: str) -> None:
    wanted = same(document(house.pipeline.ask(question)))
    done = run(sample_home, "ask", "--json", question)
    assert same(json.loads(done.stdout)) == wanted
    assert same(json.loads(GalenicAsk(pipeline=house.pipeline).invoke({"question": question}))) == wanted
    assert same(compiled(house.pipeline).invoke({"question": question})["answer"]) == wanted
    if question:
        served = Served(lambda: House(house.settings))
        with TestClient(create_app(served), base_url="http://127.0.0.1") as client:
            assert same(client.post("/ask", json={"question": question}).json()) == wanted
        turn = Session(house).run(question).turn
        assert turn is not None
        without_advice = {**same(document(turn.answer)), "notes": wanted["notes"]}
        assert without_advice == wanted


def test_openapi_describes_the_answer(house: House) -> None:
    schemas = create_app(Served(lambda: House(house.settings))).openapi()["components"]["schemas"]
    assert {"AnswerDocument", "EdgeSupport", "PassageSupport", "YesNo", "NoteDocument"} <= schemas.keys()
    assert "results" in schemas["AnswerDocument"]["properties"]
