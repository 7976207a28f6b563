"""PubTator: annotated abstracts and the relations marked in them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.literature import pubtator
from ingest.literature.annotated import read_corpus
from ingest.literature.documents import Document, records
from ingest.literature.pubtator import Statement
from ingest.source import Inputs
from kg.records import Edge, Evidence, Node, Passage, Quarantined

TITLE, ABSTRACT = "99999901|t|Nosuchol and headache", "99999901|a|Nosuchol causes headache. GEN1 helps."
ROWS = (
    "99999901\t0\t8\tNosuchol\tChemical\tD999901",
    "99999901\t13\t21\theadache\tDisease\tD999902|OMIM:999903",
    "99999901\t22\t30\tNosuchol\tChemical\tMESH:D999901",
    "99999901\t48\t52\tGEN1\tGene\t999904",
    "99999901\t38\t46\theadache\tDisease\t-1",
)


def read(folder: Path, *lines: str) -> list[Document | Statement | Quarantined]:
    path = folder / "one.pubtator"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return list(pubtator.read(path, "one.pubtator"))


def test_offsets_count_from_the_title_and_identifiers_become_curies(tmp_path: Path) -> None:
    (document,) = read(tmp_path, TITLE, ABSTRACT, *ROWS)
    assert isinstance(document, Document)
    (passage,) = [r for r in records(document) if isinstance(r, Passage)]
    assert [(passage.text[m.start : m.end], m.id) for m in passage.mentions] == [
        ("Nosuchol", "MESH:D999901"),
        ("GEN1", "NCBIGene:999904"),
    ]
    mentioned = {e.object: e.attributes["times"] for e in records(document) if isinstance(e, Edge)}
    assert mentioned == {"MESH:D999901": 2, "MESH:D999902": 1, "OMIM:999903": 1, "NCBIGene:999904": 1}


@pytest.mark.parametrize("none", ["-1", "-", ""])
def test_no_identifier_is_no_mention(tmp_path: Path, none: str) -> None:
    (document,) = read(tmp_path, TITLE, ABSTRACT, f"99999901\t13\t21\theadache\tDisease\t{none}")
    assert isinstance(document, Document)
    assert not [r for r in records(document) if isinstance(r, Edge | Quarantined)]


def test_a_mention_is_hand_made_evidence_of_tier_five(tmp_path: Path) -> None:
    (document,) = read(tmp_path, TITLE, ABSTRACT, ROWS[0])
    assert isinstance(document, Document)
    (edge,) = [r for r in records(document) if isinstance(r, Edge)]
    assert (edge.subject, edge.tier, edge.knowledge_level, edge.agent_type) == (
        "PMID:99999901",
        5,
        "observation",
        "manual_agent",
    )


def test_a_mentioned_thing_is_a_placeholder_named_by_its_most_frequent_text(tmp_path: Path) -> None:
    lines = ("99999901|t|Pain and headache", "99999901|a|A headache.")
    rows = (
        "99999901\t0\t4\tPain\tDisease\tD999902",
        "99999901\t9\t17\theadache\tDisease\tD999902",
        "99999901\t20\t28\theadache\tDisease\tD999902",
    )
    (document,) = read(tmp_path, *lines, *rows)
    assert isinstance(document, Document)
    nodes = {r.id: r for r in records(document) if isinstance(r, Node)}
    assert (nodes["MESH:D999902"].name, nodes["MESH:D999902"].attributes) == ("headache", {"placeholder": True})
    assert "placeholder" not in nodes["PMID:99999901"].attributes


def test_a_row_at_the_wrong_place_is_quarantined_and_the_rest_is_kept(tmp_path: Path) -> None:
    (document,) = read(tmp_path, TITLE, ABSTRACT, ROWS[0], "99999901\t1\t9\tNosuchol\tChemical\tD999901")
    assert isinstance(document, Document)
    document_records = list(records(document))
    assert len([r for r in document_records if isinstance(r, Quarantined)]) == 1
    assert len([r for r in document_records if isinstance(r, Edge)]) == 1


def test_rows_and_documents_that_break_the_format_are_quarantined_with_their_line(tmp_path: Path) -> None:
    items = read(
        tmp_path, TITLE, ABSTRACT, "99999901\t7", "", "no document", "", "99999902|t|Second", "99999902|a|Text."
    )
    assert [i.line for i in items if isinstance(i, Quarantined)] == [3, 5]
    assert [i.citation for i in items if isinstance(i, Document)] == ["PMID:99999901", "PMID:99999902"]


def corpus(folder: Path, *rows: str) -> list[object]:
    path = folder / "one.pubtator"
    path.write_text("\n".join((TITLE, ABSTRACT, *ROWS, *rows)) + "\n", "utf-8")
    return list(read_corpus(Inputs(folder, (path,))))


@pytest.mark.parametrize("row", ["99999901\tCID\tD999901\tD999902", "99999901\tAssociation\tD999901\t999904\tNovel"])
def test_a_relation_is_an_edge_with_the_document_as_evidence(tmp_path: Path, row: str) -> None:
    corpus_records = corpus(tmp_path, row)
    (edge,) = [r for r in corpus_records if isinstance(r, Edge) and r.relation == "related_to"]
    (evidence,) = [r for r in corpus_records if isinstance(r, Evidence)]
    assert (edge.subject, edge.tier, set(edge.qualifiers)) == ("MESH:D999901", 5, {"relation"})
    assert (evidence.edge, evidence.citation) == (edge.id, "PMID:99999901")


def test_a_relation_between_several_identifiers_is_several_edges(tmp_path: Path) -> None:
    corpus_records = corpus(tmp_path, "99999901\tCID\tD999901\tD999902|OMIM:999903")
    assert [r.object for r in corpus_records if isinstance(r, Edge) and r.relation == "related_to"] == [
        "MESH:D999902",
        "OMIM:999903",
    ]


def test_a_relation_to_something_without_identifier_is_quarantined_with_its_line(tmp_path: Path) -> None:
    corpus_records = corpus(tmp_path, "99999901\tAssociation\tp|SUB|A|1|B\tD999902\tNovel")
    assert [r.line for r in corpus_records if isinstance(r, Quarantined)] == [8]


def test_a_position_in_a_variant_is_no_gene(tmp_path: Path) -> None:
    corpus_records = corpus(tmp_path, "99999901\tAssociation\tp|SUB|V|600|E\tD999902\tNovel")
    assert not [r for r in corpus_records if isinstance(r, Edge) and "600" in r.subject]


def test_gzip_is_read_and_an_empty_file_is_an_error(tmp_path: Path) -> None:
    packed, empty = tmp_path / "one.pubtator.gz", tmp_path / "none.pubtator"
    packed.write_bytes(gzip.compress(f"{TITLE}\n{ABSTRACT}\n".encode()))
    empty.write_bytes(b"")
    assert len(list(pubtator.read(packed, packed.name))) == 1
    with pytest.raises(SourceError, match=r"none\.pubtator.*empty"):
        list(pubtator.read(empty, empty.name))


def test_documents_need_no_blank_line_between_them(tmp_path: Path) -> None:
    second = ("99999902|t|Shamol is safe.", "99999902|a|No headache.", "99999902\t0\t6\tShamol\tChemical\tD999903")
    items = read(tmp_path, TITLE, ABSTRACT, ROWS[0], ROWS[1], "99999901\tCID\tD999901\tD999902", *second)
    documents = [i for i in items if isinstance(i, Document)]
    assert [(d.citation, d.title) for d in documents] == [
        ("PMID:99999901", "Nosuchol and headache"),
        ("PMID:99999902", "Shamol is safe."),
    ]
    assert [[m.text for m in d.annotations] for d in documents] == [["Nosuchol", "headache"], ["Shamol"]]
    assert [i.citation for i in items if isinstance(i, Statement)] == ["PMID:99999901"]
    assert not any(isinstance(i, Quarantined) for i in items)


def test_a_row_of_another_document_is_not_taken_for_one_of_this(tmp_path: Path) -> None:
    document, *rest = sorted(
        read(tmp_path, TITLE, ABSTRACT, "99999909\t0\t8\tNosuchol\tChemical\tD999901", ROWS[0]),
        key=lambda i: isinstance(i, Quarantined),
    )
    assert isinstance(document, Document) and len(document.annotations) == 1
    assert [(i.line, i.reason) for i in rest if isinstance(i, Quarantined)] == [
        (3, "a row of another document among those of 99999901")
    ]


@pytest.mark.parametrize(
    ("identifier", "genes"),
    [
        ("673(Tax:9606)", ["NCBIGene:673"]),
        ("22059(Tax:10090)", ["NCBIGene:22059"]),
        ("673(Tax:9606);675 (Tax:9606)", ["NCBIGene:673", "NCBIGene:675"]),
        ("673(Tax:9606),675", ["NCBIGene:673", "NCBIGene:675"]),
    ],
)
def test_the_species_behind_a_gene_is_no_part_of_its_number(tmp_path: Path, identifier: str, genes: list[str]) -> None:
    variant = "99999901\t0\t8\tNosuchol\tDNAMutation\tp|SUB|V|600|E;RS#:999904\tRSID: rs999904"
    (document,) = read(tmp_path, TITLE, ABSTRACT, f"99999901\t48\t52\tGEN1\tGene\t{identifier}\t0.9", variant)
    assert isinstance(document, Document)
    assert [e.object for e in records(document) if isinstance(e, Edge)] == genes
