"""A computed join of MeSH records and DrugBank's drugs, by CAS number, names and MEDI."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, lines
from kg.records import Edge, Quarantined, Record, SameAs

_LAYOUT = Layout(("mesh_id", "mesh_name", "drugbank_id", "drugbank_name", "evidence", "ambiguous"))
_WORD = re.compile(r"\w+")


def read(inputs: Inputs) -> Iterator[Record]:
    """One join a row; ambiguous ones are put aside, and a salt of the drug is a form of it, not the drug."""
    for path in inputs.files:
        for row in lines(inputs, path, _LAYOUT):
            if isinstance(row, Quarantined):
                yield row
            elif row["ambiguous"]:
                yield Quarantined(inputs.shown(path), row.number, "the join is ambiguous", row.text())
            elif form := salt_of(row["mesh_name"], row["drugbank_name"]):
                yield Edge(
                    f"MESH:{row['mesh_id']}",
                    "form_of",
                    f"DRUGBANK:{row['drugbank_id']}",
                    attributes={"form": form},
                    agent_type="automated_agent",
                )
            else:
                yield SameAs(f"MESH:{row['mesh_id']}", f"DRUGBANK:{row['drugbank_id']}", origin=path.name)


def salt_of(name: str, drug: str) -> str:
    """The words by which a name is more than the drug's own name, empty when it is no name of a form.

    >>> salt_of("Imatinib Mesylate", "Imatinib"), salt_of("imatinib", "Imatinib")
    ('mesylate', '')
    """
    words, own = _WORD.findall(name.casefold()), _WORD.findall(drug.casefold())
    return " ".join(words[len(own) :]) if words[: len(own)] == own else ""


SOURCE = Source(
    name="mesh_drugbank",
    title="MeSH to DrugBank, computed",
    licence="CC0-1.0",
    url="https://www.nlm.nih.gov/mesh",
    infores="infores:mesh",
    commercial=True,
    patterns=("mesh/mesh-drugbank*.tsv*",),
    read=read,
)
