"""Follow-up questions: each is rewritten to a well-typed form of the last one, asked back, or said not to be understood."""

from __future__ import annotations

import io

import pytest

from galenic.explore.session import Session
from galenic.explore.showing import show_entry
from galenic.house import House
from galenic.questions.dialogue import Dialogue
from galenic.reports.console import PlainConsole
from galenic.reports.notes import in_words
from galenic.reports.page import Grid, Paragraph
from kg.evidence.permitted import Permitted
from kg.logic.reading import Linked
from kg.logic.text import show

GOUT, ASTHMA, COPD = "entity(DOID:13189)", "entity(DOID:2841)", "entity(DOID:3083)"


DRUGS = f"hop(treats, in, {GOUT})"


def talk(house: House, *questions: str) -> Dialogue:
    dialogue = Dialogue(house.pipeline)
    for question in questions:
        dialogue.ask(question)
    return dialogue


# (what was asked before, the follow-up, its form)
FOLLOWED = [
    (("What drugs treat gout?",), "how many are there?", f"count({DRUGS})"),
    (("What drugs treat gout?", "how many are there?"), "which ones are they?", f"list({DRUGS})"),
    (("What drugs treat gout?",), "and asthma?", f"list(hop(treats, in, {ASTHMA}))"),
    (("What drugs treat gout?",), "What about COPD instead?", f"list(hop(treats, in, {COPD}))"),
    (("What drugs treat gout?", "how many are there?"), "and for asthma?", f"count(hop(treats, in, {ASTHMA}))"),
    (("What drugs treat gout?",), "and allopurinol?", f"exists(and(entity(DRUGBANK:DB00437), {DRUGS}))"),
    (("What drugs treat gout?",), "and its symptoms?", f"list(hop(presents, out, {GOUT}))"),
    (("What drugs treat gout?",), "what are the symptoms of this disease?", f"list(hop(presents, out, {GOUT}))"),
    (("What drugs treat gout?",), "what diseases do they treat?", f"list(hop(treats, out, {DRUGS}))"),
    (("What drugs treat gout?",), "which diseases do these drugs palliate?", f"list(hop(palliates, out, {DRUGS}))"),
    (("What drugs treat gout?",), "which of them treat asthma?", f"list(and({DRUGS}, hop(treats, in, {ASTHMA})))"),
    (("What drugs treat gout?",), "how many of them treat asthma?", f"count(and({DRUGS}, hop(treats, in, {ASTHMA})))"),
    (("What drugs treat gout?",), "do any of them treat asthma?", f"exists(and({DRUGS}, hop(treats, in, {ASTHMA})))"),
    (
        ("What drugs treat gout?",),
        "only those that also treat asthma",
        f"list(and({DRUGS}, hop(treats, in, {ASTHMA})))",
    ),
    (
        ("What drugs treat gout?",),
        "but not those that treat asthma",
        f"list(minus({DRUGS}, hop(treats, in, {ASTHMA})))",
    ),
    (("What drugs treat gout?",), "without colchicine", f"list(minus({DRUGS}, entity(DRUGBANK:DB01394)))"),
    (
        ("What drugs treat gout?",),
        "which of them treat at least two diseases?",
        f"list(having({DRUGS}, hop(treats, out), at_least, 2))",
    ),
    (
        ("What drugs treat gout?",),
        "which of them treats the most diseases?",
        f"top(1, {DRUGS}, hop(treats, out), most)",
    ),
    (("What drugs treat gout?",), "only from PharmacotherapyDB", f'list(where({DRUGS}, source = "pharmacotherapydb"))'),
    (("What drugs treat gout?",), "only the curated ones", f"list(where({DRUGS}, tier = 2))"),
    (("What drugs treat gout?",), "only since 2010", f"list(where({DRUGS}, year >= 2010))"),
    (("What drugs treat gout?",), "since 2010", f"list(where({DRUGS}, year >= 2010))"),
    (("What drugs treat gout?",), "why the second one?", f"exists(and(entity(DRUGBANK:DB01394), {DRUGS}))"),
    (("What drugs treat gout?",), "why number 1?", f"exists(and(entity(DRUGBANK:DB00437), {DRUGS}))"),
    (("What drugs treat gout?",), "why is colchicine there?", f"exists(and(entity(DRUGBANK:DB01394), {DRUGS}))"),
    (("What drugs treat gout?",), "why not montelukast?", f"exists(and(entity(DRUGBANK:DB00471), {DRUGS}))"),
    (
        ("What drugs treat gout?", "why the second one?"),
        "and what does it treat?",
        "list(hop(treats, out, entity(DRUGBANK:DB01394)))",
    ),
    (("What drugs treat gout?",), "what does the last one treat?", "list(hop(treats, out, entity(DRUGBANK:DB01032)))"),
    (
        ("Does allopurinol treat gout?",),
        "and what else does it treat?",
        "list(hop(treats, out, entity(DRUGBANK:DB00437)))",
    ),
    (
        ("Does allopurinol treat gout?",),
        "and asthma?",
        f"exists(and(entity(DRUGBANK:DB00437), hop(treats, in, {ASTHMA})))",
    ),
    (("What is allopurinol?",), "and colchicine?", "describe(entity(DRUGBANK:DB01394))"),
    (("Which drug treats the most diseases?",), "why?", "list(hop(treats, out, entity(DRUGBANK:DB00635)))"),
    (("What drugs treat gout?",), "why 2?", f"exists(and(entity(DRUGBANK:DB01394), {DRUGS}))"),
    (("What drugs treat gout?",), "why not 2?", f"exists(and(entity(DRUGBANK:DB01394), {DRUGS}))"),
    (("What drugs treat gout?",), "symptoms?", f"list(hop(presents, out, {GOUT}))"),
    (
        ("How are allopurinol and gout connected?",),
        "and asthma?",
        "paths(entity(DRUGBANK:DB00437), entity(DOID:2841), 3)",
    ),
]


