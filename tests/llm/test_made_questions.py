"""Questions that a program makes to learn from: typed, drawn alike for a seed, and none of those that are held out."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from llm.models.compositions import Composer
from llm.models.notation import said
from llm.models.splices import Splicer
from llm.models.vocabulary import LETTERS
from llm.models.voices import SLOT, Pair, pairs

QUESTIONS = Path(str(files("llm.models").joinpath("questions")))
OWN = [pair for file in sorted(QUESTIONS.glob("*.tsv")) for pair in pairs(file)]


def typed(pair: Pair) -> None:
    """Its forms are read, typed and spoken, with each slot in form and words."""
    slots = [s for s in pair.slots if not s.startswith("unknown")]
    names = dict(zip(slots, LETTERS, strict=False))
    assert said(pair.meant(names)), pair
    if pair.before:
        assert said(pair.meant_before(names)), pair
    in_words = {"".join(m) for m in SLOT.findall(pair.question)} | set(pair.slots_before)
    assert {"".join(m) for m in SLOT.findall(pair.form)} <= in_words, pair


def test_own_questions_are_typed_and_each_stands_once() -> None:
    for pair in OWN:
        if not pair.form.startswith(("abstain", "ask_back")):
            typed(pair)
    seen = [(pair.before, pair.question) for pair in OWN]
    assert len(set(seen)) == len(seen) > 1_900


def test_what_is_composed_and_spliced_is_typed_and_drawn_alike_for_a_seed() -> None:
    made = [*Composer(3).pairs(400), *Splicer(OWN, 3).pairs(800)]
    for pair in made:
        typed(pair)
        assert "{x}" not in pair.question and "  " not in pair.question.strip(), pair
    assert [*Splicer(OWN, 3).pairs(50)] == made[400:450]
    assert len({pair.question for pair in made}) > 1_000
    assert sum(bool(pair.before) for pair in made[400:]) > 150


def test_a_phrase_takes_the_place_of_a_name_where_no_word_leans_on_it() -> None:
    listed = Pair("a:1", "list(hop(treats, in, entity({disease})))", "which drugs help against {disease}?")
    leant_on = Pair("a:2", "list(hop(treats, in, entity({disease})))", "{disease} drugs")
    made = list(Splicer([listed, leant_on], 0).pairs(200))
    nested = [
        p
        for p in made
        if not p.before and p.question.startswith("which drugs help against") and "hop(treats, in, hop" in p.form
    ]
    assert nested and not any("{disease} drugs" not in p.question and p.question.endswith(" drugs") for p in made)
    assert list(Splicer([Pair("a:1", "abstain(out_of_scope)", "who are you?")], 0).pairs(5)) == []
