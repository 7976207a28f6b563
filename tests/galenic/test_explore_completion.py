"""Reading what is typed in explore: the kind of an input, where it ends, and how it is completed."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from galenic.explore.completion import NameIndex, Suggester
from galenic.explore.prompt import prompt_session
from galenic.explore.reading import cleaned, inputs, is_open, is_whole, kind_of
from galenic.house import House


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("MATCH (n) RETURN n", "cypher"),
        ("match (n:Drug) return n", "cypher"),
        ("OPTIONAL MATCH (n) RETURN n", "cypher"),
        ("return 1", "cypher"),
        ("UNWIND $ids AS i RETURN i", "cypher"),
        ("with 1 as x return x", "cypher"),
        ("// why\nMATCH (n) RETURN n", "cypher"),
        ("CREATE (n:Drug)", "cypher"),
        ("MERGE (n)", "cypher"),
        ("LOAD CSV FROM 'x' AS r RETURN r", "cypher"),
        ("CALL db.labels()", "cypher"),
        (":help", "command"),
        ("  :path a b", "command"),
        ("With which drugs is gout treated?", "question"),
        ("return all drugs that treat gout", "question"),
        ("Match the drugs with gout", "question"),
        ("Delete gout", "question"),
        ("What treats gout?", "question"),
        ("Show me drugs for gout", "question"),
        ("Call a doctor", "question"),
        ("", "question"),
    ],
)
def test_an_input_is_known_by_its_first_word(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_cypher_goes_on_until_it_is_whole() -> None:
    assert (
        not is_whole("MATCH (n)\nRETURN n") and is_whole("MATCH (n)\nRETURN n;") and is_whole("MATCH (n)\nRETURN n\n")
    )
    assert (
        not is_whole("MATCH (n {id: 'a;")
        and not is_whole("MATCH (n:Drug\n")
        and not is_whole("RETURN [1,\n\n")
        and not is_whole("RETURN /* ;")
    )
    assert is_whole("RETURN ')' AS x;") and is_whole("What treats gout?") and is_whole(":help")
    assert is_open("RETURN 'it") and not is_open("RETURN 'it\\'s'")
    piped = "What treats\n\nMATCH (n)\n RETURN n\n\n:help\nRETURN 1;\nMATCH (m)\nRETURN m"
    assert list(inputs(piped.splitlines(keepends=True))) == [
        "What treats",
        "MATCH (n)\n RETURN n",
        ":help",
        "RETURN 1",
        "MATCH (m)\nRETURN m",
    ]


@given(st.text(max_size=60))
def test_any_text_is_read_as_something(text: str) -> None:
    assert kind_of(text) in ("question", "cypher", "command")
    assert isinstance(is_whole(text), bool) and kind_of(cleaned(text)) in ("question", "cypher", "command")


@pytest.fixture(scope="module")
def suggester(house: House) -> Suggester:
    index = NameIndex(house.linker.store)
    return Suggester(lambda: index, lambda: {"focus": "DOID:13189", "results": []})


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("MATCH (d:Dr", "Drug"),
        ("MATCH (d:Drug)-[r:TREA", "TREATS"),
        ("MATCH (d)-[:TREATS|PALL", "PALLIATES"),
        ("MATCH (d) WHERE d.na", "name"),
        ("MATCH (d {na", "name"),
        ("MATCH (d:Drug)-[r]->() WHERE r.ti", "tier"),
        ("MATCH (d) WHERE d.id = $fo", "$focus"),
        ("MATCH (d) RET", "RETURN"),
        ("MATCH (d {id: 'DOID:1318", "DOID:13189'"),
        ("MATCH (d {id: 'allopuri", "DRUGBANK:DB00437'"),
        ("MATCH (d {name: 'allopuri", "Allopurinol'"),
        (":exp", ":explain"),
        (":expand allopuri", "Allopurinol"),
        (":path allopurinol chronic obs", '"chronic obstructive pulmonary disease"'),
        (":export pn", "png"),
        (":schema Dis", "Disease"),
        ("What does allopuri", "Allopurinol"),
        ("which drugs treat chronic obs", "chronic obstructive pulmonary disease"),
        ("which sympt", "symptoms"),
        ("what is DOID:1318", "DOID:13189"),
    ],
)
def test_completion_knows_the_place(suggester: Suggester, before: str, first: str) -> None:
    suggestions = suggester.suggest(before)
    assert suggestions and suggestions[0].text == first, [s.text for s in suggestions]
    assert before[len(before) - suggestions[0].length :].casefold() in (
        suggestions[0].text.casefold()[: suggestions[0].length],
        "allopuri",
        "allopurinol chronic obs",
        "chronic obs",
    )


def test_completion_keeps_out_of_the_way(suggester: Suggester, house: House) -> None:
    for before in ("", "What drugs treat", "the", "MATCH (d) WHERE d.id = 'x", ":foo ", "zorb"):
        assert suggester.suggest(before) == [], before
    assert Suggester(lambda: None, dict).suggest("What does allopuri") == []


def test_enter_runs_what_tab_completed_when_nothing_else_fits(suggester: Suggester) -> None:
    with create_pipe_input() as source:
        prompt = prompt_session(suggester, InMemoryHistory(), lambda: "", source, DummyOutput())
        for seconds, text in ((0.3, ":rel"), (0.8, "\t"), (1.3, "\r")):
            threading.Timer(seconds, source.send_text, [text]).start()
        assert prompt.prompt() == ":release"
