"""The full DrugBank XML as published: streamed drug by drug, in flat memory."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ingest.drugbank.drug import drug_records, identifiers
from ingest.drugbank.records import Broken, drugs
from ingest.errors import SourceError, UnsafeFile
from ingest.identity import REPLACED
from ingest.literature.documents import PLACEHOLDER
from ingest.source import Inputs, Source
from kg.records import Covered, Edge, Node, Quarantined, Record, SameAs

_DECLARED = ("binds", "binds_protein", "interacts_with_drug", "drug_in_pathway")
# A file that holds fewer of the drugs that its own records name is a cut from DrugBank.
_WHOLE = 0.95
_EDITION = re.compile(rb"exported-on=[\"']([\d-]+)")


def read(inputs: Inputs) -> Iterator[Record]:
    """Every drug of every file; a broken drug goes to quarantine with its line, a broken file beside others with
    its reason.

    Raises `SourceError` when the only file cannot be read to its end and
    `UnsafeFile` for a file that declares entities.
    """
    named: set[str] = set()
    drugs_read: set[str] = set()
    former: dict[tuple[str, str], str] = {}
    ends: set[tuple[str, str]] = set()
    for path in inputs.files:
        shown = inputs.shown(path)
        try:
            for record in _file(path, shown, drugs_read):
                # Genes, pathways and partners come back with every drug that meets them; once is enough.
                if isinstance(record, Node):
                    if record.id in named and (record.category != "biolink:Drug" or record.attributes is PLACEHOLDER):
                        continue
                    named.add(record.id)
                if isinstance(record, Edge):
                    ends.add((record.relation, record.object))
                if isinstance(record, SameAs):
                    former[record.subject, record.object] = record.origin
                    continue
                yield record
        except UnsafeFile:
            raise
        except (SourceError, EOFError, OSError, zlib.error) as problem:
            reason = str(problem).removeprefix(f"{path}: ")
            if not isinstance(problem, SourceError):
                reason = f"cannot be read to its end ({reason}); download it again"
            if len(inputs.files) == 1:
                raise SourceError(f"{shown}: {reason}") from problem
            yield Quarantined(shown, None, reason)
    read_whole = {f"DRUGBANK:{drug}" for drug in drugs_read}
    # A number that a drug of its own bears has not been replaced, whatever another record says.
    yield from (SameAs(old, new, REPLACED, origin) for (old, new), origin in former.items() if old not in read_whole)
    yield from _covered(read_whole, ends)


def _covered(drugs_read: set[str], ends: set[tuple[str, str]]) -> Iterator[Covered]:
    """Every drug of which the full record was read, for all that a record tells, and no drug that is only named in one.

    From their own side targets and pathways are covered only by the whole of DrugBank: a cut names some of their drugs.
    """
    yield from (Covered(relation, drug) for relation in _DECLARED for drug in sorted(drugs_read))
    partners = {other for relation, other in ends if relation == "interacts_with_drug"}
    if partners and len(partners & drugs_read) >= _WHOLE * len(partners):
        objects = sorted(end for end in ends if end[0] != "interacts_with_drug")
        yield from (Covered(relation, other, "object") for relation, other in objects)


def _file(path: Path, shown: str, seen: set[str]) -> Iterator[Record]:
    edition = ""
    for item in drugs(path):
        if isinstance(item, bytes):
            match = _EDITION.search(item)
            edition = match.group(1).decode() if match else ""
            continue
        if isinstance(item, Broken):
            yield Quarantined(shown, item.line, item.reason, item.text)
            continue
        line, drug = item
        primary, others = identifiers(drug)
        if not primary or primary in seen or not (drug.findtext("name") or "").strip():
            lacking = "a drug needs a name and a primary drugbank-id such as DB00001"
            reason = f"the drug {primary} stands twice" if primary in seen else lacking
            yield Quarantined(shown, line, reason, etree.tostring(drug)[:200].decode("utf-8", "replace"))
            continue
        seen.add(primary)
        yield from drug_records(drug, primary, others, edition)
        yield from (SameAs(f"DRUGBANK:{other}", f"DRUGBANK:{primary}", REPLACED, shown) for other in others)


SOURCE = Source(
    name="drugbank_xml",
    title="DrugBank",
    licence="CC-BY-NC-4.0",
    url="https://go.drugbank.com",
    infores="infores:drugbank",
    patterns=("drugbank/*.xml", "drugbank/*.xml.gz"),
    read=read,
    aggregator=True,
    revision=5,
    declares=_DECLARED,
    notes="Human proteins are stored as their genes; proteins of other organisms as proteins. "
    "It repeats the open DrugBank tables and is no independent evidence beside them.",
)
