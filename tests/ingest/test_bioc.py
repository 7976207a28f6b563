"""BioC, XML and JSON: passages at the format's offsets, annotations with identifiers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import SourceError, UnsafeFile
from ingest.literature import bioc
from ingest.literature.documents import Document, records
from ingest.literature.files import Item
from kg.records import Edge, Passage, Quarantined


def mark(offset: int, text: str, identifier: str, kind: str = "Disease") -> dict[str, Any]:
    return {
        "infons": {"type": kind, "identifier": identifier},
        "text": text,
        "locations": [{"offset": offset, "length": len(text)}],
    }


def collection(
    *marks: dict[str, Any], offset: Any = 13, source: str = "PubTator", identifier: str = "99999901"
) -> dict[str, Any]:
    passages = [
        {"offset": 0, "infons": {"type": "title"}, "text": "On headaches"},
        {"offset": offset, "infons": {"type": "abstract"}, "text": "A headache passes.", "annotations": list(marks)},
    ]
    return {"source": source, "documents": [{"id": identifier, "infons": {}, "passages": passages}]}


def as_xml(content: dict[str, Any]) -> str:
    documents = ""
    for document in content["documents"]:
        passages = ""
        for passage in document["passages"]:
            infons = "".join(f'<infon key="{k}">{v}</infon>' for k, v in passage["infons"].items())
            marks = ""
            for m in passage.get("annotations", ()):
                inner = "".join(f'<infon key="{k}">{v}</infon>' for k, v in m["infons"].items())
                places = "".join(f'<location offset="{p["offset"]}" length="{p["length"]}"/>' for p in m["locations"])
                marks += f'<annotation id="1">{inner}{places}<text>{m["text"]}</text></annotation>'
            passages += (
                f"<passage>{infons}<offset>{passage['offset']}</offset><text>{passage['text']}</text>{marks}</passage>"
            )
        documents += f"<document><id>{document['id']}</id>{passages}</document>"
    head = "<?xml version='1.0'?><!DOCTYPE collection SYSTEM 'BioC.dtd'>"
    return f"{head}<collection><source>{content['source']}</source>{documents}</collection>"


def read(folder: Path, content: dict[str, Any], form: str) -> list[Item]:
    path = folder / f"one.{form}"
    path.write_text(json.dumps(content) if form == "json" else as_xml(content), "utf-8")
    assert bioc.can_read(path)
    return list(bioc.read(path, path.name))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_title_sections_and_mentions(tmp_path: Path, form: str) -> None:
    (document,) = read(tmp_path, collection(mark(15, "headache", "MESH:D999901")), form)
    assert isinstance(document, Document)
    assert (document.citation, document.title, document.sections) == (
        "PMID:99999901",
        "On headaches",
        (("abstract", "A headache passes."),),
    )
    (passage,) = [r for r in records(document) if isinstance(r, Passage)]
    assert [(passage.text[m.start : m.end], m.id, m.category) for m in passage.mentions] == [
        ("headache", "MESH:D999901", "biolink:Disease")
    ]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_offsets_of_the_format_may_leave_gaps(tmp_path: Path, form: str) -> None:
    (document,) = read(tmp_path, collection(mark(102, "headache", "MESH:D999901"), offset=100), form)
    assert isinstance(document, Document)
    (passage,) = [r for r in records(document) if isinstance(r, Passage)]
    assert [m.text for m in passage.mentions] == ["headache"]
    assert document.whole_text[passage.offset : passage.offset + len(passage.text)] == passage.text


@pytest.mark.parametrize("form", ["json", "xml"])
def test_several_identifiers_are_several_mentions(tmp_path: Path, form: str) -> None:
    (document,) = read(tmp_path, collection(mark(15, "headache", "MESH:D999901;OMIM:999902")), form)
    assert isinstance(document, Document)
    assert [e.object for e in records(document) if isinstance(e, Edge)] == ["MESH:D999901", "OMIM:999902"]


def test_a_name_that_does_not_stand_at_its_place_is_quarantined(tmp_path: Path) -> None:
    (document,) = read(tmp_path, collection(mark(14, "headache", "MESH:D999901")), "json")
    assert isinstance(document, Document)
    document_records = list(records(document))
    assert [r.row for r in document_records if isinstance(r, Quarantined)] == ["headache"]
    assert not any(isinstance(r, Edge) for r in document_records)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_name_outside_its_passage_or_in_two_places_is_quarantined(tmp_path: Path, form: str) -> None:
    split = mark(15, "headache", "MESH:D999901")
    split["locations"].append({"offset": 24, "length": 6})
    items = read(tmp_path, collection(mark(500, "far", "MESH:D999901"), split), form)
    assert [i.row for i in items if isinstance(i, Quarantined)] == ["far", "headache"]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_broken_document_does_not_lose_the_others(tmp_path: Path, form: str) -> None:
    both = collection(offset="nowhere", identifier="99999902")
    both["documents"] += collection()["documents"]
    items = read(tmp_path, both, form)
    assert [type(i) for i in items] == [Quarantined, Document]


def test_a_number_is_a_pmid_only_in_a_collection_of_pubmed(tmp_path: Path) -> None:
    (unknown,) = read(tmp_path, collection(source="a shop"), "json")
    (full_text,) = read(tmp_path, collection(source="a shop", identifier="PMC99999"), "json")
    assert isinstance(unknown, Quarantined)
    assert isinstance(full_text, Document) and full_text.citation == "PMC:99999"


def test_broken_json_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text('{"documents": [')
    with pytest.raises(SourceError, match=r"one\.json"):
        list(bioc.read(path, "one.json"))


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.xml"
    path.write_text('<!DOCTYPE collection [<!ENTITY a "b">]><collection><source>&a;</source></collection>')
    with pytest.raises(UnsafeFile):
        list(bioc.read(path, "one.xml"))


GREEK = "TNF-\u03b1 and IL-1\u00df rose with SARS\u2010CoV\u20102, \u03ba-casein and \u00b5-sham."


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("TNF-\u03b1", "TNF-a"),
        ("TNF-\u03b1", "TNF-alpha"),
        ("TNF-\u03b1", "TNFalpha"),
        ("IL-1\u00df", "IL-1b"),
        ("SARS\u2010CoV\u20102", "SARS CoV 2"),
        ("SARS\u2010CoV\u20102", "sars-cov-2"),
        ("\u03ba-casein", "kappa casein"),
        ("\u00b5-sham", "u-sham"),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_name_that_the_maker_wrote_in_another_way_counts_as_the_document_writes_it(
    tmp_path: Path, own: str, told: str, form: str
) -> None:
    marked = {**mark(GREEK.index(own), told, "7124(Tax:9606)", "Gene")}
    marked["locations"] = [{"offset": 13 + GREEK.index(own), "length": len(own)}]
    content = collection(marked)
    content["documents"][0]["passages"][1]["text"] = GREEK
    (document,) = read(tmp_path, content, form)
    assert isinstance(document, Document)
    found = [
        (p.text[m.start : m.end], m.text, m.id) for p in records(document) if isinstance(p, Passage) for m in p.mentions
    ]
    assert found == [(own, own, "NCBIGene:7124")]
    assert not any(isinstance(r, Quarantined) for r in records(document))


@pytest.mark.parametrize("told", ["TNF-b", "TNF", "gamma", "IL-1a", "-", "     "])
def test_another_name_at_the_place_is_still_quarantined(tmp_path: Path, told: str) -> None:
    marked = {**mark(13, told, "7124", "Gene"), "locations": [{"offset": 27, "length": 5}]}
    content = collection(marked)
    content["documents"][0]["passages"][1]["text"] = GREEK.replace("\u00df", "b")
    (document,) = read(tmp_path, content, "json")
    assert isinstance(document, Document)
    assert [r.row for r in records(document) if isinstance(r, Quarantined)] == [told]
