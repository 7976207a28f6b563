"""DrugMechDB: paths as mechanisms in steps from the drug on, and those that are none put aside with their line."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import SourceError
from ingest.source import Frame, Inputs, all_sources
from kg.evidence.mechanisms import chain
from kg.records import Citation, Mechanism, Passage, Quarantined, Record

SOURCE = all_sources()["drugmechdb"]
PATH: dict[str, Any] = {
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
        {"id": "UniProt:P99991", "name": "Protein"},
        {"id": "UniProt:P99999", "name": "Bacterial protein"},
        {"id": "InterPro:IPR999999", "name": "Family"},
        {"id": "MESH:D999999", "name": "Mimic fever"},
    ],
    "links": [
        {"source": "InterPro:IPR999999", "key": "manifestation of", "target": "MESH:D999999"},
        {"source": "UniProt:P99991", "key": "positively regulates", "target": "InterPro:IPR999999"},
        {"source": "MESH:D999998", "key": "decreases activity of", "target": "UniProt:P99991"},
        {"source": "MESH:D999998", "key": "binds", "target": "UniProt:P99999"},
        {"source": "MESH:D999998", "key": "binds", "target": "UniProt:P99999"},
    ],
    "references": ["https://pubmed.ncbi.nlm.nih.gov/99999905/", "https://example.org/x"],
}
BESIDE = {
    "drug_names/drugbank-vocabulary.csv": "DrugBank ID,Accession Numbers,Common name,Synonyms\nDB99991,,Fakumab,\n",
    "genes/hgnc.tsv": "symbol\tprevious_symbols\talias_symbols\tncbi_gene_id\tuniprot_ids\nAAA1\t\t\t11\tP99991\n",
    "ontologies/doid-2026-xrefs.tsv": "id\tlabel\txref\nDOID:99991\tmimic fever\tMESH:D999999\n",
}


def read(folder: Path, *lines: Any) -> list[Record | Frame]:
    raw = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    for name, content in {**BESIDE, "drugmechdb/paths.jsonl": raw}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return list(SOURCE.read(Inputs(folder, SOURCE.found(folder))))


def changed(**graph: Any) -> Any:
    return {**PATH, "graph": {**PATH["graph"], **graph}}


def mechanisms(records: list[Record | Frame]) -> list[Mechanism]:
    return [m for m in records if isinstance(m, Mechanism)]


def aside(records: list[Record | Frame]) -> list[tuple[int | None, str]]:
    return [(q.line, q.reason) for q in records if isinstance(q, Quarantined)]


def test_steps_stand_in_order_from_the_drug_on_under_the_identifiers_of_the_release(tmp_path: Path) -> None:
    (found,) = mechanisms(read(tmp_path, PATH))
    assert (found.drug, found.disease) == ("DRUGBANK:DB99991", "DOID:99991")
    assert [(s.subject, s.predicate, s.object) for s in found.steps] == [
        ("DRUGBANK:DB99991", "decreases activity of", "NCBIGene:11"),
        ("DRUGBANK:DB99991", "binds", "UniProtKB:P99999"),
        ("NCBIGene:11", "positively regulates", "InterPro:IPR999999"),
        ("InterPro:IPR999999", "manifestation of", "DOID:99991"),
    ]
    assert found.references == ("PMID:99999905", "https://example.org/x")
    assert [name for _, name in chain(found)] == ["fakumab", "Protein", "Family", "Mimic fever"]


def test_a_passage_says_the_steps_in_words(tmp_path: Path) -> None:
    records = read(tmp_path, PATH)
    (passage,) = [p for p in records if isinstance(p, Passage)]
    (cited,) = [c for c in records if isinstance(c, Citation)]
    assert passage.citation == cited.id == "DRUGMECHDB:DB99991_MESH_D999999_1"
    assert passage.text.splitlines() == [
        "Mechanism of fakumab against Mimic fever:",
        "1. fakumab decreases activity of Protein.",
        "2. fakumab binds Bacterial protein.",
        "3. Protein positively regulates Family.",
        "4. Family is manifestation of Mimic fever.",
        "References: PMID:99999905, https://example.org/x",
    ]


@pytest.mark.parametrize("number", ["DB:B99991", "DB:", "", None])
def test_a_number_that_was_cut_is_mended_and_one_that_is_missing_found_by_the_name(
    number: str | None, tmp_path: Path
) -> None:
    (found,) = mechanisms(read(tmp_path, changed(drugbank=number)))
    assert found.drug == "DRUGBANK:DB99991"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "no path"),
        ("[]", "no path"),
        (changed(drugbank="", drug="strange"), "strange is none, or no single one, of DrugBank"),
        (changed(disease_mesh="MESH:D999990"), "does not hold its own drug and disease"),
        ({**PATH, "links": PATH["links"][:1]}, "does not begin with its drug"),
        ({**PATH, "links": []}, "does not begin with its drug"),
        (copy.deepcopy(PATH), "stands twice"),
    ],
)
def test_what_is_no_path_is_put_aside_with_its_line(bad: Any, reason: str, tmp_path: Path) -> None:
    records = read(tmp_path, PATH, bad)
    ((line, said),) = aside(records)
    assert line == 2 and reason in said and len(mechanisms(records)) == 1


def test_a_file_that_is_empty_or_cut_short_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"paths\.jsonl: is empty"):
        read(tmp_path)
    path = tmp_path / "drugmechdb" / "paths.jsonl"
    path.write_bytes(gzip.compress(json.dumps(PATH).encode() * 50)[:-6])
    with pytest.raises(SourceError, match="cannot be read after line"):
        list(SOURCE.read(Inputs(tmp_path, SOURCE.found(tmp_path))))


def test_every_real_path_is_a_mechanism_or_put_aside(data: Path) -> None:
    records = list(SOURCE.read(Inputs(data, SOURCE.found(data))))
    with gzip.open(data / "drugmechdb" / "paths.jsonl.gz", "rb") as stream:
        assert len(mechanisms(records)) + len(aside(records)) == sum(1 for _ in stream)
    assert sum(bool(chain(m)) for m in mechanisms(records)) > 0.9 * len(mechanisms(records))
