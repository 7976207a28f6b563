"""FDA's UNII names: official names, codes, brands of drugs, and their salts as forms of the active ingredient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, Line, lines
from kg.records import Edge, Node, Quarantined, Record, SameAs

_LAYOUT = Layout(("drugbank_id", "unii", "type", "name", "unii_display_name", "salt"))
# of: official name (INN, USAN, ...), cn: common name, cd: code, bn: brand name, sys: systematic name.
_SCOPES = {"of": "official", "cn": "exact", "cd": "code", "bn": "brand", "sys": "systematic"}


@dataclass(slots=True)
class _Substance:
    drug: str
    unii: str
    shown: str
    salt: str
    names: dict[str, str] = field(default_factory=dict)


def spoken(name: str) -> str:
    """A name that the list writes in capitals, as a person writes it: 'IMATINIB MESYLATE' is 'imatinib mesylate'.

    >>> spoken("IMATINIB MESYLATE"), spoken("AC-225")
    ('imatinib mesylate', 'AC-225')
    """
    return name.lower() if name.isupper() and not any(c.isdigit() for c in name) else name


def read(inputs: Inputs) -> Iterator[Record]:
    """Names of every drug; a substance with a salt is a chemical of its own, tied to its drug by `form_of`."""
    for path in inputs.files:
        shown = inputs.shown(path)
        substances: dict[str, _Substance] = {}
        for row in lines(inputs, path, _LAYOUT):
            if isinstance(row, Quarantined):
                yield row
                continue
            if problem := _problem(row):
                yield Quarantined(shown, row.number, problem, row.text())
                continue
            key = f"{row['unii']} {row['drugbank_id']}"
            substance = substances.get(key)
            if substance is None:
                substance = _Substance(row["drugbank_id"], row["unii"], row["unii_display_name"], row["salt"])
                substances[key] = substance
            substance.names.setdefault(spoken(row["name"]), _SCOPES[row["type"]])
        ordered = sorted(substances.values(), key=lambda s: s.unii)
        for _, same in groupby(ordered, key=lambda s: s.unii):
            yield from _records(list(same), path.name)


def _problem(row: Line) -> str:
    if not row["drugbank_id"].startswith("DB") or not row["unii"] or not row["name"]:
        return "a name needs drugbank_id, unii and name"
    return "" if row["type"] in _SCOPES else f"unknown type {row['type']!r}; known: {', '.join(_SCOPES)}"


def _records(same: list[_Substance], origin: str) -> Iterator[Record]:
    for substance in same:
        drug = f"DRUGBANK:{substance.drug}"
        synonyms = tuple(n if s == "exact" else f"{n}\t{s}" for n, s in substance.names.items())
        shown = spoken(substance.shown)
        unii = f"UNII:{substance.unii}"
        if not substance.salt:
            yield Node(drug, "biolink:Drug", shown, synonyms)
            yield SameAs(drug, unii, origin=origin)
            continue
        others = tuple(s for s in synonyms if s.partition("\t")[0] != shown)
        yield Node(unii, "biolink:ChemicalEntity", shown, others, attributes={"salt": substance.salt})
        yield Edge(unii, "form_of", drug, attributes={"form": substance.salt}, agent_type="automated_agent")


SOURCE = Source(
    name="unii",
    title="UNII, FDA substance names",
    licence="public domain",
    url="https://precision.fda.gov/uniisearch",
    infores="infores:unii",
    commercial=True,
    patterns=("drug_names/unii-names*.tsv*",),
    read=read,
    notes="Salts are joined to their drugs by the words of their names.",
)
