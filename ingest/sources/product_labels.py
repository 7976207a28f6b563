"""Labels of drugs: indications, contraindications, boxed warnings, interactions and more, each section as passages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.crosswalks import drugs
from ingest.crosswalks.drugs import DrugCrosswalk
from ingest.errors import SourceError
from ingest.literature import plain_labels, spl
from ingest.literature.documents import Document, records
from ingest.literature.files import whole
from ingest.source import Frame, Inputs, Source
from ingest.tables.tsv import spared
from kg.records import Quarantined, Record

_SECTIONS = "spl-section-loinc.csv"


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """A document for every label, tied to the drugs that it is of; of several versions of a label the last."""
    named = DrugCrosswalk(inputs)
    yield from named.problems
    sections = _sections(inputs.maybe(_SECTIONS))
    own = [f for f in inputs.files if f.parent.name == "labels" and f.name != _SECTIONS]
    archives = [f for f in own if f.suffix == ".zip"]
    latest: dict[str, tuple[int, Path]] = {}
    for path in (f for f in own if f.suffix != ".zip"):
        edition = spl.edition(path)
        if edition is None:
            yield Quarantined(inputs.shown(path), None, "is no structured product label; take it out of the folder")
        elif edition.set_id in latest and latest[edition.set_id][0] >= edition.version:
            yield _older(inputs, path)
        else:
            if edition.set_id in latest:
                yield _older(inputs, latest[edition.set_id][1])
            latest[edition.set_id] = (edition.version, path)
    several = len(latest) + len(archives) > 1
    for _, path in latest.values():
        found = _structured(inputs, path, sections, named)
        yield from spared(inputs, path, found) if several else found
    for path in archives:
        found = _plain(inputs, path, named, set(latest))
        yield from spared(inputs, path, found) if several else found


def _older(inputs: Inputs, path: Path) -> Quarantined:
    return Quarantined(inputs.shown(path), None, "an older version of a label, or the same again")


def _sections(path: Path | None) -> dict[str, str]:
    """Names of sections by LOINC code, from a table of code and name without a heading."""
    if path is None:
        return {}
    try:
        rows = csv.reader(io.StringIO(whole(path).decode("utf-8-sig")))
        return {row[0].strip(): row[1].strip() for row in rows if len(row) >= 2}
    except (UnicodeDecodeError, csv.Error) as problem:
        raise SourceError(f"{path}: cannot be read ({problem}); fetch it again") from problem


def _structured(inputs: Inputs, path: Path, sections: dict[str, str], named: DrugCrosswalk) -> Iterator[Record]:
    document, ingredients = spl.read(path, inputs.shown(path), sections)
    found = [(named.of_unii(unii) or named.drug(name), name) for unii, name in ingredients]
    yield from _tied(document, [(drug, name) for drug, name in found if drug], named)
    for drug, name in found:
        if drug is None:
            yield Quarantined(
                inputs.shown(path), None, "an ingredient that is none, or no single one, of DrugBank", name
            )


def _plain(inputs: Inputs, path: Path, named: DrugCrosswalk, structured: set[str]) -> Iterator[Record]:
    for label in plain_labels.read(path, inputs.shown(path)):
        if isinstance(label, Quarantined):
            yield label
        elif label.set_id in structured:
            yield Quarantined(label.document.file, None, "a label that is there as a structured one")
        else:
            of = next(filter(None, (named.of_combination(name) for name in label.names)), ())
            yield from _tied(label.document, [(drug, label.names[0]) for drug in of], named)
            if not of:
                reason = "a label whose drug is none, or no single one, of DrugBank: read, but tied to no drug"
                yield Quarantined(label.document.file, None, reason, ", ".join(label.names))


def _tied(document: Document, of: Sequence[tuple[str, str]], named: DrugCrosswalk) -> Iterator[Record]:
    topics = tuple((f"DRUGBANK:{drug}", named.names.get(drug, name), "biolink:Drug") for drug, name in of)
    yield from records(replace(document, topics=topics))


SOURCE = Source(
    name="product_labels",
    title="Product labels (DailyMed)",
    licence="public domain",
    url="https://dailymed.nlm.nih.gov",
    infores="infores:dailymed",
    commercial=True,
    patterns=("labels/*.xml*", "labels/*.zip"),
    beside=(f"labels/{_SECTIONS}", *drugs.PATTERNS),
    read=read,
)
