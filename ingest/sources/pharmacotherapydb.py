"""PharmacotherapyDB: disease-modifying and symptomatic indications, and pairs judged to be no indication."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.source import Inputs, Source
from ingest.sources.drugbank_tables import rows
from kg.records import Covered, Edge, Quarantined, Record

_RELATION = {"DM": ("treats", False), "SYM": ("palliates", False), "NOT": ("treats", True)}
_DECLARED = ("treats", "palliates")


def read(inputs: Inputs) -> Iterator[Record]:
    """One edge an indication; 'NOT' becomes a negated 'treats'.

    The curators put every pair of the catalogue into one of three categories: who stands in it is covered for all.
    """
    path = inputs.one("catalog_indications.tsv")
    drugs: dict[str, None] = {}
    diseases: dict[str, None] = {}
    for line, row in rows(path):
        meaning = _RELATION.get(row.get("category", ""))
        if meaning is None or not row["doid_id"].startswith("DOID:"):
            yield Quarantined(
                inputs.shown(path), line, "category must be DM, SYM or NOT and doid_id a DOID", "|".join(row.values())
            )
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
    revision=2,
    declares=_DECLARED,
)
