"""DrugCentral's classes of drugs: FDA's classes, mechanisms and effects, MeSH actions, ChEBI applications."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.identity import XREF
from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, Line, lines
from kg.records import Alias, Edge, Node, Quarantined, Record, SameAs

_CLASSES = Layout(("class_id", "class_name", "class_source", "class_type"))
_MEMBERS = Layout(("drugbank_id", "drugbank_name", "class_id", "class_name"))
_MESH = Layout(("class_id", "class_name", "mesh_id", "mesh_name", "mesh_entry_terms", "name_match", "doubt"))
_ROLE = "biolink:ChemicalRole"


def curie(identifier: str) -> str:
    """A class by its vocabulary: N0000000069 is NDF-RT's, D000900 MeSH's; ChEBI's carry their prefix.

    >>> curie("N0000000069"), curie("D000900"), curie("CHEBI:22153"), curie("?")
    ('NDFRT:N0000000069', 'MESH:D000900', 'CHEBI:22153', '')
    """
    if identifier.startswith("CHEBI:"):
        return identifier
    if identifier[:1] in "ND" and identifier[1:].isdigit():
        return f"{'NDFRT' if identifier[0] == 'N' else 'MESH'}:{identifier}"
    return ""


def read(inputs: Inputs) -> Iterator[Record]:
    """Classes, their members, and which of them are MeSH headings."""
    for path in inputs.files:
        if "drug-to-class" in path.name:
            yield from _members(inputs, path)
        elif "class-mesh" in path.name:
            yield from _headings(inputs, path)
        else:
            yield from _classes(inputs, path)


def _refused(inputs: Inputs, path: Path, row: Line, reason: str) -> Quarantined:
    return Quarantined(inputs.shown(path), row.number, reason, row.text())


def _classes(inputs: Inputs, path: Path) -> Iterator[Record]:
    for row in lines(inputs, path, _CLASSES):
        if isinstance(row, Quarantined):
            yield row
        elif not (identifier := curie(row["class_id"])) or not row["class_name"]:
            yield _refused(inputs, path, row, "a class needs an id of NDF-RT, MeSH or ChEBI and a name")
        else:
            facts = {"class_type": row["class_type"]} if row["class_type"] else {}
            yield Node(identifier, _ROLE, row["class_name"], attributes=facts)


def _members(inputs: Inputs, path: Path) -> Iterator[Record]:
    for row in lines(inputs, path, _MEMBERS):
        if isinstance(row, Quarantined):
            yield row
        elif not (identifier := curie(row["class_id"])) or not row["drugbank_id"].startswith("DB"):
            yield _refused(inputs, path, row, "a row needs an id of NDF-RT, MeSH or ChEBI and a DrugBank id")
        else:
            yield Edge(identifier, "includes", f"DRUGBANK:{row['drugbank_id']}")


def _headings(inputs: Inputs, path: Path) -> Iterator[Record]:
    for row in lines(inputs, path, _MESH):
        if isinstance(row, Quarantined):
            yield row
        elif row["doubt"]:
            yield _refused(inputs, path, row, f"the join is in doubt: {row['doubt']}")
        else:
            identifier, heading = curie(row["class_id"]), f"MESH:{row['mesh_id']}"
            if row["name_match"] == "exact":
                yield SameAs(identifier, heading, XREF, path.name)
            for name in (row["mesh_name"], *row["mesh_entry_terms"].split("|")):
                if name.strip():
                    yield Alias(name.strip(), identifier, "entry", _ROLE)


SOURCE = Source(
    name="drug_classes",
    title="DrugCentral drug classes",
    licence="CC-BY-SA-4.0",
    url="https://drugcentral.org",
    infores="infores:drugcentral",
    commercial=True,
    patterns=(
        "drug_classes/drugcentral-*-classes*.tsv*",
        "drug_classes/drugcentral-*-drug-to-class*.tsv*",
        "drug_classes/hetionet-class-mesh*.tsv*",
    ),
    read=read,
)
