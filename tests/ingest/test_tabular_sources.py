"""Hetionet, DrugBank and NCBI Gene: bad files refused in one line, bad rows put aside with theirs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from ingest.errors import SourceError, UnsafeFile
from ingest.source import Frame, Inputs, all_sources
from kg.records import Edge, Node, Quarantined

NODES = "id\tname\tkind\nCompound::DB99991\tdrugone\tCompound\nDisease::DOID:999\tilltwo\tDisease\nGene::1\tG1\tGene\nGene::2\tG2\tGene\n"
EDGES = "source\tmetaedge\ttarget\nCompound::DB99991\tCtD\tDisease::DOID:999\nGene::1\tGr>G\tGene::2\n"
DRUGBANK = """<?xml version="1.0" encoding="UTF-8"?>
<drugbank xmlns="http://www.drugbank.ca" version="5.1" exported-on="2020-01-02">
<drug type="small molecule">
  <drugbank-id primary="true">DB99991</drugbank-id><drugbank-id>DB99981</drugbank-id><name>Drugone</name>
  <synonyms><synonym>One</synonym></synonyms><international-brands><international-brand><name>Brandone</name></international-brand></international-brands>
  <groups><group>approved</group></groups><food-interactions><food-interaction>Made up.</food-interaction></food-interactions>
  <drug-interactions><drug-interaction><drugbank-id>DB99992</drugbank-id><name>Drugtwo</name><description>Made up.</description></drug-interaction></drug-interactions>
  <pathways><pathway><smpdb-id>SMP9999999</smpdb-id><name>Made-up Pathway</name><drugs><drug><drugbank-id>DB99991</drugbank-id></drug></drugs></pathway></pathways>
  <targets><target><name>P</name><actions><action>inhibitor</action></actions><references><articles><article><pubmed-id>99999907</pubmed-id></article></articles></references>
  <polypeptide id="P99999"><name>P</name><gene-name>G1</gene-name><organism ncbi-taxonomy-id="9606">Humans</organism>
  <external-identifiers><external-identifier><resource>HUGO Gene Nomenclature Committee (HGNC)</resource><identifier>HGNC:999</identifier></external-identifier></external-identifiers>
  </polypeptide></target></targets>
