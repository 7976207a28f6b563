"""PubMed XML: what a record becomes, and what broken or hostile files cost."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingest.errors import SourceError, UnsafeFile
from ingest.literature import pubmed_xml
from ingest.literature.documents import Document, records
from ingest.literature.files import Item
from ingest.source import Frame, Inputs, all_sources
from kg.records import Citation, Deletion, Edge, Passage, Quarantined, Record

HEAD = '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMed//EN" "https://example.org/pubmed.dtd">\n<PubmedArticleSet>\n'
TAIL = "</PubmedArticleSet>\n"


def record(
    pmid: int, article: str = "<ArticleTitle>A made-up title</ArticleTitle>", rest: str = "", data: str = ""
) -> str:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article>{article}</Article>{rest}</MedlineCitation>'
        f"<PubmedData>{data}</PubmedData></PubmedArticle>\n"
    )


def link(kind: str, pmid: int) -> str:
    return (
        f'<CommentsCorrectionsList><CommentsCorrections RefType="{kind}"><PMID>{pmid}</PMID>'
        "</CommentsCorrections></CommentsCorrectionsList>"
    )


def read(folder: Path, body: str, head: str = HEAD) -> list[Item]:
    path = folder / "one.xml"
    path.write_text(head + body + TAIL, "utf-8")
    return list(pubmed_xml.read(path, "one.xml"))


def only(items: list[Item]) -> Document:
    assert len(items) == 1 and isinstance(items[0], Document)
    return items[0]


def source(folder: Path, **files: bytes) -> list[Record]:
    (folder / "pubmed").mkdir()
    paths = []
    for name, content in files.items():
        paths.append(folder / "pubmed" / name.replace("__", "."))
        paths[-1].write_bytes(content)
    return [r for r in all_sources()["pubmed"].read(Inputs(folder, tuple(paths))) if not isinstance(r, Frame)]


def test_structured_abstract_keeps_its_labels_and_its_offsets(tmp_path: Path) -> None:
    article = """<ArticleTitle>Effect of H<sub>2</sub>O on <i>made-up</i> cells</ArticleTitle><Abstract>
      <AbstractText Label="BACKGROUND">Water is wet.</AbstractText>
      <AbstractText Label="RESULTS">It stayed <b>wet</b>.</AbstractText></Abstract>"""
    document = only(read(tmp_path, record(99999901, article)))
    assert document.title == "Effect of H2O on made-up cells"
    assert document.sections == (("background", "Water is wet."), ("results", "It stayed wet."))
    passages = [r for r in records(document) if isinstance(r, Passage)]
    assert [p.id for p in passages] == ["PMID:99999901#0", "PMID:99999901#1"]
    for passage in passages:
        assert document.whole_text[passage.offset : passage.offset + len(passage.text)] == passage.text


def test_an_abstract_in_another_language_is_no_part_of_the_text(tmp_path: Path) -> None:
    article = "<ArticleTitle>T</ArticleTitle><Abstract><AbstractText>English.</AbstractText></Abstract>"
    document = only(
        read(
            tmp_path, record(99999901, article, "<OtherAbstract><AbstractText>Deutsch.</AbstractText></OtherAbstract>")
        )
    )
    assert document.sections == (("abstract", "English."),)


def test_a_record_without_abstract_has_its_title_as_only_passage(tmp_path: Path) -> None:
    document = only(read(tmp_path, record(99999901, "<ArticleTitle>[Only a title.]</ArticleTitle>")))
    assert [(p.section, p.text) for p in records(document) if isinstance(p, Passage)] == [("title", "[Only a title.]")]


def test_the_vernacular_title_stands_in_for_a_missing_one(tmp_path: Path) -> None:
    assert only(read(tmp_path, record(99999901, "<VernacularTitle>Ein Titel</VernacularTitle>"))).title == "Ein Titel"


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("<Year>2011</Year>", 2011),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998),
        ("<Season>Spring</Season>", None),
    ],
)
def test_year_is_read_from_year_or_medline_date(tmp_path: Path, date: str, year: int | None) -> None:
    journal = (
        f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue><Title>Journal of Nothing</Title></Journal>"
    )
    document = only(read(tmp_path, record(99999901, journal + "<ArticleTitle>T</ArticleTitle>")))
    assert (document.year, document.journal) == (year, "Journal of Nothing")


def test_authors_are_persons_and_groups(tmp_path: Path) -> None:
    listed = """<ArticleTitle>T</ArticleTitle><AuthorList><Author><LastName>Doe</LastName>
      <ForeName>Jane Q</ForeName><Initials>JQ</Initials></Author>
      <Author><CollectiveName>The Nowhere Group</CollectiveName></Author></AuthorList>"""
    assert only(read(tmp_path, record(99999901, listed))).authors == ("Doe JQ", "The Nowhere Group")


def test_identifiers_and_references_are_kept(tmp_path: Path) -> None:
    data = """<ArticleIdList><ArticleId IdType="doi">10.9999/none</ArticleId><ArticleId IdType="pmc">PMC99999</ArticleId></ArticleIdList>
      <ReferenceList><Reference><ArticleIdList>
      <ArticleId IdType="pubmed">99999902</ArticleId></ArticleIdList></Reference></ReferenceList>"""
    document = only(read(tmp_path, record(99999901, data=data)))
    assert document.xrefs == ("DOI:10.9999/none", "PMC:99999")
    assert document.attributes["references"] == ["PMID:99999902"]


def test_older_records_list_their_references_as_citations(tmp_path: Path) -> None:
    assert only(read(tmp_path, record(99999901, rest=link("Cites", 99999903)))).attributes["references"] == [
        "PMID:99999903"
    ]


def test_major_topics_are_mentioned_and_all_headings_are_kept(tmp_path: Path) -> None:
    rest = """<MeshHeadingList><MeshHeading><DescriptorName UI="D999901" MajorTopicYN="Y">Made-up Disease</DescriptorName></MeshHeading>
      <MeshHeading><DescriptorName UI="D999902" MajorTopicYN="N">Humans</DescriptorName></MeshHeading></MeshHeadingList>"""
    document = only(read(tmp_path, record(99999901, rest=rest)))
    assert document.attributes["mesh"] == ["MESH:D999901", "MESH:D999902"]
    assert [(e.relation, e.object) for e in records(document) if isinstance(e, Edge)] == [("mentions", "MESH:D999901")]


@pytest.mark.parametrize(("kind", "retracted"), [("RetractionIn", True), ("RetractionOf", False), ("ErratumIn", False)])
def test_the_retracted_article_is_flagged_and_not_the_notice(tmp_path: Path, kind: str, retracted: bool) -> None:
    document = only(read(tmp_path, record(99999901, rest=link(kind, 99999909))))
    assert next(r for r in records(document) if isinstance(r, Citation)).retracted is retracted
    assert ["PMID:99999909"] in document.attributes.values()


def test_a_retracted_publication_type_flags_the_article(tmp_path: Path) -> None:
    kind = "<ArticleTitle>T</ArticleTitle><PublicationTypeList><PublicationType>Retracted Publication</PublicationType></PublicationTypeList>"
    assert only(read(tmp_path, record(99999901, kind))).retracted


def test_withdrawn_records_become_deletions(tmp_path: Path) -> None:
    items = read(tmp_path, "<DeleteCitation><PMID>99999901</PMID><PMID>99999902</PMID></DeleteCitation>\n")
    assert items == [Deletion("PMID:99999901"), Deletion("PMID:99999902")]


def test_a_deletion_without_a_number_is_quarantined(tmp_path: Path) -> None:
    items = read(tmp_path, "<DeleteCitation><PMID>none</PMID><PMID>99999902</PMID></DeleteCitation>\n")
    assert [type(i) for i in items] == [Quarantined, Deletion]


def test_book_chapters_are_documents(tmp_path: Path) -> None:
    book = """<PubmedBookArticle><BookDocument><PMID>99999901</PMID>
      <Book><BookTitle>A Book</BookTitle><PubDate><Year>2009</Year></PubDate></Book>
      <ArticleTitle>A chapter</ArticleTitle><Abstract><AbstractText>Words.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"""
    document = only(read(tmp_path, book))
    assert (document.citation, document.title, document.year, document.journal) == (
        "PMID:99999901",
        "A chapter",
        2009,
        "A Book",
    )


@pytest.mark.parametrize(
    "broken",
    [
        "<PubmedArticle><MedlineCitation><PMID>99999902</PMID></oops></PubmedArticle>\n",
        "<PubmedArticle><MedlineCitation>\n",
    ],
)
def test_one_broken_record_is_quarantined_with_its_line_and_the_rest_is_read(tmp_path: Path, broken: str) -> None:
    items = read(tmp_path, record(99999901) + broken + record(99999903))
    assert [i.citation for i in items if isinstance(i, Document)] == ["PMID:99999901", "PMID:99999903"]
    assert [(i.file, i.line) for i in items if isinstance(i, Quarantined)] == [("one.xml", 5)]


def test_a_record_without_a_pmid_is_quarantined_with_its_line(tmp_path: Path) -> None:
    items = read(tmp_path, record(99999901) + "<PubmedArticle><MedlineCitation/></PubmedArticle>\n")
    assert [i.line for i in items if isinstance(i, Quarantined)] == [5]


def test_bytes_that_are_not_utf8_cost_one_record(tmp_path: Path) -> None:
    path = tmp_path / "latin.xml"
    bad = record(99999902, "<ArticleTitle>caf\xe9</ArticleTitle>").encode("latin-1")
    path.write_bytes(HEAD.encode() + record(99999901).encode() + bad + record(99999903).encode() + TAIL.encode())
    items = list(pubmed_xml.read(path, "latin.xml"))
    assert [type(i) for i in items] == [Document, Quarantined, Document]


def test_utf16_is_refused_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "wide.xml"
    path.write_text(HEAD + record(99999901) + TAIL, "utf-16")
    with pytest.raises(SourceError, match="convert it to UTF-8"):
        list(pubmed_xml.read(path, "wide.xml"))


BOMB = '<!DOCTYPE PubmedArticleSet [<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<PubmedArticleSet>\n'
OUTSIDE = '<!DOCTYPE PubmedArticleSet [<!ENTITY secret SYSTEM "{}">]>\n<PubmedArticleSet>\n'


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFile, match=r"one\.xml.*declares entities"):
        read(tmp_path, record(99999901, "<ArticleTitle>&b;</ArticleTitle>"), BOMB)


def test_an_outside_entity_is_refused_and_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read")
    with pytest.raises(UnsafeFile):
        read(tmp_path, record(99999901, "<ArticleTitle>&secret;</ArticleTitle>"), OUTSIDE.format(secret.as_uri()))


def test_a_document_type_with_a_public_id_is_normal(tmp_path: Path) -> None:
    assert only(read(tmp_path, record(99999901))).citation == "PMID:99999901"


def packed(*, cut: bool) -> bytes:
    whole = gzip.compress((HEAD + "".join(record(99999000 + n) for n in range(500)) + TAIL).encode())
    return whole[: len(whole) // 2] if cut else whole


def test_gzip_is_read_like_plain_xml(tmp_path: Path) -> None:
    assert sum(isinstance(r, Citation) for r in source(tmp_path, a__xml__gz=packed(cut=False))) == 500


def test_a_gzip_cut_short_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.xml\.gz.*cut short.*fetch it again"):
        source(tmp_path, a__xml__gz=packed(cut=True))


def test_a_gzip_cut_short_does_not_lose_the_other_files(tmp_path: Path) -> None:
    read_records = source(tmp_path, a__xml__gz=packed(cut=True), b__xml=(HEAD + record(99999901) + TAIL).encode())
    assert [r.id for r in read_records if isinstance(r, Citation)] == ["PMID:99999901"]
    assert [(r.file, r.line) for r in read_records if isinstance(r, Quarantined)] == [("pubmed/a.xml.gz", None)]


@pytest.mark.parametrize("content", [b"", b"<something/>"])
def test_a_file_that_is_empty_or_of_no_known_format_is_reported(tmp_path: Path, content: bytes) -> None:
    read_records = source(tmp_path, a__xml=content, b__xml=(HEAD + record(99999901) + TAIL).encode())
    assert [r.file for r in read_records if isinstance(r, Quarantined)] == ["pubmed/a.xml"]


def test_memory_blocks_do_not_cut_records(tmp_path: Path) -> None:
    path = tmp_path / "long.xml"
    filler = "<ArticleTitle>" + "word " * 2_000 + "</ArticleTitle>"
    path.write_text(
        HEAD + "".join(record(99990000 + n, filler) for n in range(1_000)) + "<PubmedArticle>\n" + TAIL, "utf-8"
    )
    items = list(pubmed_xml.read(path, "long.xml"))
    assert len({i.citation for i in items if isinstance(i, Document)}) == 1_000
    assert [i.line for i in items if isinstance(i, Quarantined)] == [1_004]
