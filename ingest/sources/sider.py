"""SIDER 4: side effects of drugs with their frequencies, and what their labels name as indications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.crosswalks import compounds, diseases
from ingest.crosswalks.compounds import CompoundCrosswalk
from ingest.crosswalks.diseases import DiseaseCrosswalk
from ingest.errors import SourceError
from ingest.literature.documents import PLACEHOLDER
from ingest.sider.serious import criteria
from ingest.sider.tables import Tables, Told
from ingest.source import Frame, Inputs, Source
from ingest.tables.aside import Aside
from ingest.tables.tsv import spared
from kg.records import Edge, Node, Record

_EFFECTS = ("meddra_all_se", "meddra_freq")
_INDICATIONS = "meddra_all_indications"
# Of a patient who has the disease already, not of what the drug is given for.
_CONDITION = {"NLP_precondition"}
Statements = dict[tuple[str, str], Told]


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """A `causes` edge for every drug and preferred term, and `treats_or_applied_or_studied_to_treat` for indications.

    The indications were found in labels by rules about language, misreadings included: they are text-mined, and no
    `treats`. They lead to diseases, not to the side effects of the same concept; a symptom has none and is put aside.
    """
    mapped = CompoundCrosswalk(inputs)
    tables = Tables(inputs, mapped)
    caused: Statements = defaultdict(Told)
    named: Statements = defaultdict(Told)
    own = [f for f in inputs.files if f.name.startswith((*_EFFECTS, _INDICATIONS))]
    # Side effects first: they say which compounds are put under a flat one.
    for path in sorted(own, key=lambda f: (f.name.startswith(_INDICATIONS), f.name)):
        if path.name.startswith(_INDICATIONS):
            rows = tables.indications(path, named)
        else:
            rows = (tables.effects if path.name.startswith("meddra_all_se") else tables.frequencies)(path, caused)
        yield from rows if len(own) == 1 else spared(inputs, path, rows)
    if not caused and not named:
        raise SourceError(f"{inputs.shown(own[0])}: names no drug that is known; put {compounds.PATTERNS[0]} there")
    yield from mapped.problems
    yield from _drugs(mapped, caused, named)
    yield from _effects(caused, tables.names)
    if named:
        yield from _indications(inputs, named, tables.names)
    yield from tables.aside()


def _drugs(mapped: CompoundCrosswalk, *statements: Statements) -> Iterator[Node]:
    for drug in sorted({drug for some in statements for drug, _ in some}):
        yield Node(f"DRUGBANK:{drug}", "biolink:Drug", mapped.names.get(drug, drug), attributes=PLACEHOLDER)


def _effects(caused: Statements, names: Mapping[str, str]) -> Iterator[Node | Edge]:
    for concept in sorted({concept for _, concept in caused}):
        criterion = criteria().get(names[concept].casefold())
        marks = {"seriousness": ["serious", criterion]} if criterion else {}
        yield Node(f"UMLS:{concept}", "biolink:ClinicalFinding", names[concept], attributes=marks)
    for (drug, concept), told in caused.items():
        facts: dict[str, Any] = {"rows": told.rows}
        if told.drug.texts:
            facts["frequency"] = told.drug.told()
        if told.placebo.texts:
            facts["placebo"] = told.placebo.told()
        yield Edge(
            f"DRUGBANK:{drug}",
            "causes",
            f"UMLS:{concept}",
            tier=5,
            agent_type="text_mining_agent",
            attributes=facts,
        )


def _indications(inputs: Inputs, named: Statements, names: Mapping[str, str]) -> Iterator[Record]:
    mapped = DiseaseCrosswalk(inputs)
    yield from mapped.problems
    aside, file = Aside(), next(inputs.shown(f) for f in inputs.files if f.name.startswith(_INDICATIONS))
    edges: dict[tuple[str, str], Told] = defaultdict(Told)
    for (drug, concept), told in named.items():
        disease = mapped.disease(f"UMLS:{concept}", names[concept])
        term = f"{concept}\t{names[concept]}"
        if told.methods <= _CONDITION:
            aside.add(file, "a condition of patients, not said to be an indication", term, told.rows)
        elif disease is None:
            reason = "a term of indications that is no disease of Mondo, the Disease Ontology or MeSH"
            aside.add(file, reason, term, told.rows)
        else:
            edge = edges[drug, disease]
            edge.rows += told.rows
            edge.methods |= told.methods
    yield from (mapped.node(disease) for disease in sorted({disease for _, disease in edges}))
    for (drug, disease), told in edges.items():
        yield Edge(
            f"DRUGBANK:{drug}",
            "treats_or_applied_or_studied_to_treat",
            disease,
            tier=5,
            agent_type="text_mining_agent",
            attributes={"rows": told.rows, "methods": sorted(told.methods)},
        )
    yield from aside.told()


SOURCE = Source(
    revision=4,
    name="sider",
    title="SIDER",
    licence="CC-BY-NC-SA-4.0",
    url="http://sideeffects.embl.de",
    infores="infores:sider",
    patterns=("sider4/meddra_all_se.tsv*", "sider4/meddra_freq.tsv*", "sider4/meddra_all_indications.tsv*"),
    beside=(*compounds.PATTERNS, *diseases.PATTERNS),
    read=read,
    notes="Read from labels by rules about language. Compounds join drugs with their stereochemistry alone; bounds of "
    "'common', 'rare' and the like are SIDER's.",
)
