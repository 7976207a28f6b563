"""repoDB: indications that were approved, and trials that were terminated, withdrawn or suspended, with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.crosswalks import diseases, drugs
from ingest.crosswalks.diseases import DiseaseCrosswalk
from ingest.crosswalks.drugs import DrugCrosswalk
from ingest.literature.documents import PLACEHOLDER
from ingest.source import Frame, Inputs, Source
from ingest.tables.aside import Aside
from ingest.tables.tsv import Layout, Line, lines, spared
from kg.records import Edge, Node, Quarantined, Record

_LAYOUT = Layout(("drug_name", "drug_id", "ind_name", "ind_id", "status", "phase", "DetailedStatus"))
_APPROVED = "Approved"
_STOPPED = ("Terminated", "Withdrawn", "Suspended")
_DECLARED = ("treats", "in_clinical_trials_for")
_EMPTY = ("", "NA")


@dataclass(slots=True)
class _Fate:
    """What the rows of a drug and a disease say: how many, the terms they name, the trials."""

    rows: int = 0
    terms: dict[str, None] = field(default_factory=dict)
    trials: dict[tuple[str, str, str], None] = field(default_factory=dict)


Fates = dict[tuple[str, str, str], _Fate]


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """`treats` for what was approved; `in_clinical_trials_for` with each trial's status, phase and reason for the rest.

    A trial that stopped is content of its own and never a treatment. Nothing is covered: the table is no list of all
    indications, and holds no trial that went well.
    """
    own = [f for f in inputs.files if f.name.startswith("repodb")]
    ill, named, aside = DiseaseCrosswalk(inputs), DrugCrosswalk(inputs), Aside()
    yield from (*ill.problems, *named.problems)
    fates: Fates = defaultdict(_Fate)
    for path in own:
        rows = _gathered(inputs, path, (ill, named, aside), fates)
        yield from rows if len(own) == 1 else spared(inputs, path, rows)
    for drug in sorted({drug for drug, _, _ in fates}):
        yield Node(f"DRUGBANK:{drug}", "biolink:Drug", named.names.get(named.now(drug), drug), attributes=PLACEHOLDER)
    yield from (ill.node(disease) for disease in sorted({disease for _, _, disease in fates}))
    for (drug, relation, disease), fate in fates.items():
        yield Edge(f"DRUGBANK:{drug}", relation, disease, attributes=_told(fate))
    yield from aside.told()


def _gathered(
    inputs: Inputs, path: Path, by: tuple[DiseaseCrosswalk, DrugCrosswalk, Aside], fates: Fates
) -> Iterator[Quarantined]:
    """What is put aside, while the rows of a file are gathered."""
    (ill, named, aside), shown = by, inputs.shown(path)
    for row in lines(inputs, path, _LAYOUT):
        if isinstance(row, Quarantined):
            yield row
            continue
        if reason := _wrong(row, named):
            yield Quarantined(shown, row.number, reason, row.text())
            continue
        disease = ill.disease(f"UMLS:{row['ind_id']}", row["ind_name"])
        if disease is None:
            term = f"{row['ind_id']}\t{row['ind_name']}"
            aside.add(shown, "an indication that is no disease of Mondo, the Disease Ontology or MeSH", term)
            continue
        approved = row["status"] == _APPROVED
        fate = fates[row["drug_id"], "treats" if approved else "in_clinical_trials_for", disease]
        fate.rows += 1
        fate.terms[row["ind_name"]] = None
        if not approved:
            phase, reason = ("" if row[column] in _EMPTY else row[column] for column in ("phase", "DetailedStatus"))
            fate.trials[row["status"], phase, reason] = None


def _wrong(row: Line, named: DrugCrosswalk) -> str:
    if row["status"] not in (_APPROVED, *_STOPPED):
        return f"the status {row['status']!r} is none of {', '.join((_APPROVED, *_STOPPED))}"
    if not row["drug_id"].startswith("DB") or not row["drug_id"][2:].isdecimal() or not row["ind_id"].startswith("C"):
        return "needs a drug_id of DrugBank (DB00001) and an ind_id of UMLS (C0000001)"
    if row["drug_name"] in _EMPTY:
        return "no name of the drug: in trials of several drugs the table gives some the number of another"
    if named.denies(row["drug_id"], row["drug_name"]):
        return f"{row['drug_name']} is not {row['drug_id']}, which is {named.names.get(row['drug_id'], 'another drug')}"
    return ""


def _told(fate: _Fate) -> Mapping[str, Any]:
    facts: dict[str, Any] = {"rows": fate.rows, "indications": list(fate.terms)}
    if fate.trials:
        facts["trials"] = [
            {key: value for key, value in zip(("status", "phase", "detail"), trial, strict=True) if value}
            for trial in fate.trials
        ]
        facts["outcomes"] = sorted({status for status, _, _ in fate.trials})
    return facts


def _partial(inputs: Inputs) -> Mapping[str, str]:
    return {"in_clinical_trials_for": "only trials that were terminated, withdrawn or suspended before 2017"}


SOURCE = Source(
    revision=3,
    name="repodb",
    title="repoDB",
    licence="CC-BY-4.0",
    url="https://unmtid-shinyapps.net/shiny/repodb/",
    infores="infores:repodb",
    commercial=True,
    patterns=("repurposing/repodb*.tsv*",),
    beside=(*diseases.PATTERNS, *drugs.PATTERNS),
    read=read,
    partial=_partial,
    declares=_DECLARED,
    notes="A trial may stop for want of money or patients: that it stopped does not say that the drug failed.",
)
