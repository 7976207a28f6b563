"""ChEBI's roles of drugs: what they do, with the hierarchy of roles."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.identity import XREF
from ingest.ontology_records import term_records
from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, lines
from kg.records import Edge, Quarantined, Record, SameAs

_MEMBERS = Layout(("drugbank_id", "drugbank_name", "chebi_id", "chebi_name", "role_id", "role_name"))


def read(inputs: Inputs) -> Iterator[Record]:
    """Roles and what is above them; then one edge a drug and role, and the drug's own ChEBI identifier."""
    for path in inputs.files:
        if "drug-roles" not in path.name:
            yield from term_records(inputs, path, lambda term: "biolink:ChemicalRole")
    for path in inputs.files:
        if "drug-roles" in path.name:
            same: set[tuple[str, str]] = set()
            for row in lines(inputs, path, _MEMBERS):
                if isinstance(row, Quarantined):
                    yield row
                    continue
                drug, chemical = f"DRUGBANK:{row['drugbank_id']}", row["chebi_id"]
                if not row["drugbank_id"].startswith("DB") or not row["role_id"].startswith("CHEBI:"):
                    reason = "a row needs a DrugBank id and a ChEBI role"
                    yield Quarantined(inputs.shown(path), row.number, reason, row.text())
                    continue
                yield Edge(row["role_id"], "includes", drug)
                if (drug, chemical) not in same:
                    same.add((drug, chemical))
                    yield SameAs(drug, chemical, XREF, path.name)


SOURCE = Source(
    name="chebi_roles",
    title="ChEBI roles",
    licence="CC-BY-4.0",
    url="https://www.ebi.ac.uk/chebi",
    infores="infores:chebi",
    commercial=True,
    patterns=("drug_classes/chebi-roles*.tsv*", "drug_classes/chebi-drug-roles*.tsv*"),
    read=read,
)
