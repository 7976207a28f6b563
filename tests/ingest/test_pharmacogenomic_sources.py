"""CIViC, CPIC and DPWG: what variants change and what guidelines say, with levels, and what is put aside."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import SourceError
from ingest.source import Frame, Inputs, all_sources
from kg.records import Edge, Node, Quarantined, Record
from kg.schema import schema

VOCABULARY = "DrugBank ID,Accession Numbers,Common name,Synonyms\nDB99991,,One,Uno\nDB99992,,Two,\n"
HGNC = "symbol\tprevious_symbols\talias_symbols\tncbi_gene_id\tuniprot_ids\nAAA1\t\t\t11\t\nBBB1\t\t\t12\t\n"
EVIDENCE = (
    "gene entrez_id variant disease doid drugs drug_interaction_type evidence_type evidence_direction evidence_level "
    "clinical_significance citation_id source_type rating evidence_status evidence_id variant_id"
).split()
PLAIN = dict(
    zip(
        EVIDENCE,
        (
            "AAA1",
            "11",
            "V1E",
            "Illone",
            "99991",
            "One",
            "",
            "Predictive",
            "Supports",
            "B",
            "Resistance",
            "99999901",
            "PubMed",
            "3",
            "accepted",
            "1",
            "7",
        ),
        strict=True,
    )
)
VARIANTS = (
    "variant_id\tgene\tentrez_id\tvariant\tvariant_types\thgvs_expressions\tvariant_aliases\turls\n"
    "7\tAAA1\t11\tV1E\tmissense_variant\tNP_999999.1:p.Val1Glu\tVAL1GLU,RS999999\thttp://a\thttp://b\n"
)


def beside(folder: Path, files: dict[str, str]) -> None:
    for name, content in {"drug_names/drugbank-vocabulary.csv": VOCABULARY, "genes/hgnc.tsv": HGNC, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def read(name: str, folder: Path) -> list[Record | Frame]:
    source = all_sources()[name]
    return list(source.read(Inputs(folder, source.found(folder))))


def civic(folder: Path, *changed: dict[str, str]) -> list[Record | Frame]:
    rows = ["\t".join({**PLAIN, "evidence_id": str(n), **c}.values()) for n, c in enumerate(changed or ({},))]
    files = {
        "civic/x-ClinicalEvidenceSummaries.tsv": "\n".join(["\t".join(EVIDENCE), *rows, ""]),
        "civic/x-VariantSummaries.tsv": VARIANTS,
    }
    beside(folder, files)
    return read("civic", folder)


def edges(records: list[Record | Frame]) -> dict[tuple[str, str], Edge]:
    return {(e.relation, e.object): e for e in records if isinstance(e, Edge)}


def aside(records: list[Record | Frame]) -> list[Quarantined]:
    return [q for q in records if isinstance(q, Quarantined)]


def test_a_variant_is_a_node_of_its_gene_with_all_its_names(tmp_path: Path) -> None:
    records = civic(tmp_path)
    (variant,) = [n for n in records if isinstance(n, Node) and n.category == "biolink:SequenceVariant"]
    assert (variant.id, variant.name) == ("CIVIC.VID:7", "AAA1 V1E")
    assert variant.synonyms == ("AAA1 VAL1GLU", "rs999999", "NP_999999.1:p.Val1Glu")
    assert variant.xrefs == ("dbSNP:rs999999",)
    assert ("is_variant_of", "NCBIGene:11") in edges(records)


def test_resistance_is_told_apart_from_sensitivity(tmp_path: Path) -> None:
    found = edges(civic(tmp_path, {}, {"drugs": "Two", "clinical_significance": "Sensitivity/Response"}))
    one, two = "DRUGBANK:DB99991", "DRUGBANK:DB99992"
    assert ("associated_with_resistance_to", one) in found and ("associated_with_sensitivity_to", one) not in found
    assert ("associated_with_sensitivity_to", two) in found and ("associated_with_resistance_to", two) not in found
    assert ("affects_response_to", one) in found and ("affects_response_to", two) in found


def test_pieces_of_evidence_meet_in_one_edge_with_the_best_level(tmp_path: Path) -> None:
    found = civic(tmp_path, {"evidence_level": "D"}, {"evidence_level": "B", "citation_id": "99999902"})
    edge = edges(found)["affects_response_to", "DRUGBANK:DB99991"]
    assert (edge.attributes["level"], edge.tier, edge.negated) == ("B", 2, False)
    assert edge.publications == ("PMID:99999901", "PMID:99999902")
    assert [item["level"] for item in edge.attributes["evidence"]] == ["B", "D"]
    assert edge.attributes["evidence"][0]["disease"] == "DOID:99991"


def test_an_edge_is_negated_only_where_all_evidence_denies_it(tmp_path: Path) -> None:
    no = {"evidence_direction": "Does Not Support"}
    key = ("affects_response_to", "DRUGBANK:DB99991")
    assert edges(civic(tmp_path, no))[key].negated
    assert not edges(civic(tmp_path, no, {}))[key].negated


def test_drugs_that_substitute_each_other_each_have_an_edge_those_of_a_combination_none(tmp_path: Path) -> None:
    substitutes = civic(tmp_path, {"drugs": "One,Two", "drug_interaction_type": "Substitutes"})
    assert {o for r, o in edges(substitutes) if r == "affects_response_to"} == {"DRUGBANK:DB99991", "DRUGBANK:DB99992"}
    combined = civic(tmp_path, {"drugs": "One,Two", "drug_interaction_type": "Combination"})
    assert not [r for r, _ in edges(combined) if r == "affects_response_to"]
    assert "combination" in aside(combined)[0].reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"evidence_status": "submitted"}, "not accepted"),
        ({"variant_id": ""}, "needs variant_id"),
        ({"evidence_level": "Z"}, "evidence_level of A to E"),
        ({"clinical_significance": "N/A"}, "does not say how the response changes"),
        ({"drugs": "Chemotherapy"}, "a name of no one drug"),
        ({"evidence_type": "Prognostic"}, "another type"),
    ],
)
def test_evidence_that_says_nothing_of_a_drug_is_put_aside(
    changed: dict[str, str], reason: str, tmp_path: Path
) -> None:
    records = civic(tmp_path, changed)
    (bad,) = aside(records)
    assert reason in bad.reason and {r for r, _ in edges(records)} == {"is_variant_of"}


def test_civic_without_its_evidence_or_with_other_columns_is_named(tmp_path: Path) -> None:
    civic(tmp_path)
    evidence = tmp_path / "civic" / "x-ClinicalEvidenceSummaries.tsv"
    for content, said in (
        (b"a\tb\n", "has no column"),
        (gzip.compress(b"\t".join(c.encode() for c in EVIDENCE) * 3)[:-6], "cannot be read"),
    ):
        evidence.write_bytes(content)
        with pytest.raises(SourceError, match=said):
            read("civic", tmp_path)
    evidence.unlink()
    with pytest.raises(SourceError, match="no \\*ClinicalEvidenceSummaries"):
        read("civic", tmp_path)


def test_every_row_of_the_real_evidence_is_in_an_edge_or_put_aside(data: Path) -> None:
    records = read("civic", data)
    told = {i["id"] for e in edges_of(records) for i in e.attributes["evidence"]}
    numbers = [re.match(r"([\d,]+) rows?:", q.reason) for q in aside(records) if "Evidence" in q.file]
    lost = sum(int(n[1].replace(",", "")) if n else 1 for n in numbers)
    with gzip.open(data / "civic" / "nightly-ClinicalEvidenceSummaries.tsv.gz", "rt", encoding="utf-8") as stream:
        assert len(told) + lost == sum(1 for _ in stream) - 1


def edges_of(records: list[Record | Frame]) -> list[Edge]:
    return [e for e in records if isinstance(e, Edge) and e.relation == "affects_response_to"]


CPIC: dict[str, Any] = {
    "drugid": "RxNorm:1",
    "drugname": "uno",
    "guidelinename": "AAA1, BBB1 and One",
    "url": "https://example.org",
    "citations": [{"pmid": "99999901", "title": "T", "authors": ["A B"], "journal": "J", "year": 2031}],
    "recommendations": [
        {"lookupkey": {"AAA1": "Poor"}, "drugrecommendation": "Avoid.", "classification": "Strong", "population": "all"}
    ],
    "genes": ["AAA1", "BBB1"],
    "cpicVersion": "v9",
}
DPWG: dict[str, Any] = {
    "guideline": {
        "name": "One and AAA1",
        "url": "https://example.org",
        "version": 1,
        "relatedChemicals": [{"name": "One"}],
        "relatedGenes": [{"symbol": "AAA1"}],
    },
    "annotationGroups": [
        {
            "name": "Poor",
            "rxChangeStatus": {"term": "Yes"},
            "recommendation": {"html": "<p>Halve the dose &amp; wait.</p>"},
        }
    ],
    "citations": [],
}


@pytest.mark.parametrize(
    ("name", "file", "raw", "genes", "significance", "recommendation"),
    [
        ("cpic", "cpic/cpic_one.json", CPIC, ["11", "12"], "recommendation: strong", "Avoid."),
        ("dpwg", "cpic/dpwg_one.json", DPWG, ["11"], "recommendation: a change of therapy", "Halve the dose & wait."),
    ],
)
def test_a_guideline_ties_its_genes_to_its_drug(
    name: str, file: str, raw: Any, genes: list[str], significance: str, recommendation: str, tmp_path: Path
) -> None:
    beside(tmp_path, {file: json.dumps(raw)})
    found = [e for e in read(name, tmp_path) if isinstance(e, Edge)]
    assert [e.subject for e in found] == [f"NCBIGene:{gene}" for gene in genes]
    assert {(e.relation, e.object, e.tier) for e in found} == {("has_guideline_for", "DRUGBANK:DB99991", 1)}
    facts = found[0].attributes
    assert facts["significance"] == [significance]
    assert facts["recommendations"][0]["recommendation"] == recommendation
    assert found[0].publications == (("PMID:99999901",) if name == "cpic" else ())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"drugname": "Strange"}, "the drug is none"),
        ({"genes": ["ZZZ9"]}, "the gene is none"),
        ({"genes": None}, "cannot be read as a guideline"),
    ],
)
def test_a_guideline_on_what_is_unknown_is_put_aside(changed: dict[str, Any], reason: str, tmp_path: Path) -> None:
    beside(tmp_path, {"cpic/cpic_one.json": json.dumps(CPIC), "cpic/cpic_two.json": json.dumps({**CPIC, **changed})})
    assert any(reason in q.reason and "cpic_two" in q.file for q in aside(read("cpic", tmp_path)))


def test_a_guideline_that_stands_twice_is_put_aside(tmp_path: Path) -> None:
    beside(tmp_path, {f"cpic/cpic_{n}.json": json.dumps(CPIC) for n in "ab"})
    reasons = [q.reason for q in aside(read("cpic", tmp_path))]
    assert reasons == ["the gene and the drug have a guideline already"] * 2


@pytest.mark.parametrize("content", ["", "[]", "{", '{"drugid": 1}'])
def test_the_only_file_of_guidelines_is_named_when_it_is_broken(content: str, tmp_path: Path) -> None:
    beside(tmp_path, {"cpic/cpic_one.json": content})
    with pytest.raises(SourceError, match=r"cpic_one\.json: cannot be read as a guideline"):
        read("cpic", tmp_path)


@pytest.mark.parametrize(("name", "files"), [("cpic", 83), ("dpwg", 40)])
def test_every_real_guideline_is_an_edge_or_put_aside(name: str, files: int, data: Path) -> None:
    records = read(name, data)
    drugs = {e.object for e in records if isinstance(e, Edge)}
    assert len(drugs) > files // 2
    told = {e.attributes["guideline"] for e in records if isinstance(e, Edge)}
    assert len(told) + len(aside(records)) <= files and len(aside(records)) <= 1


def test_the_new_relations_speak_of_variants() -> None:
    ways = schema().between("biolink:SequenceVariant", "biolink:Drug")
    assert {relation.name for relation, _ in ways} >= {"affects_response_to", "associated_with_resistance_to"}
