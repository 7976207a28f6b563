"""KGX of other tools: classes in any order, ends that other sources describe, rows that an editor touched."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.build import Plan, build_release
from ingest.source import Inputs
from ingest.sources import kgx
from kg.records import Edge, Node, Quarantined, Record
from kg.release.release import Release


def write(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")


def records(folder: Path) -> list[Record]:
    return list(kgx.read(Inputs(folder, tuple(sorted((folder / "kgx").iterdir())))))


def build(folder: Path) -> Release:
    return build_release(Plan(folder), folder / "home", workers=1).release


def test_equivalent_identifiers_of_other_tools_stay_what_they_say(tmp_path: Path) -> None:
    heading = ("id", "category", "name", "equivalent_identifiers")
    write(tmp_path / "kgx/x_nodes.tsv", [heading, ("MONDO:9999901", "biolink:Disease", "sham", "A:1|B:2")])
    (node,) = records(tmp_path)
    assert isinstance(node, Node)
    assert node.attributes == {"equivalent_identifiers": ["A:1", "B:2"]}


CLASSES = [
    ("NamedThing|ChemicalEntity|MolecularEntity|Drug", "Drug"),
    ("SmallMolecule|Drug", "Drug"),
    ("NamedThing|DiseaseOrPhenotypicFeature|BiologicalEntity|Disease|ThingWithTaxon", "Disease"),
    ("DiseaseOrPhenotypicFeature|PhenotypicFeature", "PhenotypicFeature"),
    ("PhenotypicFeature|ClinicalFinding|DiseaseOrPhenotypicFeature", "ClinicalFinding"),
    ("BiologicalProcess|Pathway", "Pathway"),
    ("BiologicalProcess|BiologicalProcessOrActivity|PathologicalProcess", "BiologicalProcess"),
    ("BiologicalProcessOrActivity|MolecularActivity", "MolecularActivity"),
    ("OrganismalEntity|AnatomicalEntity|CellularComponent", "CellularComponent"),
    ("AnatomicalEntity|Cell", "AnatomicalEntity"),
    ("GeneOrGeneProduct|Polypeptide|Protein", "Protein"),
    ("GeneOrGeneProduct|Gene|Protein", "Gene"),
    ("Publication|InformationContentEntity|JournalArticle", "Article"),
    ("NamedThing", "NamedThing"),
]


@pytest.mark.parametrize(("classes", "kind"), CLASSES)
def test_the_most_specific_class_counts_whatever_the_order(tmp_path: Path, classes: str, kind: str) -> None:
    listed = [f"biolink:{c}" for c in classes.split("|")]
    orders = [listed, listed[::-1], sorted(listed)]
    rows = [(f"NOTE:{n}", "|".join(order), "sham") for n, order in enumerate(orders)]
    write(tmp_path / "kgx/x_nodes.tsv", [("id", "category", "name"), *rows])
    nodes = [r for r in records(tmp_path) if isinstance(r, Node)]
    assert {n.category for n in nodes} == {f"biolink:{kind}"}
    assert len({json.dumps(dict(n.attributes)) for n in nodes}) == 1


GENE_INFO = (
    "#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs\tchromosome\tmap_location\tdescription\ttype_of_gene\t"
    "Symbol_from_nomenclature_authority\tFull_name_from_nomenclature_authority\tNomenclature_status\t"
    "Other_designations\tModification_date\n"
    "9606\t99999901\tFAKE1\t-\t-\t-\t1\t1p1\tfake 1\tprotein-coding\tFAKE1\tfake 1\tO\t-\t20240101\n"
    "9606\t99999902\tFAKE2\t-\t-\t-\t1\t1p1\tfake 2\tprotein-coding\tFAKE2\tfake 2\tO\t-\t20240101\n"
)
PROCESS = "[Term]\nid: GO:9999901\nname: sham process\nnamespace: biological_process\n"
ENDS = [
    ("DRUGBANK:DB99991", "directly_physically_interacts_with", "NCBIGene:99999901", "binds"),
    ("NCBIGene:99999901", "interacts_with", "NCBIGene:99999902", "interacts"),
    ("NCBIGene:99999901", "participates_in", "GO:9999901", "participates_process"),
    ("GO:9999901", "has_participant", "NCBIGene:99999901", "participates_process"),
    ("GO:9999901", "directly_physically_interacts_with", "NCBIGene:99999901", "related_to"),
]


@pytest.mark.parametrize(("subject", "predicate", "object_", "relation"), ENDS)
def test_ends_that_another_source_describes_decide_the_relation(
    tmp_path: Path, subject: str, predicate: str, object_: str, relation: str
) -> None:
    write(tmp_path / "kgx/x_nodes.tsv", [("id", "category", "name"), ("DRUGBANK:DB99991", "biolink:Drug", "Shamol")])
    edge = (subject, f"biolink:{predicate}", object_, "NCBITaxon:9606")
    write(tmp_path / "kgx/x_edges.tsv", [("subject", "predicate", "object", "species_context_qualifier"), edge])
    (tmp_path / "genes").mkdir()
    (tmp_path / "genes/Homo_sapiens.gene_info").write_text(GENE_INFO)
    (tmp_path / "ontologies").mkdir()
    (tmp_path / "ontologies/go.obo").write_text(PROCESS)
    release = build(tmp_path)
    (found,) = release.read("edges").to_dicts()
    assert found["relation"] == relation
    marks = {"species_context_qualifier": "NCBITaxon:9606"}
    kept = {"predicate": f"biolink:{predicate}"} if relation == "related_to" else {}
    assert json.loads(found["qualifiers"]) == {**marks, **kept}
    assert release.read("quarantine").is_empty()


def test_cells_that_an_editor_cut_or_added_are_empty(tmp_path: Path) -> None:
    heading = ("id", "category", "name", "description", "synonym")
    rows = [
        ("DRUGBANK:DB99991", "biolink:Drug", "Shamol"),
        ("DRUGBANK:DB99992", "biolink:Drug", "Fakedin", "", ""),
        ("DOID:9999901", "biolink:Disease", "shamitis", "x", "", "", ""),
        ("DOID:9999902", "biolink:Disease", "sham ache", "x", "", "", "too many"),
        ("DOID:9999903",),
    ]
    write(tmp_path / "kgx/x_nodes.tsv", [heading, *rows])
    read = records(tmp_path)
    nodes = {r.id: dict(r.attributes) for r in read if isinstance(r, Node)}
    assert nodes == {"DRUGBANK:DB99991": {}, "DRUGBANK:DB99992": {}, "DOID:9999901": {"description": "x"}}
    refused = [(r.line, r.reason, r.row) for r in read if isinstance(r, Quarantined)]
    assert refused[0] == (5, "7 cells under 5 columns", "\t".join(rows[3]))
    assert refused[1][:2] == (6, "'category' is missing")
    assert "DOID:9999903" in refused[1][2]


def test_an_edge_without_its_empty_cells_is_read(tmp_path: Path) -> None:
    heading = ("id", "subject", "predicate", "object", "publications", "primary_knowledge_source")
    rows = [
        ("1", "DRUGBANK:DB99991", "biolink:treats", "DOID:9999901"),
        ("2", "DRUGBANK:DB99992", "biolink:treats", "DOID:9999901", "PMID:99999901", "", ""),
    ]
    write(tmp_path / "kgx/x_edges.tsv", [heading, *rows])
    edges = [r for r in records(tmp_path) if isinstance(r, Edge)]
    assert [(e.subject, e.publications) for e in edges] == [
        ("DRUGBANK:DB99991", ()),
        ("DRUGBANK:DB99992", ("PMID:99999901",)),
    ]


@pytest.mark.parametrize("name", ["x_nodes.tsv", "x_nodes.tsv.gz"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress], ids=["plain", "gzip", "bzip2"])
def test_what_is_compressed_is_told_by_its_bytes(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / "kgx").mkdir()
    (tmp_path / "kgx" / name).write_bytes(pack(b"id\tcategory\tname\nDOID:9999901\tbiolink:Disease\tsham\n"))
    assert [r.id for r in records(tmp_path) if isinstance(r, Node)] == ["DOID:9999901"]
