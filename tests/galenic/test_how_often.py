"""Side effects by how often they are seen, contraindications, screens and hypotheses: said with what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from galenic.house import House
from galenic.questions.answer import Answer
from galenic.reports.notes import in_words
from galenic.reports.supports import in_words as support_in_words
from galenic.settings import Settings
from ingest.build import Plan
from kg.evidence.claims import PassageSupport
from kg.evidence.permitted import Permitted
from kg.evidence.results import Level, Pair, YesNo
from kg.logic.forms import entities
from kg.logic.read import read_form
from kg.logic.reading import Linked, Read
from tests.galenic.test_relations_beyond_hetionet import FILES
from tests.ingest.test_product_labels import NAMES, SECTION, label

SIDER = "CID1000000{0}\tCID0000000{0}\tC9000001\t"
SEEN = (
    ("11", "", "21%", "0.21", "0.21", "C9000011", "Tummy ache"),
    ("11", "", "rare", "0", "0.001", "C9000011", "Tummy ache"),
    ("11", "placebo", "17%", "0.17", "0.17", "C9000011", "Tummy ache"),
    ("11", "", "common", "0.01", "1", "C9000012", "Wobbliness"),
    ("11", "", "0.05%", "0.0005", "0.0005", "C9000013", "Cardiac arrest"),
    ("11", "", "5%", "0.05", "0.05", "C9000014", "Sighing"),
    ("12", "", "10%", "0.1", "0.1", "C9000014", "Sighing"),
)
UNMEASURED = (("11", "C9000015", "Itching"), ("12", "C9000011", "Tummy ache"))
LABEL = SECTION.format(
    "34070-3",
    "4 CONTRAINDICATIONS",
    "<text><paragraph>Never in mimic fever. Not before noon.</paragraph></text>",
)


# A whole record lists all that its drug interacts with: of two such drugs that do not name each other it says no.
RECORD = (
    '<drug type="small molecule"><drugbank-id primary="true">{}</drugbank-id><name>{}</name><drug-interactions>'
    "<drug-interaction><drugbank-id>DB99991</drugbank-id><name>Fakumab</name><description>Made up.</description>"
    "</drug-interaction></drug-interactions></drug>"
)
RECORDS = RECORD.format("DB99992", "Shamolol") + RECORD.format("DB99993", "Mockazole")


def files() -> dict[str, str]:
    frequencies = [
        f"CID1000000{d}\tCID0000000{d}\tC9000001\t{placebo}\t{text}\t{low}\t{high}\tPT\t{c}\t{name}"
        for d, placebo, text, low, high, c, name in SEEN
    ]
    effects = [f"CID1000000{d}\tCID0000000{d}\tC9000001\tPT\t{c}\t{name}" for d, c, name in UNMEASURED]
    return {
        **FILES,
        "sider4/meddra_freq.tsv": "\n".join([*frequencies, ""]),
        "sider4/meddra_all_se.tsv": "\n".join([*effects, ""]),
        "drugbank/pubchem-mapping.tsv": "drugbank_id\tpubchem_cid\nDB99991\t11\nDB99992\t12\n",
        "drug_names/drugbank-vocabulary.csv": FILES["drug_names/drugbank-vocabulary.csv"].replace(
            "DB99991,,Fakumab,,,", "DB99991,,Fakumab,,UNII99999A,"
        ),
        "drugbank/full.xml": FILES["drugbank/full.xml"].replace("</drugbank>", f"{RECORDS}</drugbank>"),
        "labels/one.xml": label(1, sections=LABEL),
        "labels/spl-section-loinc.csv": NAMES,
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house built of a few written rows of each source."""
    folder = tmp_path_factory.mktemp("often")
    for name, content in files().items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".gz"):
            import gzip

            path.write_bytes(gzip.compress(content.encode()))
        else:
            path.write_text(content, "utf-8")
    house = House(Settings(home=folder / "home", idle_minutes=2))
    house.build(Plan(folder / "data"))
    yield house
    house.close()
    house.server.stop()


def answered(house: House, text: str, permitted: Permitted | None = None) -> Answer:
    """The answer to a form."""
    form = read_form(text)
    names = house.pipeline.executor().named([e.id for e in entities(form)])
    linked = tuple(Linked(n.name, i, n.name, n.category, 1.0) for i, n in names.items())
    return house.pipeline.answer(text, Read(form, linked), *([permitted] if permitted else []))


def said(answer: Answer) -> dict[str, str]:
    return {note.code: in_words(note) for note in answer.notes}


