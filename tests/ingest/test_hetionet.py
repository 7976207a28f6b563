"""Hetionet: both layouts give the same graph, and broken files and rows are named."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.errors import SourceError
from ingest.source import Frame, Inputs
from ingest.sources.hetionet import SOURCE
from kg.evidence.tiers import how
from kg.records import Quarantined

NODES = [
    ("Compound::DB99991", "Fakumab", "Compound"),
    ("Compound::DB99992", "Shamol", "Compound"),
    ("Disease::DOID:9999901", 'sham "odd" disease', "Disease"),
    ("Gene::99999901", "FAKE1", "Gene"),
    ("Gene::99999902", "FAKE2", "Gene"),
    ("Anatomy::UBERON:9999901", "sham organ", "Anatomy"),
    ("Side Effect::C9999901", "Sham ache", "Side Effect"),
    ("Symptom::D999999", "Ache", "Symptom"),
    ("Pathway::WP9999_r1", "Sham route", "Pathway"),
    ("Pathway::PC7_99999", "Other route", "Pathway"),
    ("Biological Process::GO:9999901", "shamming", "Biological Process"),
    ("Pharmacologic Class::N9999999999", "Shams", "Pharmacologic Class"),
]
EDGES = [
    ("Compound::DB99991", "CtD", "Disease::DOID:9999901"),
    ("Compound::DB99992", "CcSE", "Side Effect::C9999901"),
    ("Compound::DB99991", "CrC", "Compound::DB99992"),
    ("Compound::DB99991", "CbG", "Gene::99999901"),
    ("Disease::DOID:9999901", "DuG", "Gene::99999902"),
    ("Disease::DOID:9999901", "DlA", "Anatomy::UBERON:9999901"),
    ("Disease::DOID:9999901", "DpS", "Symptom::D999999"),
    ("Gene::99999901", "Gr>G", "Gene::99999902"),
    ("Gene::99999901", "GiG", "Gene::99999902"),
    ("Gene::99999901", "GpPW", "Pathway::WP9999_r1"),
    ("Gene::99999902", "GpPW", "Pathway::PC7_99999"),
    ("Gene::99999901", "GpBP", "Biological Process::GO:9999901"),
    ("Anatomy::UBERON:9999901", "AeG", "Gene::99999901"),
    ("Pharmacologic Class::N9999999999", "PCiC", "Compound::DB99991"),
]
# Hetionet's JSON names a metaedge by its ends, its kind and its direction.
TUPLES = {
    "CtD": ("Compound", "Disease", "treats"),
    "CcSE": ("Compound", "Side Effect", "causes"),
    "CrC": ("Compound", "Compound", "resembles"),
    "CbG": ("Compound", "Gene", "binds"),
    "DuG": ("Disease", "Gene", "upregulates"),
    "DlA": ("Disease", "Anatomy", "localizes"),
    "DpS": ("Disease", "Symptom", "presents"),
    "Gr>G": ("Gene", "Gene", "regulates"),
    "GiG": ("Gene", "Gene", "interacts"),
    "GpPW": ("Gene", "Pathway", "participates"),
    "GpBP": ("Gene", "Biological Process", "participates"),
    "AeG": ("Anatomy", "Gene", "expresses"),
    "PCiC": ("Pharmacologic Class", "Compound", "includes"),
}
ABBREVIATIONS = {
    "Compound": "C",
    "Disease": "D",
    "Gene": "G",
    "Anatomy": "A",
    "Side Effect": "SE",
    "Symptom": "S",
    "Pathway": "PW",
    "Biological Process": "BP",
    "Pharmacologic Class": "PC",
    "treats": "t",
    "causes": "c",
    "resembles": "r",
    "binds": "b",
    "upregulates": "u",
    "localizes": "l",
    "presents": "p",
    "regulates": "r",
    "interacts": "i",
    "participates": "p",
    "expresses": "e",
    "includes": "i",
}


def text(rows: list[tuple[str, ...]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def nodes_file(*more: tuple[str, ...]) -> bytes:
    return text([("id", "name", "kind"), *NODES, *more])


def edges_file(*more: tuple[str, ...]) -> bytes:
    return text([("source", "metaedge", "target"), *EDGES, *more])


def as_json() -> dict[str, Any]:
    def end(identifier: str) -> list[Any]:
        kind, local = identifier.split("::", 1)
        # Genes have whole numbers for identifiers, the others texts.
        return [kind, int(local) if kind == "Gene" else local]

    def edge(source: str, metaedge: str, target: str) -> dict[str, Any]:
        direction = "forward" if ">" in metaedge else "both"
        return {
            "source_id": end(source),
            "target_id": end(target),
            "kind": TUPLES[metaedge][2],
            "direction": direction,
            "data": {},
        }

    return {
        "metanode_kinds": sorted({kind for _, _, kind in NODES}),
        "metaedge_tuples": [[*ends, "forward" if ">" in name else "both"] for name, ends in TUPLES.items()],
        "kind_to_abbrev": ABBREVIATIONS,
        "nodes": [{"kind": end(i)[0], "identifier": end(i)[1], "name": name, "data": {}} for i, name, _ in NODES],
        "edges": [edge(*row) for row in EDGES],
    }


def put(folder: Path, **files: bytes) -> Path:
    (folder / "hetionet").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / "hetionet" / name.replace("__", ".").replace("_x_", "-")).write_bytes(content)
    return folder


def read(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, list[Quarantined]]:
    paths = tuple(sorted({f for pattern in SOURCE.patterns for f in folder.glob(pattern)}))
    records = list(SOURCE.read(Inputs(folder, paths)))
    frames = {r.table: r.rows for r in records if isinstance(r, Frame)}
    return frames["nodes"], frames["edges"], [r for r in records if isinstance(r, Quarantined)]


def test_the_tsv_layout(tmp_path: Path) -> None:
    nodes, edges, quarantined = read(put(tmp_path, h_x_nodes__tsv=nodes_file(), h_x_edges__sif=edges_file()))
    assert quarantined == [] and len(nodes) == len(NODES) and len(edges) == len(EDGES)
    assert nodes.row(2)[:3] == ("DOID:9999901", "biolink:Disease", 'sham "odd" disease')
    assert set(nodes["id"].str.extract(r"^([^:]+)")) == {
        "DRUGBANK",
        "DOID",
        "NCBIGene",
        "UBERON",
        "UMLS",
        "MESH",
        "WIKIPATHWAYS",
        "PATHWAYCOMMONS",
        "GO",
        "NDFRT",
    }
    assert edges.select("subject", "relation", "object").row(7) == (
        "NCBIGene:99999901",
        "regulates",
        "NCBIGene:99999902",
    )


@pytest.mark.parametrize("pack", ["json", "json.gz", "json.bz2"])
def test_the_json_layout_gives_the_same_graph(tmp_path: Path, pack: str) -> None:
    wanted = read(put(tmp_path / "tsv", h_x_nodes__tsv=nodes_file(), h_x_edges__sif__gz=gzip.compress(edges_file())))
    raw = json.dumps(as_json()).encode()
    packed = {"json": raw, "json.gz": gzip.compress(raw), "json.bz2": bz2.compress(raw)}[pack]
    (tmp_path / "json/hetionet").mkdir(parents=True)
    (tmp_path / f"json/hetionet/hetionet-v1.0.{pack}").write_bytes(packed)
    nodes, edges, quarantined = read(tmp_path / "json")
    assert quarantined == []
    assert nodes.equals(wanted[0])
    assert edges.equals(wanted[1])


def test_an_edge_of_the_json_may_be_written_from_its_other_end(tmp_path: Path) -> None:
    graph = as_json()
    first = graph["edges"][0]
    first["source_id"], first["target_id"] = first["target_id"], first["source_id"]
    put(tmp_path, hetionet__json=json.dumps(graph).encode())
    assert read(tmp_path)[1].select("subject", "relation", "object").row(0) == (
        "DRUGBANK:DB99991",
        "treats",
        "DOID:9999901",
    )


def test_broken_nodes_are_quarantined_with_their_line(tmp_path: Path) -> None:
    more = [
        ("Compound::DB99991", "again", "Compound"),
        ("Planet::1", "Mars", "Planet"),
        ("Gene::7", "", "Gene"),
        ("DB99993", "no kind", "Compound"),
        ("Gene::99999903", "FAKE3", "Gene"),
        ("Gene::8", "odd one", "Compound"),
        ("Gene::9", "   ", "Gene"),
    ]
    nodes, _, quarantined = read(put(tmp_path, h_x_nodes__tsv=nodes_file(*more), h_x_edges__sif=edges_file()))
    first = len(NODES) + 2
    assert sorted((q.file, q.line) for q in quarantined) == [
        ("hetionet/h-nodes.tsv", first + n) for n in (0, 1, 2, 3, 5, 6)
    ]
    assert {q.line: q.reason for q in quarantined}[first] == "the id stands twice"
    assert len(nodes) == len(NODES) + 1 and "NCBIGene:99999903" in nodes["id"].to_list()


def test_broken_edges_are_quarantined_with_their_line(tmp_path: Path) -> None:
    more = [
        EDGES[0],
        ("Compound::DB99991", "CxD", "Disease::DOID:9999901"),
        ("Compound::DB99991", "CtD", "Disease::DOID:1"),
        ("Compound::DB1", "CtD", "Disease::DOID:9999901"),
        ("Compound::DB99992", "CtD", "Disease::DOID:9999901"),
        ("Disease::DOID:9999901", "CtD", "Compound::DB99991"),
    ]
    _, edges, quarantined = read(put(tmp_path, h_x_nodes__tsv=nodes_file(), h_x_edges__sif=edges_file(*more)))
    first = len(EDGES) + 2
    assert {q.line: q.reason for q in quarantined} == {
        first: "the edge stands twice",
        first + 1: "unknown metaedge",
        first + 2: "edge to a node that nodes.tsv does not list",
        first + 3: "edge from a node that nodes.tsv does not list",
    }
    # An edge the wrong way round fits no relation: the merge refuses it by its ends' categories.
    assert len(edges) == len(EDGES) + 2


def test_a_row_with_too_many_or_too_few_cells_is_quarantined(tmp_path: Path) -> None:
    more = [("Compound::DB99992", "CtD"), ("Compound::DB99992", "CpD", "Disease::DOID:9999901", "surplus")]
    _, edges, quarantined = read(put(tmp_path, h_x_nodes__tsv=nodes_file(), h_x_edges__sif=edges_file(*more)))
    assert sorted(q.line for q in quarantined if q.line) == [len(EDGES) + 2, len(EDGES) + 3]
    assert len(edges) == len(EDGES)


WRONG = {
    "wrong columns": (
        text([("id", "label", "kind"), *NODES]),
        r"h-nodes.tsv:1: columns .*expected .*this is not Hetionet's layout",
    ),
    "an empty file": (b"", r"h-nodes.tsv: .*(empty|cannot be read)"),
    "another encoding": (
        nodes_file(("Gene::5", "caf\u00e9", "Gene")).decode().encode("latin-1"),
        r"h-nodes.tsv: .*UTF-8",
    ),
    "no tabs": (b"id,name,kind\n", r"h-nodes.tsv:1: columns"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_cannot_be_read_is_named_in_one_line(tmp_path: Path, case: str) -> None:
    content, message = WRONG[case]
    put(tmp_path, h_x_nodes__tsv=content, h_x_edges__sif=edges_file())
    with pytest.raises(SourceError, match=message) as caught:
        read(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["h_x_edges__sif__gz", "hetionet__json__gz"])
def test_a_gzip_cut_short_is_named(tmp_path: Path, name: str) -> None:
    whole = gzip.compress(
        json.dumps(as_json()).encode()
        if "json" in name
        else edges_file(*[("Gene::1", "GiG", f"Gene::{n}") for n in range(9999)])
    )
    put(tmp_path, h_x_nodes__tsv=nodes_file(), **{name: whole[: len(whole) // 2]})
    with pytest.raises(
        SourceError, match=r"(h-edges.sif.gz|hetionet.json.gz): cannot be read .*download the file again"
    ):
        read(tmp_path)


@pytest.mark.parametrize("graph", [[], {}, {"nodes": []}, {**as_json(), "nodes": [{"kind": "Gene"}]}])
def test_json_of_another_layout_is_named(tmp_path: Path, graph: object) -> None:
    put(tmp_path, hetionet__json=json.dumps(graph).encode())
    with pytest.raises(SourceError, match=r"hetionet\.json: .*Hetionet"):
        read(tmp_path)


@pytest.mark.parametrize("only", [{"h_x_nodes__tsv": nodes_file()}, {"h_x_edges__sif": edges_file()}])
def test_one_file_without_the_other_says_which_is_missing(tmp_path: Path, only: dict[str, bytes]) -> None:
    with pytest.raises(SourceError, match=r"(nodes but no .*edges|edges but no .*nodes)"):
        read(put(tmp_path, **only))


def test_the_real_graph(data: Path) -> None:
    nodes, edges, quarantined = read(data)
    assert (len(nodes), len(edges), quarantined) == (47_031, 2_063_640, [])
    assert nodes["category"].n_unique() == 11 and edges["relation"].n_unique() == 24


def test_only_what_curators_asserted_is_called_curated(tmp_path: Path) -> None:
    _, edges, _ = read(put(tmp_path, h_x_nodes__tsv=nodes_file(), h_x_edges__sif=edges_file()))
    evidence = {
        r: (level, how(tier, level)) for r, level, tier in edges.select("relation", "knowledge_level", "tier").rows()
    }
    curated = {"treats", "binds", "interacts", "participates_pathway", "participates_process", "includes"}
    assert {relation for relation, (_, words) in evidence.items() if words == "curated"} == curated
    statistical = ("statistical_association", "statistical association")
    assert {r for r, pair in evidence.items() if pair == statistical} == {
        "disease_upregulates",
        "localizes",
        "presents",
        "regulates",
    }
    assert evidence["causes"][1] == "text-mined" and evidence["expresses"] == ("observation", "observational")
    assert evidence["drug_resembles"] == ("logical_entailment", "computed")
