"""Retractions: a record, a notice or a list says that a paper is retracted, and everything that cites it can be marked."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from ingest.build import Plan, build_release
from ingest.errors import SourceError
from ingest.source import Inputs, all_sources
from kg.records import Quarantined, Retraction
from kg.release.release import Release

PUBMED = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle>
<Abstract><AbstractText>Text.</AbstractText></Abstract></Article>{links}</MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.9999/{pmid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle></PubmedArticleSet>"""
LINK = '<CommentsCorrectionsList><CommentsCorrections RefType="{kind}"><RefSource>J Sham. 2001</RefSource>{other}</CommentsCorrections></CommentsCorrectionsList>'
MEDLINE = "PMID- 99999904\nTI  - Retraction.\n{field}\n"
JATS = """<article article-type="retraction" xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<article-id pub-id-type="doi">10.9999/notice</article-id><title-group><article-title>Retraction</article-title></title-group>
<related-article related-article-type="{kind}" ext-link-type="uri" xlink:href="info:doi/10.9999/99999901"/></article-meta></front>
<body><p>It is retracted.</p></body></article>"""


def pubmed(pmid: int, kind: str = "", other: int | None = None) -> str:
    named = f"<PMID>{other}</PMID>" if other else ""
    return PUBMED.format(pmid=pmid, title=f"Paper {pmid}", links=LINK.format(kind=kind, other=named) if kind else "")


def build(folder: Path, **files: str) -> Release:
    """A release of files named after their folder: `pubmed__a_xml` is pubmed/a.xml."""
    for name, text in files.items():
        path = folder / "data" / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return build_release(Plan(folder / "data"), folder / "home", workers=1).release


@pytest.mark.parametrize(
    "notice",
    [
        {"pubmed__b_xml": pubmed(99999904, "RetractionOf", 99999901)},
        {"pubmed__b_txt": MEDLINE.format(field="ROF - Sham A. J Sham. 2001;1(1):1. PMID: 99999901")},
        {"pubmed__b_nxml": JATS.format(kind="retracted-article")},
        {"retractions__b_tsv": "pmid\n99999901\n"},
    ],
    ids=["PubMed", "MEDLINE", "JATS", "list"],
)
def test_a_notice_or_a_list_marks_the_paper_of_another_file(tmp_path: Path, notice: dict[str, str]) -> None:
    files = {name.replace("nxml", "xml"): text for name, text in notice.items()}
    release = build(tmp_path, pubmed__a_xml=pubmed(99999901), **files)
    assert release.retracted(["PMID:99999901", "PMID:99999902"]) == {"PMID:99999901"}
    nodes = {n["id"]: n["attributes"] for n in release.read("nodes").to_dicts()}
    assert json.loads(nodes["PMID:99999901"]) == {"retracted": True}
    (row,) = release.read("citations").filter(id="PMID:99999901").to_dicts()
    assert (row["title"], row["source"], row["retracted"]) == ("Paper 99999901", "pubmed", True)
    assert sum(release.read("citations")["retracted"]) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"pubmed__b_xml": pubmed(99999904, "ErratumFor", 99999901)},
        {"pubmed__b_xml": pubmed(99999904, "CommentOn", 99999901)},
        {"pubmed__b_xml": pubmed(99999904, "RetractionOf")},
        {"pubmed__b_txt": MEDLINE.format(field="EFR - J Sham. 2001;1(1):1. PMID: 99999901")},
        {"pubmed__b_xml": JATS.format(kind="corrected-article")},
    ],
)
def test_what_is_no_retraction_marks_nothing(tmp_path: Path, other: dict[str, str]) -> None:
    release = build(tmp_path, pubmed__a_xml=pubmed(99999901), **other)
    assert not any(release.read("citations")["retracted"])


def test_a_paper_that_only_a_fact_cites_is_known_as_retracted(tmp_path: Path) -> None:
    edges = "subject\tpredicate\tobject\tpublications\nDRUGBANK:DB99991\tbiolink:treats\tDOID:9999901\tPMID:99999901|PMID:99999902\n"
    nodes = "id\tcategory\tname\nDRUGBANK:DB99991\tbiolink:Drug\tFakedin\nDOID:9999901\tbiolink:Disease\tshamitis\n"
    release = build(
        tmp_path,
        kgx__edges_tsv=edges,
        kgx__nodes_tsv=nodes,
        pubmed__b_xml=pubmed(99999904, "RetractionOf", 99999901),
    )
    (edge,) = release.read("edges").to_dicts()
    assert release.retracted(edge["publications"]) == {"PMID:99999901"}
    (row,) = release.read("citations").filter(id="PMID:99999901").to_dicts()
    assert (row["title"], row["year"], row["authors"], row["source"]) == ("", None, [], "pubmed")


def test_a_list_with_broken_rows_or_heading_says_where(tmp_path: Path) -> None:
    source = all_sources()["retractions"]
    path = tmp_path / "r.tsv.gz"
    path.write_bytes(gzip.compress(b"pmid\tyear\n99999901\t2001\nnone\t\n\nPMID:99999902\t\n"))
    records = list(source.read(Inputs(tmp_path, (path,))))
    assert [r.citation for r in records if isinstance(r, Retraction)] == ["PMID:99999901", "PMID:99999902"]
    assert [(r.file, r.line) for r in records if isinstance(r, Quarantined)] == [("r.tsv.gz", 3)]
    for raw in (gzip.compress(b"doi\n10.9999/1\n"), gzip.compress(b"pmid\n1\n" * 99)[:-9]):
        path.write_bytes(raw)
        with pytest.raises(SourceError, match=r"r\.tsv\.gz"):
            list(source.read(Inputs(tmp_path, (path,))))


def test_the_real_list_marks_what_the_corpora_hold(data: Path, tmp_path: Path) -> None:
    release = build_release(Plan(data, ("retractions", "scifact", "bc5cdr")), tmp_path, workers=1).release
    rows = release.read("citations").filter("retracted")
    assert len(rows) == 19_163 and release.retracted(rows["id"]) == set(rows["id"])
    assert 0 < len(rows.filter(source="bc5cdr")) < 20
