"""Broad terms are answered by all that is under them, each result says by which; terms alone are asked where that is meant."""

from __future__ import annotations

import json

import polars as pl
import pytest

from galenic.house import House
from galenic.questions.answer import Answer
from galenic.reports.document import document
from galenic.reports.notes import in_words
from kg.evidence.claims import EdgeSupport
from kg.evidence.permitted import Permitted
from kg.evidence.results import Count, Found, YesNo
from kg.logic.forms import Direction, Entity, Hop
from kg.logic.read import read_form
from kg.logic.reading import Read
from kg.logic.through import through
from kg.schema import schema

ARTHRITIS, GOUT, LUNG, CANCER = "DOID:848", "DOID:13189", "DOID:850", "DOID:162"


def ask(house: House, question: str, *sources: str, exact: bool = False) -> Answer:
    answer = house.pipeline.ask(question, Permitted.of(house.release, sources), exact=exact)
    assert answer.status == "answered" and answer.dropped == 0, (answer.message, answer.reason)
    return answer


def of_form(house: House, form: str) -> Answer:
    return house.pipeline.answer(form, Read(read_form(form, {})))


def treating(house: House, *diseases: str, source: str | None = None) -> set[str]:
    """The drugs of the release's own table."""
    rows = house.release.scan("edges").filter(
        (pl.col("relation") == "treats") & ~pl.col("negated") & pl.col("object").is_in(diseases)
    )
    rows = rows if source is None else rows.filter(pl.col("sources").list.contains(source))
    return set(rows.select("subject").collect()["subject"])


def found(answer: Answer) -> dict[str, str | None]:
    """Results with the narrower term of each."""
    return {r.id: r.through.id if r.through else None for r in answer.results if isinstance(r, Found)}


def test_a_broad_term_is_answered_by_its_kinds_and_each_result_says_by_which(house: House) -> None:
    answer = ask(house, "What drugs treat arthritis?")
    results = found(answer)
    assert set(results) == treating(house, *house.lineage.under(ARTHRITIS)) != set()
    for drug, term in results.items():
        assert term is not None and drug in treating(house, term) and term in house.lineage.under(ARTHRITIS)
    assert all("a kind of arthritis" in c.text for c in answer.claims)
    assert answer.read_as == "drugs that treat arthritis (arthritis and 2 narrower terms)"


def test_the_is_a_edge_is_among_the_supports_with_its_source(house: House) -> None:
    answer = ask(house, "What drugs treat arthritis?")
    for claim in answer.claims:
        edges = [s for s in (answer.supports[name] for name in claim.supports) if isinstance(s, EdgeSupport)]
        is_a = [e for e in edges if e.relation == "subclass_of"]
        assert {e.object for e in is_a} == {ARTHRITIS} and {e.source for e in is_a} == {"infores:disease-ontology"}
        assert {e.object for e in edges if e.relation == "treats"} == {e.subject for e in is_a}
    json.dumps(document(answer))


def test_what_is_tied_to_the_term_itself_and_to_a_kind_is_one_result_and_shows_the_term_first(house: House) -> None:
    form = f"list(hop(treats, in, or(entity({ARTHRITIS}), entity({GOUT}, exact))))"
    answer = of_form(house, form)
    direct = treating(house, GOUT)
    assert len(answer.results) == len(set(found(answer))) == len(treating(house, *house.lineage.under(ARTHRITIS)))
    assert {drug for drug, term in found(answer).items() if term is None} == direct
    for claim in answer.claims:
        if claim.text.startswith("Colchicine"):
            assert claim.text.split("; ")[0] == "Colchicine treats gout."


@pytest.mark.parametrize(
    "question",
    ["What drugs treat arthritis itself?", "Which drugs treat arthritis as such?", "drugs for exactly arthritis"],
)
def test_a_term_may_be_asked_alone(house: House, question: str) -> None:
    answer = ask(house, question)
    assert answer.results == () and "exact" in answer.form and answer.read_as == "drugs that treat arthritis itself"
    assert answer.results == ask(house, "What drugs treat arthritis?", exact=True).results


def test_sources_without_the_ontology_ask_the_term_alone(house: House) -> None:
    assert found(ask(house, "What drugs treat arthritis?", "hetionet")) == {}
    both = found(ask(house, "What drugs treat arthritis?", "hetionet", "disease_ontology"))
    assert set(both) == treating(house, *house.lineage.under(ARTHRITIS), source="hetionet") != set()
    restricted = of_form(house, f'list(where(hop(treats, in, entity({ARTHRITIS})), source = "hetionet"))')
    assert restricted.results == () and "narrower" not in restricted.read_as


def test_counts_comparisons_and_quantities_take_narrower_terms_in(house: House) -> None:
    whole = treating(house, *house.lineage.under(ARTHRITIS))
    answer = ask(house, "How many drugs treat arthritis?")
    assert answer.results == (Count(len(whole)),) and "(arthritis and 2 narrower terms)" in answer.message
    more = ask(house, "Which is treated by more drugs, arthritis or gout?")
    assert [(r.id, r.value) for r in more.results if isinstance(r, Found)] == [(ARTHRITIS, len(whole))]
    lung = treating(house, *house.lineage.under(LUNG))
    both = (
        of_form(house, f"list(hop(treats, in, entity({ARTHRITIS})))"),
        of_form(
            house,
            f"list(having(all(Drug), hop(treats, out, or(entity({ARTHRITIS}), entity({LUNG}))), every))",
        ),
    )
    assert set(found(both[1])) == whole & lung != set()
    at_least = f"list(having(all(Drug), hop(treats, out, or(entity({ARTHRITIS}), entity({LUNG}))), at_least, 2))"
    assert set(found(of_form(house, at_least))) == whole & lung
    left = of_form(house, f"list(minus(hop(treats, in, entity({LUNG})), hop(treats, in, entity({ARTHRITIS}))))")
    assert set(found(left)) == lung - whole


