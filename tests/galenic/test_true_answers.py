"""What is said when data are missing: not recorded is not no, and no word of a question is passed over."""

from __future__ import annotations

import pytest

from galenic.house import House
from galenic.questions.answer import Answer
from galenic.reports.notes import in_words
from kg.evidence.claims import EdgeSupport
from kg.evidence.permitted import Permitted
from kg.evidence.results import YesNo
from kg.logic.read import read_form
from kg.logic.reading import Read


def notes(answer: Answer) -> str:
    return " ".join(in_words(n) for n in answer.notes)


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("Do allantoin and warfarin interact?", "drugs that interact with"),
        ("Does warfarin interact with allantoin?", "drugs that interact with"),
        ("Does Coumadin cause myalgia?", "side effects caused by Warfarin"),
        ("Is Coumadin used for atrial fibrillation?", "drugs that treat atrial fibrillation"),
        ("Does aspirin treat atrial fibrillation?", "drugs that treat atrial fibrillation"),
        ("Is warfarin known to cause dizziness?", "side effects caused by Warfarin"),
    ],
)
def test_what_no_source_covers_is_not_recorded_and_no_no(real_house: House, question: str, lacking: str) -> None:
    answer = real_house.pipeline.ask(question)
    assert answer.results == (YesNo.of(None),), answer.message
    assert answer.message.startswith("Not recorded: no source in this release lists") and lacking in answer.message
    assert answer.claims and answer.dropped == 0


@pytest.mark.parametrize(
    "form",
    [
        "exists(and(hop(associates, in, entity(NCBIGene:4089)), entity(MONDO:0017380)))",
        "exists(and(entity(MONDO:0017380), hop(associates, in, entity(NCBIGene:4089))))",
        "exists(and(hop(associates, in, entity(NCBIGene:4089)), and(all(Disease), entity(MONDO:0017380))))",
    ],
)
def test_a_no_needs_both_ends_covered_in_whatever_order_they_are_named(real_house: House, form: str) -> None:
    # Genes are recorded of other diseases than juvenile polyposis syndrome, and diseases of SMAD4.
    categories = {"NCBIGene:4089": "biolink:Gene", "MONDO:0017380": "biolink:Disease"}
    answer = real_house.pipeline.answer("SMAD4?", Read(read_form(form, categories)))
    assert answer.results == (YesNo.of(None),), answer.message
    assert "genes associated with" in answer.message


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Is osteosarcoma a sarcoma?", True),
        ("Is gout a type of arthritis?", True),
        ("Is gout a form of diabetes mellitus?", False),
        ("Is aspirin an NSAID?", True),
        ("is atenolol one of the beta blockers", True),
    ],
)
def test_whether_one_thing_is_a_kind_of_another(real_house: House, question: str, value: bool) -> None:
    assert real_house.pipeline.ask(question).results == (YesNo.of(value),)


def test_no_is_said_where_both_are_covered(real_house: House) -> None:
    answer = real_house.pipeline.ask("Does colchicine treat asthma itself?")
    assert answer.results == (YesNo.of(False),) and answer.message.startswith("No: Colchicine is not among")
    # Not every kind of asthma is covered.
    whole = real_house.pipeline.ask("Does colchicine treat asthma?")
    assert whole.results == (YesNo.of(None),)
    assert whole.message.endswith("lists drugs that treat some narrower terms of asthma.") and whole.claims
    assert real_house.pipeline.ask("Does colchicine treat gout?").results == (YesNo.of(True),)


def test_what_is_not_permitted_covers_nothing(real_house: House) -> None:
    only = Permitted.of(real_house.release, ["gene_info"])
    answer = real_house.pipeline.ask("Does colchicine treat asthma?", only)
    assert answer.results == (YesNo.of(None),) and "no permitted source lists" in answer.message


@pytest.mark.parametrize(
    "question",
    [
        "Which drugs bind PTGS2 but do not cause cough?",
        "How many drugs bind PTGS2 but do not cause cough?",
        "Which drugs that bind PTGS2 have no side effects?",
    ],
)
def test_members_by_absence_that_nobody_looked_at_are_counted_and_named(real_house: House, question: str) -> None:
    answer = real_house.pipeline.ask(question)
    assert answer.status == "answered", answer.message
    [unknown] = [n for n in answer.notes if n.code == "unknown"]
    listed = set(unknown.facts["ids"])
    assert 0 < unknown.facts["number"] == len(listed) <= unknown.facts["whole"]
    assert not real_house.pipeline.coverage.covered("causes", "out", listed)
    assert f"{unknown.facts['number']:,} of the {unknown.facts['whole']:,}" in notes(answer)


