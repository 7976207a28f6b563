"""ONC lists: interactions that must alert, and those that need not interrupt, as expert panels agreed on them."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.source import Frame, Inputs, Source
from ingest.tables.interactions import Pairs, pair_records
from ingest.tables.tsv import Line
from kg.records import Citation, Record

_LISTS = {
    "high-priority": (
        "PMID:22539083",
        "High-priority drug-drug interactions for use in electronic health records",
        2012,
    ),
    "non-interruptive": (
        "PMID:23011124",
        "Drug-drug interactions that should be non-interruptive in order to reduce alert fatigue in electronic "
        "health records",
        2013,
    ),
}
_METHACHOLINE = "DB06709"


def _refused(row: Line) -> str:
    """The published table lists methacholine in its class of salicylates, and every pair spread from it is wrong."""
    of = (row["drugbank_object"], row["drugbank_precipitant"])
    if _METHACHOLINE in of or "methacholine" in (row["object"].casefold(), row["precipitant"].casefold()):
        return "the published table counts methacholine among the salicylates, which it is not"
    return ""


_PAIRS = Pairs(
    first=("drugbank_object", "object"),
    second=("drugbank_precipitant", "precipitant"),
    level="list",
    levels=tuple(_LISTS),
    refused=_refused,
    details=lambda row: {"affected": f"DRUGBANK:{row['drugbank_object']}"},
    cited=lambda row: (_LISTS[row["list"]][0],),
)


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """One edge a pair, with the list as its level, the drugs that are `affected`, and the paper that made the list."""
    yield from pair_records(inputs, _PAIRS)
    for paper, title, year in _LISTS.values():
        yield Citation(paper, title, year, journal="J Am Med Inform Assoc")


SOURCE = Source(
    name="onc_interactions",
    title="ONC interaction lists",
    licence="no licence stated",
    url="https://github.com/dbmi-pitt/public-PDDI-analysis",
    infores="infores:onc-interaction-lists",
    patterns=("clinical/onc-pairs.tsv*",),
    read=read,
    declares=("interacts_with_drug",),
    notes="Lists of consensus: a pair on neither may interact all the same.",
)
