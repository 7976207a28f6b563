"""What may be relied on where the fine-tuned model reads: voices it never heard, follow-ups, and when it asks back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from galenic.evaluation.questions import lines_of, measured
from galenic.evaluation.slots import Slots
from galenic.house import House
from galenic.questions.dialogue import Dialogue
from galenic.settings import Settings
from kg.evidence.results import YesNo
from kg.logic.read import read_form
from kg.logic.reading import Linked
from kg.logic.text import show
from llm.models.ways import Way, left_out

VOICES = sorted((Path(__file__).parents[1] / "llm" / "voices").glob("*.tsv"))
GOUT, ASTHMA = "entity(DOID:13189)", "entity(DOID:2841)"
TREAT = f"hop(treats, in, {GOUT})"


@pytest.fixture(scope="module")
def tuned(sample_home: Path) -> Iterator[House]:
    """The sample, read by the model."""
    opened = House(Settings(home=sample_home, parser="tuned"))
    yield opened
    opened.close()


def test_voices_that_it_never_heard_are_read_and_few_wrongly(real_home: Path) -> None:
    house = House(Settings(home=real_home, parser="tuned"))
    found = measured(house.pipeline.read, Slots(house.release), lines_of(VOICES))
    outcomes = Counter(r.outcome for r in found.readings)
    house.close()
    assert len(found.readings) + found.unfilled == 120
    assert outcomes["wrong"] <= 0.04 * len(found.readings), [r.question for r in found.wrong()]
    assert outcomes["right"] >= 0.65 * len(found.readings)


@pytest.mark.parametrize(
    ("before", "question", "form"),
    [
        ("What drugs treat gout?", "and its symptoms?", f"list(hop(presents, out, {GOUT}))"),
        ("What drugs treat gout?", "how many is that", f"count({TREAT})"),
        ("What drugs treat gout?", "and asthma?", f"list(hop(treats, in, {ASTHMA}))"),
        ("What drugs treat gout?", "What drugs treat asthma?", f"list(hop(treats, in, {ASTHMA}))"),
        ("What drugs treat gout?", "why the second one?", f"exists(and(entity(DRUGBANK:DB01394), {TREAT}))"),
    ],
)
def test_follow_ups(tuned: House, before: str, question: str, form: str) -> None:
    dialogue = Dialogue(tuned.pipeline)
    dialogue.ask(before)
    turn = dialogue.ask(question)
    assert show(turn.form) == form, turn.answer.message


@pytest.mark.parametrize(
    "question",
    [
        "Is colchicine not a treatment for gout?",
        "Is it false that colchicine treats gout?",
        "Colchicine doesn't treat gout, does it?",
    ],
)
def test_a_question_with_a_not_is_never_answered_with_a_plain_yes(tuned: House, question: str) -> None:
    answer = tuned.pipeline.ask(question)
    assert answer.status == "abstained" and not any(isinstance(r, YesNo) for r in answer.results)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Which drugs treat gout in children?", "children"),
        ("Which drugs treat gout in people over 80 with one kidney?", "80"),
        ("Is there an approved vaccine against Helicobacter pylori?", "Helicobacter"),
    ],
)
def test_what_no_form_can_say_is_named(tuned: House, question: str, word: str) -> None:
    answer = tuned.pipeline.ask(question)
    assert answer.status == "abstained" and word in answer.message


def test_a_name_that_a_reading_leaves_out_is_named_and_nothing_is_answered(tuned: House) -> None:
    asked = tuned.pipeline.asked("What drugs treat gout and asthma?")
    gout = tuple(Linked.of(mark, mark.readings[0]) for mark in asked.marks if mark.text == "gout")
    form = read_form(f"list({TREAT})", {"DOID:13189": "biolink:Disease"})
    assert left_out(asked, Way(form, gout, unused=1, score=0.0)) == ("asthma",)
    assert left_out(asked, Way(form, gout, unused=0, score=0.0)) == ()


def test_what_the_model_has_no_words_for_is_read_by_the_rules(tuned: House) -> None:
    answer = tuned.pipeline.ask("Which genes on chromosome 7 are associated with asthma?")
    assert answer.form == f'list(where(hop(associates, out, {ASTHMA}), chromosome = "7"))'
    assert answer.model == "nearest-wording"


def test_what_follows_on_nothing_says_so(tuned: House) -> None:
    answer = Dialogue(tuned.pipeline).ask("only the approved ones").answer
    assert answer.status == "abstained" and "nothing was asked yet" in answer.message


def test_a_name_of_diseases_is_the_part_of_the_body_too(tuned: House) -> None:
    marks = tuned.question_linker.marks("diseases of the lung")
    assert {"biolink:Disease", "biolink:AnatomicalEntity"} >= {r.category for m in marks for r in m.readings}