@pytest.mark.parametrize(("before", "question", "form"), FOLLOWED, ids=[q for _, q, _ in FOLLOWED])
def test_a_follow_up_becomes_a_form_of_its_own(house: House, before: tuple[str, ...], question: str, form: str) -> None:
    turn = talk(house, *before).ask(question)
    assert show(turn.form) == form and turn.answer.form == form
    assert turn.answer.status == "answered" and turn.read_as


@pytest.mark.parametrize(
    ("before", "question", "message"),
    [
        ((), "and asthma?", "nothing was asked yet"),
        ((), "only the approved ones", "nothing was asked yet"),
        ((), "why the second one?", "nothing was asked yet"),
        (("What drugs treat gout?",), "only the purple ones", "“the purple ones” is no value"),
        (("What drugs treat gout?",), "why the 90th?", "lists 9 results"),
        (("What drugs treat gout?",), "and its side effects?", "ask with 'their' or 'they'"),
        (("What drugs treat gout?",), "and its foo?", "asks of gout was not understood"),
        (("What drugs treat gout?",), "and zorbloxinib?", "No name in this release matches zorbloxinib"),
        (("What drugs treat gout?",), "and gout?", "already names gout"),
        (("What drugs treat gout?",), "why fever?", "is a symptom, and the last answer was on drugs"),
        (("What drugs treat gout?",), "why?", "say which one"),
        (("What drugs treat gout?",), "which symptoms do these genes have?", "lists no genes"),
        (("What drugs treat gout?",), "do they all treat asthma?", "all or most"),
        (("What drugs treat gout?",), "which of them sing?", "was not understood"),
        (("What drugs treat gout?",), "which of them are on chromosome 7?", "was not understood"),
        (("Does allopurinol treat gout?",), "why the third one?", "lists nothing"),
        (("What drugs treat gout?",), "and what other drugs bind them?", "not understood"),
        (
            ("What drugs treat gout?",),
            "what symptoms do the diseases treated by them have?",
            "asks of the drugs found was not understood",
        ),
        (("Does allopurinol treat gout?",), "and the third?", "lists no results, so there is no “the third”"),
        (("What drugs treat gout?",), "why 90?", "lists 9 results"),
    ],
)
def test_what_is_not_understood_is_said_and_never_guessed(
    house: House, before: tuple[str, ...], question: str, message: str
) -> None:
    dialogue = talk(house, *before)
    context = dialogue.memory.context
    turn = dialogue.ask(question)
    assert turn.answer.status == "abstained" and message in turn.answer.message and turn.answer.results == ()
    assert dialogue.memory.context is context


def test_what_may_be_asked_instead_is_nothing_that_was_just_said(house: House) -> None:
    dialogue = Dialogue(house.pipeline)
    assert dialogue.ask("and asthma?").answer.message.endswith(
        "nothing was asked yet. Ask a whole question first, as in 'What drugs treat gout?'."
    )
    dialogue.ask("How are allopurinol and gout connected?")
    message = dialogue.ask("and its symptoms?").answer.message
    assert "Ask it in full" not in message or "'and its symptoms?'" not in message
    dialogue.ask("What drugs treat gout?")
    assert dialogue.ask("why?").answer.message.endswith("as in 'why the second one?'.")


def test_a_whole_question_is_no_follow_up(house: House) -> None:
    dialogue = talk(house, "What drugs treat gout?")
    for question in (
        "Which drugs treat asthma?",
        "And which drugs treat asthma?",
        "Which drugs palliate migraine but do not treat it?",
        "Is it true that allopurinol treats gout?",
    ):
        assert dialogue.ask(question).read_as == "", question
    assert dialogue.ask("How much allopurinol should I take?").answer.reason == "personal_advice"
    assert dialogue.ask("delete them from the graph").answer.reason == "write_request"


