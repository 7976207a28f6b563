"""Structured product labels (SPL): a drug's label in sections that LOINC codes name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from ingest.errors import SourceError
from ingest.literature.documents import Document
from ingest.literature.files import head, parse_small

_NS = "{urn:hl7-org:v3}"
_SET_ID = re.compile(rb"<setId\b[^>]*\broot\s*=\s*[\"']([0-9A-Fa-f-]{36})[\"']")
_VERSION = re.compile(rb"<versionNumber\b[^>]*\bvalue\s*=\s*[\"'](\d+)[\"']")
_LOINC, _UNII = "2.16.840.1.113883.6.1", "2.16.840.1.113883.4.9"
_UNCLASSIFIED = "42229-5"
# Names of products and pictures of packages: no prose.
_LEFT_OUT = {"48780-1", "51945-4", "48779-3"}
# What stands within these is theirs, whatever its own code: pregnancy under contraindications is a contraindication.
_WHOLE = {"34066-1", "34067-9", "34070-3", "34073-7"}
_BREAKS = {"paragraph", "item", "tr", "caption", "list", "table", "br", "footnote"}
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Edition:
    """Which label a file holds, and in which version."""

    set_id: str
    version: int


def edition(path: Path) -> Edition | None:
    """The label of a file, told by its beginning; None for what is no structured product label."""
    start = head(path, 65536)
    found = _SET_ID.search(start)
    if found is None or b"urn:hl7-org:v3" not in start:
        return None
    version = _VERSION.search(start)
    return Edition(found[1].decode().lower(), int(version[1]) if version else 0)


def read(path: Path, shown: str, sections: Mapping[str, str]) -> tuple[Document, tuple[tuple[str, str], ...]]:
    """The document of a label, and its active ingredients as (UNII, name), those of the moieties.

    `sections` names sections by their LOINC code. Raises `SourceError` for XML that is broken or no label.
    """
    root = parse_small(path)
    set_id = root.find(f"{_NS}setId")
    if root.tag != f"{_NS}document" or set_id is None:
        raise SourceError(f"{shown}: is no structured product label (HL7 v3 document with a setId)")
    title = _plain(root.find(f"{_NS}title"))
    time = root.find(f"{_NS}effectiveTime")
    year = (time.get("value") or "")[:4] if time is not None else ""
    texts = tuple(_sections(root, sections))
    if not texts:
        raise SourceError(f"{shown}: holds no section with text; it is cut short: fetch it again")
    ingredients = dict(_ingredients(root))
    name = (set_id.get("root") or "").lower()
    version = root.find(f"{_NS}versionNumber")
    facts = {"type": "label", "version": version.get("value") if version is not None else None}
    document = Document(
        f"DAILYMED:{name}",
        " ".join(title.split()) or f"Label {name}",
        texts,
        int(year) if year.isdecimal() else None,
        attributes={key: value for key, value in facts.items() if value},
        file=shown,
    )
    return document, tuple(ingredients.items())


def _sections(root: etree._Element, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each coded section as one text; what follows each other under one name is one."""
    name, texts = "", list[str]()
    for section in root.iter(f"{_NS}section"):
        codes = _codes(section)
        if _LEFT_OUT.intersection(codes):
            continue
        text = "\n".join(filter(None, (_title(section), _plain(section.find(f"{_NS}text")))))
        if not text:
            continue
        code = next((c for c in reversed(codes) if c in _WHOLE), next((c for c in codes if c != _UNCLASSIFIED), ""))
        called = names.get(code, "other").casefold()
        if called != name and texts:
            yield name, "\n".join(texts)
            texts = []
        name = called
        texts.append(text)
    if texts:
        yield name, "\n".join(texts)


def _codes(section: etree._Element) -> list[str]:
    """The LOINC codes of a section and of those around it, the innermost first."""
    codes = []
    for around in (section, *section.iterancestors(f"{_NS}section")):
        code = around.find(f"{_NS}code")
        if code is not None and code.get("codeSystem") == _LOINC:
            codes.append(code.get("code") or "")
    return codes


def _title(section: etree._Element) -> str:
    return " ".join(_plain(section.find(f"{_NS}title")).split())


def _plain(element: etree._Element | None) -> str:
    """The text of an element: a line for each paragraph, item and row of a table, cells with ' | ' between."""
    if element is None:
        return ""
    parts: list[str] = []
    _walk(element, parts)
    lines = (_SPACES.sub(" ", line).strip(" |") for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _walk(element: etree._Element, parts: list[str]) -> None:
    tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
    if tag in _BREAKS:
        parts.append("\n")
    # A line break within the source is no end of a paragraph.
    parts.append(" ".join((element.text or "").split("\n")))
    for child in element:
        _walk(child, parts)
        parts.append(" ".join((child.tail or "").split("\n")))
    if tag in ("td", "th"):
        parts.append(" | ")
    if tag in _BREAKS:
        parts.append("\n")


def _ingredients(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Active moieties, or the active ingredient itself where none is given."""
    for ingredient in root.iter(f"{_NS}ingredient"):
        if not (ingredient.get("classCode") or "").startswith("ACTI"):
            continue
        moieties = list(ingredient.iter(f"{_NS}activeMoiety"))
        for holder in moieties or [ingredient]:
            code, name = holder.find(f".//{_NS}code"), holder.find(f".//{_NS}name")
            if code is not None and code.get("codeSystem") == _UNII:
                yield code.get("code") or "", (name.text or "").strip() if name is not None else ""