def test_a_yes_by_absence_is_not_said_of_what_nobody_looked_at(real_house: House) -> None:
    answer = real_house.pipeline.ask("Is Acetylsalicylic acid among the drugs that bind PTGS2 but do not cause cough?")
    assert answer.status == "abstained" or answer.results == (YesNo.of(None),), answer.message


@pytest.mark.parametrize(
    ("question", "form"),
    [
        (
            "Which approved drugs bind PTGS2?",
            'list(where(hop(binds, in, entity(NCBIGene:5743)), groups = "approved"))',
        ),
        (
            "Which genes on chromosome 7 are associated with asthma?",
            'list(where(hop(associates, out, entity(DOID:2841)), chromosome = "7"))',
        ),
        (
            "Which drugs treat gout according to PharmacotherapyDB?",
            'list(where(hop(treats, in, entity(DOID:13189)), source = "pharmacotherapydb"))',
        ),
        (
            "Which drugs with a half-life of at least 2 days treat epilepsy syndrome?",
            "list(where(hop(treats, in, entity(DOID:1826)), half_life_hours >= 48))",
        ),
        (
            "Which of warfarin, amiodarone, simvastatin and metformin cause muscle pain?",
            "list(and(or(entity(DRUGBANK:DB00682), entity(DRUGBANK:DB01118), entity(DRUGBANK:DB00641), "
            "entity(DRUGBANK:DB00331)), hop(causes, in, entity(UMLS:C0231528))))",
        ),
        ("What drugs treat DOID:13189?", "list(hop(treats, in, entity(DOID:13189)))"),
        ("What drugs treat doid_13189?", "list(hop(treats, in, entity(DOID:13189)))"),
    ],
)
def test_restrictions_lists_and_identifiers_are_read(real_house: House, question: str, form: str) -> None:
    answer = real_house.pipeline.ask(question)
    assert (answer.status, answer.form) == ("answered", form), answer.message
    assert answer.results


@pytest.mark.parametrize(
    ("question", "unread"),
    [
        ("What are the pathways of genes that imatinib binds?", "pathways"),
        ("What is the five-year survival in pancreatic cancer?", "survival"),
        ("Which drugs fail to treat gout?", "fail"),
        ("Is it true that metformin does not treat type 2 diabetes?", "not"),
        ("Is colchicine not a treatment for gout?", "not"),
        ("Does no drug treat gout?", "no"),
        ("Is TP53 not associated with gout?", "not"),
        ("Which drugs neither treat nor palliate gout?", "neither"),
        ("Which drugs treat gout in pregnant women?", "pregnant"),
        ("Which commonly used drugs treat gout?", "commonly"),
    ],
)
def test_a_word_that_a_form_makes_no_use_of_is_never_passed_over(real_house: House, question: str, unread: str) -> None:
    answer = real_house.pipeline.ask(question)
    assert (answer.status, answer.results) == ("abstained", ()), answer.message
    assert answer.reason in ("ambiguous_question", "unknown_name") and unread in answer.message.casefold()


def test_a_negated_question_never_gets_the_answer_to_its_opposite(real_house: House) -> None:
    for question in ("Is it false that colchicine treats gout?", "Is colchicine not a treatment for gout?"):
        assert YesNo.of(True) not in real_house.pipeline.ask(question).results, question


@pytest.mark.parametrize("word", ["ms", "pt", "hop", "class", "label", "share", "patient"])
def test_ordinary_words_are_not_names(real_house: House, word: str) -> None:
    marks = real_house.question_linker.marks(f"which {word} is treated by aspirin")
    assert word not in [m.text for m in marks if m.readings]


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("How many drugs treat osteoarthritis?", "drugs that palliate osteoarthritis"),
        ("Which drugs treat osteoarthritis?", "drugs that palliate osteoarthritis"),
        ("Does aspirin treat gout?", "Acetylsalicylic acid is among the drugs that palliate gout"),
    ],
)
def test_a_neighbouring_relation_is_told_beside_a_none(real_house: House, question: str, note: str) -> None:
    assert note in notes(real_house.pipeline.ask(question))


