"""JATS: full texts of PubMed Central with sections, captions and references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ingest.errors import SourceError
from ingest.literature.documents import Document
from ingest.literature.files import Item, head, parse_small
from ingest.literature.pubmed_xml import text_of
from kg.records import Quarantined

_XLINK = "{http://www.w3.org/1999/xlink}href"
_DOI = re.compile(r"\b10\.\d{4,9}/\S+$")
_ARTICLE = re.compile(rb"<(?:[\w.-]+:)?(?:article|pmc-articleset)\b")
_PROSE = {"p", "list", "boxed-text", "disp-quote", "def-list", "statement", "verse-group"}
_LEFT_OUT = {
    "table",
    "fig",
    "table-wrap",
    "disp-formula",
    "inline-formula",
    "supplementary-material",
    "graphic",
    "media",
}


def can_read(path: Path) -> bool:
    """Whether the file looks like JATS."""
    start = head(path)
    return bool(_ARTICLE.search(start)) or b"JATS" in start


def read(path: Path, shown: str) -> Iterator[Item]:
    """Every article of a file."""
    root = _plain(parse_small(path))
    articles = [root] if root.tag == "article" else list(root.iter("article"))
    if not articles:
        raise SourceError(f"{path}: holds no <article>")
    for article in articles:
        document = _document(article, shown)
        line = article.sourceline if isinstance(article.sourceline, int) else None
        yield (
            document if document is not None else Quarantined(shown, line, "an article without PMID, PMC id or DOI", "")
        )


def _plain(root: etree._Element) -> etree._Element:
    """The tree with the elements of the articles' own namespace, whatever it is, under their bare names."""
    own = {place.namespace for e in root.iter("{*}article") if (place := etree.QName(e)).namespace}
    for element in root.iter("*"):
        name = etree.QName(element)
        if name.namespace in own:
            element.tag = name.localname
    return root


def _identifiers(article: etree._Element) -> dict[str, str]:
    identifiers = {}
    for element in article.iterfind("front/article-meta/article-id"):
        kind, value = element.get("pub-id-type") or "", text_of(element)
        if value:
            identifiers[{"pmcid": "pmc"}.get(kind, kind)] = value.removeprefix("PMC")
    return identifiers


def _document(article: etree._Element, shown: str) -> Document | None:
    ids = _identifiers(article)
    known = [
        f"{prefix}:{ids[kind]}" for kind, prefix in (("pmid", "PMID"), ("pmc", "PMC"), ("doi", "DOI")) if kind in ids
    ]
    if not known:
        return None
    meta = article.find("front/article-meta")
    sections = [*_abstracts(article), *_body(article), *_captions(article)]
    years = [int(text) for y in article.iterfind("front/article-meta/pub-date/year") if (text := text_of(y)).isdigit()]
    names = []
    for who in meta.iterfind("contrib-group/contrib[@contrib-type='author']") if meta is not None else ():
        name = who.find("name")
        parts = [name.find("surname"), name.find("given-names")] if name is not None else [who.find("collab")]
        names.append(" ".join(filter(None, map(text_of, parts))))
    journal = article.find("front/journal-meta//journal-title")
    # The retracted article points forward to its notice; the notice points back with 'retracted-article' and stands
    # itself.
    links = list(article.iterfind("front/article-meta/related-article"))
    retracted = any(r.get("related-article-type") == "retraction-forward" for r in links)
    references = _references(article)
    attributes = {
        "type": article.get("article-type") or "article",
        **({"references": references} if references else {}),
    }
    return Document(
        known[0],
        text_of(article.find("front/article-meta/title-group/article-title")),
        tuple(sections),
        min(years, default=None),
        tuple(n for n in names if n),
        text_of(journal) or None,
        retracted,
        tuple(filter(None, map(_retracted, links))),
        attributes,
        tuple(known[1:]),
        (),
        (),
        shown,
    )


def _retracted(link: etree._Element) -> str:
    """The article that a notice of retraction points back to; empty for another link or none that is an identifier."""
    named = (link.get(_XLINK) or "").strip()
    if link.get("related-article-type") != "retracted-article":
        return ""
    if link.get("ext-link-type") in ("pmid", "pubmed") and named.isdigit():
        return f"PMID:{named}"
    doi = _DOI.search(named)
    return f"DOI:{doi.group()}" if doi else ""


def _abstracts(article: etree._Element) -> Iterator[tuple[str, str]]:
    for abstract in article.iterfind("front/article-meta/abstract"):
        for part in (abstract, *abstract.findall("sec")):
            text = _paragraphs(part)
            if text:
                yield (text_of(part.find("title")).rstrip(" :.") or "abstract").lower(), text


def _body(article: etree._Element) -> Iterator[tuple[str, str]]:
    body = article.find("body")
    if body is None:
        return
    loose = _paragraphs(body)
    if loose:
        yield "body", loose
    for section in body.iterfind("sec"):
        yield from _section(section, "")


def _section(section: etree._Element, above: str) -> Iterator[tuple[str, str]]:
    name = text_of(section.find("title")).rstrip(" :.").lower()
    name = f"{above} > {name}" if above and name else name or above or "body"
    text = _paragraphs(section)
    if text:
        yield name, text
    for inner in section.iterfind("sec"):
        yield from _section(inner, name)


def _paragraphs(parent: etree._Element) -> str:
    return "\n".join(text for p in parent if isinstance(p.tag, str) and p.tag in _PROSE and (text := _prose(p)))


def _prose(element: etree._Element) -> str:
    """The text of a paragraph without the tables and figures set into it."""
    texts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            texts.append(_prose(child) if len(child) else "".join(str(t) for t in child.itertext()))
        texts.append(child.tail or "")
    return " ".join("".join(texts).split())


def _captions(article: etree._Element) -> Iterator[tuple[str, str]]:
    for kind in ("fig", "table-wrap"):
        for float_ in article.iter(kind):
            label = text_of(float_.find("label")) or ("figure" if kind == "fig" else "table")
            text = text_of(float_.find("caption"))
            if text:
                yield label.lower().rstrip("."), text


def _references(article: etree._Element) -> list[str]:
    references = []
    for identifier in article.iterfind("back//ref-list//pub-id"):
        kind, value = identifier.get("pub-id-type"), text_of(identifier)
        if value and kind in ("pmid", "doi"):
            references.append(f"PMID:{value}" if kind == "pmid" else f"DOI:{value}")
    return list(dict.fromkeys(references))