def test_yes_through_a_narrower_term_names_it(house: House) -> None:
    yes = ask(house, "Does colchicine treat arthritis?")
    assert yes.results == (YesNo.of(True),) and [c.text for c in yes.claims] == [
        "Colchicine treats gout, a kind of arthritis."
    ]
    other = ask(house, "Is arthritis treated by colchicine?")
    assert other.results == (YesNo.of(True),) and other.message == "Yes, through a narrower term: gout."


def test_no_needs_the_term_and_all_that_is_under_it_covered(house: House) -> None:
    open_ = ask(house, "Does colchicine treat lung disease?")
    assert open_.results == (YesNo.of(None),) and open_.message.startswith("Not recorded: ")
    assert ask(house, "Does colchicine treat asthma itself?").results == (YesNo.of(False),)


@pytest.mark.parametrize("bound", ["at_most", "at_least"])
def test_what_holds_of_one_kind_by_counting_need_not_hold_of_the_thing(house: House, bound: str) -> None:
    kinds = {term: len(treating(house, term)) for term in house.lineage.under(LUNG)}
    # One more than any kind has, and no more than all of them have together; at most so many holds of each kind alone.
    number = max(kinds.values()) + (bound == "at_least")
    assert number <= len(treating(house, *kinds)) - (bound == "at_most")
    form = f"exists(and(entity({LUNG}), having(all(Disease), hop(treats, in), {bound}, {number})))"
    answer = of_form(house, form)
    assert answer.results == (YesNo.of(None),) and "all its narrower terms taken together" in answer.message


def test_nothing_is_concluded_upwards(house: House) -> None:
    answer = of_form(house, "list(hop(treats, in, entity(DOID:0050589)))")
    assert {term for term in found(answer).values()} == {"DOID:8778"}
    kept = house.lineage.under("DOID:8778")
    assert treating(house, *kept) and "DOID:0050589" not in kept


def test_paths_and_records_ask_the_term_itself(house: House) -> None:
    record = ask(house, "What is arthritis?")
    assert not any("treat" in c.text for c in record.claims)
    assert "narrower terms" not in record.read_as


# The real data.


@pytest.mark.parametrize("question", ["What drugs treat cancer?", "drugs that treat cancer"])
def test_cancer_has_drugs(real_house: House, question: str) -> None:
    answer = ask(real_house, question)
    results = found(answer)
    assert set(results) == treating(real_house, *real_house.lineage.under(CANCER)) and len(results) > 90
    assert all(results.values()) and {"DRUGBANK:DB00619", "DRUGBANK:DB01006"} <= set(results)
    assert all("a kind of cancer" in c.text for c in answer.claims)
    # One wrong cross-reference would otherwise make AIDS a kind of cancer.
    assert "DRUGBANK:DB00495" not in results


@pytest.mark.parametrize(
    ("question", "broader"),
    [
        ("What drugs treat lung carcinoma?", "lung cancer"),
        ("What drugs treat multiple myeloma?", "hematologic cancer"),
    ],
)
def test_what_a_broader_term_has_is_named_as_such(real_house: House, question: str, broader: str) -> None:
    answer = ask(real_house, question)
    assert answer.results == ()
    told = [in_words(n) for n in answer.notes if n.code == "kin"]
    assert len(told) == 1 and told[0].startswith(f"Recorded of {broader}, the nearest broader term of ")
    assert "that need not hold of" in told[0]


def test_a_class_is_answered_by_its_members(real_house: House) -> None:
    members = ask(real_house, "Which benzodiazepines treat epilepsy?")
    assert {"DRUGBANK:DB00829", "DRUGBANK:DB01068"} <= set(found(members))
    assert ask(real_house, "Is diazepam a benzodiazepine?").results == (YesNo.of(True),)
    group = ask(real_house, "Which phenoxypropanolamines treat hypertension?")
    assert "DRUGBANK:DB00571" in found(group)


@pytest.mark.parametrize(
    "relation", sorted(schema().by_metaedge().values(), key=lambda r: r.name), ids=lambda r: r.name
)
def test_the_relations_of_hetionet_alone_give_what_its_edges_say(real_house: House, relation) -> None:  # type: ignore[no-untyped-def]
    only = Permitted.of(real_house.release, ["hetionet"])
    rows = real_house.release.scan("edges").filter((pl.col("relation") == relation.name) & ~pl.col("negated"))
    edges = rows.filter(pl.col("sources").list.contains("hetionet")).select("subject", "object").collect()
    directions: tuple[Direction, ...] = ("out", "in")
    for direction in directions:
        near, far = ("subject", "object") if direction == "out" else ("object", "subject")
        counts = edges[near].value_counts().sort("count", near, descending=[True, False])[near].to_list()
        broad = sorted(counts[:300], key=lambda n: -len(real_house.lineage.under(n)))[:2]
        for node in {*counts[:2], *broad, counts[-1]}:
            wanted = set(edges.filter(pl.col(near) == node)[far])
            if relation.symmetric:
                wanted |= set(edges.filter(pl.col(far) == node)[near])
            executor = real_house.pipeline.executor(only)
            hop = Hop(relation.name, direction, Entity(node, relation.source(direction)))
            kinds = {n: found.category for n, found in executor.named(wanted).items()}
            # Chemicals may stand where a relation wants drugs, and are none.
            assert set(executor.nodes(hop)) == {n for n in wanted if kinds[n] == relation.target(direction)}
            assert through(executor, hop) == {}
