"""The open DrugBank vocabulary: every drug of DrugBank with its names, codes and the accession numbers it replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.identity import REPLACED
from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, lines
from kg.records import Node, Quarantined, Record, SameAs

_LAYOUT = Layout(
    ("DrugBank ID", "Accession Numbers", "Common name", "CAS", "UNII", "Synonyms", "Standard InChI Key"),
    delimiter=",",
    quoted=True,
)
_ID = re.compile(r"DB\d{5,}$")
_CODES = (("CAS", "CAS"), ("UNII", "UNII"), ("INCHIKEY", "Standard InChI Key"))


def read(inputs: Inputs) -> Iterator[Record]:
    """One drug a row; its codes and former numbers mean the same drug."""
    for path in inputs.files:
        seen: set[str] = set()
        for row in lines(inputs, path, _LAYOUT):
            if isinstance(row, Quarantined):
                yield row
                continue
            number, name = row["DrugBank ID"], row["Common name"]
            if not _ID.match(number) or not name or number in seen:
                reason = "the drug stands twice" if number in seen else "a drug needs an id such as DB00001 and a name"
                yield Quarantined(inputs.shown(path), row.number, reason, row.text())
                continue
            seen.add(number)
            drug = f"DRUGBANK:{number}"
            codes = [f"{prefix}:{row[column]}" for prefix, column in _CODES if row[column]]
            names = dict.fromkeys(part.strip() for part in row["Synonyms"].split(" | "))
            yield Node(drug, "biolink:Drug", name, tuple(n for n in names if n and n != name), tuple(codes))
            yield from (SameAs(drug, code, origin=path.name) for code in codes)
            for other in row["Accession Numbers"].split(" | "):
                if _ID.match(other) and other != number:
                    yield SameAs(f"DRUGBANK:{other}", drug, REPLACED, path.name)


SOURCE = Source(
    name="drugbank_vocabulary",
    title="DrugBank open vocabulary",
    licence="CC0-1.0",
    url="https://go.drugbank.com/releases/latest#open-data",
    infores="infores:drugbank",
    commercial=True,
    patterns=("drug_names/drugbank-vocabulary*.csv*", "drugbank/drugbank?vocabulary*.csv*"),
    read=read,
)
