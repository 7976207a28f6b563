"""PubTator: title and abstract lines, annotations in tab-separated rows, relations between identifiers."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import SourceError
from ingest.literature.documents import Annotation, Document
from ingest.literature.identifiers import category, curies
from kg.records import Quarantined


@dataclass(frozen=True, slots=True)
class Statement:
    """A relation that annotators marked in a document: its type and the identifiers of both ends."""

    citation: str
    relation: str
    subject: str
    object: str


def read(path: Path, shown: str) -> Iterator[Document | Statement | Quarantined]:
    """Documents, their relations, and rows that break the format; `path` may be gzipped."""
    block: list[tuple[int, str]] = []
    seen = False
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as stream:
        for number, raw in enumerate(stream, 1):
            line = raw.rstrip("\r\n")
            if line.strip():
                block.append((number, line))
                continue
            if block:
                seen = True
                yield from _document(block, shown)
            block = []
    if block:
        seen = True
        yield from _document(block, shown)
    if not seen:
        raise SourceError(f"{path}: is empty; fetch it again")


def _document(block: list[tuple[int, str]], shown: str) -> Iterator[Document | Statement | Quarantined]:
    texts: dict[str, str] = {}
    identifier = ""
    rows: list[tuple[int, list[str]]] = []
    for number, line in block:
        parts = line.split("|", 2)
        if len(parts) == 3 and parts[1] in ("t", "a") and "\t" not in parts[0]:
            identifier = parts[0]
            texts[parts[1]] = parts[2]
        else:
            rows.append((number, line.split("\t")))
    if "t" not in texts or not identifier.isdigit():
        yield Quarantined(shown, block[0][0], "a document begins with 'PMID|t|title' and 'PMID|a|abstract'", block[0][1])
        return
    marks: list[Annotation] = []
    statements: list[Statement] = []
    for number, row in rows:
        if len(row) >= 5 and row[1].isdigit() and row[2].isdigit():
            marks.append(Annotation(int(row[1]), int(row[2]), row[3], curies(row[5] if len(row) > 5 else "", row[4]), category(row[4])))
        elif len(row) >= 4 and not row[1].isdigit():
            statements += _statements(f"PMID:{identifier}", row)
        else:
            yield Quarantined(shown, number, "an annotation has PMID, start, end, text, type and identifier, a relation PMID, type and two identifiers", "\t".join(row))
    yield Document(
        f"PMID:{identifier}", texts["t"], (("abstract", texts.get("a", "")),), annotations=tuple(marks), file=shown,
    )  # fmt: skip
    yield from statements


def _statements(citation: str, row: list[str]) -> Iterator[Statement]:
    for kind in ("Chemical", "Gene"):
        subjects, objects = curies(row[2], kind), curies(row[3], kind)
        if subjects and objects:
            yield Statement(citation, row[1], subjects[0], objects[0])
            return
    subject = next((c for kind in ("Chemical", "Gene") for c in curies(row[2], kind)), None)
    object_ = next((c for kind in ("Chemical", "Gene") for c in curies(row[3], kind)), None)
    if subject and object_:
        yield Statement(citation, row[1], subject, object_)
