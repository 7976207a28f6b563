"""CPIC: guidelines on how genes change what a drug does, with the strength of each recommendation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.crosswalks import drugs, genes
from ingest.pharmacogenomics import Guideline, guideline_records, papers
from ingest.source import Inputs, Source
from kg.records import Record

# Strongest first; a recommendation of none of them is about no change.
_STRENGTHS = ("Strong", "Moderate", "Optional", "No Recommendation")


def _understood(raw: Any) -> Guideline:
    prefix, _, concept = str(raw["drugid"]).partition(":")
    recommendations = [
        {
            "phenotype": "; ".join(f"{gene} {key}" for gene, key in sorted((r.get("lookupkey") or {}).items())),
            "recommendation": r["drugrecommendation"],
            "strength": r["classification"],
            "population": r.get("population") or "",
        }
        for r in raw["recommendations"] or ()
    ]
    said = {r["strength"] for r in recommendations}
    facts: dict[str, Any] = {
        "guideline": raw["guidelinename"],
        "url": raw["url"],
        "edition": raw.get("cpicVersion"),
        "significance": [f"recommendation: {s.lower()}" for s in _STRENGTHS if s in said][:1],
        "recommendations": recommendations,
        "usage": raw.get("notesonusage"),
    }
    return Guideline(
        raw["drugname"],
        concept if prefix == "RxNorm" else "",
        tuple(raw["genes"]),
        {key: value for key, value in facts.items() if value},
        papers(raw["citations"]),
    )


def read(inputs: Inputs) -> Iterator[Record]:
    """An edge from every gene of a guideline to its drug, with the recommendations by phenotype."""
    yield from guideline_records(inputs, [f for f in inputs.files if f.name.startswith("cpic_")], _understood)


SOURCE = Source(
    name="cpic",
    title="CPIC",
    licence="CC0-1.0",
    url="https://cpicpgx.org",
    infores="infores:cpic",
    commercial=True,
    patterns=("cpic/cpic_*.json*",),
    beside=(*drugs.PATTERNS, *genes.PATTERNS),
    read=read,
)
