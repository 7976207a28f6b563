"""Names to identifiers: what links, what must not, and why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ontologies.errors import OntologyError
from ontologies.names import store
from ontologies.names.everyday import everyday_names
from ontologies.names.linker import NameLinker
from ontologies.names.mentions import find_mentions
from ontologies.names.store import NameEntry
from ontologies.names.typing_errors import mistyped

MENTIONS = Path(__file__).with_name("mentions.tsv")


def rows() -> list[dict[str, str]]:
    with MENTIONS.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


@pytest.fixture(scope="module")
def linker(tmp_path_factory: pytest.TempPathFactory) -> NameLinker:
    entries = [
        NameEntry("DOID:1", "biolink:Disease", "oesophageal tumour", "preferred"),
        NameEntry("DOID:2", "biolink:Disease", "type 2 diabetes mellitus", "preferred"),
        NameEntry("DOID:2", "biolink:Disease", "T2DM", "abbreviation"),
        NameEntry("DRUGBANK:DB1", "biolink:Drug", "Metformin", "preferred"),
        NameEntry("NCBIGene:1", "biolink:Gene", "ABC1", "preferred"),
        NameEntry("NCBIGene:2", "biolink:Gene", "ABC2", "preferred"),
        NameEntry("UMLS:1", "biolink:ClinicalFinding", "Twins", "preferred"),
        NameEntry("DOID:3", "biolink:Disease", "twins", "preferred"),
        NameEntry("NCBIGene:3", "biolink:Gene", "Abc1", "preferred"),
        NameEntry("DOID:4", "biolink:Disease", "left disease", "preferred"),
    ]
    folder = tmp_path_factory.mktemp("names") / "index"
    store.build(entries, folder, "sha256:x", {"DOID:2": 10}, ["patients"])
    return NameLinker(folder)


def test_hand_checked_mentions_link_and_made_up_words_do_not(real_names: NameLinker) -> None:
    checked = [r for r in rows() if r["kind"] != "made up"]
    linked = {r["mention"]: [c.id for c in real_names.link(r["mention"])] for r in checked}
    wrong = [
        (r["mention"], r["id"], linked[r["mention"]][:3]) for r in checked if linked[r["mention"]][:1] != [r["id"]]
    ]
    among_five = sum(r["id"] in linked[r["mention"]][:5] for r in checked) / len(checked)
    false = [r["mention"] for r in rows() if r["kind"] == "made up" and real_names.link(r["mention"])]
    assert len(rows()) >= 150
    assert 1 - len(wrong) / len(checked) >= 0.97, wrong
    assert among_five >= 0.98
    assert false == []


def test_british_spelling_word_order_and_one_typing_error(linker: NameLinker) -> None:
    assert linker.link("esophageal tumors")[0].id == "DOID:1"
    assert linker.link("diabetes mellitus, type 2")[0].id == "DOID:2"
    mistyped = linker.link("metfromin")[0]
    assert (mistyped.id, "typing error" in mistyped.why) == ("DRUGBANK:DB1", True)


def test_a_gene_symbol_is_never_matched_by_likeness(linker: NameLinker) -> None:
    assert linker.link("ABC3") == []


def test_an_ambiguous_name_gives_all_its_candidates(linker: NameLinker) -> None:
    assert {c.id for c in linker.link("twins")} == {"DOID:3", "UMLS:1"}
    assert [c.id for c in linker.link("twins", categories=["biolink:ClinicalFinding"])] == ["UMLS:1"]


def test_mentions_in_a_sentence_keep_their_place_and_unknown_names_are_said(linker: NameLinker) -> None:
    text = "does zorbloxinib treat T2DM in patients"
    mentions = find_mentions(linker, text, {"does", "treat"})
    assert [(m.text, [c.id for c in m.candidates]) for m in mentions] == [("zorbloxinib", []), ("T2DM", ["DOID:2"])]
    assert all(text[m.start : m.end] == m.text for m in mentions)


def test_capitals_tell_a_gene_from_that_of_another_species(linker: NameLinker) -> None:
    first, second = linker.link("ABC1")
    assert (first.id, second.id) == ("NCBIGene:1", "NCBIGene:3")
    assert first.score > second.score + 0.05
    same, other = linker.link("abc1")
    assert same.score == other.score


def test_a_name_of_ordinary_words_is_one_where_it_stands_whole(linker: NameLinker) -> None:
    def found(text: str) -> list[str]:
        return [m.text for m in find_mentions(linker, text, {"drugs", "treat", "left", "disease"}, {"disease"})]

    assert found("drugs treat left disease") == ["left disease"]
    assert found("drugs left treat disease") == []


def test_an_index_that_is_missing_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match="galenic build"):
        NameLinker(tmp_path)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("the drug metformin", "DRUGBANK:DB1"),
        ("metformin 500 mg tablets", "DRUGBANK:DB1"),
        ("treatment with metformin", "DRUGBANK:DB1"),
        ("patients suffering from T2DM", "DOID:2"),
        ("ABC2 polymorphism", "NCBIGene:2"),
        ("ABC2 expression", "NCBIGene:2"),
    ],
)
def test_what_is_said_around_a_name_does_not_hide_it(linker: NameLinker, said: str, means: str) -> None:
    assert linker.link(said)[0].id == means


@pytest.mark.parametrize(
    "said", ["ABC2 inhibitor", "ABC2 deficiency", "metformin overdose", "patients", "serum levels"]
)
def test_words_that_change_what_is_meant_stay(linker: NameLinker, said: str) -> None:
    assert linker.link(said) == []


def test_a_protein_far_better_known_than_its_drug_comes_first_and_the_kind_decides(tmp_path: Path) -> None:
    entries = [
        NameEntry("NCBIGene:1", "biolink:Gene", "LEPX", "preferred"),
        NameEntry("NCBIGene:1", "biolink:Gene", "leptox", "exact"),
        NameEntry("DRUGBANK:DB1", "biolink:Drug", "Leptox", "preferred"),
        NameEntry("NCBIGene:2", "biolink:Gene", "INSX", "preferred"),
        NameEntry("NCBIGene:2", "biolink:Gene", "insulox", "exact"),
        NameEntry("DRUGBANK:DB2", "biolink:Drug", "Insulox", "preferred"),
    ]
    degrees = {"NCBIGene:1": 400, "DRUGBANK:DB1": 3, "NCBIGene:2": 400, "DRUGBANK:DB2": 390}
    store.build(entries, tmp_path / "index", "sha256:x", degrees)
    linker = NameLinker(tmp_path / "index")
    assert [c.id for c in linker.link("leptox")] == ["NCBIGene:1", "DRUGBANK:DB1"]
    assert linker.link("leptox", categories=["biolink:Drug"])[0].id == "DRUGBANK:DB1"
    assert linker.link("insulox")[0].id == "DRUGBANK:DB2"


def test_symptoms_in_plain_words_are_spelt_out() -> None:
    said = {e.name: e.meant for e in everyday_names()}
    assert said["can't sleep"] == said["trouble sleeping"] == ("insomnia",)
    assert said["pins and needles"] == ("paresthesia",) and said["low blood sugar level"] == ("hypoglycemia",)
    assert not any(set("()|") & set(name) or name != name.strip() for name in said)


def test_everyday_names_written_a_second_time_link_and_made_up_ones_do_not(real_names: NameLinker) -> None:
    table = Path(__file__).with_name("everyday.tsv").read_text("utf-8").splitlines()[1:]
    made_up = [row.split("\t")[2] for row in table if row.startswith("made-up\t")]
    linked = [row.split("\t")[2] for row in table if not row.startswith("made-up\t")]
    assert [name for name in made_up if real_names.link(name)] == []
    assert sum(bool(real_names.link(name)) for name in linked) / len(linked) >= 0.95


def test_a_brand_is_not_guessed_from_another_consonant_and_a_famous_misspelling_is_known() -> None:
    assert mistyped("clopidrogel", "clopidogrel", stem=True) and mistyped("prednizone", "prednisone", stem=True)
    assert not mistyped("Lipizor".lower(), "lipitor", strict=True) and not mistyped("macroid", "macrobid", strict=True)
    assert not mistyped("febuprofen", "fenoprofen", stem=True) and not mistyped("perinapril", "perindopril", stem=True)
