"""Drug Repurposing Hub: how far a drug has come in the clinic, its mechanism in words, and its targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.crosswalks import genes
from ingest.crosswalks.genes import GeneCrosswalk
from ingest.source import Frame, Inputs, Source
from ingest.tables.aside import Aside
from ingest.tables.tsv import Layout, lines, spared
from kg.records import Edge, Node, Quarantined, Record

_LAYOUT = Layout(
    ("drugbank_id", "drugbank_match", "pert_iname", "clinical_phase", "moa", "target", "disease_area"), quoted=True
)
# How far, the furthest first: a drug that was withdrawn had been launched.
_PHASES = (
    "Launched",
    "Withdrawn",
    "Phase 3",
    "Phase 2/Phase 3",
    "Phase 2",
    "Phase 1/Phase 2",
    "Phase 1",
    "Preclinical",
)
# Joined by the skeleton alone it may be another stereoisomer, which is another drug.
_DOUBTFUL = ("skeleton",)


@dataclass(slots=True)
class _Drug:
    """What the rows of a drug say."""

    name: str
    phases: set[str] = field(default_factory=set)
    mechanisms: dict[str, None] = field(default_factory=dict)
    areas: dict[str, None] = field(default_factory=dict)
    targets: dict[str, None] = field(default_factory=dict)


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """A drug with its phase, mechanisms and areas of disease as attributes, and a `targets` edge for every target."""
    own = [f for f in inputs.files if f.name.startswith("drug-repurposing-hub")]
    human, aside = GeneCrosswalk(inputs), Aside()
    yield from human.problems
    drugs: dict[str, _Drug] = {}
    for path in own:
        rows = _gathered(inputs, path, (human, aside), drugs)
        yield from rows if len(own) == 1 else spared(inputs, path, rows)
    yield from (human.node(gene) for gene in sorted({gene for drug in drugs.values() for gene in drug.targets}))
    for identifier, drug in drugs.items():
        facts = {
            "clinical_phase": next((phase for phase in _PHASES if phase in drug.phases), ""),
            "mechanisms": list(drug.mechanisms),
            "disease_areas": list(drug.areas),
        }
        told = {k: v for k, v in facts.items() if v}
        yield Node(f"DRUGBANK:{identifier}", "biolink:Drug", drug.name, attributes=told)
        for gene in drug.targets:
            yield Edge(f"DRUGBANK:{identifier}", "targets", f"NCBIGene:{gene}", attributes={"role": "target"})
    yield from aside.told()


def _gathered(
    inputs: Inputs, path: Path, by: tuple[GeneCrosswalk, Aside], drugs: dict[str, _Drug]
) -> Iterator[Quarantined]:
    """What is put aside, while the drugs of a file are gathered."""
    (human, aside), shown = by, inputs.shown(path)
    for row in lines(inputs, path, _LAYOUT):
        if isinstance(row, Quarantined):
            yield row
            continue
        identifier, match = row["drugbank_id"], row["drugbank_match"]
        if not identifier:
            aside.add(shown, "compounds that no drug of DrugBank was found for", "")
        elif match in _DOUBTFUL:
            aside.add(
                shown, "joined by the skeleton of the structure alone, which stereoisomers share", row["pert_iname"]
            )
        elif row["clinical_phase"] not in _PHASES or not row["pert_iname"]:
            yield Quarantined(
                shown, row.number, f"needs a pert_iname and a clinical_phase of {', '.join(_PHASES)}", row.text()
            )
        else:
            drug = drugs.setdefault(identifier, _Drug(row["pert_iname"]))
            drug.phases.add(row["clinical_phase"])
            drug.mechanisms |= dict.fromkeys(_split(row["moa"]))
            drug.areas |= dict.fromkeys(_split(row["disease_area"]))
            for symbol in _split(row["target"]):
                if gene := human.gene(symbol):
                    drug.targets[gene] = None
                else:
                    aside.add(shown, "targets whose symbol is no gene of HGNC", symbol)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


SOURCE = Source(
    name="repurposing_hub",
    title="Drug Repurposing Hub",
    licence="free for research",
    url="https://repo-hub.broadinstitute.org/repurposing",
    infores="infores:drug-repurposing-hub",
    patterns=("repurposing/drug-repurposing-hub*.tsv*",),
    beside=genes.PATTERNS,
    read=read,
    notes="Drugs join by structure with stereochemistry, or by name.",
)
