"""PubTator: title and abstract lines, annotations in tab-separated rows, relations between identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import SourceError
from ingest.literature.documents import Annotation, Document
from ingest.literature.identifiers import category, curies
from kg.records import Quarantined
from ontologies.formats.lines import open_text


@dataclass(frozen=True, slots=True)
class Statement:
    """A relation that annotators marked in a document: its type, the identifiers of both ends, and whether the document
    finds it ('Novel') or only repeats it ('No'), where they said so.
    """

    citation: str
    relation: str
    subject: str
    object: str
    novelty: str = ""


def read(path: Path, shown: str) -> Iterator[Document | Statement | Quarantined]:
    """Documents, their relations, and rows that break the format; `path` may be gzipped."""
    block: list[tuple[int, str]] = []
    seen = False
    with open_text(path) as stream:
        for number, raw in enumerate(stream, 1):
            line = raw.rstrip("\r\n")
            # The blank line between documents may be missing.
            if block and (not line.strip() or _begins_another(line, block)):
                seen = True
                yield from _document(block, shown)
                block = []
            if line.strip():
                block.append((number, line))
    if block:
        seen = True
        yield from _document(block, shown)
    if not seen:
        raise SourceError(f"{path}: is empty; fetch it again")


def _text_line(line: str) -> tuple[str, str, str] | None:
    """The PMID, 't' or 'a', and the text of a title or an abstract; None for another line."""
    parts = line.split("|", 2)
    if len(parts) != 3 or parts[1] not in ("t", "a") or "\t" in parts[0]:
        return None
    return parts[0], parts[1], parts[2]


def _begins_another(line: str, block: list[tuple[int, str]]) -> bool:
    """Whether a line is the title of another document, or the same part of one again, than the lines before it."""
    told = _text_line(line)
    if told is None:
        return False
    before = [text[:2] for _, above in block if (text := _text_line(above))]
    return bool(before) and (told[:2] in before or told[0] != before[0][0])


def _document(block: list[tuple[int, str]], shown: str) -> Iterator[Document | Statement | Quarantined]:
    texts: dict[str, str] = {}
    identifier = ""
    rows: list[tuple[int, list[str]]] = []
    for number, line in block:
        if told := _text_line(line):
            identifier = told[0]
            texts[told[1]] = told[2]
        else:
            rows.append((number, line.split("\t")))
    if "t" not in texts or not identifier.isdigit():
        yield Quarantined(
            shown, block[0][0], "a document begins with 'PMID|t|title' and 'PMID|a|abstract'", block[0][1]
        )
        return
    marks: list[Annotation] = []
    statements: list[Statement] = []
    known: dict[str, tuple[str, ...]] = {}
    for number, row in rows:
        if row[0] != identifier:
            yield Quarantined(shown, number, f"a row of another document among those of {identifier}", "\t".join(row))
        elif len(row) >= 5 and row[1].isdigit() and row[2].isdigit():
            named = row[5] if len(row) > 5 else ""
            ids = curies(named, row[4])
            _remember(known, named, ids)
            marks.append(Annotation(int(row[1]), int(row[2]), row[3], ids, category(row[4])))
        elif len(row) >= 4 and not row[1].isdigit():
            row_statements = list(_statements(f"PMID:{identifier}", row, known))
            statements += row_statements
            if not row_statements:
                yield Quarantined(
                    shown, number, "a relation to something without a MeSH, OMIM or Entrez id", "\t".join(row)
                )
        else:
            reason = "a row is PMID, start, end, text, type, identifier of an annotation, or PMID, type and two identifiers of a relation"  # noqa: E501
            yield Quarantined(shown, number, reason, "\t".join(row))
    yield Document(
        f"PMID:{identifier}",
        texts["t"],
        (("abstract", texts.get("a", "")),),
        annotations=tuple(marks),
        file=shown,
    )
    yield from statements


def _remember(known: dict[str, tuple[str, ...]], text: str, ids: tuple[str, ...]) -> None:
    """Keep what an identifier column meant, whole and in parts, for the relations below it."""
    known.setdefault(text, ids)
    for curie in ids:
        known.setdefault(curie, (curie,))
        if not curie.startswith("OMIM:"):
            known.setdefault(curie.partition(":")[2], (curie,))


def _meant(text: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The identifiers at one end of a relation, as the document's annotations use them.

    A bare number is a gene only where an annotation says so: in a variant such as 'p|SUB|V|600|E' it is a position.
    """
    if text in known:
        return known[text]
    parts = [part.strip() for part in re.split(r"[|;,]", text)]
    if all(part in known for part in parts):
        return tuple(dict.fromkeys(c for part in parts for c in known[part]))
    return curies(text, "Chemical")


def _statements(citation: str, row: list[str], known: Mapping[str, tuple[str, ...]]) -> Iterator[Statement]:
    """Every pair of the identifiers on both sides."""
    for subject in _meant(row[2], known):
        for object_ in _meant(row[3], known):
            yield Statement(citation, row[1], subject, object_, row[4].strip() if len(row) > 4 else "")
