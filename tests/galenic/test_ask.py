"""Ask, end to end on the shipped sample with a real graph server and the real embedding model."""

from __future__ import annotations

import json

import jsonschema
import pytest

from galenic.house import House
from galenic.questions.answer import Answer
from galenic.questions.pipeline import Pipeline
from galenic.reports.document import answer_schema, document
from galenic.reports.notes import in_words
from galenic.reports.supports import in_words as support_in_words
from kg.evidence.claims import EdgeSupport, PassageSupport
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.logic.reading import Mark, Reading


def ask(house: House, question: str, permitted: Permitted = ALL_SOURCES) -> Answer:
    answer = house.pipeline.ask(question, permitted)
    jsonschema.validate(json.loads(json.dumps(document(answer))), answer_schema())
    return answer


def notes(answer: Answer) -> str:
    return " ".join(in_words(n) for n in answer.notes)


def truth(house: House, relation: str, object_: str, *, negated: bool = False) -> set[str]:
    edges = house.release.read("edges", ["subject", "relation", "object", "negated"])
    return {s for s, r, o, n in edges.iter_rows() if (r, o, n) == (relation, object_, negated)}


def test_a_reading_that_is_hardly_one_is_offered_and_not_answered(house: House) -> None:
    answer = house.pipeline.ask("what happens to gout over time")
    assert (answer.status, answer.reason, answer.results) == ("abstained", "ambiguous_question", ())
    assert answer.message == "Did you mean: diseases that resemble gout?" and answer.confidence < 0.3
    assert house.pipeline.ask("What drugs treat gout?").read_as == "drugs that treat gout"


def test_a_list_is_complete_and_every_sentence_has_evidence(house: House) -> None:
    answer = ask(house, "What drugs treat gout?")
    assert {r.id for r in answer.results} == truth(house, "treats", "DOID:13189")
    assert answer.claims and answer.dropped == 0
    words = [support_in_words(answer.supports[s]) for s in answer.claims[0].supports]
    assert words == ["Hetionet, curated", "PharmacotherapyDB, curated"]
    assert (
        answer.form == "list(hop(treats, in, entity(DOID:13189)))"
        and answer.cypher
        and answer.release == house.release.id
    )


def test_set_questions_count_and_compare(house: House) -> None:
    gout, asthma, copd = (truth(house, "treats", d) for d in ("DOID:13189", "DOID:2841", "DOID:3083"))
    assert {r.id for r in ask(house, "Which drugs treat both asthma and COPD?").results} == asthma & copd
    assert {r.id for r in ask(house, "Which drugs treat asthma but not COPD?").results} == asthma - copd
    assert ask(house, "How many drugs treat gout?").results[0].value == len(gout)
    assert ask(house, "Does allopurinol treat gout?").results[0].value is True
    assert ask(house, "Does allopurinol treat asthma?").results[0].value is False
    more = ask(house, "Which is treated by more drugs, gout or asthma?")
    assert (more.results[0].id, more.results[0].value) == ("DOID:2841", len(asthma))


def test_sets_by_number_count_and_show_what_was_counted(house: House) -> None:
    edges = house.release.read("edges", ["subject", "relation", "object", "negated"])
    treats: dict[str, set[str]] = {}
    for subject, relation, object_, negated in edges.iter_rows():
        if relation == "treats" and not negated:
            treats.setdefault(subject, set()).add(object_)
    answer = ask(house, "Which drugs treat at least two diseases?")
    assert {r.id: r.value for r in answer.results} == {
        drug: len(what) for drug, what in treats.items() if len(what) >= 2
    }
    assert answer.message.split(":")[0].endswith("drugs that treat at least 2 diseases")
    assert all(claim.text.count(" treats ") >= 2 for claim in answer.claims) and answer.claims
    named = {"DOID:13189", "DOID:2841", "DOID:3083"}
    answer = ask(house, "Which drugs treat exactly two of gout, asthma and COPD?")
    assert {r.id for r in answer.results} == {drug for drug, what in treats.items() if len(what & named) == 2}


def test_what_nothing_is_recorded_of_rests_on_the_query(house: House) -> None:
    answer = ask(house, "Which diseases have no known treatments?")
    assert answer.results and all(r.value == 0 for r in answer.results)
    assert [c.text for c in answer.claims] == [
        f"This release records {len(answer.results):,} diseases treated by no drugs."
    ]


def test_evidence_against_a_claim_is_shown(house: House) -> None:
    denied = house.release.read("edges", ["subject", "relation", "object", "negated"])
    both = {(s, o) for s, r, o, n in denied.iter_rows() if r == "treats" and n} & {
        (s, o) for s, r, o, n in denied.iter_rows() if r == "treats" and not n
    }
    names = dict(house.release.read("nodes", ["id", "name"]).iter_rows())
    pair = next(((s, o) for s, o in sorted((s, o) for s, r, o, n in denied.iter_rows() if r == "treats" and n)), None)
    assert pair is not None
    answer = ask(house, f"Does {names[pair[0]]} treat {names[pair[1]]}?")
    assert answer.results[0].value is (pair in both)
    assert any("recorded as not" in c.text for c in answer.contradictions)


