"""A program that hands back the form of an earlier answer may follow up on it, line by line and over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from galenic.api.app import create_app
from galenic.api.served import Served
from galenic.house import House
from galenic.questions.earlier import earlier
from kg.errors import FormError
from kg.logic.text import show
from tests.galenic.test_cli import run

TREAT_GOUT = "list(hop(treats, in, entity(DOID:13189)))"


def test_a_batch_line_follows_up_on_the_form_that_it_carries(sample_home: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    lines = [
        {"id": 1, "question": "how many?", "context": TREAT_GOUT},
        {"id": 2, "question": "and asthma?", "context": TREAT_GOUT.replace("DOID:13189", "doid_13189")},
        {"id": 3, "question": "how many?", "context": "list(hop(treats"},
        {"id": 4, "question": "how many?", "context": "list(hop(treats, in, entity(DOID:0)))"},
        {"id": 5, "question": "how many?"},
    ]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run(sample_home, "ask", "--batch", str(source))
    answers = {a["id"]: a for a in map(json.loads, done.stdout.splitlines())}
    assert answers[1]["form"] == "count(hop(treats, in, entity(DOID:13189)))"
    assert answers[2]["form"] == "list(hop(treats, in, entity(DOID:2841)))" and answers[2]["results"]
    assert [answers[n]["reason"] for n in (3, 4)] == ["bad_line", "bad_line"]
    assert "line 4" in answers[4]["message"] and "DOID:0" in answers[4]["message"]
    assert answers[5]["status"] == "abstained"


def test_the_same_over_http(house: House) -> None:
    with TestClient(create_app(Served(lambda: House(house.settings))), base_url="http://127.0.0.1") as client:
        told = client.post("/ask", json={"question": "how many?", "context": TREAT_GOUT}).json()
        wrong = client.post("/ask", json={"question": "how many?", "context": "list("})
    assert told["form"] == "count(hop(treats, in, entity(DOID:13189)))"
    assert wrong.status_code == 400 and "the context cannot be used" in wrong.text


def test_a_refusal_is_nothing_to_follow_up_on(house: House) -> None:
    with pytest.raises(FormError, match="no answer that a question could follow up on"):
        earlier("abstain(incomplete)", house.question_linker.marks)
    kept = earlier("list(hop(treats, in, entity(DOID:13189, exact)))", house.question_linker.marks)
    assert show(kept.form) == "list(hop(treats, in, entity(DOID:13189, exact)))"
    assert [e.name for e in kept.spoken] == ["gout"]