</drug>
BROKEN
<drug type="small molecule"><drugbank-id primary="true">DB99993</drugbank-id><name>Drugthree</name></drug>
</drugbank>
"""


def hetionet(folder: Path, nodes: str | bytes = NODES, edges: str | bytes = EDGES) -> list[object]:
    paths = (folder / "x-nodes.tsv", folder / "x-edges.sif")
    for path, content in zip(paths, (nodes, edges), strict=True):
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(all_sources()["hetionet"].read(Inputs(folder, paths)))


def frames(records: list[object], table: str) -> pl.DataFrame:
    return pl.concat([f.rows for f in records if isinstance(f, Frame) and f.table == table])


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ("Compound::DB99991\tXXX\tDisease::DOID:999\n", "unknown metaedge"),
        ("Compound::DB0\tCtD\tDisease::DOID:999\n", "does not list"),
        ("Compound::DB99991\tCtD\tDisease::DOID:0\n", "does not list"),
        ("Compound::DB99991\tCtD\tDisease::DOID:999\n", "stands twice"),
    ],
)
def test_a_bad_edge_is_put_aside_with_its_line(tmp_path: Path, extra: str, reason: str) -> None:
    records = hetionet(tmp_path, edges=EDGES + extra)
    (bad,) = [q for q in records if isinstance(q, Quarantined)]
    assert (bad.file, bad.line) == ("x-edges.sif", 4) and reason in bad.reason
    assert len(frames(records, "edges")) == 2


def test_a_node_that_stands_twice_or_has_no_kind_is_put_aside(tmp_path: Path) -> None:
    records = hetionet(tmp_path, nodes=NODES + "Gene::1\tagain\tGene\nOdd::1\todd\tOdd\n")
    assert sorted(q.line for q in records if isinstance(q, Quarantined) and q.line) == [6, 7]


@pytest.mark.parametrize(
    "content", [b"", b"wrong\tcolumns\nx\ty\n", "id\tname\tkind\nGene::1\té\tGene\n".encode("latin-1")]
)
def test_an_empty_foreign_or_misencoded_file_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match=r"x-nodes\.tsv"):
        hetionet(tmp_path, nodes=content)


def test_the_json_layout_says_the_same_as_the_tables(tmp_path: Path) -> None:
    whole = {
        "kind_to_abbrev": {"Compound": "C", "Disease": "D", "Gene": "G", "treats": "t", "regulates": "r"},
        "metaedge_tuples": [["Compound", "Disease", "treats", "both"], ["Gene", "Gene", "regulates", "forward"]],
        "nodes": [
            {"kind": "Compound", "identifier": "DB99991", "name": "drugone"},
            {"kind": "Disease", "identifier": "DOID:999", "name": "illtwo"},
            {"kind": "Gene", "identifier": 1, "name": "G1"},
            {"kind": "Gene", "identifier": 2, "name": "G2"},
        ],
        "edges": [
            {
                "source_id": ["Disease", "DOID:999"],
                "target_id": ["Compound", "DB99991"],
                "kind": "treats",
                "direction": "both",
            },
            {"source_id": ["Gene", 1], "target_id": ["Gene", 2], "kind": "regulates", "direction": "forward"},
        ],
    }
    path = tmp_path / "hetionet-x.json.gz"
    path.write_bytes(gzip.compress(json.dumps(whole).encode()))
    theirs = list(all_sources()["hetionet"].read(Inputs(tmp_path, (path,))))
    (tmp_path / "t").mkdir()
    ours = hetionet(tmp_path / "t")
    for table in ("nodes", "edges"):
        assert frames(theirs, table).equals(frames(ours, table))


def drugbank(folder: Path, text: str) -> list[object]:
    path = folder / "full.xml"
    path.write_text(text)
    return list(all_sources()["drugbank_xml"].read(Inputs(folder, (path,))))


def test_a_drug_with_names_interactions_pathways_and_targets(tmp_path: Path) -> None:
    records = drugbank(tmp_path, DRUGBANK.replace("BROKEN", ""))
    drug = next(n for n in records if isinstance(n, Node) and n.id == "DRUGBANK:DB99991")
    assert drug.synonyms == ("One", "Brandone\tbrand") and "DRUGBANK:DB99981" in drug.xrefs
    assert drug.attributes["food_interactions"] == ["Made up."]
    edges = {(e.relation, e.object): e for e in records if isinstance(e, Edge)}
    assert set(edges) == {
        ("binds", "HGNC:999"),
        ("targets", "HGNC:999"),
        ("interacts_with_drug", "DRUGBANK:DB99992"),
        ("drug_in_pathway", "SMPDB:SMP9999999"),
    }
    assert edges[("binds", "HGNC:999")].publications == ("DRUGBANK:DB99991", "PMID:99999907")
    assert edges[("binds", "HGNC:999")].attributes["actions"] == ["inhibitor"]


def test_a_broken_drug_is_put_aside_with_its_line(tmp_path: Path) -> None:
    text = DRUGBANK.replace("BROKEN", '<drug type="x"><name>&nothing;</name></drug>')
    (bad,) = [q for q in drugbank(tmp_path, text) if isinstance(q, Quarantined)]
    assert bad.line == text[: text.index("&nothing;")].count("\n") + 1


def test_a_drugbank_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFile, match="declares entities"):
        drugbank(tmp_path, DRUGBANK.replace("<drugbank xmlns", '<!DOCTYPE d [<!ENTITY a "b">]><drugbank xmlns'))


def test_the_real_drugbank_sample_is_read_whole(data: Path) -> None:
    records = list(
        all_sources()["drugbank_xml"].read(Inputs(data, (data / "drugbank" / "sample_small_molecule.xml.gz",)))
    )
    edges = [e for e in records if isinstance(e, Edge)]
    assert (
        sum(e.relation == "interacts_with_drug" for e in edges),
        [q for q in records if isinstance(q, Quarantined)],
    ) == (639, [])


def _short(text: str) -> str:
    return text + "9606\t3\n"


def _twice(text: str) -> str:
    return text + text.splitlines()[1] + "\n"


@pytest.mark.parametrize("spoil", [_short, _twice])
def test_a_bad_gene_row_is_put_aside(tmp_path: Path, spoil: Callable[[str], str]) -> None:
    row = "9606\t1\tG1\t-\tA1|A2\tHGNC:HGNC:999\t1\t1p1\tmade up\tprotein-coding\tG1\tgene one\tO\t-\t20200101\n"
    path = tmp_path / "x.gene_info"
    path.write_text(spoil("#header\n" + row))
    records = list(all_sources()["gene_info"].read(Inputs(tmp_path, (path,))))
    assert [q.line for q in records if isinstance(q, Quarantined)] == [3]
    assert [n.id for n in records if isinstance(n, Node)] == ["NCBIGene:1"]


def test_phenotypes_of_diseases_keep_negation_and_leave_out_inheritance(tmp_path: Path) -> None:
    header = "database_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\tsex\tmodifier\taspect\tbiocuration\n"
    rows = "OMIM:999999\tilltwo\t\tHP:9999991\tPMID:99999908\tPCS\t\t1/2\t\t\tP\tx\nOMIM:999999\tilltwo\tNOT\tHP:9999992\tOMIM:999999\tTAS\t\t\t\t\tP\tx\n"
    path = tmp_path / "x.hpoa"
    path.write_text(
        "#version: made up\n"
        + header
        + rows
        + "OMIM:999999\tilltwo\t\tHP:0000006\tOMIM:999999\tTAS\t\t\t\t\tI\tx\nshort\trow\n"
    )
    records = list(all_sources()["hpo_annotations"].read(Inputs(tmp_path, (path,))))
    edges = [(e.object, e.negated, e.publications) for e in records if isinstance(e, Edge)]
    assert edges == [("HP:9999991", False, ("PMID:99999908",)), ("HP:9999992", True, ("OMIM:999999",))]
    assert [q.line for q in records if isinstance(q, Quarantined)] == [6]
