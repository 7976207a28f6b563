"""Labels as plain text with an XML file beside each, in a ZIP archive: sections told by headings in capitals."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lxml import etree

from ingest.errors import SourceError
from ingest.literature.documents import Document
from ingest.literature.files import parser, refuse_entities
from kg.records import Quarantined

_HEADINGS = {
    "BOXED WARNING": "boxed warning",
    "INDICATIONS AND USAGE": "indications & usage",
    "INDICATIONS": "indications & usage",
    "DOSAGE AND ADMINISTRATION": "dosage & administration",
    "CONTRAINDICATIONS": "contraindications",
    "WARNINGS": "warnings",
    "WARNINGS AND PRECAUTIONS": "warnings and cautions",
    "PRECAUTIONS": "precautions",
    "ADVERSE REACTIONS": "adverse reactions",
    "DRUG INTERACTIONS": "drug interactions",
    "USE IN SPECIFIC POPULATIONS": "use in specific populations",
    "OVERDOSAGE": "overdosage",
    "DESCRIPTION": "description",
    "CLINICAL PHARMACOLOGY": "clinical pharmacology",
    "CLINICAL STUDIES": "clinical studies",
}
_HEADING = re.compile(r"(?:\d{1,2}\.?\s+)?([A-Z][A-Z &]+[A-Z]):?\s*$")
_SET_ID = re.compile(r"[0-9a-f-]{36}$")
_LARGEST = 4 << 20


@dataclass(frozen=True, slots=True)
class PlainLabel:
    """A label and what it calls its drug: the brand and the generic name."""

    document: Document
    set_id: str
    names: tuple[str, ...]


def read(path: Path, shown: str) -> Iterator[PlainLabel | Quarantined]:
    """Every label of an archive; raises `SourceError` for what is no ZIP archive or is cut short."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {item.filename: item.file_size for item in archive.infolist()}
            for name in sorted(n for n in sizes if n.endswith(".txt")):
                set_id = PurePosixPath(name).stem.lower()
                beside = name.removesuffix(".txt") + ".xml"
                if not _SET_ID.match(set_id) or sizes[name] > _LARGEST or sizes.get(beside, 0) > _LARGEST:
                    yield Quarantined(shown, None, "a label needs a set id as its name and at most 4 MB", name)
                    continue
                try:
                    text = archive.read(name).decode("utf-8")
                    named = _names(path, archive.read(beside)) if beside in sizes else ()
                except (UnicodeDecodeError, etree.XMLSyntaxError) as problem:
                    yield Quarantined(shown, None, f"{name} cannot be read ({problem})", name)
                    continue
                yield PlainLabel(_document(set_id, text, f"{shown}:{name}"), set_id, named)
    except (zipfile.BadZipFile, OSError, EOFError) as problem:
        raise SourceError(f"{shown}: cannot be read as a ZIP archive ({problem}); fetch it again") from problem


def _names(path: Path, raw: bytes) -> tuple[str, ...]:
    refuse_entities(path, raw)
    root = etree.fromstring(raw, parser())
    found = (root.find("generic"), root.find("labelDrug"))
    return tuple(name for e in found if e is not None and (name := (e.get("name") or "").strip()))


def _document(set_id: str, text: str, shown: str) -> Document:
    lines = [line.strip() for line in text.splitlines()]
    title = next((line for line in lines if line), f"Label {set_id}")
    sections: list[tuple[str, list[str]]] = [("label", [])]
    for line in lines[lines.index(title) + 1 if title in lines else 0 :]:
        heading = _HEADING.match(line)
        name = _HEADINGS.get(" ".join(heading[1].split())) if heading else None
        if name:
            sections.append((name, []))
        if line:
            sections[-1][1].append(line)
    told = tuple((name, "\n".join(found)) for name, found in sections if found)
    return Document(f"DAILYMED:{set_id}", title, told, attributes={"type": "label"}, file=shown)
