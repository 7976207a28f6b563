"""PharmacotherapyDB: disease-modifying and symptomatic indications, and pairs judged to be no indication."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, lines
from kg.records import Covered, Edge, Quarantined, Record

_RELATION = {"DM": ("treats", False), "SYM": ("palliates", False), "NOT": ("treats", True)}
_DECLARED = ("treats", "palliates")
_LAYOUT = Layout(("drugbank_id", "doid_id", "category", "n_curators", "n_resources"), quoted=True)


def read(inputs: Inputs) -> Iterator[Record]:
    """One edge an indication; 'NOT' becomes a negated 'treats'.

    The curators put every pair of the catalogue into one of three categories: who stands in it is covered for all.
    """
    path = inputs.one("catalog_indications.tsv")
    drugs: dict[str, None] = {}
    diseases: dict[str, None] = {}
    for row in lines(inputs, path, _LAYOUT):
        if isinstance(row, Quarantined):
            yield row
            continue
        meaning, numbers = _RELATION.get(row["category"]), (row["n_curators"], row["n_resources"])
        if meaning is None or not row["doid_id"].startswith("DOID:") or not all(n.isdecimal() for n in numbers):
            reason = "category must be DM, SYM or NOT, doid_id a DOID, n_curators and n_resources whole numbers"
            yield Quarantined(inputs.shown(path), row.number, reason, row.text())
            continue
        relation, negated = meaning
        drug, disease = f"DRUGBANK:{row['drugbank_id']}", row["doid_id"]
        drugs[drug] = diseases[disease] = None
        yield Edge(
            drug,
            relation,
            disease,
            negated=negated,
            attributes={"curators": int(row["n_curators"]), "resources": int(row["n_resources"])},
        )
    for relation in _DECLARED:
        yield from (Covered(relation, drug) for drug in drugs)
        yield from (Covered(relation, disease, "object") for disease in diseases)


SOURCE = Source(
    name="pharmacotherapydb",
    title="PharmacotherapyDB",
    licence="CC0-1.0",
    url="https://doi.org/10.6084/m9.figshare.3103054",
    infores="infores:pharmacotherapydb",
    commercial=True,
    patterns=("pharmacotherapydb/catalog_indications.tsv",),
    read=read,
    revision=3,
    declares=_DECLARED,
)
