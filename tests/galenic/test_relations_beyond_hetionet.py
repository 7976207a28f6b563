"""Interactions, trials, targets and variants in answers: levels of each source, targets told from what only binds."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest

from galenic.house import House
from galenic.questions.dialogue import Dialogue
from galenic.reports.notes import in_words
from galenic.reports.supports import in_words as support_in_words
from galenic.settings import Settings
from ingest.build import Plan
from kg.evidence.permitted import Permitted
from kg.evidence.results import PathResult, YesNo
from kg.logic.forms import Entity, MechanismForm
from kg.logic.interchange import from_json, to_json
from kg.logic.plan import plan
from kg.logic.read import read_form
from kg.logic.text import show

CIVIC = (
    "gene entrez_id variant disease doid drugs drug_interaction_type evidence_type evidence_direction evidence_level "
    "clinical_significance citation_id source_type rating evidence_status evidence_id variant_id"
)
MECHANISM = {
    "graph": {
        "_id": "DB99991_MESH_D999999_1",
        "drug": "fakumab",
        "disease": "Mimic fever",
        "drug_mesh": "MESH:D999998",
        "disease_mesh": "MESH:D999999",
        "drugbank": "DB:DB99991",
    },
    "nodes": [
        {"id": "MESH:D999998", "name": "fakumab"},
        {"id": "UniProt:P99991", "name": "Made-up protein"},
        {"id": "MESH:D999999", "name": "Mimic fever"},
    ],
    "links": [
        {"source": "UniProt:P99991", "key": "positively correlated with", "target": "MESH:D999999"},
        {"source": "MESH:D999998", "key": "decreases activity of", "target": "UniProt:P99991"},
    ],
    "references": ["https://pubmed.ncbi.nlm.nih.gov/99999905/"],
}
# A cut of one drug, which names the others as its partners: of the pair of these it says nothing.
CUT = """<?xml version="1.0" encoding="UTF-8"?>
<drugbank xmlns="http://www.drugbank.ca" version="5.1" exported-on="2031-01-02">
<drug type="small molecule"><drugbank-id primary="true">DB99994</drugbank-id><name>Sampledrug</name><drug-interactions>
<drug-interaction><drugbank-id>DB99991</drugbank-id><name>Fakumab</name><description>Made up.</description></drug-interaction>
<drug-interaction><drugbank-id>DB99992</drugbank-id><name>Shamolol</name><description>Made up.</description></drug-interaction>
</drug-interactions></drug>
</drugbank>
"""
FILES = {
    "drugbank/full.xml": CUT,
    "drugmechdb/paths.jsonl": json.dumps(MECHANISM) + "\n",
    "genes/hgnc.tsv": "hgnc_id\tsymbol\tname\tstatus\talias_symbols\tprevious_symbols\tncbi_gene_id\t"
    "uniprot_ids\tensembl_gene_id\tlocus_type\nHGNC:99999\tZZ11A\t\tApproved\t\t\t11\tP99991\t\t\n",
    "drugbank/drugbank.tsv.gz": "drugbank_id\tname\ttype\tgroups\tatc_codes\tcategories\tinchikey\n"
    "DB99991\tFakumab\t\tapproved\t\t\t\nDB99992\tShamolol\t\tapproved\t\t\t\nDB99993\tMockazole\t\tapproved\t\t\t\n",
    "drugbank/proteins.tsv.gz": "drugbank_id\tcategory\tuniprot_id\tentrez_gene_id\torganism\tknown_action\tactions\tpubmed_ids\n"
    "DB99991\ttarget\tP99991\t11\tHuman\tyes\tinhibitor\t\nDB99991\tenzyme\tP99992\t12\tHuman\t\tsubstrate\t\n",
    "genes/x.gene_info": "".join(
        f"9606\t{n}\tZZ{n}A\t-\t-\t-\t1\t-\tmade-up gene {n}\tprotein-coding\t-\t-\t-\t-\t20310101\n" for n in (11, 12)
    ),
    "hetionet/x-nodes.tsv": "id\tname\tkind\nCompound::DB99991\tFakumab\tCompound\nGene::11\tZZ11A\tGene\nGene::12\tZZ12A\tGene\n"
    "Disease::DOID:99991\tmimic fever\tDisease\n",
    "hetionet/x-edges.sif": "source\tmetaedge\ttarget\nCompound::DB99991\tCbG\tGene::11\nCompound::DB99991\tCbG\tGene::12\n",
    "clinical/ddinter.tsv": "drugbank_a\tdrug_a\tdrugbank_b\tdrug_b\tlevel\n"
    "DB99991\tFakumab\tDB99992\tShamolol\tMajor\nDB99991\tFakumab\tDB99993\tMockazole\tMinor\n",
    "clinical/onc-pairs.tsv": "list\tdrugbank_object\tobject\tdrugbank_precipitant\tprecipitant\n"
    "high-priority\tDB99991\tFakumab\tDB99992\tShamolol\nnon-interruptive\tDB99992\tShamolol\tDB99993\tMockazole\n",
    "clinical/drugcentral-ddi.tsv": "drugbank_a\tdrug_a\tdrugbank_b\tdrug_b\trisk\n"
    "DB99991\tFakumab\tDB99993\tMockazole\tSignificant\nDB99992\tShamolol\tDB99993\tMockazole\tSignificant\n",
    "repurposing/repodb-part.tsv": "drug_name\tdrug_id\tind_name\tind_id\tsem_type\tstatus\tphase\tDetailedStatus\n"
    "Fakumab\tDB99991\tmimic fever\tC9000001\tx\tApproved\t\t\n"
    "Shamolol\tDB99992\tmimic fever\tC9000001\tx\tTerminated\tPhase 2\tslow accrual\n",
    "ontologies/doid-2026-xrefs.tsv": "id\tlabel\txref\nDOID:99991\tmimic fever\tUMLS_CUI:C9000001\n"
    "DOID:99991\tmimic fever\tMESH:D999999\n",
    "drug_names/drugbank-vocabulary.csv": "DrugBank ID,Accession Numbers,Common name,CAS,UNII,"
    "Synonyms,Standard InChI Key\nDB99991,,Fakumab,,,,\nDB99992,,Shamolol,,,,\nDB99993,,Mockazole,,,,\n",
    "civic/x-ClinicalEvidenceSummaries.tsv": "\t".join(CIVIC.split())
    + "\nZZ11A\t11\tV1E\tmimic fever\t99991\tFakumab\t\tPredictive\tSupports\tB\tResistance\t99999901\tPubMed\t3\taccepted\t1\t7\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house built of a few written rows of each source."""
    folder = tmp_path_factory.mktemp("relations")
    for name, content in FILES.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    house = House(Settings(home=folder / "home", idle_minutes=2))
    house.build(Plan(folder / "data"))
    yield house
    house.close()
    house.server.stop()


