"""DDInter: interactions of drugs with their level of severity."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.source import Frame, Inputs, Source
from ingest.tables.interactions import Pairs, pair_records
from kg.records import Record

_PAIRS = Pairs(
    first=("drugbank_a", "drug_a"),
    second=("drugbank_b", "drug_b"),
    level="level",
    levels=("Major", "Moderate", "Minor", "Unknown"),
)


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """One edge a pair. The files at hand are those of some groups of drugs alone, so that nothing is covered: where a
    pair is missing, nobody has said that it does not interact.
    """
    yield from pair_records(inputs, _PAIRS)


SOURCE = Source(
    name="ddinter",
    title="DDInter",
    licence="CC-BY-NC-SA-4.0",
    url="http://ddinter.scbdd.com",
    infores="infores:ddinter",
    patterns=("clinical/ddinter.tsv*",),
    read=read,
    declares=("interacts_with_drug",),
    notes="Only pairs with a drug of the ATC groups A, B, D, H, L, P, R and V: a missing pair says nothing.",
)
