"""Questions to the literature: on the sample's names, with passages that are made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from galenic.evaluation.literature import Case, cases, figures, judged
from galenic.house import House
from galenic.questions.answer import Answer
from galenic.questions.pipeline import Pipeline
from ingest.build import Plan, build_release
from kg.evidence.claims import PassageSupport
from retrieval import passages
from retrieval.passages import Hit, PassageIndex
from retrieval.speaking import Thing
from tests.fakes.encoder import WordEncoder
from tests.galenic.test_cli import run

NOTES = {
    "both": "It rained. Allopurinol was given to 12 people with gout. They walked home.",
    "drug": "Allopurinol is a white powder. It is kept in a dry place.",
    "ill": "Gout hurts in the night. Gout, gout and more gout was seen, and allo was not.",
    "pair": "Donepezil was weighed. A day later dementia of the Alzheimer type, or Alzheimer's disease, was looked at.",
    "kind": "Metoprolol was given in intrinsic cardiomyopathy.",
    "words": "Memantine was studied in people whose pressure of the blood was high: hypertensive, the pulmonary kind.",
    "other": "Migrants crossed the lake by boat in the autumn.",
}


class Marked(PassageIndex):
    """An index of papers that were all retracted."""

    def search(self, *words: object, **more: object) -> list[Hit]:  # type: ignore[override]
        return [replace(hit, retracted=True) for hit in super().search(*words, **more)]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> PassageIndex:
    folder = tmp_path_factory.mktemp("literature")
    (folder / "data" / "notes").mkdir(parents=True)
    for name, text in NOTES.items():
        (folder / "data" / "notes" / f"{name}.md").write_text(f"# {name}\n\n{text}\n")
    release = build_release(Plan(folder / "data"), folder / "home", workers=1).release
    passages.build(release, folder / "index", folder / "cache", WordEncoder())
    return PassageIndex(folder / "index", release, WordEncoder())


def reading(house: House, index: PassageIndex) -> Pipeline:
    return Pipeline(
        house.release, house.question_linker, house.models, lambda: house.store, lambda: index, lambda: house.lineage
    )


@pytest.fixture(scope="module")
def pipeline(house: House, index: PassageIndex) -> Iterator[Pipeline]:
    yield reading(house, index)


def cited(answer: Answer) -> list[str]:
    return [r.id or "" for r in answer.results]


def test_a_passage_must_speak_of_everything_that_the_question_names(pipeline: Pipeline) -> None:
    answer = pipeline.ask("What do papers say about allopurinol and gout?")
    assert (answer.status, cited(answer)) == ("answered", ["NOTE:both"])
    assert set(cited(pipeline.ask("papers on gout"))) == {"NOTE:both", "NOTE:ill"}


def test_the_sentence_that_holds_the_things_is_quoted(pipeline: Pipeline) -> None:
    answer = pipeline.ask("studies of gout and allopurinol")
    assert [c.text for c in answer.claims] == ["Allopurinol was given to 12 people with gout."]
    quote = answer.supports[answer.claims[0].supports[0]]
    assert isinstance(quote, PassageSupport)
    assert NOTES["both"][quote.start : quote.end] == answer.claims[0].text


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        ("papers on donepezil and gout", ("on gout alone: NOTE:", "on donepezil alone: NOTE:pair")),
        ("literature on memantine in gout", ("NOTE:words", "NOTE:ill")),
    ],
)
def test_where_no_passage_speaks_of_both_the_nearest_are_named_and_no_more(
    pipeline: Pipeline, question: str, nearest: tuple[str, ...]
) -> None:
    answer = pipeline.ask(question)
    assert (answer.status, answer.reason, answer.results, answer.claims) == ("abstained", "no_evidence", (), ())
    assert answer.message.startswith("No passage of this release speaks of both ")
    assert all(part in answer.message for part in nearest)


def test_a_narrower_thing_is_spoken_of_too(pipeline: Pipeline) -> None:
    assert cited(pipeline.ask("papers on metoprolol in cardiomyopathy")) == ["NOTE:kind"]


def test_a_word_beside_the_names_that_no_passage_has_is_said(pipeline: Pipeline) -> None:
    answer = pipeline.ask("papers on allopurinol and gout in sheep")
    assert cited(answer) == ["NOTE:both"] and "none has the word sheep" in answer.message


@pytest.mark.parametrize(
    ("question", "reason", "part"),
    [
        ("What do papers say about zorbloxinib in gout?", "unknown_name", "zorbloxinib"),
        ("Is there evidence that zorbloxinib treats gout?", "unknown_name", "zorbloxinib"),
        ("studies of the ABQ-17 in gout", "unknown_name", "ABQ-17"),
        ("papers on gout in sheep", "no_evidence", "speaks of it"),
        ("literature on football and the moon", "no_evidence", "speaks of it"),
    ],
)
def test_what_no_passage_speaks_of_is_not_answered(pipeline: Pipeline, question: str, reason: str, part: str) -> None:
    answer = pipeline.ask(question)
    assert (answer.status, answer.reason, answer.results) == ("abstained", reason, ()) and part in answer.message


def test_what_names_nothing_of_the_graph_is_found_by_its_words(pipeline: Pipeline) -> None:
    assert cited(pipeline.ask("papers on migrants who cross lakes in boats")) == ["NOTE:other"]


def test_what_no_form_says_is_put_to_the_literature_where_a_passage_has_its_words(pipeline: Pipeline) -> None:
    asked = "Is memantine of the pulmonary kind for people whose blood pressure was high?"
    answer = pipeline.ask(asked)
    assert answer.status == "answered" and cited(answer)[:1] == ["NOTE:words"] and answer.form.startswith("literature(")
    for other in (
        "Was the pressure of the blood high?",
        asked.replace("memantine", "zorbloxinib").replace("high", "low"),
    ):
        assert pipeline.ask(other).status == "abstained", other


def test_retracted_papers_are_marked(house: House, index: PassageIndex) -> None:
    answer = reading(house, Marked(index.folder, index.release, index.encoder)).ask("papers on allopurinol and gout")
    assert [n.facts for n in answer.notes if n.code == "retracted"] == [{"citations": ["NOTE:both"]}]


def test_an_answer_is_judged_by_what_its_passages_speak_of(pipeline: Pipeline, index: PassageIndex) -> None:
    gout, drug = Thing("", ("gout",)), Thing("", ("allopurinol", "Zyloprim"))
    asked = [
        Case("tuned", "papers on gout and allopurinol", frozenset(["NOTE:both"]), (gout, drug)),
        Case("tuned", "papers on allopurinol", frozenset(["NOTE:ill"]), (gout,)),
        Case("tuned", "papers on donepezil and gout", frozenset(), (gout,)),
        Case("tuned", "papers on gout", frozenset(), ()),
        Case("tuned", "papers on zorbloxinib", frozenset(), ()),
    ]
    verdicts = judged(asked, pipeline.ask, index.release)
    assert [v.right for v in verdicts][:1] == [True]
    assert [v.right for v in verdicts][2:] == [False, False, True]
    measured = figures("tuned", verdicts)
    assert (measured.questions, measured.must_abstain, measured.abstained, measured.first_listed) == (3, 2, 0.5, 0.5)


def test_each_question_says_what_would_fit_or_must_not_be_answered() -> None:
    asked = cases()
    assert len({c.question for c in asked}) == len(asked) >= 75
    assert {c.part for c in asked} == {"tuned", "held_out"}
    assert sum(not c.things for c in asked) == 15
    assert not [c for c in asked if c.citations and not c.things]


def test_the_command_prints_the_figures_of_a_part(sample_home: Path) -> None:
    done = run(sample_home, "evaluate", "literature", "--part", "tuned", "--missed", "--json")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    (part,) = printed["figures"]
    # The sample's notes speak of none of these questions.
    assert (part["part"], part["first_fitting"], part["abstained"]) == ("tuned", 0.0, 1.0)
    assert len(printed["missed"]) == part["questions"]
