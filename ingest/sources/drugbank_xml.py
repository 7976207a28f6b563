"""The full DrugBank XML as published: streamed drug by drug, in flat memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ingest.drugbank.drug import drug_records, identifiers
from ingest.errors import SourceError
from ingest.literature.files import head
from ingest.literature.xml_records import Broken, elements
from ingest.source import Inputs, Source
from kg.records import Quarantined, Record

_EDITION = re.compile(rb"exported-on=[\"']([\d-]+)")


def read(inputs: Inputs) -> Iterator[Record]:
    """Every drug of every file; a broken one goes to quarantine with its line."""
    for path in inputs.files:
        yield from _file(path, inputs.shown(path))


def _file(path: Path, shown: str) -> Iterator[Record]:
    start = head(path)
    if b"<drugbank" not in start:
        raise SourceError(f"{path}: is empty, cut short or no DrugBank XML; download it again")
    edition = _EDITION.search(start)
    seen: set[str] = set()
    try:
        for record in elements(path, ("drug",), nested=True):
            if isinstance(record, Broken):
                yield Quarantined(shown, record.line, record.reason, record.text)
                continue
            line, drug = record
            primary, others = identifiers(drug)
            if not primary or primary in seen or not (drug.findtext("name") or "").strip():
                reason = f"the drug {primary} stands twice" if primary in seen else "a drug needs a name and a primary drugbank-id such as DB00001"
                yield Quarantined(shown, line, reason, etree.tostring(drug)[:200].decode("utf-8", "replace"))
                continue
            seen.add(primary)
            yield from drug_records(drug, primary, others, edition.group(1).decode() if edition else "")
    except (EOFError, OSError) as problem:
        raise SourceError(f"{path}: cannot be read to its end ({problem}); download it again") from problem


SOURCE = Source(
    name="drugbank_xml",
    title="DrugBank",
    version="full database",
    licence="CC-BY-NC-4.0",
    url="https://go.drugbank.com",
    infores="infores:drugbank",
    patterns=("drugbank/*.xml", "drugbank/*.xml.gz"),
    read=read,
    notes="Human proteins are stored as their genes; proteins of other organisms as proteins.",
)
