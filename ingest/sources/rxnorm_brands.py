"""RxNorm's US brand names: of one ingredient they name the drug, of several a combination of drugs."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, lines
from kg.records import Alias, Edge, Node, Quarantined, Record

_LAYOUT = Layout(("brand", "ingredients", "drugbank_ids"))
_DRUG = "biolink:Drug"


def combination(drugs: tuple[str, ...]) -> str:
    """The identifier of a combination: its parts in order.

    >>> combination(("DB00316", "DB00514"))
    'GALENIC:DB00316+DB00514'
    """
    return f"GALENIC:{'+'.join(drugs)}"


def read(inputs: Inputs) -> Iterator[Record]:
    """One brand a row; a brand with several compositions is a name of each."""
    for path in inputs.files:
        brands: dict[tuple[str, ...], dict[str, None]] = {}
        called: dict[tuple[str, ...], str] = {}
        for row in lines(inputs, path, _LAYOUT):
            if isinstance(row, Quarantined):
                yield row
                continue
            listed = [d.strip() for d in row["drugbank_ids"].split("|")]
            parts = [p.strip() for p in row["ingredients"].split(" / ")]
            if not row["brand"] or not all(d.startswith("DB") for d in listed):
                yield Quarantined(inputs.shown(path), row.number, "a brand needs a name and DrugBank ids", row.text())
                continue
            drugs = tuple(sorted(set(listed)))
            brands.setdefault(drugs, {}).setdefault(row["brand"])
            if len(parts) == len(listed):
                named = dict(zip(listed, parts, strict=True))
                called.setdefault(drugs, " + ".join(named[d] for d in drugs))
        for drugs, names in brands.items():
            if len(drugs) == 1:
                yield from (Alias(name, f"DRUGBANK:{drugs[0]}", "brand", _DRUG) for name in names)
                continue
            mixture = combination(drugs)
            synonyms = tuple(f"{name}\tbrand" for name in names)
            facts = {"type": "combination"}
            yield Node(mixture, _DRUG, called.get(drugs, next(iter(names))), synonyms, attributes=facts)
            yield from (Edge(f"DRUGBANK:{drug}", "part_of", mixture) for drug in drugs)


SOURCE = Source(
    name="rxnorm_brands",
    title="RxNorm brand names",
    licence="public domain",
    url="https://www.nlm.nih.gov/research/umls/rxnorm",
    infores="infores:rxnorm",
    commercial=True,
    patterns=("drug_names/rxnorm-brands*.tsv*",),
    read=read,
)
