"""BioC, XML and JSON: documents of passages with offsets and annotations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.errors import SourceError
from ingest.literature.documents import Annotation, Document
from ingest.literature.files import Item, head, parse_small, whole
from ingest.literature.identifiers import category, curies
from kg.records import Quarantined


def can_read(path: Path) -> bool:
    """Whether the file looks like BioC."""
    start = head(path)
    return (b"<collection" in start and b"<source" in start) or (start.lstrip()[:1] == b"{" and b'"documents"' in start)


def read(path: Path, shown: str) -> Iterator[Item]:
    """Every document of a collection."""
    if head(path).lstrip()[:1] == b"{":
        origin, documents = _from_json(path)
    else:
        root = parse_small(path)
        origin, documents = root.findtext("source") or "", [_from_xml(d) for d in root.iterfind("document")]
    for raw in documents:
        try:
            items = list(_document(raw, origin, shown))
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            items = [
                Quarantined(
                    shown, None, f"a document that breaks BioC ({type(problem).__name__}: {problem})", str(raw)[:200]
                )
            ]
        yield from items


def _from_json(path: Path) -> tuple[str, Sequence[Mapping[str, Any]]]:
    try:
        collection = json.loads(whole(path))
        listed: list[Mapping[str, Any]] = collection["documents"]
    except (ValueError, KeyError, TypeError) as problem:
        raise SourceError(f"{path}: no BioC JSON ({problem}); fetch it again") from problem
    return str(collection.get("source") or ""), listed


def _infons(element: etree._Element) -> dict[str, str]:
    return {i.get("key") or "": i.text or "" for i in element.iterfind("infon")}


def _from_xml(document: etree._Element) -> dict[str, Any]:
    passages = []
    for passage in document.iterfind("passage"):
        marks = [_mark(a) for a in passage.iterfind("annotation")]
        text = passage.findtext("text")
        sentences = []
        for sentence in passage.iterfind("sentence"):
            sentences.append({"offset": sentence.findtext("offset") or 0, "text": sentence.findtext("text") or ""})
            marks += [_mark(a) for a in sentence.iterfind("annotation")]
        where = passage.findtext("offset") or 0
        passages.append(
            {"infons": _infons(passage), "offset": where, "text": text, "sentences": sentences, "annotations": marks}
        )
    return {"id": document.findtext("id") or "", "infons": _infons(document), "passages": passages}


def _mark(annotation: etree._Element) -> dict[str, Any]:
    places = [{"offset": p.get("offset") or 0, "length": p.get("length") or 0} for p in annotation.iterfind("location")]
    return {"infons": _infons(annotation), "text": annotation.findtext("text") or "", "locations": places}


def _passage_text(passage: Mapping[str, Any]) -> str:
    if passage.get("text"):
        return str(passage["text"])
    text, start = "", int(passage.get("offset", 0))
    for sentence in passage.get("sentences") or ():
        gap = int(sentence.get("offset", 0)) - start - len(text)
        text += " " * max(gap, 0) + str(sentence.get("text") or "")
    return text


def _document(raw: Mapping[str, Any], origin: str, shown: str) -> Iterator[Item]:
    identifier = str(raw.get("id") or "")
    infons: Mapping[str, Any] = raw.get("infons") or {}
    citation = _citation(identifier, origin, infons, raw.get("passages") or ())
    if citation is None:
        reason = f"document {identifier!r} names no PMID or PMC id, and the collection's source {origin!r} is not PubMed or PMC"  # noqa: E501
        yield Quarantined(shown, None, reason, identifier)
        return
    title = ""
    sections: list[tuple[str, str]] = []
    marks: list[Annotation | str] = []
    shifts: list[tuple[int, int, int]] = []
    where = 0
    ordered = list(raw.get("passages") or ())
    for number, passage in enumerate(ordered):
        text = _passage_text(passage)
        kind = str(
            (passage.get("infons") or {}).get("section_type") or (passage.get("infons") or {}).get("type") or "text"
        ).lower()
        if number == 0 and ("title" in kind or kind == "front"):
            title = text
        else:
            if number == 0:
                where += 1
            sections.append((kind, text))
        shifts.append((int(passage.get("offset", 0)), len(text), where))
        where += len(text) + 1
        for sentence in passage.get("sentences") or ():
            passage.setdefault("annotations", []).extend(sentence.get("annotations") or ())
        marks += _marks(passage, shifts[-1])
    yield Document(
        citation, title, tuple(sections), annotations=tuple(m for m in marks if isinstance(m, Annotation)), file=shown
    )
    for text in (m for m in marks if isinstance(m, str)):
        yield Quarantined(shown, None, f"the name {text!r} has no single place inside its passage of {citation}", text)


def _marks(passage: Mapping[str, Any], shift: tuple[int, int, int]) -> Iterator[Annotation | str]:
    """Annotations that lie in one stretch of the passage; the bare text of those that do not."""
    begins, length, where = shift
    for mark in passage.get("annotations") or ():
        places: Sequence[Mapping[str, Any]] = mark.get("locations") or ()
        if len(places) != 1:
            yield str(mark.get("text") or "")
            continue
        start = int(places[0]["offset"]) - begins
        end = start + int(places[0]["length"])
        infons: Mapping[str, Any] = mark.get("infons") or {}
        kind, named = (
            str(infons.get("type") or ""),
            str(infons.get("identifier") or infons.get("MESH") or infons.get("NCBI GENE") or ""),
        )
        if 0 <= start < end <= length:
            yield Annotation(
                where + start, where + end, str(mark.get("text") or ""), curies(named, kind), category(kind)
            )
        else:
            yield str(mark.get("text") or "")


def _citation(
    identifier: str, origin: str, infons: Mapping[str, Any], passages: Sequence[Mapping[str, Any]]
) -> str | None:
    first: Mapping[str, Any] = (passages[0].get("infons") or {}) if passages else {}
    for key, prefix in (("article-id_pmid", "PMID"), ("pmid", "PMID"), ("article-id_pmc", "PMC"), ("pmcid", "PMC")):
        value = str(infons.get(key) or first.get(key) or "").removeprefix("PMC")
        if value.isdigit():
            return f"{prefix}:{value}"
    # A bare number is a PMID only where the collection says that it comes from PubMed.
    if identifier.startswith("PMC") and identifier[3:].isdigit():
        return f"PMC:{identifier[3:]}"
    named = origin.casefold()
    if identifier.isdigit() and ("pubmed" in named or "pmc" in named or "pubtator" in named or "medline" in named):
        return f"PMC:{identifier}" if "pmc" in named and "pubmed" not in named else f"PMID:{identifier}"
    return None
