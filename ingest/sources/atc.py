"""WHO's ATC classification: classes of drugs on four levels, and which drugs they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, Line, lines
from kg.records import Edge, Node, Quarantined, Record

_CODES = Layout(("atc_code", "atc_name", "ddd", "uom", "adm_r"), delimiter=",", quoted=True)
_MEMBERS = Layout(("atc_code", "atc_name", "drugbank_id", "drugbank_name", "evidence"))
_CODE = re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$")
_LENGTHS = (1, 3, 4, 5)
_SUBSTANCE = 7
_ROLE = "biolink:ChemicalRole"


def read(inputs: Inputs) -> Iterator[Record]:
    """Classes with what is above them, then the drugs of each class of the fourth level.

    A class takes in the substances of its code: the link is of a substance to a drug, joined by name.
    """
    classes: set[str] = set()
    for path in inputs.files:
        if "atc-drugbank" not in path.name:
            yield from _classes(inputs, path, classes)
    for path in inputs.files:
        if "atc-drugbank" in path.name:
            yield from _members(inputs, path, classes)


def _classes(inputs: Inputs, path: Path, classes: set[str]) -> Iterator[Record]:
    for row in lines(inputs, path, _CODES):
        if isinstance(row, Quarantined):
            # A substance has one row for each route of administration: some of them are equal.
            if "twice" not in row.reason:
                yield row
            continue
        code = row["atc_code"]
        if not _CODE.match(code) or not row["atc_name"]:
            yield Quarantined(inputs.shown(path), row.number, "a row needs an ATC code and a name", row.text())
        elif len(code) in _LENGTHS and code not in classes:
            classes.add(code)
            yield Node(
                f"ATC:{code}", _ROLE, _spoken(row["atc_name"]), attributes={"level": _LENGTHS.index(len(code)) + 1}
            )
            if len(code) > 1:
                yield Edge(f"ATC:{code}", "subclass_of", f"ATC:{code[: _LENGTHS[_LENGTHS.index(len(code)) - 1]]}")


def _spoken(name: str) -> str:
    """Names of the upper levels stand in capitals."""
    return name.capitalize() if name.isupper() else name


def _members(inputs: Inputs, path: Path, classes: set[str]) -> Iterator[Record]:
    for row in lines(inputs, path, _MEMBERS):
        if isinstance(row, Quarantined):
            yield row
        elif problem := _problem(row, classes):
            yield Quarantined(inputs.shown(path), row.number, problem, row.text())
        else:
            code = row["atc_code"]
            yield Edge(f"ATC:{code[:5]}", "includes", f"DRUGBANK:{row['drugbank_id']}", attributes={"atc_code": code})


def _problem(row: Line, classes: set[str]) -> str:
    if len(row["atc_code"]) != _SUBSTANCE or not row["drugbank_id"].startswith("DB"):
        return "a row needs the ATC code of a substance and a DrugBank id"
    return "" if row["atc_code"][:5] in classes else f"the class {row['atc_code'][:5]} is not listed"


SOURCE = Source(
    name="atc",
    title="WHO ATC/DDD index",
    licence="CC-BY-NC-SA-4.0",
    url="https://atcddd.fhi.no",
    infores="infores:atc",
    patterns=("drug_classes/who-atc-ddd*.csv*", "drug_classes/atc-drugbank*.tsv*"),
    read=read,
    notes="The index is WHO's copyright; the compilation is non-commercial.",
)