def test_readings_that_differ_are_asked_back_and_chosen_by_number(house: House) -> None:
    dialogue = talk(house, "Which 3 drugs treat the most diseases?")
    turn = dialogue.ask("only those that palliate gout")
    assert (turn.answer.status, turn.answer.reason, len(turn.answer.choices)) == ("abstained", "ambiguous_question", 2)
    assert show(dialogue.ask("1").form) == f"top(3, hop(palliates, in, {GOUT}), hop(treats, out), most)"
    dialogue = talk(house, "Which drugs treat both asthma and COPD?")
    turn = dialogue.ask("and gout?")
    assert turn.answer.choices == ("gout instead of asthma", "gout instead of chronic obstructive pulmonary disease")
    assert show(dialogue.ask("the second one").form) == f"list(and(hop(treats, in, {ASTHMA}), {DRUGS}))"
    assert show(dialogue.ask("Which drugs treat gout?").form) == f"list({DRUGS})"
    assert dialogue.ask("2").answer.status == "abstained"


TOLD = [
    (("What drugs treat gout?",), "is colchicine one of them?", f"exists(and(entity(DRUGBANK:DB01394), {DRUGS}))"),
    (("What drugs treat gout?",), "is montelukast on the list?", f"exists(and(entity(DRUGBANK:DB00471), {DRUGS}))"),
    (
        ("What drugs treat gout?", "do any of them treat asthma?"),
        "which ones?",
        f"list(and({DRUGS}, hop(treats, in, {ASTHMA})))",
    ),
    (("What drugs treat gout?", "do any of them treat asthma?"), "how many are there?", f"count({DRUGS})"),
    (
        ("What does allopurinol treat?", "does it treat asthma?"),
        "and COPD?",
        f"exists(and(entity(DRUGBANK:DB00437), hop(treats, in, {COPD})))",
    ),
    (
        ("What drugs treat gout?", "tell me about the second one"),
        "and the third one?",
        "describe(entity(DRUGBANK:DB00741))",
    ),
    (
        ("Which 3 drugs treat the most diseases?",),
        "only the curated ones",
        "top(3, all(Drug), hop(treats, out), most, tier = 2)",
    ),
    (("What drugs treat gout?",), "which diseases do they treat?", f"list(hop(treats, out, {DRUGS}))"),
]


@pytest.mark.parametrize(("before", "question", "form"), TOLD, ids=[q for _, q, _ in TOLD])
def test_what_was_asked_in_between_is_kept_in_mind(
    house: House, before: tuple[str, ...], question: str, form: str
) -> None:
    assert show(talk(house, *before).ask(question).form) == form


@pytest.mark.parametrize(
    ("before", "question", "message"),
    [
        ("What drugs treat gout?", "is fever one of them?", "Fever is a symptom, and the last answer was on drugs"),
        ("What drugs treat gout?", "which chromosome are they on?", "was not understood"),
        ("What drugs treat gout?", "does colchicine interact with them?", "was not understood"),
        ("What are the symptoms of gout?", "which drugs palliate them?", "was not understood"),
        ("What is allopurinol?", "since 2015", "restricts evidence, and drugs stand here by themselves"),
        ("What is allopurinol?", "only from PharmacotherapyDB", "restricts evidence"),
        ("What drugs treat gout?", "only evidence tier 99", "the tiers 1 to 7"),
    ],
)
def test_no_part_of_a_question_is_passed_over(house: House, before: str, question: str, message: str) -> None:
    dialogue = talk(house, before)
    context = dialogue.memory.context
    turn = dialogue.ask(question)
    assert turn.answer.status == "abstained" and message in turn.answer.message, (show(turn.form), turn.answer.message)
    assert dialogue.memory.context is context


def test_the_reason_of_a_result_is_its_evidence_and_of_a_missing_one_that_there_is_none(house: House) -> None:
    dialogue = talk(house, "What drugs treat gout?")
    why = dialogue.ask("why the second one?").answer
    assert why.message == "Colchicine is there because of these facts." and [c.text for c in why.claims] == [
        "Colchicine treats gout."
    ]
    assert any(n.code == "order" for n in why.notes)
    assert "is not there" in dialogue.ask("why not montelukast?").answer.message


def test_a_restriction_that_leaves_nothing_does_not_empty_the_conversation(house: House) -> None:
    dialogue = talk(house, "What drugs treat gout?")
    assert dialogue.ask("only since 2010").answer.results == ()
    assert show(dialogue.ask("which of them treat asthma?").form) == f"list(and({DRUGS}, hop(treats, in, {ASTHMA})))"


