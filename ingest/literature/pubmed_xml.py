"""PubMed XML, baseline and update files: articles, books, corrections, retractions, withdrawals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ingest.literature.documents import Document
from ingest.literature.files import Item, head
from ingest.literature.xml_records import Broken, elements
from kg.records import Deletion, Quarantined

_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_LINKS = {
    "ErratumIn": "erratum_in",
    "ErratumFor": "erratum_for",
    "RetractionIn": "retracted_in",
    "RetractionOf": "retraction_of",
    "UpdateIn": "updated_in",
    "CommentIn": "comment_in",
    "CommentOn": "comment_on",
    "ExpressionOfConcernIn": "concern_in",
    "Cites": "references",
}
_TOPIC = "biolink:NamedThing"


def can_read(path: Path) -> bool:
    """Whether the file looks like PubMed XML."""
    start = head(path)
    return (
        b"<PubmedArticleSet" in start
        or b"<PubmedArticle" in start
        or b"<DeleteCitation" in start
        or b"PubmedArticleSet" in start
    )


def text_of(element: etree._Element | None) -> str:
    """All text inside an element, inline mark-up and all, with single spaces."""
    return " ".join("".join(str(t) for t in element.itertext()).split()) if element is not None else ""


def read(path: Path, shown: str) -> Iterator[Item]:
    """Documents, deletions and broken records of a file, streaming."""
    for record in elements(path, ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")):
        if isinstance(record, Broken):
            yield Quarantined(shown, record.line, record.reason, record.text)
            continue
        line, element = record
        if element.tag == "DeleteCitation":
            for pmid in map(text_of, element.iterfind("PMID")):
                yield (
                    Deletion(f"PMID:{pmid}")
                    if pmid.isdigit()
                    else Quarantined(shown, line, "a deletion without a PMID", pmid)
                )
            continue
        citation = element.find("MedlineCitation")
        document = _book(element, shown) if citation is None else _article(element, citation, shown)
        beginning = etree.tostring(element)[:200].decode("utf-8", "replace")
        yield document if document is not None else Quarantined(shown, line, "a record without a PMID", beginning)


def _sections(abstract: etree._Element | None) -> tuple[tuple[str, str], ...]:
    if abstract is None:
        return ()
    sections = []
    for part in abstract.iterfind("AbstractText"):
        text = text_of(part)
        if text:
            sections.append(((part.get("Label") or "abstract").strip().lower(), text))
    return tuple(sections)


def _year(*places: etree._Element | None) -> int | None:
    for place in places:
        if place is not None:
            match = _YEAR.search(text_of(place.find("Year")) or text_of(place.find("MedlineDate")) or text_of(place))
            if match:
                return int(match.group())
    return None


def _authors(listed: etree._Element | None) -> tuple[str, ...]:
    if listed is None:
        return ()
    authors = []
    for author in listed.iterfind("Author"):
        last, group = author.findtext("LastName"), author.findtext("CollectiveName")
        first = author.findtext("Initials") or author.findtext("ForeName")
        name = f"{last} {first}" if last and first else last or group
        if name:
            authors.append(" ".join(name.split()))
    return tuple(authors)


def _article(element: etree._Element, citation: etree._Element, shown: str) -> Document | None:
    pmid = (citation.findtext("PMID") or "").strip()
    article = citation.find("Article")
    if not pmid.isdigit() or article is None:
        return None
    title = text_of(article.find("ArticleTitle")) or text_of(article.find("VernacularTitle"))
    kinds = [text_of(k) for k in article.iterfind("PublicationTypeList/PublicationType")]
    links = _links(element, citation)
    mesh, topics = _mesh(citation)
    attributes = {**links, **({"types": kinds} if kinds else {}), **({"mesh": mesh} if mesh else {})}
    year = _year(article.find("Journal/JournalIssue/PubDate"), article.find("ArticleDate"))
    journal = text_of(article.find("Journal/Title")) or text_of(article.find("Journal/ISOAbbreviation")) or None
    return Document(
        f"PMID:{pmid}",
        title,
        _sections(article.find("Abstract")),
        year,
        _authors(article.find("AuthorList")),
        journal,
        "Retracted Publication" in kinds or "retracted_in" in links,
        tuple(other for other in links.get("retraction_of", ()) if other.startswith("PMID:")),
        attributes,
        _xrefs(element, article),
        topics,
        (),
        shown,
    )


def _links(element: etree._Element, citation: etree._Element) -> dict[str, list[str]]:
    """Corrections, retractions, comments and references, as identifiers where the record gives them."""
    links: dict[str, list[str]] = {}
    for link in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        kind, other = link.get("RefType") or "", (link.findtext("PMID") or "").strip()
        if kind in _LINKS and (other or kind != "Cites"):
            links.setdefault(_LINKS[kind], []).append(f"PMID:{other}" if other else text_of(link.find("RefSource")))
    for other_id in element.iterfind("PubmedData/ReferenceList//ArticleId[@IdType='pubmed']"):
        links.setdefault("references", []).append(f"PMID:{text_of(other_id)}")
    return {kind: list(dict.fromkeys(ids)) for kind, ids in links.items()}


def _xrefs(element: etree._Element, article: etree._Element) -> tuple[str, ...]:
    xrefs = []
    for other_id in element.iterfind("PubmedData/ArticleIdList/ArticleId"):
        value, kind = text_of(other_id), other_id.get("IdType")
        if value and kind in ("doi", "pmc"):
            xrefs.append(f"DOI:{value}" if kind == "doi" else f"PMC:{value.removeprefix('PMC')}")
    xrefs += [f"DOI:{text_of(e)}" for e in article.iterfind("ELocationID[@EIdType='doi']") if text_of(e)]
    return tuple(dict.fromkeys(xrefs))


def _mesh(citation: etree._Element) -> tuple[list[str], tuple[tuple[str, str, str], ...]]:
    """All MeSH headings as identifiers, and the major topics as (identifier, name, category)."""
    headings, topics = [], []
    for heading in citation.iterfind("MeshHeadingList/MeshHeading"):
        name = heading.find("DescriptorName")
        if name is None or not name.get("UI"):
            continue
        identifier = f"MESH:{name.get('UI')}"
        headings.append(identifier)
        major = name.get("MajorTopicYN") == "Y" or any(
            q.get("MajorTopicYN") == "Y" for q in heading.iterfind("QualifierName")
        )
        if major:
            topics.append((identifier, text_of(name), _TOPIC))
    return headings, tuple(topics)


def _book(element: etree._Element, shown: str) -> Document | None:
    document = element.find("BookDocument")
    pmid = (document.findtext("PMID") or "").strip() if document is not None else ""
    if document is None or not pmid.isdigit():
        return None
    title = text_of(document.find("ArticleTitle")) or text_of(document.find("Book/BookTitle"))
    return Document(
        f"PMID:{pmid}",
        title,
        _sections(document.find("Abstract")),
        _year(document.find("Book/PubDate")),
        _authors(document.find("AuthorList")),
        text_of(document.find("Book/BookTitle")) or None,
        file=shown,
    )
