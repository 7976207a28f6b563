"""MEDLINE text: tagged lines such as 'PMID- 1', 'TI  - ...', 'AB  - ...', one blank line between records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.literature.documents import Document
from ingest.literature.files import Item, head, whole
from kg.records import Quarantined

_TAG = re.compile(r"^([A-Z]{2,4}) *- ?(.*)$")
_LABEL = re.compile(r"(?:(?<=^)|(?<=\. ))([A-Z][A-Z /&,-]{2,40}): ")
_NAMED = re.compile(r"PMID: *(\d+)")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


def can_read(path: Path) -> bool:
    """Whether the file looks like MEDLINE text."""
    return bool(re.search(rb"^PMID *- ?\d+", head(path), re.MULTILINE))


def read(path: Path, shown: str) -> Iterator[Item]:
    """Every record of a file."""
    fields: dict[str, list[str]] = {}
    last, first = "", 1
    for number, line in enumerate(whole(path).decode("utf-8-sig").split("\n"), 1):
        line = line.rstrip("\r")
        tagged = _TAG.match(line)
        if tagged and tagged.group(1) == "PMID" and fields:
            yield _document(fields, first, shown)
            fields, first = {}, number
        if tagged:
            last = tagged.group(1)
            if not fields:
                first = number
            fields.setdefault(last, []).append(tagged.group(2).strip())
        elif line.startswith("      ") and last in fields:
            fields[last][-1] += " " + line.strip()
        elif line.strip():
            yield Quarantined(shown, number, "a line that is neither tagged nor the continuation of one", line)
    if fields:
        yield _document(fields, first, shown)


def _document(fields: dict[str, list[str]], line: int, shown: str) -> Item:
    pmid = fields.get("PMID", [""])[0]
    if not pmid.isdigit():
        return Quarantined(shown, line, "a record without a PMID", " ".join(fields.get("TI", [])))
    year = _YEAR.search(" ".join(fields.get("DP", [])))
    dois = [m.split()[0] for m in (*fields.get("AID", ()), *fields.get("LID", ())) if m.endswith("[doi]")]
    kinds, mesh = fields.get("PT", []), [name.replace("*", "") for name in fields.get("MH", [])]
    attributes = {**({"types": kinds} if kinds else {}), **({"mesh_names": mesh} if mesh else {})}
    xrefs = dict.fromkeys([f"DOI:{d}" for d in dois] + [f"PMC:{p.removeprefix('PMC')}" for p in fields.get("PMC", ())])
    return Document(
        f"PMID:{pmid}",
        " ".join(fields.get("TI", [])) or " ".join(fields.get("BTI", [])),
        tuple(_sections(" ".join(fields.get("AB", [])))),
        int(year.group()) if year else None,
        tuple(fields.get("AU", ())),
        next(iter(fields.get("JT") or fields.get("TA") or ()), None),
        "Retracted Publication" in kinds or "RIN" in fields,
        tuple(f"PMID:{n}" for text in fields.get("ROF", ()) for n in _NAMED.findall(text)),
        attributes,
        tuple(xrefs),
        file=shown,
    )


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """A structured abstract by its labels in capitals, one plain section otherwise."""
    labels = list(_LABEL.finditer(text))
    if not labels or labels[0].start():
        if text:
            yield "abstract", text
        return
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        yield label.group(1).lower(), text[label.end() : following.start() if following else len(text)].strip()