def found(house: House, question: str, permitted: Permitted | None = None) -> set[str]:
    answer = house.pipeline.ask(question, *([permitted] if permitted else []))
    assert answer.status == "answered", (answer.message, answer.choices)
    return {r.name for r in answer.results}


def test_an_answer_on_one_pair_tells_every_level_and_who_does_not_list_it(small: House) -> None:
    answer = small.pipeline.ask("Do Fakumab and Shamolol interact?")
    assert answer.results == (YesNo.of(True),)
    (note,) = [n for n in answer.notes if n.code == "levels"]
    assert in_words(note) == (
        "Levels of the interaction of Fakumab and Shamolol: high-priority (ONC interaction lists); Major (DDInter); "
        "not listed by DrugCentral interactions, which does not mean harmless."
    )


def test_a_list_of_interactions_says_each_level_with_its_source(small: House) -> None:
    answer = small.pipeline.ask("What interacts with Shamolol?")
    assert {r.name for r in answer.results} == {"Fakumab", "Mockazole", "Sampledrug"}
    said = " ".join(map(support_in_words, answer.supports.values()))
    assert "DDInter, curated, level: Major" in said and "level: non-interruptive, PMID 23011124" in said
    assert not [n for n in answer.notes if n.code == "levels"]


def test_a_pair_on_no_list_is_not_recorded(small: House) -> None:
    only = Permitted.of(small.release, ["ddinter"])
    answer = small.pipeline.ask("Do Shamolol and Mockazole interact?", only)
    assert answer.results == (YesNo.of(None),)


