"""A document and the records that it becomes: citation, article node, passages with offsets, mentions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kg.records import Citation, Edge, Mention, Node, Passage, Quarantined, Record, Retraction
from kg.sentences import sentences
from ontologies.names import normal

LONGEST = 1_200
PLACEHOLDER: Mapping[str, Any] = {"placeholder": True}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A name marked in a document: half-open offsets into `Document.whole_text`, identifiers (none for an unknown one),
    category.
    """

    start: int
    end: int
    text: str
    ids: tuple[str, ...]
    category: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document as its publisher gives it; `sections` are (name, text) in order, without the title.

    A notice `retracts` the documents that it names.
    """

    citation: str
    title: str
    sections: tuple[tuple[str, str], ...] = ()
    year: int | None = None
    authors: tuple[str, ...] = ()
    journal: str | None = None
    retracted: bool = False
    retracts: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    xrefs: tuple[str, ...] = ()
    topics: tuple[tuple[str, str, str], ...] = ()
    annotations: tuple[Annotation, ...] = ()
    file: str = ""

    @property
    def whole_text(self) -> str:
        """Title and sections, one under the other: what every offset counts in."""
        return "\n".join([self.title, *(text for _, text in self.sections)])


def pieces(text: str, longest: int = LONGEST) -> Iterator[tuple[int, str]]:
    """Stretches of a text, cut at sentence ends, with the offset of each; none longer than `longest` unless one
    sentence is.

    >>> list(pieces("One here. Two here.", 10))
    [(0, 'One here.'), (10, 'Two here.')]
    """
    start, end = 0, 0
    for begin, stop in sentences(text):
        if end > start and stop - start > longest:
            yield from _cut(text, start, end, longest)
            end = 0
        start, end = (start, stop) if end else (begin, stop)
    if end:
        yield from _cut(text, start, end, longest)


def _cut(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, str]]:
    """A stretch of sentences; one sentence beyond all measure is cut at spaces."""
    while end - start > 2 * longest:
        cut = text.rfind(" ", start + 1, start + longest)
        cut = cut if cut > start else start + longest
        yield from _cut(text, start, cut, longest)
        start = cut
    piece = text[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), piece.strip()


def records(document: Document) -> Iterator[Record]:
    """Citation, article, passages and mentions of a document; annotations that do not fit its text are quarantined."""
    title = document.title.strip() or document.citation
    yield Citation(
        document.citation,
        title,
        document.year,
        document.authors,
        document.journal,
        document.retracted,
        document.attributes,
    )
    yield from (Retraction(retracted, document.citation) for retracted in document.retracts)
    known = {"retracted": True} if document.retracted else {}
    yield Node(document.citation, "biolink:Article", title, xrefs=document.xrefs, attributes=known)
    whole = document.whole_text
    for mark in document.annotations:
        if not _written_alike(whole[mark.start : mark.end], mark.text):
            reason = f"the name {mark.text!r} does not stand at {mark.start}-{mark.end} of {document.citation}"
            yield Quarantined(document.file, None, reason, mark.text)
    yield from passages(document)
    yield from _mentions(document, _fitting(document))


def _fitting(document: Document) -> list[Annotation]:
    """The annotations that stand where they say, with the document's own text: makers of corpora normalise theirs."""
    whole = document.whole_text
    placed = ((mark, whole[mark.start : mark.end]) for mark in document.annotations)
    return [replace(mark, text=own) for mark, own in placed if _written_alike(own, mark.text)]


def _written_alike(own: str, told: str) -> bool:
    """Whether a stretch of a document is an annotation's text but for signs, spaces and letters beyond ASCII.

    >>> _written_alike("SARS-CoV-2", "SARS CoV 2"), _written_alike("headache ", "headaches")
    (True, False)
    """
    if own == told:
        return True
    if not own.strip() or own != own.strip():
        return False
    pairs = list(zip(own.lower(), told.lower(), strict=False))
    # Where both have a plain letter or digit, it is the same one; and they share more than signs.
    plain = [(a, b) for a, b in pairs if a.isascii() and b.isascii() and a.isalnum() and b.isalnum()]
    if len(own) == len(told) and len(plain) * 2 >= len(own) and all(a == b for a, b in plain):
        return True
    return normal.key(own).replace(" ", "") == normal.key(told).replace(" ", "") != ""


def title_passage(document: Document) -> Passage:
    """The title as a passage, for evidence that stands there."""
    mentions = _inside(_fitting(document), 0, len(document.title))
    return Passage(f"{document.citation}#title", document.citation, "title", document.title, 0, mentions)


def passages(document: Document) -> Iterator[Passage]:
    """The text of a document in passages; the title stands for a document that has nothing else."""
    marks = _fitting(document)
    sections = document.sections if any(text.strip() for _, text in document.sections) else (("title", document.title),)
    offset = 0 if sections is not document.sections else len(document.title) + 1
    number = 0
    for name, text in sections:
        for start, piece in pieces(text):
            begin = offset + start
            inside = _inside(marks, begin, begin + len(piece))
            yield Passage(f"{document.citation}#{number}", document.citation, name, piece, begin, inside)
            number += 1
        offset += len(text) + 1


def _inside(marks: Sequence[Annotation], begin: int, end: int) -> tuple[Mention, ...]:
    return tuple(
        Mention(m.start - begin, m.end - begin, m.text, identifier, m.category)
        for m in marks
        if begin <= m.start and m.end <= end
        for identifier in m.ids
    )


def _mentions(document: Document, marks: Sequence[Annotation]) -> Iterator[Record]:
    """One edge a mentioned thing; a placeholder stands in for it where no other source knows it."""
    counted: Counter[tuple[str, str]] = Counter((identifier, m.category) for m in marks for identifier in m.ids)
    names: dict[str, Counter[str]] = {}
    for mark in marks:
        for identifier in mark.ids:
            names.setdefault(identifier, Counter())[mark.text] += 1
    for (identifier, category), times in counted.items():
        yield Node(identifier, category, names[identifier].most_common(1)[0][0], attributes=PLACEHOLDER)
        yield Edge(
            document.citation,
            "mentions",
            identifier,
            tier=5,
            knowledge_level="observation",
            attributes={"times": times},
        )
    for identifier, name, category in document.topics:
        if identifier not in names:
            yield Node(identifier, category, name, attributes=PLACEHOLDER)
            yield Edge(
                document.citation,
                "mentions",
                identifier,
                tier=5,
                knowledge_level="observation",
                attributes={"topic": name},
            )
