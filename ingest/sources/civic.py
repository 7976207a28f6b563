"""CIViC: variants of genes in cancer, and drugs to which the response changes with them, with levels of evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.crosswalks import drugs
from ingest.crosswalks.drugs import DrugCrosswalk
from ingest.errors import SourceError
from ingest.literature.documents import PLACEHOLDER
from ingest.source import Frame, Inputs, Source
from ingest.tables.aside import Aside
from ingest.tables.tsv import Layout, Line, lines, spared
from kg.records import Edge, Node, Quarantined, Record

_EVIDENCE = Layout(
    (
        "gene",
        "entrez_id",
        "variant",
        "disease",
        "doid",
        "drugs",
        "drug_interaction_type",
        "evidence_type",
        "evidence_direction",
        "evidence_level",
        "clinical_significance",
        "citation_id",
        "source_type",
        "rating",
        "evidence_status",
        "evidence_id",
        "variant_id",
    )
)
# The last column lists addresses with tabs between them.
_VARIANTS = Layout(
    ("variant_id", "gene", "entrez_id", "variant", "variant_types", "hgvs_expressions", "variant_aliases"), runs_on=True
)
# A is proven, B clinical; C is of single cases, D of models, E inferred.
_TIERS = {"A": 2, "B": 2, "C": 4, "D": 4, "E": 4}
# What a significance says beyond that the response changes.
_NARROWER = {
    "Resistance": "associated_with_resistance_to",
    "Reduced Sensitivity": "associated_with_resistance_to",
    "Sensitivity/Response": "associated_with_sensitivity_to",
}
_SUPPORTS, _DENIES = "Supports", "Does Not Support"
_EMPTY = ("", "N/A", "NONE FOUND")


@dataclass(slots=True)
class _Response:
    """The pieces of evidence on one variant, one relation and one drug."""

    items: list[Mapping[str, Any]] = field(default_factory=list)
    papers: dict[str, None] = field(default_factory=dict)


Responses = dict[tuple[str, str, str], _Response]


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """Variants as nodes tied to their genes, and from predictive evidence to drugs `affects_response_to` edges, with
    those of resistance and of sensitivity beside.

    An edge is negated where all evidence denies it. Evidence on a combination says nothing of
    its parts and is put aside, as are drugs that are classes or regimens.
    """
    named, aside = DrugCrosswalk(inputs), Aside()
    yield from named.problems
    own = [f for f in inputs.files if f.parent.name == "civic"]
    evidence = [f for f in own if "ClinicalEvidenceSummaries" in f.name]
    variants: dict[str, Node] = {}
    responses: Responses = defaultdict(_Response)
    for path in (f for f in own if "VariantSummaries" in f.name):
        yield from spared(inputs, path, _variants(inputs, path, variants))
    if not evidence:
        raise SourceError(f"{inputs.shown(own[0])}: no *ClinicalEvidenceSummaries.tsv beside it; put it there")
    for path in evidence:
        rows = _evidence(inputs, path, (named, aside), (variants, responses))
        yield from rows if len(evidence) == 1 else spared(inputs, path, rows)
    for node in variants.values():
        gene = f"NCBIGene:{node.attributes['gene']}"
        yield node
        yield Node(gene, "biolink:Gene", str(node.attributes["symbol"]), attributes=PLACEHOLDER)
        yield Edge(node.id, "is_variant_of", gene)
    for drug in sorted({drug for _, _, drug in responses}):
        yield Node(f"DRUGBANK:{drug}", "biolink:Drug", named.names.get(drug, drug), attributes=PLACEHOLDER)
    for (variant, relation, drug), response in responses.items():
        yield _edge(variant, relation, drug, response)
    yield from aside.told()


def _variants(inputs: Inputs, path: Path, variants: dict[str, Node]) -> Iterator[Quarantined]:
    """What is put aside of a table of variants, while their nodes are made."""
    for row in lines(inputs, path, _VARIANTS):
        if isinstance(row, Quarantined):
            yield row
        elif not all(row[c].isdecimal() for c in ("variant_id", "entrez_id")) or not row["variant"]:
            yield Quarantined(inputs.shown(path), row.number, "needs variant_id, entrez_id and variant", row.text())
        elif row["variant_id"] in variants:
            yield Quarantined(inputs.shown(path), row.number, "the variant stands twice", row.text())
        else:
            variants[row["variant_id"]] = _variant(row)


def _variant(row: Line) -> Node:
    symbol, aliases = row["gene"], [a for a in row.cells.get("variant_aliases", "").split(",") if a not in _EMPTY]
    numbers = [alias.lower() for alias in aliases if alias[:2].upper() == "RS" and alias[2:].isdecimal()]
    plain = [f"{symbol} {alias.strip()}" for alias in aliases if alias.lower() not in numbers]
    hgvs = [h.strip() for h in row.cells.get("hgvs_expressions", "").split(",") if h.strip() not in _EMPTY]
    facts: dict[str, Any] = {"gene": row["entrez_id"], "symbol": symbol}
    if types := [t for t in row.cells.get("variant_types", "").split(",") if t not in _EMPTY]:
        facts["types"] = types
    return Node(
        f"CIVIC.VID:{row['variant_id']}",
        "biolink:SequenceVariant",
        f"{symbol} {row['variant']}",
        tuple(dict.fromkeys((*plain, *numbers, *hgvs))),
        tuple(f"dbSNP:{number}" for number in numbers),
        facts,
    )


def _evidence(
    inputs: Inputs, path: Path, by: tuple[DrugCrosswalk, Aside], into: tuple[dict[str, Node], Responses]
) -> Iterator[Quarantined]:
    """What is put aside of a table of evidence, while responses are gathered."""
    (named, aside), (variants, responses), shown = by, into, inputs.shown(path)
    for row in lines(inputs, path, _EVIDENCE):
        if isinstance(row, Quarantined):
            yield row
            continue
        if row["evidence_type"] != "Predictive":
            aside.add(shown, "evidence of another type than on the response to drugs", row["evidence_type"])
            continue
        if reason := _wrong(row):
            yield Quarantined(shown, row.number, reason, "\t".join(row.text().split("\t")[:12]))
            continue
        listed = [d for d in row["drugs"].split(",") if d.strip()]
        if len(listed) > 1 and row["drug_interaction_type"] != "Substitutes":
            aside.add(shown, "evidence on a combination or sequence of drugs", row["drugs"])
            continue
        variants.setdefault(row["variant_id"], _variant(row))
        known = [drug for drug in map(named.drug, listed) if drug]
        if not known:
            aside.add(shown, "a name of no one drug of DrugBank", row["drugs"])
        for drug in known:
            narrower = _NARROWER.get(row["clinical_significance"])
            for relation in ("affects_response_to", *((narrower,) if narrower else ())):
                response = responses[row["variant_id"], relation, drug]
                response.items.append(_item(row))
                if row["source_type"] == "PubMed" and row["citation_id"].isdecimal():
                    response.papers[f"PMID:{row['citation_id']}"] = None


def _wrong(row: Line) -> str:
    if row["evidence_status"] != "accepted":
        return f"evidence that is {row['evidence_status'] or 'of no status'}, not accepted"
    if not all(row[c].isdecimal() for c in ("variant_id", "entrez_id")) or not row["drugs"]:
        return "needs variant_id, entrez_id and drugs"
    if row["evidence_level"] not in _TIERS or row["evidence_direction"] not in (_SUPPORTS, _DENIES):
        return f"needs an evidence_level of A to E and an evidence_direction {_SUPPORTS} or {_DENIES}"
    if row["clinical_significance"] in _EMPTY:
        return "does not say how the response changes (clinical_significance)"
    return ""


def _item(row: Line) -> Mapping[str, Any]:
    facts = {
        "id": row["evidence_id"],
        "level": row["evidence_level"],
        "direction": row["evidence_direction"],
        "significance": row["clinical_significance"],
        "disease": f"DOID:{row['doid']}" if row["doid"].isdecimal() else row["disease"],
        "rating": row["rating"],
        "drugs": row["drugs"] if "," in row["drugs"] else "",
    }
    return {key: value for key, value in facts.items() if value}


def _edge(variant: str, relation: str, drug: str, response: _Response) -> Edge:
    supporting = [item for item in response.items if item["direction"] == _SUPPORTS]
    counted = supporting or response.items
    best = min(item["level"] for item in counted)
    return Edge(
        f"CIVIC.VID:{variant}",
        relation,
        f"DRUGBANK:{drug}",
        negated=not supporting,
        tier=_TIERS[best],
        publications=tuple(response.papers),
        attributes={
            "level": best,
            "significance": sorted({str(item["significance"]).lower() for item in counted}),
            "evidence": sorted(response.items, key=lambda item: (item["level"], item["id"])),
        },
    )


SOURCE = Source(
    name="civic",
    title="CIViC",
    licence="CC0-1.0",
    url="https://civicdb.org",
    infores="infores:civic",
    commercial=True,
    patterns=("civic/*ClinicalEvidenceSummaries.tsv*", "civic/*VariantSummaries.tsv*"),
    beside=drugs.PATTERNS,
    read=read,
    notes="Evidence on the response to single drugs alone; levels A (proven) to E (inferred).",
)
