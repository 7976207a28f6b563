"""A later record of a document replaces the earlier one whole, as an update file of PubMed means it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import Plan, build_release
from kg.release.release import Release

RECORD = """<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><Journal><JournalIssue><PubDate><Year>{year}</Year></PubDate>
</JournalIssue></Journal><ArticleTitle>{title}</ArticleTitle><Abstract>{abstract}</Abstract></Article>
<MeshHeadingList><MeshHeading><DescriptorName UI="{topic}" MajorTopicYN="Y">Sham topic</DescriptorName></MeshHeading></MeshHeadingList>
</MedlineCitation></PubmedArticle>"""
PART = '<AbstractText Label="{}">{}</AbstractText>'
LONG = RECORD.format(
    pmid=99999901,
    year=2001,
    title="Shamol in shamitis",
    topic="D999901",
    abstract=PART.format("METHODS", "We gave shamol.") + PART.format("RESULTS", "Shamol cures shamitis."),
)
SHORT = RECORD.format(
    pmid=99999901,
    year=2020,
    title="WITHDRAWN: Shamol in shamitis",
    topic="D999902",
    abstract=PART.format("", "This article has been withdrawn."),
)
OTHER = RECORD.format(pmid=99999902, year=2002, title="Another paper", topic="D999903", abstract="")
ANNOTATED = "{pmid}|t|{title}\n{pmid}|a|{abstract}\n{pmid}\t0\t6\tshamol\tChemical\tD999901\n{pmid}\t{start}\t{end}\tshamitis\tDisease\tD999902\n{pmid}\tCID\tD999901\tD999902\n"


def pubmed(*records: str) -> str:
    return "<PubmedArticleSet>" + "\n".join(records) + "</PubmedArticleSet>"


def build(folder: Path, files: dict[str, str]) -> Release:
    for name, text in files.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return build_release(Plan(folder / "data"), folder / "home", workers=1).release


def told(release: Release) -> dict[str, object]:
    """All that the release says of the document that was revised."""
    own = "PMID:99999901"
    (article,) = release.read("nodes").filter(id=own).to_dicts()
    (citation,) = release.read("citations").filter(id=own).to_dicts()
    return {
        "passages": release.read("passages").filter(citation=own)["text"].to_list(),
        "name": (article["name"], article["synonyms"]),
        "year": citation["year"],
        "topics": release.read("edges").filter(subject=own)["object"].to_list(),
    }


@pytest.mark.parametrize(
    "files",
    [
        {"pubmed/a.xml": pubmed(LONG, OTHER), "pubmed/b.xml": pubmed(SHORT)},
        {"pubmed/a.xml": pubmed(LONG, OTHER, SHORT)},
        {"pubmed/baseline/z.xml": pubmed(OTHER, LONG), "pubmed/updatefiles/a.xml": pubmed(SHORT)},
        {"pubmed/a.xml": pubmed(LONG), "pubmed/b.xml": pubmed(LONG, SHORT), "pubmed/c.xml": pubmed(OTHER)},
    ],
    ids=["two files", "one file", "folders", "several versions"],
)
def test_the_last_record_of_a_document_is_all_that_stays(tmp_path: Path, files: dict[str, str]) -> None:
    release = build(tmp_path, files)
    assert told(release) == {
        "passages": ["This article has been withdrawn."],
        "name": ("WITHDRAWN: Shamol in shamitis", []),
        "year": 2020,
        "topics": ["MESH:D999902"],
    }
    assert "PMID:99999902" in release.read("citations")["id"]


def test_a_longer_record_replaces_a_shorter_one_in_the_same_way(tmp_path: Path) -> None:
    release = build(tmp_path, {"pubmed/a.xml": pubmed(SHORT), "pubmed/b.xml": pubmed(LONG)})
    assert told(release) == {
        "passages": ["We gave shamol.", "Shamol cures shamitis."],
        "name": ("Shamol in shamitis", []),
        "year": 2001,
        "topics": ["MESH:D999901"],
    }


def test_a_later_file_that_cannot_be_read_replaces_nothing(tmp_path: Path) -> None:
    release = build(tmp_path, {"pubmed/a.xml": pubmed(LONG), "pubmed/b.xml": "", "pubmed/c.xml": pubmed(OTHER)})
    assert told(release)["year"] == 2001
    assert release.read("quarantine")["file"].to_list() == ["pubmed/b.xml"]


def test_relations_of_a_document_that_was_annotated_again_are_those_of_the_last_file(tmp_path: Path) -> None:
    title = "shamol and shamitis"
    first = ANNOTATED.format(pmid=99999901, title=title, abstract="Old words.", start=11, end=19)
    second = first.replace("Old words.", "New words.").replace("CID", "Association")
    release = build(tmp_path, {"biored/a.pubtator": first, "biored/b.pubtator": second})
    assert release.read("passages").filter(section="abstract")["text"].to_list() == ["New words."]
    related = release.read("edges").filter(relation="related_to")
    assert related["qualifiers"].to_list() == ['{"relation":"association"}']
    assert release.read("evidence").height == 1
    assert release.read("quarantine").is_empty()
