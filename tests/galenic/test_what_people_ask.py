"""Questions as people ask them, by the names that they use, on real data: what must be among the answers, and what must not."""

from __future__ import annotations

import pytest

from galenic.house import House
from galenic.questions.answer import Answer


def ask(house: House, question: str) -> Answer:
    return house.pipeline.ask(question)


def named(answer: Answer) -> set[str]:
    return {str(getattr(r, "name", "")) for r in answer.results}


@pytest.mark.parametrize(
    ("question", "some"),
    [
        ("What drugs treat cancer?", {"Imatinib", "Cisplatin", "Tamoxifen"}),
        ("Which genes are expressed in the ovary?", {"FSHR", "ESR1"}),
        ("What does glibenclamide treat?", {"type 2 diabetes mellitus"}),
        ("What does HCTZ treat?", {"hypertension"}),
        ("What does imatinib mesylate treat?", {"hematologic cancer"}),
        ("Which NSAIDs treat gout?", {"Indomethacin", "Naproxen"}),
        ("What interacts with warfarin?", {"Acetylsalicylic acid", "Amiodarone"}),
        ("What are the side effects of atorvastatin?", {"Myalgia"}),
        ("Which drugs treat atrial fibrillation?", {"Digoxin", "Diltiazem"}),
        ("Which beta blockers treat hypertension?", {"Propranolol", "Metoprolol"}),
        ("kinase inhibitors for lung cancer", {"Erlotinib", "Gefitinib"}),
        ("Which statins treat hypercholesterolemia?", {"Rosuvastatin", "Pravastatin"}),
        ("Which drugs are bisphosphonates?", {"Alendronic acid", "Ibandronate"}),
        ("DPP-4 inhibitors for type 2 diabetes", {"Sitagliptin"}),
        ("Which H2 blockers are there?", {"Ranitidine", "Famotidine", "Cimetidine"}),
        ("Which glitazones treat type 2 diabetes?", {"Pioglitazone", "Rosiglitazone"}),
        ("Which drugs bind PI3K?", {"Wortmannin"}),
        ("Which drugs target AMPK?", {"Metformin"}),
    ],
)
def test_what_is_asked_by_its_everyday_name_is_answered(real_house: House, question: str, some: set[str]) -> None:
    answer = ask(real_house, question)
    assert answer.status == "answered", answer
    assert some <= named(answer)


def test_a_kind_of_cancer_is_a_cancer(real_house: House) -> None:
    assert "Abacavir" not in named(ask(real_house, "What drugs treat cancer?"))


@pytest.mark.parametrize("question", ["Is ibuprofen an NSAID?", "Do warfarin and aspirin interact?"])
def test_yes_is_said_of_what_a_source_says(real_house: House, question: str) -> None:
    answer = ask(real_house, question)
    assert [r.value for r in answer.results] == [True]


def test_a_mechanism_is_told_in_steps_with_its_references(real_house: House) -> None:
    answer = ask(real_house, "How does metformin work?")
    assert answer.status == "answered" and "decreases activity of" in answer.claims[0].text
    assert any(s.citation.startswith("DRUGMECHDB:") for s in answer.supports.values() if hasattr(s, "citation"))


@pytest.mark.parametrize("name", ["cardiovexin", "zorbloxinib", "sertralone"])
def test_a_made_up_name_stays_unknown(real_house: House, name: str) -> None:
    answer = ask(real_house, f"Does {name} treat hypertension?")
    assert (answer.status, answer.reason) == ("abstained", "unknown_name")


@pytest.mark.parametrize("text", ["HP_0000822", "hp:822", "http://purl.obolibrary.org/obo/HP_0000822", "MESH:D006973"])
def test_an_identifier_is_taken_however_it_is_written(real_house: House, text: str) -> None:
    found = real_house.linker.identified(text)
    assert found is not None and found.name.casefold() == "hypertension"


def test_common_side_effects_are_those_of_which_a_label_says_so(real_house: House) -> None:
    answer = ask(real_house, "common side effects of atorvastatin")
    whole = ask(real_house, "What are the side effects of atorvastatin?")
    # SIDER: headache in up to 16.7%, myalgia in up to 5.6%; hepatic failure in none of these numbers.
    assert {"Headache", "Myalgia"} <= named(answer) < named(whole) and "Hepatic failure" not in named(answer)
    assert [r.name for r in answer.results[:1]] == ["Headache"] == [r.name for r in whole.results[:1]]
    assert any(note.code == "no_value" for note in answer.notes)


def test_a_phenotype_stands_for_the_disease_where_a_drug_treats_it_and_that_is_said(real_house: House) -> None:
    answer = ask(real_house, "What drugs treat hp:822?")
    assert answer.form == "list(hop(treats, in, entity(DOID:10763)))" and "Lisinopril" in named(answer)
    assert "hp:822 taken as hypertension, the same phenomenon as Hypertension (HP:0000822)" in answer.read_as


def test_drugs_are_screened_against_each_other(real_house: House) -> None:
    answer = ask(real_house, "Do warfarin, aspirin and rosuvastatin interact?")
    assert [r.value for r in answer.results] == [True, True, True] and len(answer.claims) == 3


def test_contraindications_are_never_said_to_be_none(real_house: House) -> None:
    answer = ask(real_house, "Which drugs are contraindicated in asthma?")
    assert answer.message.startswith("Not recorded: no source in this release records contraindications as such.")