def test_a_comma_does_not_break_a_name(real_house: House) -> None:
    marks = real_house.pipeline.asked("what do folks get for the whooping cough, pills wise?").marks
    assert [mark.text for mark in marks][:1] == ["whooping cough"]


def test_a_name_with_brackets_is_taken_whole_or_not_at_all(real_house: House) -> None:
    whole = real_house.pipeline.ask("What genes does 4-(1-methyl-1-phenylethyl)phenol bind?")
    assert [r.name for r in whole.results] == ["ESRRG"]
    unknown = real_house.pipeline.ask("What genes does 4-(1-methyl-2-phenylpropyl)phenol bind?")
    assert (unknown.status, unknown.reason) == ("abstained", "unknown_name")


def test_statistics_are_not_called_curated(real_house: House) -> None:
    for question in ("What are the symptoms of gout?", "Which tissues does gout occur in?"):
        answer = real_house.pipeline.ask(question)
        told = {s.how for s in answer.supports.values() if s.kind == "edge" and s.source_title == "Hetionet"}
        assert told and "curated" not in told, question


def few(house: House) -> Permitted:
    """Sources that tie Lenalidomide to hematologic cancer alone."""
    return Permitted.of(house.release, ["hetionet", "pharmacotherapydb", "disease_ontology"])


def test_paths_name_the_broader_term_through_which_a_thing_is_tied(real_house: House) -> None:
    answer = real_house.pipeline.ask("How is multiple myeloma connected to lenalidomide?", few(real_house))
    assert answer.results == () and answer.dropped == 0
    assert answer.message.startswith("No path of at most 3 steps was found between multiple myeloma and Lenalidomide.")
    assert "Hematologic cancer, a broader term of multiple myeloma, is one step from Lenalidomide." in answer.message
    assert "need not hold of multiple myeloma" in answer.message
    chain = [s for s in answer.supports.values() if isinstance(s, EdgeSupport)]
    assert {s.relation for s in chain} == {"subclass_of", "treats"}
    assert answer.claims[1].text.endswith("Lenalidomide treats hematologic cancer.")


def test_paths_name_the_narrower_term_through_which_a_thing_is_tied(real_house: House) -> None:
    answer = real_house.pipeline.ask("How is cancer connected to lenalidomide?", few(real_house))
    assert "Hematologic cancer, a narrower term of cancer, is one step from Lenalidomide." in answer.message
    assert "need not hold" not in answer.message
    untied = real_house.pipeline.ask("How is thoracic cancer connected to lenalidomide?")
    assert "thoracic cancer itself is tied to nothing but broader and narrower terms and papers." in notes(untied)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Which drugs treat multiple myeloma?", "the nearest broader term of multiple myeloma with such records"),
        (
            "How many drugs treat lung carcinoma?",
            "drugs that treat lung cancer itself; that need not hold of lung carcinoma",
        ),
        ("Does lenalidomide treat multiple myeloma?", "Lenalidomide is among the drugs that treat hematologic cancer"),
    ],
)
def test_what_is_recorded_of_a_broader_term_is_named_where_nothing_is_of_the_thing(
    real_house: House, question: str, told: str
) -> None:
    answer = real_house.pipeline.ask(question)
    assert told in notes(answer), answer.notes
    assert all(r.value in (None, 0) for r in answer.results)


def test_what_holds_of_a_narrower_term_holds_of_the_broader_one(real_house: House) -> None:
    for question in ("Does lenalidomide treat cancer?", "Is cancer treated by lenalidomide?"):
        answer = real_house.pipeline.ask(question)
        assert answer.results == (YesNo.of(True),) and answer.dropped == 0
        assert answer.claims[0].text == "Lenalidomide treats hematologic cancer, a kind of cancer."


def test_why_between_two_things_asks_for_the_paths_between_them(real_house: House) -> None:
    answer = real_house.pipeline.ask("Why does colchicine treat gout?")
    assert answer.status == "answered" and answer.form.startswith("paths(") and answer.results
    denied = real_house.pipeline.ask("Why does colchicine not treat asthma?")
    assert denied.status == "abstained" and "not" in denied.message
