"""DrugCentral: interactions of drugs with their risk, spread from classes of drugs to their members."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.source import Frame, Inputs, Source
from ingest.tables.interactions import Pairs, pair_records
from kg.records import Record

_PAIRS = Pairs(
    first=("drugbank_a", "drug_a"),
    second=("drugbank_b", "drug_b"),
    level="risk",
    levels=("Contraindicated", "Avoid combination", "Critical", "Significant", "Potentially significant"),
)


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """One edge a pair; the lists are of chosen pairs, so that nothing is covered."""
    yield from pair_records(inputs, _PAIRS)


SOURCE = Source(
    name="drugcentral_interactions",
    title="DrugCentral interactions",
    licence="CC-BY-SA-4.0",
    url="https://drugcentral.org",
    infores="infores:drugcentral",
    commercial=True,
    patterns=("clinical/drugcentral-ddi.tsv*",),
    read=read,
    declares=("interacts_with_drug",),
    notes="What is said of two classes is here said of their members. A missing pair says nothing.",
)
