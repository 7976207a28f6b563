"""repoDB, the Drug Repurposing Hub and DrugCentral: fates of indications, phases of drugs, targets and activities."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.source import Frame, Inputs, all_sources
from kg.records import Covered, Edge, Node, Quarantined, Record

FILES = {
    "repodb": "repurposing/repodb-part.tsv",
    "repurposing_hub": "repurposing/drug-repurposing-hub-2020-03-24.tsv",
    "drugcentral_targets": "repurposing/drugcentral-targets.tsv",
}
HEADINGS = {
    "repodb": "drug_name\tdrug_id\tind_name\tind_id\tsem_type\tstatus\tphase\tDetailedStatus",
    "repurposing_hub": "drugbank_id\tdrugbank_match\tpert_iname\tclinical_phase\tmoa\ttarget\tdisease_area",
    "drugcentral_targets": "drugbank_id\tdrug_name\ttarget_name\taccession\tgene\tact_value\tact_type\tact_source\t"
    "relation\tmoa\tmoa_source\taction_type\torganism",
}
BESIDE = {
    "drug_names/drugbank-vocabulary.csv": "DrugBank ID,Accession Numbers,Common name,Synonyms\n"
    "DB99991,DB99981,One,Uno | Eins\nDB99992,,Two,\n",
    "ontologies/doid-2026-xrefs.tsv": "id\tlabel\txref\nDOID:99991\tillone\tUMLS_CUI:C9000001\n",
    "genes/hgnc.tsv": "symbol\tprevious_symbols\talias_symbols\tncbi_gene_id\tuniprot_ids\n"
    "AAA1\tOLD1\t\t11\tP99991\nBBB1\tOLD2\t\t12\tP99992\nCCC1\tOLD2\t\t13\t\n",
}


def read(name: str, folder: Path, *rows: str) -> list[Record | Frame]:
    for file, content in {**BESIDE, FILES[name]: "\n".join([HEADINGS[name], *rows, ""])}.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    source = all_sources()[name]
    return list(source.read(Inputs(folder, source.found(folder))))


def edges(records: list[Record | Frame]) -> list[Edge]:
    return [e for e in records if isinstance(e, Edge)]


def aside(records: list[Record | Frame]) -> list[Quarantined]:
    return [q for q in records if isinstance(q, Quarantined)]


REPODB = "{}\t{}\tIllone\t{}\tDisease or Syndrome\t{}\t{}\t{}"


def test_an_approved_indication_is_a_treatment_and_a_stopped_trial_never(tmp_path: Path) -> None:
    records = read(
        "repodb",
        tmp_path,
        REPODB.format("One", "DB99991", "C9000001", "Approved", "", ""),
        REPODB.format("Two", "DB99992", "C9000001", "Terminated", "Phase 2", "Slow accrual"),
        REPODB.format("Two", "DB99992", "C9000001", "Withdrawn", "Phase 3", "NA"),
    )
    treats, trial = edges(records)
    assert (treats.subject, treats.relation, treats.object) == ("DRUGBANK:DB99991", "treats", "DOID:99991")
    assert (trial.subject, trial.relation) == ("DRUGBANK:DB99992", "in_clinical_trials_for")
    assert trial.attributes["trials"] == [
        {"status": "Terminated", "phase": "Phase 2", "detail": "Slow accrual"},
        {"status": "Withdrawn", "phase": "Phase 3"},
    ]


def test_a_table_of_some_indications_covers_nothing(tmp_path: Path) -> None:
    records = read("repodb", tmp_path, REPODB.format("One", "DB99991", "C9000001", "Approved", "", ""))
    assert set(all_sources()["repodb"].declares) == {"treats", "in_clinical_trials_for"}
    assert not [c for c in records if isinstance(c, Covered)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (REPODB.format("Two", "DB99991", "C9000001", "Approved", "", ""), "Two is not DB99991, which is One"),
        (REPODB.format("", "DB99991", "C9000001", "Approved", "", ""), "no name of the drug"),
        (REPODB.format("One", "99991", "C9000001", "Approved", "", ""), "needs a drug_id of DrugBank"),
        (REPODB.format("One", "DB99991", "9000001", "Approved", "", ""), "ind_id of UMLS"),
        (REPODB.format("One", "DB99991", "C9000001", "Hoped", "", ""), "the status 'Hoped' is none of"),
        (REPODB.format("One", "DB99991", "C9000009", "Approved", "", ""), "1 row: an indication that is no disease"),
    ],
)
def test_a_row_of_repodb_that_cannot_be_believed_is_put_aside(row: str, reason: str, tmp_path: Path) -> None:
    records = read("repodb", tmp_path, row)
    (bad,) = aside(records)
    assert reason in bad.reason and not edges(records)


@pytest.mark.parametrize(("name", "number"), [("uno", "DB99991"), ("One", "DB99981"), ("Unheard of", "DB99992")])
def test_a_synonym_a_merged_number_and_an_unknown_name_deny_nothing(name: str, number: str, tmp_path: Path) -> None:
    assert edges(read("repodb", tmp_path, REPODB.format(name, number, "C9000001", "Approved", "", "")))


def test_a_drug_of_the_hub_has_the_furthest_phase_of_its_rows(tmp_path: Path) -> None:
    records = read(
        "repurposing_hub",
        tmp_path,
        "DB99991\tinchikey\tone\tPhase 2\tmade-up inhibitor\tAAA1|OLD1|OLD2\tdermatology",
        "DB99991\tname\tone\tPhase 3\t\t\t",
        "DB99992\tskeleton\ttwo\tLaunched\t\tAAA1\t",
        "\t\tthree\tPhase 1\t\t\t",
    )
    (drug,) = [n for n in records if isinstance(n, Node) and n.category == "biolink:Drug"]
    assert drug.attributes == {
        "clinical_phase": "Phase 3",
        "mechanisms": ["made-up inhibitor"],
        "disease_areas": ["dermatology"],
    }
    # The former symbol of one gene is taken, that of two is not.
    assert [(e.relation, e.object) for e in edges(records)] == [("targets", "NCBIGene:11")]
    assert sorted(q.row for q in aside(records)) == ["", "OLD2", "two"]


TARGET = (
    "DB99991\tone\tProtein\t{accession}\t{gene}\t{value}\t{type}\tMADEUP\t{relation}\t{moa}\t\t{action}\t{organism}"
)
PLAIN = {
    "accession": "P99991",
    "gene": "AAA1",
    "value": "",
    "type": "",
    "relation": "",
    "moa": "",
    "action": "",
    "organism": "Homo sapiens",
}


def target(**changed: str) -> str:
    return TARGET.format(**{**PLAIN, **changed})


def test_a_measured_activity_makes_no_target(tmp_path: Path) -> None:
    records = read("drugcentral_targets", tmp_path, target(value="6.706", type="IC50", relation="="))
    (edge,) = edges(records)
    assert edge.relation == "binds"
    assert edge.attributes["activities"] == [{"type": "IC50", "unit": "pChEMBL", "value": 6.71}]


def test_a_known_target_has_its_action_and_its_strongest_activity_first(tmp_path: Path) -> None:
    records = read(
        "drugcentral_targets",
        tmp_path,
        target(value="5", type="Ki", relation=">", moa="1", action="INHIBITOR"),
        target(value="7.5", type="Ki", relation="="),
        target(value="4.2", type="Km", relation="="),
    )
    binds, targets = edges(records)
    assert (binds.relation, targets.relation) == ("binds", "targets")
    facts = targets.attributes
    assert (facts["known_action"], facts["actions"], facts["rows"]) == ("yes", ["inhibitor"], 3)
    assert [(a["type"], a["unit"], a["value"], a.get("relation")) for a in facts["activities"]] == [
        ("Ki", "pChEMBL", 7.5, None),
        ("Km", "-log10(molar)", 4.2, None),
        ("Ki", "pChEMBL", 5.0, ">"),
    ]


def test_a_complex_is_all_of_its_genes_or_none(tmp_path: Path) -> None:
    whole = read("drugcentral_targets", tmp_path, target(gene="AAA1|BBB1", moa="1"))
    assert {e.object for e in edges(whole)} == {"NCBIGene:11", "NCBIGene:12"}
    part = read("drugcentral_targets", tmp_path, target(gene="AAA1|ZZZ9", accession="P99991|P99999", moa="1"))
    assert not edges(part) and "no gene of HGNC" in aside(part)[0].reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"organism": "Rattus norvegicus"}, "no human protein"),
        ({"organism": ""}, "no human protein"),
        ({"value": "strong", "type": "Ki"}, "act_value needs a number"),
        ({"value": "6.1"}, "act_type a word"),
    ],
)
def test_a_row_that_is_no_human_target_is_put_aside(changed: dict[str, str], reason: str, tmp_path: Path) -> None:
    records = read("drugcentral_targets", tmp_path, target(**changed))
    assert not edges(records) and reason in aside(records)[0].reason


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_with_other_columns_or_cut_short_is_named(name: str, tmp_path: Path) -> None:
    read(name, tmp_path)
    path, source = tmp_path / FILES[name], all_sources()[name]
    for content, said in (
        (b"a\tb\n1\t2\n", "has no column"),
        (gzip.compress(f"{HEADINGS[name]}\n".encode() * 3)[:-6], "read after"),
    ):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=said):
            list(source.read(Inputs(tmp_path, source.found(tmp_path))))


@pytest.mark.parametrize("name", list(FILES))
def test_a_row_with_too_few_cells_or_that_repeats_another_is_put_aside(name: str, tmp_path: Path) -> None:
    whole = "\t".join("x" * HEADINGS[name].count("\t")) + "\tx"
    reasons = [q.reason for q in aside(read(name, tmp_path, "x\ty", whole, whole))]
    assert any("2 cells under" in r for r in reasons) and "the row stands twice" in reasons


def counted(quarantined: Quarantined) -> int:
    number = re.match(r"([\d,]+) rows?:", quarantined.reason)
    return int(number[1].replace(",", "")) if number else 1


@pytest.mark.parametrize(
    ("name", "rows", "relation"), [("repodb", 5_340, ""), ("drugcentral_targets", 16_702, "binds")]
)
def test_every_row_of_the_real_file_is_in_an_edge_or_put_aside(name: str, rows: int, relation: str, data: Path) -> None:
    source = all_sources()[name]
    records = list(source.read(Inputs(data, source.found(data))))
    own = sum(counted(q) for q in aside(records) if q.file.startswith("repurposing/"))
    told = sum(e.attributes["rows"] for e in edges(records) if relation in e.relation)
    # A row of a complex is in the edges of all its genes.
    assert told + own == rows if name == "repodb" else told + own > rows


def test_every_drug_of_the_real_hub_is_a_node_or_put_aside(data: Path) -> None:
    source = all_sources()["repurposing_hub"]
    records = list(source.read(Inputs(data, source.found(data))))
    with gzip.open(data / "repurposing" / "drug-repurposing-hub-2020-03-24.tsv.gz", "rt", encoding="utf-8") as stream:
        rows = [line.rstrip("\n").split("\t") for line in stream][1:]
    sure = {f"DRUGBANK:{row[0]}" for row in rows if row[0] and row[1] != "skeleton"}
    assert {n.id for n in records if isinstance(n, Node) and n.category == "biolink:Drug"} == sure
    assert sum(counted(q) for q in aside(records) if "no drug of" in q.reason) == sum(not row[0] for row in rows)