def test_the_focus_can_be_set_and_things_found_otherwise_can_be_spoken_of(house: House) -> None:
    dialogue = Dialogue(house.pipeline)
    dialogue.look_at(Linked("x", "DRUGBANK:DB00437", "Allopurinol", "biolink:Drug", 1.0))
    assert show(dialogue.ask("what does it treat?").form) == "list(hop(treats, out, entity(DRUGBANK:DB00437)))"
    dialogue.remember("rows", [Linked(n, n, n, "biolink:Disease", 1.0) for n in ("DOID:13189", "DOID:2841")])
    # What was found is meant as it was found, without narrower terms.
    found = ", ".join(f"{e.removesuffix(')')}, exact)" for e in (GOUT, ASTHMA))
    assert show(dialogue.ask("what drugs treat them?").form) == f"list(hop(treats, in, or({found})))"


def test_sources_are_called_by_their_titles(house: House) -> None:
    dialogue = Dialogue(house.pipeline)
    dialogue.ask("Which drugs treat gout?")
    turn = dialogue.ask("only those from pharmacotherapydb")
    assert 'source = "pharmacotherapydb"' in turn.answer.form
    assert turn.read_as == "drugs that treat gout with evidence from PharmacotherapyDB"
    assert "drugs that treat gout with evidence from PharmacotherapyDB: " in turn.answer.message


def test_a_filter_of_the_evidence_reaches_what_is_counted(house: House) -> None:
    dialogue = talk(house, "Which drug treats the most diseases?")
    turn = dialogue.ask("only from gene_info")
    assert (
        turn.answer.message
        == "This release records no drugs that treat at least 1 disease with evidence from NCBI Gene."
    ), turn.answer.message
    assert [r.name for r in dialogue.ask("only from PharmacotherapyDB").answer.results] == ["Prednisone"]
    assert (
        show(dialogue.ask("why?").form)
        == 'list(where(hop(treats, out, entity(DRUGBANK:DB00635)), source = "pharmacotherapydb"))'
    )


def test_what_is_left_out_for_want_of_a_record_is_counted(house: House) -> None:
    turn = talk(house, "What drugs treat gout?").ask("since 1990")
    assert (
        turn.answer.results == ()
        and "9 of the 9 drugs that treat gout have no recorded year of publication and are left out"
        in " ".join(in_words(n) for n in turn.answer.notes)
    )


def test_the_permitted_sources_speak_for_themselves_alone(house: House) -> None:
    answer = Dialogue(house.pipeline, Permitted(frozenset(["gene_info"]))).ask("What drugs treat gout?").answer
    assert answer.message == "The permitted sources record no drugs that treat gout."


def test_a_dialogue_keeps_to_its_sources(house: House) -> None:
    dialogue = Dialogue(house.pipeline, Permitted(frozenset(["gene_info"])))
    assert (
        dialogue.ask("What drugs treat gout?").answer.results == () and dialogue.ask("and asthma?").answer.results == ()
    )


def test_a_conversation_is_the_same_on_both_engines(engine: House) -> None:
    dialogue = Dialogue(engine.pipeline)
    answers = [
        dialogue.ask(q).answer
        for q in (
            "What drugs treat gout?",
            "which of them treat asthma?",
            "but not those that treat COPD",
            "why the first one?",
            "and what does it treat?",
        )
    ]
    assert [a.status for a in answers] == ["answered"] * 5
    assert [[r.name for r in a.results][:3] for a in answers[:3]] == [
        ["Allopurinol", "Colchicine", "Hydrocortisone"],
        ["Hydrocortisone", "Methylprednisolone", "Prednisolone"],
        ["Hydrocortisone", "Methylprednisolone"],
    ]


def screen(session: Session, text: str) -> str:
    out = PlainConsole(width=200, file=io.StringIO())
    show_entry(session.run(text), out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_what_was_read_with_doubt_or_not_at_all_is_said_first_and_once(house: House) -> None:
    session = Session(house)
    assert "Read as: drugs that treat gout (how sure: 0.50 of 1)." in screen(session, "gout meds")
    assert screen(session, "why?").startswith("Not sure what is meant. The last answer lists 9 results; say which one")
    session.run("Which 3 drugs treat the most diseases?")
    lines = screen(session, "only those that palliate gout").splitlines()
    assert (
        lines[0] == "Not sure what is meant. It may be read in several ways; answer with a number."
        and lines[1].startswith("  1. of the drugs")
        and len(lines) == 3
    )


def test_the_schema_says_what_a_release_holds(house: House) -> None:
    first, empty, *_ = Session(house).run(":schema").page
    assert isinstance(first, Grid) and isinstance(empty, Paragraph) and "CAUSES" in empty.text
    assert {r[0]: r[1] for r in first.rows}["(:Drug)-[:TREATS]->(:Disease)"] == "drug treats disease" and all(
        r[2] != "0" for r in first.rows
    )