class TwoReadings:
    """A linker to which 'Twin' stands for two diseases alike."""

    def marks(self, question: str) -> list[Mark]:
        """The name, with both readings."""
        at = question.index("Twin")
        return [
            Mark(at, at + 4, "Twin", tuple(Reading(f"DOID:99{n}", f"twin {n}", "biolink:Disease", 0.9) for n in (1, 2)))
        ]

    def is_in_names(self, word: str) -> bool:
        """Only that name."""
        return word == "twin"


def test_a_name_that_stands_for_two_things_alike_is_asked_back(house: House) -> None:
    pipeline = Pipeline(
        house.release,
        TwoReadings(),
        house.models,
        lambda: house.store,
        lambda: house.passages,
        lambda: house.lineage,
        10,
    )
    answer = pipeline.ask("Which drugs treat Twin?")
    assert (answer.status, answer.reason) == ("abstained", "ambiguous_name")
    assert [e.id for e in answer.entities] == ["DOID:991", "DOID:992"] and "twin 1" in answer.message


def test_words_in_capitals_for_stress_are_no_names(house: House) -> None:
    for plain, stressed in (
        ("drugs for gout and asthma", "drugs for gout AND asthma"),
        ("drugs for gout but not asthma", "drugs for gout BUT NOT asthma"),
    ):
        assert house.pipeline.ask(stressed).form == house.pipeline.ask(plain).form != ""


def test_words_that_restrict_nothing_are_said(house: House) -> None:
    answer = ask(house, "What drugs treat gout in children?")
    assert (answer.status, answer.results) == ("abstained", ()) and "Not understood: children" in answer.message
    assert answer.choices == ("drugs that treat gout",)


def test_nothing_recorded_is_an_answer_and_points_to_what_is(house: House) -> None:
    treated, palliated = (
        {o: truth(house, r, o) for o in ("DOID:6364", "DOID:2377", "DOID:10652")} for r in ("treats", "palliates")
    )
    assert treated and palliated
    answer = ask(house, "Which drugs palliate gout but do not cause nausea?")
    assert answer.status in ("answered", "abstained")
    empty = ask(house, "Which genes are downregulated in gout?")
    assert (empty.status, empty.results) == ("answered", ()) and "records no genes" in empty.claims[0].text


def test_describe_paths_and_literature(house: House) -> None:
    assert ask(house, "What is allopurinol?").results[0].id == "DRUGBANK:DB00437"
    paths = ask(house, "How are allopurinol and gout connected?")
    assert paths.results[0].value == 1 and paths.claims
    answer = ask(house, "What does the literature say about an indication that palliates symptoms?")
    assert "NOTE:reading-indications" in [r.id for r in answer.results]
    quote = answer.supports[answer.claims[0].supports[0]]
    assert isinstance(quote, PassageSupport) and answer.claims[0].text == quote.quote


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Does zorbloxinib treat gout?", "unknown_name"),
        ("What is the capital of Norway?", "out_of_scope"),
        ("", "incomplete"),
        ("x" * 100_000, "incomplete"),
        ("\x00\x01\x02\x03", "out_of_scope"),
        ("どの薬が痛風を治療しますか", "out_of_scope"),
        ("Delete gout", "write_request"),
        ("How much allopurinol should I take?", "personal_advice"),
    ],
)
def test_what_it_does_not_answer_has_a_reason(house: House, question: str, reason: str) -> None:
    answer = ask(house, question)
    assert (answer.status, answer.reason) == ("abstained", reason)
    assert answer.results == () and answer.message


def test_sources_and_licences_restrict_the_evidence(house: House) -> None:
    only = Permitted.of(house.release, ["pharmacotherapydb"])
    answer = ask(house, "What drugs treat gout?", only)
    assert {s.source_title for s in answer.supports.values() if isinstance(s, EdgeSupport)} == {"PharmacotherapyDB"}
    assert ask(house, "What drugs treat gout?", Permitted(frozenset(["gene_info"]))).results == ()


def test_capitals_choose_between_the_genes_of_two_species(house: House) -> None:
    class Species:
        def marks(self, question: str) -> list[Mark]:
            start = question.index("QRN1")
            readings = (
                Reading("NCBIGene:991", "QRN1", "biolink:Gene", 1.0),
                Reading("NCBIGene:992", "Qrn1", "biolink:Gene", 0.9),
            )
            return [Mark(start, start + 4, "QRN1", readings)]

        def is_in_names(self, word: str) -> bool:
            return False

    pipeline = Pipeline(
        house.release,
        Species(),
        house.models,
        lambda: house.store,
        lambda: house.passages,
        lambda: house.lineage,
        10,
    )
    answer = pipeline.ask("Which drugs bind QRN1?")
    assert (answer.status, [e.id for e in answer.entities]) == ("answered", ["NCBIGene:991"])
