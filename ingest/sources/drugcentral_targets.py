"""DrugCentral: targets of drugs with the action on them, and activities that were measured on proteins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.crosswalks import genes
from ingest.crosswalks.genes import GeneCrosswalk
from ingest.literature.documents import PLACEHOLDER
from ingest.source import Frame, Inputs, Source
from ingest.tables.aside import Aside
from ingest.tables.tsv import Layout, Line, lines, spared
from kg.records import Edge, Node, Quarantined, Record

_LAYOUT = Layout(
    (
        "drugbank_id",
        "drug_name",
        "target_name",
        "accession",
        "gene",
        "act_value",
        "act_type",
        "act_source",
        "relation",
        "moa",
        "moa_source",
        "action_type",
        "organism",
    )
)
_HUMAN = "Homo sapiens"
# Half-maximal responses and dissociation constants: what ChEMBL's pChEMBL is defined for. Others are logarithms too.
_PCHEMBL = ("IC50", "XC50", "EC50", "AC50", "ED50", "Ki", "Kd")


@dataclass(slots=True)
class _Link:
    """What the rows of a drug and a gene say."""

    rows: int = 0
    known: bool = False
    actions: dict[str, None] = field(default_factory=dict)
    activities: dict[tuple[str, str, float], str] = field(default_factory=dict)


Links = dict[tuple[str, str], _Link]


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """`binds` for every human gene with a measured activity or a known action, and `targets` for the known ones alone.

    `activities` are negative decimal logarithms of molar concentrations, strongest first: 9 is a nanomole a litre.
    Where a `relation` is told, it is one of the concentration: '>' means weaker.
    """
    own = [f for f in inputs.files if f.name.startswith("drugcentral-targets")]
    human, aside = GeneCrosswalk(inputs), Aside()
    yield from human.problems
    links: Links = defaultdict(_Link)
    names: dict[str, str] = {}
    for path in own:
        rows = _gathered(inputs, path, (human, aside), (links, names))
        yield from rows if len(own) == 1 else spared(inputs, path, rows)
    for drug in sorted({drug for drug, _ in links}):
        yield Node(f"DRUGBANK:{drug}", "biolink:Drug", names[drug], attributes=PLACEHOLDER)
    yield from (human.node(gene) for gene in sorted({gene for _, gene in links}))
    for (drug, gene), link in links.items():
        for relation in ("binds", *(("targets",) if link.known else ())):
            yield Edge(f"DRUGBANK:{drug}", relation, f"NCBIGene:{gene}", attributes=_told(link))
    yield from aside.told()


def _gathered(
    inputs: Inputs, path: Path, by: tuple[GeneCrosswalk, Aside], into: tuple[Links, dict[str, str]]
) -> Iterator[Quarantined]:
    """What is put aside, while the links of a file are gathered."""
    (human, aside), (links, names), shown = by, into, inputs.shown(path)
    for row in lines(inputs, path, _LAYOUT):
        if isinstance(row, Quarantined):
            yield row
        elif not row["drugbank_id"]:
            aside.add(shown, "a drug that no number of DrugBank was found for", row["drug_name"])
        elif row["organism"] != _HUMAN:
            aside.add(shown, "targets that are no human protein", row["organism"] or row["target_name"])
        elif (activity := _activity(row)) is None:
            yield Quarantined(shown, row.number, "act_value needs a number above 0 and act_type a word", row.text())
        else:
            found = _genes(row, human)
            if not found:
                aside.add(
                    shown, "targets whose protein and symbol are no gene of HGNC", row["gene"] or row["accession"]
                )
            names.setdefault(row["drugbank_id"], row["drug_name"] or row["drugbank_id"])
            for gene in found:
                link = links[row["drugbank_id"], gene]
                link.rows += 1
                link.known |= row["moa"] == "1"
                if row["action_type"]:
                    link.actions[row["action_type"].lower()] = None
                link.activities |= activity


def _genes(row: Line, human: GeneCrosswalk) -> list[str]:
    """The genes of a protein, or of every part of a complex; all or none, for a part is not the whole."""
    symbols = [s for s in row["gene"].split("|") if s]
    found = [human.gene(symbol) for symbol in symbols]
    if not found or None in found:
        found = [human.of_protein(accession) for accession in row["accession"].split("|") if accession]
    return [] if None in found else list(dict.fromkeys(gene for gene in found if gene))


def _activity(row: Line) -> dict[tuple[str, str, float], str] | None:
    """The activity that a row measured: type, unit and value, with the relation; empty for none, None for no number."""
    if not row["act_value"]:
        return {}
    try:
        value = round(float(row["act_value"]), 2)
    except ValueError:
        return None
    if value <= 0 or not row["act_type"]:
        return None
    unit = "pChEMBL" if row["act_type"] in _PCHEMBL else "-log10(molar)"
    return {(row["act_type"], unit, value): row["relation"] or "="}


def _told(link: _Link) -> Mapping[str, Any]:
    facts: dict[str, Any] = {"rows": link.rows}
    if link.known:
        facts |= {"role": "target", "known_action": "yes"}
    if link.actions:
        facts["actions"] = list(link.actions)
    if link.activities:
        ordered = sorted(link.activities.items(), key=lambda item: (item[1] not in "=~", -item[0][2], item[0]))
        facts["activities"] = [
            {"type": kind, "unit": unit, "value": value, **({} if relation == "=" else {"relation": relation})}
            for (kind, unit, value), relation in ordered
        ]
    return facts


SOURCE = Source(
    name="drugcentral_targets",
    title="DrugCentral targets",
    licence="CC-BY-SA-4.0",
    url="https://drugcentral.org",
    infores="infores:drugcentral",
    commercial=True,
    patterns=("repurposing/drugcentral-targets*.tsv*",),
    beside=genes.PATTERNS,
    read=read,
    declares=("binds",),
    notes="Human proteins alone, as their genes; every gene of a complex. What was measured on a protein does not make "
    "it a target of the drug.",
)
