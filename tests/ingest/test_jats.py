"""JATS: full texts as documents of named sections."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import SourceError, UnsafeFile
from ingest.literature import jats
from ingest.literature.documents import Document, records
from ingest.literature.files import Item
from kg.records import Passage, Quarantined

DOCTYPE = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS Archiving DTD v1.0//EN" "JATS-archivearticle1.dtd">\n'
DOI = '<article-id pub-id-type="doi">10.9999/x</article-id>'
IDS = f'<article-id pub-id-type="pmid">99999901</article-id><article-id pub-id-type="pmc">99999</article-id>{DOI}'
BODY = """<body><sec><title>Methods</title><p>We did <italic>things</italic>.</p><sec><title>Cells</title><p>Cells grew.</p>
<fig id="f1"><label>Figure 1.</label><caption><p>A curve.</p></caption></fig></sec></sec>
<sec><title>Results</title><p>They grew.
<table-wrap><label>Table 1</label><caption><title>Counts.</title></caption>
<table><tr><td>7</td></tr></table></table-wrap></p>
<disp-quote><p>Quoted words.</p></disp-quote></sec></body>"""
BACK = '<back><ref-list><ref><pub-id pub-id-type="pmid">99999902</pub-id></ref>'
BACK += '<ref><pub-id pub-id-type="doi">10.9999/y</pub-id></ref></ref-list></back>'


def article(ids: str = IDS, meta: str = "", kind: str = "research-article") -> str:
    return (
        f'<article article-type="{kind}"><front><journal-meta><journal-title-group><journal-title>Journal of Nothing</journal-title>'
        f"</journal-title-group></journal-meta><article-meta>{ids}"
        f"<title-group><article-title>On <italic>things</italic></article-title></title-group>"
        f"<contrib-group><contrib contrib-type='author'><name><surname>Doe</surname><given-names>J</given-names></name></contrib>"
        f"<contrib contrib-type='author'><collab>Nowhere Group</collab></contrib></contrib-group><pub-date><year>2010</year></pub-date>"
        f"<pub-date><year>2009</year></pub-date>{meta}</article-meta></front>{BODY}{BACK}</article>"
    )


def read(folder: Path, text: str) -> list[Item]:
    path = folder / "one.nxml"
    path.write_text(text, "utf-8")
    return list(jats.read(path, "one.nxml"))


def only(folder: Path, text: str) -> Document:
    items = read(folder, text)
    assert len(items) == 1 and isinstance(items[0], Document)
    return items[0]


def test_front_matter_is_read(tmp_path: Path) -> None:
    document = only(tmp_path, DOCTYPE + article())
    assert (document.citation, document.title, document.year, document.journal) == (
        "PMID:99999901",
        "On things",
        2009,
        "Journal of Nothing",
    )
    assert document.authors == ("Doe J", "Nowhere Group")
    assert document.xrefs == ("PMC:99999", "DOI:10.9999/x")
    assert document.attributes["references"] == ["PMID:99999902", "DOI:10.9999/y"]


@pytest.mark.parametrize(
    ("ids", "citation"),
    [
        (
            '<article-id pub-id-type="doi">10.9999/x</article-id><article-id pub-id-type="pmc">PMC99999</article-id>',
            "PMC:99999",
        ),
        ('<article-id pub-id-type="pmcid">PMC99999</article-id>', "PMC:99999"),
        ('<article-id pub-id-type="doi">10.9999/x</article-id>', "DOI:10.9999/x"),
    ],
)
def test_an_article_is_named_by_pmid_then_pmc_then_doi(tmp_path: Path, ids: str, citation: str) -> None:
    assert only(tmp_path, article(ids)).citation == citation


def test_body_sections_and_captions_are_sections_and_table_cells_are_not(tmp_path: Path) -> None:
    sections = dict(only(tmp_path, article()).sections)
    assert sections["methods"] == "We did things."
    assert sections["methods > cells"] == "Cells grew."
    assert (sections["figure 1"], sections["table 1"]) == ("A curve.", "Counts.")
    assert not any("7" in text for text in sections.values())


def test_quotations_are_part_of_the_text(tmp_path: Path) -> None:
    assert dict(only(tmp_path, article()).sections)["results"] == "They grew.\nQuoted words."


def test_a_structured_abstract_keeps_labels(tmp_path: Path) -> None:
    document = only(tmp_path, article(meta="<abstract><sec><title>Aim:</title><p>To see.</p></sec></abstract>"))
    assert document.sections[0] == ("aim", "To see.")


def test_words_before_the_labels_of_an_abstract_are_kept(tmp_path: Path) -> None:
    document = only(
        tmp_path, article(meta="<abstract><p>First.</p><sec><title>Aim</title><p>To see.</p></sec></abstract>")
    )
    assert document.sections[:2] == (("abstract", "First."), ("aim", "To see."))


@pytest.mark.parametrize(
    ("kind", "link", "retracted"),
    [
        ("research-article", "retraction-forward", True),
        ("retraction", "retracted-article", False),
        ("research-article", "companion", False),
    ],
)
def test_the_retracted_article_is_flagged_and_not_the_notice(
    tmp_path: Path, kind: str, link: str, retracted: bool
) -> None:
    assert (
        only(tmp_path, article(meta=f'<related-article related-article-type="{link}"/>', kind=kind)).retracted
        is retracted
    )


def test_every_passage_stands_where_its_offset_says(tmp_path: Path) -> None:
    document = only(tmp_path, article())
    passages = [r for r in records(document) if isinstance(r, Passage)]
    assert len(passages) == 5
    assert all(document.whole_text[p.offset : p.offset + len(p.text)] == p.text for p in passages)


def test_an_article_set_holds_many_and_one_without_ids_is_quarantined(tmp_path: Path) -> None:
    items = read(tmp_path, f"<pmc-articleset>{article()}{article('')}</pmc-articleset>")
    assert [type(i) for i in items] == [Document, Quarantined]


def test_entities_of_the_file_itself_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFile):
        read(tmp_path, '<!DOCTYPE article [<!ENTITY x SYSTEM "file:///nowhere">]>' + article())


@pytest.mark.parametrize("text", ["", "<article><front></article>"])
def test_a_file_that_is_empty_or_broken_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"one\.nxml"):
        read(tmp_path, text)


@pytest.mark.parametrize("namespace", ["https://jats.nlm.nih.gov/ns/archiving/1.3/", "https://example.org/another"])
@pytest.mark.parametrize("prefix", ["", "jats:"])
def test_articles_in_a_namespace_are_read_like_those_without(tmp_path: Path, namespace: str, prefix: str) -> None:
    inner = (
        article().replace("</", f"</{prefix}").replace("<", f"<{prefix}").replace(f"<{prefix}/{prefix}", f"</{prefix}")
    )
    declared = f"xmlns:{prefix.rstrip(':')}" if prefix else "xmlns"
    inner = inner.replace(f"<{prefix}article ", f'<{prefix}article {declared}="{namespace}" ', 1)
    answer = (
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><record><metadata>{inner}</metadata></record></OAI-PMH>'
    )
    (plain,) = read(tmp_path, article())
    (packed,) = read(tmp_path, answer)
    assert packed == plain
    assert jats.can_read(tmp_path / "one.nxml")
