"""Literature: records, offsets, broken and hostile files. Every identifier here is made up."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from ingest.errors import SourceError, UnsafeFile
from ingest.source import Inputs, all_sources
from kg.records import Citation, Deletion, Edge, Evidence, Node, Passage, Quarantined, Record

ARTICLE = """<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><Journal><JournalIssue><PubDate><MedlineDate>2001 Jan-Feb</MedlineDate>
</PubDate></JournalIssue><Title>Made-up Journal</Title></Journal><ArticleTitle>A <i>made-up</i> title {pmid}.</ArticleTitle>
<Abstract><AbstractText Label="METHODS">We made this up. It has two sentences.</AbstractText><AbstractText Label="RESULTS">Nothing.</AbstractText></Abstract>
<AuthorList><Author><LastName>Nobody</LastName><Initials>N</Initials></Author></AuthorList>
<PublicationTypeList><PublicationType>{kind}</PublicationType></PublicationTypeList></Article>
<MeshHeadingList><MeshHeading><DescriptorName UI="D999999" MajorTopicYN="Y">Made-up Heading</DescriptorName></MeshHeading></MeshHeadingList>
</MedlineCitation></PubmedArticle>"""
BOMB = '<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><PubmedArticleSet>&b;</PubmedArticleSet>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><PubmedArticleSet><PubmedArticle>&a;</PubmedArticle></PubmedArticleSet>'


def pubmed(*articles: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "x" "y.dtd">\n<PubmedArticleSet>\n'
        + "\n".join(articles)
        + "\n</PubmedArticleSet>\n"
    )


def article(pmid: int, kind: str = "Journal Article") -> str:
    return ARTICLE.format(pmid=pmid, kind=kind)


def read(source: str, folder: Path, name: str, content: str | bytes) -> list[Record]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [r for r in all_sources()[source].read(Inputs(folder, (path,))) if isinstance(r, Record)]


def of(records: list[Record], kind: type) -> list[Record]:
    return [r for r in records if isinstance(r, kind)]


def test_structured_abstract_year_authors_and_topics(tmp_path: Path) -> None:
    records = read("pubmed", tmp_path, "a.xml", pubmed(article(99999901)))
    (citation,) = of(records, Citation)
    assert isinstance(citation, Citation)
    assert (citation.id, citation.title, citation.year, citation.authors) == (
        "PMID:99999901",
        "A made-up title 99999901.",
        2001,
        ("Nobody N",),
    )
    assert [(p.section, p.text) for p in records if isinstance(p, Passage)] == [
        ("methods", "We made this up. It has two sentences."),
        ("results", "Nothing."),
    ]
    assert [(e.relation, e.object) for e in records if isinstance(e, Edge)] == [("mentions", "MESH:D999999")]


def test_retractions_and_withdrawals_are_kept(tmp_path: Path) -> None:
    text = pubmed(article(99999902, "Retracted Publication"), "<DeleteCitation><PMID>99999903</PMID></DeleteCitation>")
    records = read("pubmed", tmp_path, "a.xml", text)
    assert [c.retracted for c in records if isinstance(c, Citation)] == [True]
    assert [d.citation for d in records if isinstance(d, Deletion)] == ["PMID:99999903"]


@pytest.mark.parametrize(
    "broken",
    [
        "<PubmedArticle><MedlineCitation></PubmedArticle>",
        "<PubmedArticle><MedlineCitation>",
        "<PubmedArticle>&undefined;</PubmedArticle>",
    ],
)
def test_one_broken_record_in_a_stream_costs_nothing_but_itself(tmp_path: Path, broken: str) -> None:
    articles = [article(99_000_000 + n) for n in range(1000)]
    text = pubmed(*articles[:999], broken, articles[999])
    records = read("pubmed", tmp_path, "a.xml", text)
    assert len(of(records, Citation)) == 1000
    (bad,) = of(records, Quarantined)
    assert isinstance(bad, Quarantined)
    assert (bad.file, bad.line) == ("a.xml", text[: text.index(f"\n{broken}\n")].count("\n") + 2)


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_bombs_and_outside_entities_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnsafeFile, match=r"a\.xml: declares entities"):
        read("pubmed", tmp_path, "a.xml", text)


def test_a_gzip_cut_short_is_refused_and_named(tmp_path: Path) -> None:
    whole = gzip.compress(pubmed(*[article(99_000_000 + n) for n in range(500)]).encode())
    with pytest.raises(SourceError, match=r"a\.xml\.gz: the gzip file is cut short"):
        read("pubmed", tmp_path, "a.xml.gz", whole[: len(whole) // 2])


@pytest.mark.parametrize("content", [b"", b"\x00\x01"])
def test_a_file_of_no_known_format_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pubmed").mkdir()
    with pytest.raises(SourceError, match=r"a\.xml: is empty, cut short or of no format"):
        read("pubmed", tmp_path, "pubmed/a.xml", content)


def test_one_broken_file_of_many_does_not_lose_the_others(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.nxml", tmp_path / "bad.nxml"
    good.write_text(
        '<article><front><article-meta><article-id pub-id-type="pmid">99999904</article-id><title-group><article-title>T</article-title></title-group>'
        "</article-meta></front><body><sec><title>One</title><p>Text <fig><caption><p>A caption.</p></caption></fig>goes on.</p></sec></body></article>"
    )
    bad.write_text("<article><front></article>")
    records = list(all_sources()["pmc"].read(Inputs(tmp_path, (bad, good))))
    assert [(r.file, "bad.nxml" in str(r.reason) or r.reason != "") for r in records if isinstance(r, Quarantined)] == [
        ("bad.nxml", True)
    ]
    assert [(p.section, p.text) for p in records if isinstance(p, Passage)] == [
        ("one", "Text goes on."),
        ("figure", "A caption."),
    ]


def test_pubtator_mentions_relations_and_misplaced_names(tmp_path: Path) -> None:
    text = "99999905|t|Drugone and illtwo.\n99999905|a|Drugone helps.\n99999905\t0\t7\tDrugone\tChemical\tD999991\n"
    text += "99999905\t20\t27\tDrugone\tChemical\tD999991\n99999905\t3\t7\twrong\tDisease\tD999992\n99999905\tCID\tD999991\tD999992\n"
    records = read("bc5cdr", tmp_path, "a.pubtator", text)
    (passage,) = of(records, Passage)
    assert isinstance(passage, Passage)
    assert [(passage.text[m.start : m.end], m.id) for m in passage.mentions] == [("Drugone", "MESH:D999991")]
    assert len(of(records, Quarantined)) == 1
    relation = [e for e in records if isinstance(e, Edge) and e.relation == "related_to"]
    assert [(e.subject, e.object, e.publications) for e in relation] == [
        ("MESH:D999991", "MESH:D999992", ("PMID:99999905",))
    ]
    assert [e.edge for e in records if isinstance(e, Evidence)] == [relation[0].id]


def test_bioc_xml_and_json_say_the_same_and_invent_no_pmid(tmp_path: Path) -> None:
    mark = {
        "infons": {"type": "Chemical", "identifier": "MESH:D999991"},
        "text": "Drugone",
        "locations": [{"offset": 4, "length": 7}],
    }
    passages = [
        {"infons": {"type": "title"}, "offset": 0, "text": "T.", "annotations": []},
        {"infons": {"type": "abstract"}, "offset": 3, "text": " Drugone.", "annotations": [mark]},
    ]
    as_json = json.dumps({"source": "PubMed", "documents": [{"id": "99999906", "infons": {}, "passages": passages}]})
    as_xml = (
        "<collection><source>PubMed</source><document><id>99999906</id><passage><infon key='type'>title</infon><offset>0</offset><text>T.</text></passage>"
        "<passage><infon key='type'>abstract</infon><offset>3</offset><text> Drugone.</text><annotation id='1'><infon key='type'>Chemical</infon>"
        "<infon key='identifier'>MESH:D999991</infon><location offset='4' length='7'/><text>Drugone</text></annotation></passage></document></collection>"
    )
    from_json, from_xml = (
        read("bioc", tmp_path, name, text) for name, text in (("bioc.json", as_json), ("bioc.xml", as_xml))
    )
    assert [type(r) for r in from_json] == [type(r) for r in from_xml]
    assert [(p.text[m.start : m.end], m.id) for p in from_json if isinstance(p, Passage) for m in p.mentions] == [
        ("Drugone", "MESH:D999991")
    ]
    unknown = read("bioc", tmp_path, "bioc.json", as_json.replace('"PubMed"', '"somewhere"'))
    assert [type(r) for r in unknown] == [Quarantined]


def test_scifact_rows_that_break_the_format_are_named(tmp_path: Path) -> None:
    records = read(
        "scifact", tmp_path, "corpus.jsonl", '{"_id": "1", "title": "T", "text": "One."}\nnot json\n{"_id": "2"}\n'
    )
    assert [c.id for c in records if isinstance(c, Citation)] == ["S2:1"]
    assert [q.line for q in records if isinstance(q, Quarantined)] == [2, 3]


@pytest.mark.parametrize(
    ("source", "pattern", "documents"),
    [
        ("scifact", "scifact/corpus.jsonl.gz", 5_183),
        ("biored", "biored/*.pubtator.gz", 431),
        ("bc5cdr", "bc5cdr/*.pubtator.gz", 1_000),
        ("ncbi_disease", "ncbi_disease/*.pubtator*", 692),  # one abstract stands there twice
        ("pubmedqa", "pubmedqa/*.json.gz", 500),
        ("pubmed", "pubmed_xml/*.*", 15),
        ("pmc", "pubmed_xml/*.*", 9),
    ],
)
def test_real_files_are_read_whole_with_offsets_that_hold(
    data: Path, source: str, pattern: str, documents: int
) -> None:
    records = list(all_sources()[source].read(Inputs(data, tuple(sorted(data.glob(pattern))))))
    assert sum(isinstance(r, Citation) for r in records) == documents
    marks = [(p.text[m.start : m.end], m.text) for p in records if isinstance(p, Passage) for m in p.mentions]
    assert all(marked == text for marked, text in marks)
    repeated = [i for i, n in Counter(p.id for p in records if isinstance(p, Passage)).items() if n > 1]
    assert not repeated
    assert max(len(p.text) for p in records if isinstance(p, Passage)) <= 2_400
    assert all(isinstance(n, Node) and n.category for n in records if isinstance(n, Node))
