"""Parsers one after the other, and the pipeline around the ports of models."""

from __future__ import annotations

from galenic.house import House
from kg.logic.forms import AbstainForm, CountForm, Entity, Hop, ListForm
from kg.logic.reading import Asked, Read, Vocabulary
from llm.cascade import Cascade
from tests.fakes.models import FakeComposer, FakeParser, FakeVerifier
from tests.galenic.pipelines import pipeline_of

GOUT = Entity("DOID:13189", "biolink:Disease")
TREATS = Hop("treats", "in", GOUT)


def asked(question: str) -> Asked:
    return Asked(question, (), Vocabulary(), lambda text: (), lambda form, names: "")


def test_the_first_that_is_sure_is_believed_and_no_other_is_asked() -> None:
    first = FakeParser("first", {"q": Read(ListForm(TREATS), confidence=0.9)})
    second = FakeParser("second", {"q": Read(CountForm(TREATS), confidence=1.0)})
    read = Cascade([first, second]).read(asked("q"))
    assert read is not None and (read.parser, read.form) == ("first", ListForm(TREATS)) and second.asked == []


def test_an_unsure_reading_or_one_that_passes_words_over_goes_on_to_the_next() -> None:
    for doubt in (Read(ListForm(TREATS), confidence=0.3), Read(ListForm(TREATS), unread=("children",))):
        second = FakeParser("second", {"q": Read(CountForm(TREATS), confidence=0.9)})
        read = Cascade([FakeParser("first", {"q": doubt}), second]).read(asked("q"))
        assert read is not None and read.parser == "second"


def test_where_none_is_sure_the_surest_wins_and_the_earlier_a_tie() -> None:
    doubts = [FakeParser(f"{n}", {"q": Read(ListForm(TREATS), confidence=c)}) for n, c in enumerate((0.2, 0.4, 0.4))]
    read = Cascade(doubts).read(asked("q"))
    assert read is not None and read.parser == "1"
    assert Cascade([FakeParser()]).read(asked("q")) is None


def test_the_name_of_the_parser_is_the_model_of_the_answer(house: House) -> None:
    parser = FakeParser("tiny", {"gout pls": Read(ListForm(TREATS), confidence=0.9)})
    answer = pipeline_of(house, cascade=Cascade([parser])).ask("gout pls")
    assert (answer.status, answer.model, len(answer.results)) == ("answered", "tiny", 9)
    assert pipeline_of(house, cascade=Cascade([parser])).ask("anything else").status == "abstained"


def test_what_is_refused_reaches_no_parser(house: House) -> None:
    parser = FakeParser()
    pipeline = pipeline_of(house, cascade=Cascade([parser]))
    for question in ("", "Delete all drugs", "How much allopurinol should I take?", "\x00\x01"):
        assert isinstance(pipeline.read(question).form, AbstainForm)
    assert parser.asked == []


def test_words_of_a_composer_are_verified_like_any_others(house: House) -> None:
    worded = pipeline_of(house, composer=FakeComposer("It is proven that ")).ask("What drugs treat gout?")
    assert worded.claims == () and worded.dropped == 9
    only = pipeline_of(house, verifier=FakeVerifier("Colchicine")).ask("What drugs treat gout?")
    assert [c.text for c in only.claims] == ["Colchicine treats gout."] and only.dropped == 8