def test_side_effects_stand_by_how_often_they_are_seen_and_serious_ones_are_marked(small: House) -> None:
    answer = small.pipeline.ask("What are the side effects of Fakumab?")
    assert [r.name for r in answer.results] == ["Tummy ache", "Sighing", "Wobbliness", "Cardiac arrest", "Itching"]
    assert answer.message == (
        "5 side effects caused by Fakumab: Tummy ache (21%), Sighing (5%), Wobbliness (at least 1%), "
        "Cardiac arrest (0.05%, serious), Itching."
    )
    assert said(answer)["serious"] == "Serious by the criteria of ICH E2A, 1 of the 5: Cardiac arrest."
    first = answer.supports[answer.claims[0].supports[0]]
    assert support_in_words(first) == "SIDER, text-mined, in 21%, under placebo in 17%" and answer.dropped == 0


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("common side effects of Fakumab", ["Tummy ache", "Sighing", "Wobbliness"]),
        ("What are the most common side effects of Fakumab?", ["Tummy ache", "Sighing", "Wobbliness"]),
        ("very common adverse effects of Fakumab", ["Tummy ache"]),
        ("rare side effects of Fakumab", ["Cardiac arrest"]),
        ("side effects of Fakumab in more than 5% of patients", ["Tummy ache"]),
        ("side effects of Fakumab in at least 5% of patients", ["Tummy ache", "Sighing"]),
        ("Which drugs commonly cause Sighing?", ["Shamolol", "Fakumab"]),
    ],
)
def test_how_often_is_asked_in_words_or_in_numbers(small: House, question: str, names: list[str]) -> None:
    answer = small.pipeline.ask(question)
    assert [r.name for r in answer.results] == names, (answer.form, answer.message)
    assert answer.dropped == 0 and (len(names) == 2 or "no recorded frequency" in said(answer)["no_value"])


def test_a_side_effect_of_which_nobody_says_how_often_is_neither_common_nor_not(small: House) -> None:
    yes = small.pipeline.ask("Is Sighing a common side effect of Fakumab?")
    no = small.pipeline.ask("Is Cardiac arrest a common side effect of Fakumab?")
    neither = small.pipeline.ask("Is Itching a common side effect of Fakumab?")
    assert [a.results for a in (yes, no, neither)] == [(YesNo.of(True),), (YesNo.of(False),), (YesNo.of(None),)]
    assert neither.message == (
        "Not recorded: no source in this release gives a frequency for Itching, one of the side effects caused by Fakumab."
    )
    assert [a.dropped for a in (yes, no, neither)] == [0, 0, 0]


def test_what_is_not_taken_out_for_want_of_a_frequency_is_said(small: House) -> None:
    answer = answered(
        small,
        "list(minus(hop(interacts_with_drug, out, entity(DRUGBANK:DB99991)), "
        "where(hop(causes, in, entity(UMLS:C9000011)), frequency >= 0.01)))",
    )
    assert "Shamolol" in {r.name for r in answer.results}
    assert said(answer)["kept"].startswith("1 of the ")


def test_contraindications_that_no_source_records_are_no_none_and_labels_are_quoted(small: House) -> None:
    for text, results in (
        ("list(hop(contraindicated, out, entity(DRUGBANK:DB99991)))", ()),
        ("list(hop(contraindicated, in, entity(DOID:99991)))", ()),
        ("count(hop(contraindicated, out, entity(DRUGBANK:DB99991)))", ()),
        ("exists(and(entity(DRUGBANK:DB99991), hop(contraindicated, in, entity(DOID:99991))))", (YesNo.of(None),)),
    ):
        answer = answered(small, text)
        assert answer.status == "answered" and answer.results == results
        assert answer.message.startswith("Not recorded: no source in this release records contraindications as such.")
        (claim,) = answer.claims
        support = answer.supports[claim.supports[0]]
        assert isinstance(support, PassageSupport) and support.section == "contraindications"
        assert "Never in mimic fever." in claim.text and support.quote == claim.text and answer.dropped == 0
        assert "(fakumab) tablets" in answer.message


@pytest.mark.parametrize(
    "question",
    [
        "Is Fakumab contraindicated in mimic fever?",
        "Is Fakumab contra-indicated in mimic fever?",
        "Must people with mimic fever not be given Fakumab?",
        "Is it so that people with mimic fever mustn't be given Fakumab?",
    ],
)
def test_what_must_not_be_given_is_never_read_as_what_treats(small: House, question: str) -> None:
    answer = small.pipeline.ask(question)
    assert "treats" not in answer.form and answer.results in ((), (YesNo.of(None),))


