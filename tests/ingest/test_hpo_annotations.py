"""HPO annotations: both layouts become has_phenotype edges, negation and references kept."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.source import Inputs
from ingest.sources.hpo_annotations import SOURCE
from ingest.sources.human_phenotype_ontology import SOURCE as HPO
from kg.records import Edge, Node, Quarantined, Record
from kg.schema import schema

HEAD = "#description: sham\ndatabase_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\tsex\tmodifier\taspect\tbiocuration\n"
NEW = [
    "OMIM:999991\tOddity\t\tHP:9999901\tPMID:99999901;PMID:99999902\tPCS\tHP:9999909\t1/2\tFEMALE\t\tP\tme",
    "OMIM:999991\tOddity\tNOT\tHP:9999902\tOMIM:999991\tTAS\t\t\t\t\tP\tme",
    "ORPHA:999992\tOther oddity\t\tHP:9999901\tISBN:0\tIEA\t\t\t\t\tP\tme",
    "OMIM:999991\tOddity\t\tHP:9999903\tOMIM:999991\tIEA\t\t\t\t\tI\tme",
]
OLD = [
    "OMIM\t999993\t#999993 SHAM SYNDROME; SHS;;SHAMMING, FAMILIAL\t\tHP:9999901\tpmid:99999903\tTAS\t\thallmark\t\tO\t\t2013.01.01\tme",
    "OMIM\t999994\t^999994 MOVED TO 999993\t\tHP:9999902\tOMIM:999994\tIEA\t\t\t\tO\t\t2013.01.01\tme",
    "OMIM\t999995\t^999995 MOVED TO 999996\t\tHP:9999902\tOMIM:999995\tIEA\t\t\t\tO\t\t2013.01.01\tme",
]


def read(folder: Path, **files: str | bytes) -> list[Record]:
    (folder / "ontologies").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "ontologies" / name.replace("__", ".")).write_bytes(text.encode() if isinstance(text, str) else text)
    paths = tuple(sorted({f for pattern in SOURCE.patterns for f in folder.glob(pattern)}))
    return list(SOURCE.read(Inputs(folder, paths)))  # type: ignore[arg-type]


def lines(rows: list[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


def test_the_present_layout(tmp_path: Path) -> None:
    records = read(tmp_path, new__hpoa=HEAD + lines(NEW))
    nodes, edges = [r for r in records if isinstance(r, Node)], [r for r in records if isinstance(r, Edge)]
    assert [(n.id, n.category, n.name) for n in nodes] == [
        ("OMIM:999991", "biolink:Disease", "Oddity"),
        ("ORPHANET:999992", "biolink:Disease", "Other oddity"),
    ]
    assert [(e.subject, e.relation, e.object, e.negated, e.agent_type) for e in edges] == [
        ("OMIM:999991", "has_phenotype", "HP:9999901", False, "manual_agent"),
        ("OMIM:999991", "has_phenotype", "HP:9999902", True, "manual_agent"),
        ("ORPHANET:999992", "has_phenotype", "HP:9999901", False, "automated_agent"),
    ]
    assert edges[0].publications == ("PMID:99999901", "PMID:99999902")
    assert edges[0].attributes == {"evidence": "PCS", "frequency": "1/2", "onset": "HP:9999909", "sex": "FEMALE"}
    assert edges[2].publications == () and edges[2].attributes == {"evidence": "IEA", "references": ["ISBN:0"]}


def test_the_old_layout(tmp_path: Path) -> None:
    records = read(tmp_path, phenotype_annotation__tab=lines(OLD))
    first, *_ = (r for r in records if isinstance(r, Node))
    assert (first.id, first.name, first.synonyms) == (
        "OMIM:999993",
        "SHAM SYNDROME",
        ("SHS\tabbreviation", "SHAMMING, FAMILIAL"),
    )
    edges = [r for r in records if isinstance(r, Edge)]
    assert edges[0].publications == ("PMID:99999903",) and edges[0].attributes == {
        "evidence": "TAS",
        "frequency": "hallmark",
    }


def test_what_omim_moved_is_said_of_the_entry_that_took_its_place(tmp_path: Path) -> None:
    records = read(tmp_path, phenotype_annotation__tab=lines(OLD))
    moved = [r for r in records if isinstance(r, Edge)][1:]
    assert [(e.subject, e.attributes["moved_from"]) for e in moved] == [
        ("OMIM:999993", "OMIM:999994"),
        ("OMIM:999996", "OMIM:999995"),
    ]
    (stand_in,) = [r for r in records if isinstance(r, Node) and r.id == "OMIM:999996"]
    assert stand_in.attributes == {"placeholder": True}


def test_broken_rows_are_quarantined_and_the_rest_is_read(tmp_path: Path) -> None:
    rows = ["OMIM:999991\tshort", NEW[0].replace("OMIM:999991", "SHAM:1"), NEW[1].replace("HP:", "XX:"), NEW[2]]
    records = read(tmp_path, new__hpoa=HEAD + lines(rows))
    reasons = [r.reason for r in records if isinstance(r, Quarantined)]
    assert len(reasons) == 3 and next(r.line for r in records if isinstance(r, Quarantined)) == 3
    assert any("unknown prefix 'SHAM'" in reason for reason in reasons)
    assert [e.subject for e in records if isinstance(e, Edge)] == ["ORPHANET:999992"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        gzip.compress((HEAD + lines(NEW * 2000)).encode(), mtime=0)[:-15],
        HEAD.encode() + b"\xff\xfe\n",
        HEAD.encode(),
    ],
)
def test_a_file_that_cannot_be_read_does_not_lose_the_others(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match=r"bad\.hpoa.*download the file again"):
        read(tmp_path, bad__hpoa=content)
    records = read(tmp_path, new__hpoa=HEAD + lines(NEW))
    assert [r.file for r in records if isinstance(r, Quarantined)] == ["ontologies/bad.hpoa"]
    assert {"ORPHANET:999992"} <= {e.subject for e in records if isinstance(e, Edge)}


def test_the_relation_leads_from_diseases_to_what_the_hpo_source_yields(tmp_path: Path) -> None:
    relation = schema().relation("has_phenotype")
    (tmp_path / "ontologies").mkdir()
    (tmp_path / "ontologies/hp-tiny.obo").write_text(
        "format-version: 1.2\n\n[Term]\nid: HP:9999901\nname: sham\n", "utf-8"
    )
    paths = tuple(f for pattern in HPO.patterns for f in tmp_path.glob(pattern))
    terms = {r.id: r.category for r in HPO.read(Inputs(tmp_path, paths)) if isinstance(r, Node)}
    assert (relation.subject, relation.object) == ("biolink:Disease", terms["HP:9999901"])


def test_the_real_files(data: Path) -> None:
    paths = tuple(sorted({f for pattern in SOURCE.patterns for f in data.glob(pattern)}))
    old, new = "phenotype_annotation.tab.gz", "phenotype-2025-01-16.hpoa.gz"
    assert {p.name for p in paths} == {"phenotype-excerpt.hpoa", old, new}
    alone = [r for p in paths if p.name == old for r in SOURCE.read(Inputs(data, (p,)))]
    assert sum(isinstance(r, Edge) for r in alone) == 113_270
    assert not any(isinstance(r, Quarantined) for r in alone)
    records = list(SOURCE.read(Inputs(data, paths)))
    passed = {r.file: r.reason for r in records if isinstance(r, Quarantined)}
    assert {f.rsplit("/", 1)[-1] for f in passed} == {"phenotype-excerpt.hpoa", old}
    assert all("annotations of diseases that a newer file annotates" in reason for reason in passed.values())
    edges = [r for r in records if isinstance(r, Edge)]
    superseded = sum(int(reason.split()[0].replace(",", "")) for reason in passed.values())
    rows = gzip.decompress(next(p for p in paths if p.name == new).read_bytes()).decode().splitlines()
    features = [row.split("\t") for row in rows if row.count("\t") > 10 and row.split("\t")[10] == "P"]
    assert len(edges) == len(features) + 113_270 + 374 - superseded
    newest = edges[: len(features)]
    assert sum(e.negated for e in newest) == sum(cells[2] == "NOT" for cells in features)


def test_a_cut_gzip_of_the_present_layout_is_not_read_as_the_old_one(tmp_path: Path) -> None:
    rows = [
        f"OMIM:9{random.Random(n).randrange(10**5):05}\tOddity {n}\t\tHP:9999901\tPMID:99999901\tPCS\t\t\t\t\tP\tme"
        for n in range(300)
    ]
    packed = gzip.compress((HEAD + lines(rows)).encode())
    with pytest.raises(SourceError, match=r"cut\.hpoa\.gz:\d+: the gzip stream ends early"):
        read(tmp_path, cut__hpoa__gz=packed[: len(packed) // 2])
    records = read(tmp_path, whole__hpoa=HEAD + lines(NEW))
    bad = [r for r in records if isinstance(r, Quarantined)]
    assert [b.file for b in bad] == ["ontologies/cut.hpoa.gz"] and "gzip stream ends early" in bad[0].reason
    assert {r.id for r in records if isinstance(r, Node)} >= {"OMIM:999991", "ORPHANET:999992"}
    assert not [r for r in records if isinstance(r, Edge) and not r.object.startswith("HP:")]


def test_what_a_modifier_says_is_kept_and_a_bad_identifier_has_its_line(tmp_path: Path) -> None:
    mild = "OMIM\t999993\t#999993 SHAM SYNDROME\tMILD\tHP:9999901\tpmid:99999903\tTAS\t\t\t\tO\t\t2013.01.01\tme"
    records = read(tmp_path, phenotype_annotation__tab=lines([mild, mild.replace("OMIM\t", "NOPE\t", 1)]))
    assert [e.attributes["modifier"] for e in records if isinstance(e, Edge)] == ["MILD"]
    assert [(q.line, "NOPE" in q.reason) for q in records if isinstance(q, Quarantined)] == [(2, True)]