def test_a_stopped_trial_is_no_treatment(small: House) -> None:
    assert found(small, "Which drugs treat mimic fever?") == {"Fakumab"}
    assert found(small, "Which drugs are in trials for mimic fever?") == {"Shamolol"}
    answer = small.pipeline.ask("Which drugs failed in trials for mimic fever?")
    assert {r.name for r in answer.results} == {"Shamolol"}
    assert "terminated, phase 2 (slow accrual)" in " ".join(map(support_in_words, answer.supports.values()))
    assert any(n.code == "partial" for n in answer.notes)
    assert small.pipeline.ask("Does Shamolol treat mimic fever?").results == (YesNo.of(None),)


@pytest.mark.parametrize("question", ["What are the targets of Fakumab?", "Which genes does Fakumab target?"])
def test_targets_are_not_all_that_a_drug_binds(small: House, question: str) -> None:
    assert found(small, question) == {"ZZ11A"}
    assert found(small, "Which genes does Fakumab bind?") == {"ZZ11A", "ZZ12A"}


def test_sources_that_know_no_targets_answer_with_what_binds(small: House) -> None:
    only = Permitted.of(small.release, ["hetionet"])
    assert found(small, "What are the targets of Fakumab?", only) == {"ZZ11A", "ZZ12A"}


def test_a_follow_up_on_targets_stays_with_them(small: House) -> None:
    talk = Dialogue(small.pipeline)
    talk.ask("What are the targets of Fakumab?")
    assert [r.value for r in talk.ask("How many are there?").answer.results] == [1]


def test_variants_that_confer_resistance(small: House) -> None:
    answer = small.pipeline.ask("Which variants confer resistance to Fakumab?")
    assert {r.name for r in answer.results} == {"ZZ11A V1E"}
    said = " ".join(map(support_in_words, answer.supports.values()))
    assert "CIViC, curated, level: B, resistance, PMID 99999901" in said
    assert found(small, "Which variants does ZZ11A have?") == {"ZZ11A V1E"}


@pytest.mark.parametrize(
    "question",
    [
        "How does Fakumab work?",
        "What is the mechanism of action of Fakumab?",
        "mechanism of Fakumab",
        "Fakumab mode of action",
        "How does Fakumab act?",
    ],
)
def test_how_a_drug_works_is_a_path_with_its_references(small: House, question: str) -> None:
    answer = small.pipeline.ask(question)
    assert (answer.form, answer.status) == ("mechanism(entity(DRUGBANK:DB99991))", "answered"), answer.message
    (path,) = answer.results
    assert isinstance(path, PathResult) and path.name == "fakumab > Made-up protein > Mimic fever"
    assert [stop.id for stop in path.nodes] == ["DRUGBANK:DB99991", "NCBIGene:11", "DOID:99991"]
    assert [claim.text for claim in answer.claims] == [
        "Mechanism of fakumab against Mimic fever:\n1. fakumab decreases activity of Made-up protein.\n"
        "2. Made-up protein is positively correlated with Mimic fever.\nReferences: PMID:99999905"
    ]
    assert answer.dropped == 0 and answer.message == "1 mechanism of Fakumab recorded, against Mimic fever."


def test_a_mechanism_that_nobody_recorded_or_that_is_not_permitted_is_said_to_be_so(small: House) -> None:
    answer = small.pipeline.ask("How does Shamolol work?")
    assert answer.results == ()
    assert answer.message == "Not recorded: no source in this release holds a mechanism of Shamolol."
    only = small.pipeline.ask("How does Fakumab work?", Permitted.of(small.release, ["hetionet"]))
    assert only.results == () and "no permitted source" in only.message


def test_a_mechanism_stands_in_the_release_under_its_nodes(small: House) -> None:
    (row,) = small.release.read("mechanisms").rows(named=True)
    assert (row["drug"], row["disease"], row["source"]) == ("DRUGBANK:DB99991", "DOID:99991", "drugmechdb")
    assert [step["object"] for step in row["steps"]] == ["NCBIGene:11", "DOID:99991"]
    assert row["references"] == ["PMID:99999905"]


def test_the_form_is_read_back_from_its_text_and_from_json() -> None:
    form = MechanismForm(Entity("DRUGBANK:DB99991", "biolink:Drug"))
    assert read_form(show(form), {"DRUGBANK:DB99991": "biolink:Drug"}) == form
    assert from_json(to_json(form)) == form and plan(form) == []