def test_labels_that_may_not_speak_are_not_quoted_and_what_is_left_in_is_said(small: House) -> None:
    text = "list(hop(contraindicated, out, entity(DRUGBANK:DB99991)))"
    answer = answered(small, text, Permitted(frozenset(["ddinter"])))
    assert answer.message == (
        "Not recorded: no permitted source records contraindications as such. No label in it speaks of that."
    )
    left = answered(
        small, "list(minus(hop(treats, in, entity(DOID:99991)), hop(contraindicated, in, entity(DOID:99991))))"
    )
    assert left.results and said(left)["gap"] == (
        "Not recorded: no source in this release records contraindications as such."
    )


def test_contraindications_that_a_source_states_are_answered_as_any_relation(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "kgx"
    folder.mkdir(parents=True)
    (folder / "x_nodes.tsv").write_text(
        "id\tcategory\tname\nDRUGBANK:DB99991\tbiolink:Drug\tFakumab\nDOID:99991\tbiolink:Disease\tmimic fever\n"
        "DOID:99992\tbiolink:Disease\tsham rash\n"
    )
    (folder / "x_edges.tsv").write_text(
        "subject\tpredicate\tobject\nDRUGBANK:DB99991\tbiolink:contraindicated_in\tDOID:99991\n"
        "DOID:99992\tbiolink:has_contraindication\tDRUGBANK:DB99991\n"
    )
    house = House(Settings(home=tmp_path / "home", idle_minutes=2))
    try:
        house.build(Plan(tmp_path / "data"))
        answer = house.pipeline.ask("What is Fakumab contraindicated in?")
        assert answer.form == "list(hop(contraindicated, out, entity(DRUGBANK:DB99991)))"
        assert {r.name for r in answer.results} == {"mimic fever", "sham rash"}
        assert answer.claims[0].text == "Fakumab is contraindicated in mimic fever." and answer.dropped == 0
    finally:
        house.close()
        house.server.stop()


@pytest.mark.parametrize(
    "question",
    ["Do Fakumab, Shamolol and Mockazole interact?", "any interactions among Fakumab, Shamolol and Mockazole?"],
)
def test_a_screen_gives_every_pair_with_its_levels(small: House, question: str) -> None:
    answer = small.pipeline.ask(question)
    assert answer.form == ("screen(entity(DRUGBANK:DB99991), entity(DRUGBANK:DB99992), entity(DRUGBANK:DB99993))"), (
        answer.message
    )
    pairs = {r.name: r for r in answer.results if isinstance(r, Pair)}
    assert list(pairs) == ["Fakumab and Shamolol", "Fakumab and Mockazole", "Shamolol and Mockazole"]
    assert Level("DDInter", "Major") in pairs["Fakumab and Shamolol"].levels
    assert [s.id for s in pairs["Fakumab and Shamolol"].nodes] == ["DRUGBANK:DB99991", "DRUGBANK:DB99992"]
    assert all(p.value for p in pairs.values()) and len(answer.claims) == 3 and answer.dropped == 0


def test_a_pair_that_no_source_lists_is_not_recorded(small: House) -> None:
    text = "screen(entity(DRUGBANK:DB99991), entity(DRUGBANK:DB99992), entity(DRUGBANK:DB99993))"
    answer = answered(small, text, Permitted(frozenset(["hetionet"])))
    assert {r.value for r in answer.results} == {None} and not answer.claims
    assert answer.message.startswith(
        "0 of 3 pairs recorded as interacting. Not recorded, for no source covers both drugs:"
    )
    assert "not therefore harmless" in said(answer)["not_listed"]
    listed = answered(small, text, Permitted(frozenset(["drugbank_xml"])))
    assert [r.value for r in listed.results] == [True, True, False]
    assert listed.message.endswith("Not listed by sources that cover both drugs: Shamolol and Mockazole.")


def test_hypotheses_that_nobody_ranked_are_abstained_from_with_what_is_recorded(small: House) -> None:
    answer = answered(small, "hypothesis(entity(DRUGBANK:DB99992), entity(DOID:99991))")
    assert (answer.status, answer.reason) == ("abstained", "no_evidence")
    assert answer.message.startswith(
        "No hypothesis is stated as an answer; `galenic explain DRUGBANK:DB99992 DOID:99991` gives its rank and paths. "
        "Recorded: Shamolol was in clinical trials for"
    )
    assert [c.text for c in answer.claims] == [
        "Shamolol was in clinical trials for mimic fever."
    ] and not answer.dropped
    every = answered(small, "hypotheses(drugs, entity(DOID:99991))")
    told = "No hypothesis is stated as an answer; `galenic rank --disease DOID:99991` ranks drugs."
    assert (every.reason, every.message) == ("no_evidence", told)
    targets = answered(small, "hypotheses(targets, entity(DOID:99991))")
    assert targets.message == "Targets that nobody has recorded are not ranked yet."
