"""DPWG: guidelines of the Dutch Pharmacogenetics Working Group, as PharmGKB annotates them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from ingest.crosswalks import drugs, genes
from ingest.pharmacogenomics import Guideline, guideline_records, papers
from ingest.source import Inputs, Source
from kg.records import Record

_TAG = re.compile(r"<[^>]+>")
_CHANGES = {"Yes": "a change of therapy", "Possibly": "possibly a change of therapy", "No": "no change of therapy"}


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _understood(raw: Any) -> Guideline:
    told = raw["guideline"]
    (drug,) = told["relatedChemicals"]
    recommendations = [
        {
            "phenotype": group["name"],
            "recommendation": _plain(group["recommendation"]["html"]) if group.get("recommendation") else "",
            "change": group["rxChangeStatus"]["term"] if group.get("rxChangeStatus") else "",
        }
        for group in raw["annotationGroups"]
    ]
    said = {r["change"] for r in recommendations}
    facts: dict[str, Any] = {
        "guideline": told["name"],
        "url": told["url"],
        "edition": told.get("version"),
        "significance": [f"recommendation: {text}" for change, text in _CHANGES.items() if change in said][:1],
        "recommendations": recommendations,
    }
    return Guideline(
        drug["name"],
        "",
        tuple(gene["symbol"] for gene in told["relatedGenes"]),
        {key: value for key, value in facts.items() if value},
        papers(raw.get("citations")),
    )


def read(inputs: Inputs) -> Iterator[Record]:
    """An edge from every gene of a guideline to its drug, with what changes for each phenotype."""
    yield from guideline_records(inputs, [f for f in inputs.files if f.name.startswith("dpwg_")], _understood)


SOURCE = Source(
    name="dpwg",
    title="DPWG guidelines",
    licence="CC-BY-SA-4.0",
    url="https://www.pharmgkb.org/page/dpwg",
    infores="infores:dpwg",
    commercial=True,
    patterns=("cpic/dpwg_*.json*",),
    beside=(*drugs.PATTERNS, *genes.PATTERNS),
    read=read,
    notes="As PharmGKB annotates them.",
)
