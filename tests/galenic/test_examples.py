"""The example questions, one of each kind, are answered on the real data, in the form that their kind says."""

from __future__ import annotations

import pytest

from galenic.explore.session import Session
from galenic.house import House
from galenic.questions.examples import EXAMPLES, small_talk

FORMS = {
    "a count": "count(",
    "yes or no": "exists(",
    "is it approved": "exists(",
    "the most": "top(",
    "a comparison": "compare(",
    "a thing": "describe(",
    "how two things are tied": "paths(",
    "papers": "literature(",
}


def test_there_are_thirty_of_thirty_kinds() -> None:
    assert len(EXAMPLES) == len({kind for kind, _ in EXAMPLES}) == len({question for _, question in EXAMPLES}) == 30


@pytest.mark.parametrize(("kind", "question"), EXAMPLES)
def test_each_example_is_answered(real_house: House, kind: str, question: str) -> None:
    answer = real_house.pipeline.ask(question)
    assert (answer.status, answer.dropped) == ("answered", 0), (question, answer.message)
    assert answer.results and answer.form.startswith(FORMS.get(kind, "list(")), answer.form


def test_what_is_no_question_is_answered_without_the_graph(house: House) -> None:
    for text in ("help", "what can you do?", "examples", "Hello!", "quit"):
        assert small_talk(text)
        entry = Session(house).run(text)
        assert entry.status == "answered" and entry.turn is None and entry.done == (text == "quit")
    assert small_talk("What drugs treat gout?") is None


def test_words_for_commands_do_what_they_say(house: House, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    session = Session(house)
    session.run("What drugs treat gout?")
    assert "Allopurinol" in str(session.run("show me all of them").page)
    assert session.run("export to csv").page and session.run("save them as csv").page
    from pathlib import Path

    files = sorted(p.name for p in Path(str(tmp_path)).iterdir())
    assert files == ["galenic-results-2.csv", "galenic-results.csv"]
    assert len((Path(str(tmp_path)) / files[1]).read_text().splitlines()) == 10
