"""Every Cure's MEDI drug list: identifiers of one drug in many vocabularies, and where it is approved."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, Line, lines
from kg.records import Node, Quarantined, Record, SameAs
from ontologies.curie import normalise
from ontologies.errors import CurieError

_CODES = {
    "unii": "UNII",
    "cas": "CAS",
    "chebi": "CHEBI",
    "chembl": "CHEMBL.COMPOUND",
    "pubchem": "PUBCHEM.COMPOUND",
    "inchikey": "INCHIKEY",
    "umls": "UMLS",
    "rxcui": "RXCUI",
}
_OTHER_KINDS = ("NCBIGene:", "MONDO:", "UMLS:")
_APPROVED = ("approved_usa", "approved_europe", "approved_japan")
_LAYOUT = Layout(("curie", "label", "drugbank", *_CODES, *_APPROVED, "atc_codes", "is_combination"))


def read(inputs: Inputs) -> Iterator[Record]:
    """Codes of every drug that is one drug of DrugBank or none; of several, it is not said whose the codes are."""
    for path in inputs.files:
        for row in lines(inputs, path, _LAYOUT):
            if isinstance(row, Quarantined):
                yield row
                continue
            drugs = [d for d in row["drugbank"].split("|") if d.startswith("DB")]
            try:
                own = f"DRUGBANK:{drugs[0]}" if drugs else normalise(row["curie"])
            except CurieError as problem:
                yield Quarantined(inputs.shown(path), row.number, str(problem), row["label"])
                continue
            if len(drugs) > 1 or not row["label"] or own.startswith(_OTHER_KINDS):
                reason = "a drug needs a label, an identifier of a drug, and no more than one of DrugBank"
                yield Quarantined(inputs.shown(path), row.number, reason, f"{row['curie']}\t{row['label']}")
            else:
                yield from _drug(row, own, path.name)


def _drug(row: Line, drug: str, origin: str) -> Iterator[Record]:
    codes = [
        f"{prefix}:{value.strip()}"
        for column, prefix in _CODES.items()
        for value in row[column].split("|")
        if value.strip()
    ]
    where = [column.removeprefix("approved_") for column in _APPROVED if row[column] in ("1", "APPROVED", "True")]
    facts = {"approved_in": where, "atc_codes": [c for c in row["atc_codes"].split("|") if c.strip()]}
    yield Node(
        drug, "biolink:Drug", row["label"], (), tuple(codes), {name: value for name, value in facts.items() if value}
    )
    # A code of several drugs (a moiety of two salts) joins none of them: that is the merge's to see.
    yield from (SameAs(drug, code, origin=origin) for code in codes)


SOURCE = Source(
    name="medi",
    title="MEDI, Every Cure's drug list",
    licence="CC0-1.0",
    url="https://github.com/everycure-org/medi",
    infores="infores:every-cure",
    commercial=True,
    aggregator=True,
    patterns=("drug_names/everycure-medi-drugs*.tsv*",),
    read=read,
)
