"""Clinical abbreviations with what they stand for, and how often they do where that was counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, lines
from kg.records import Alias, Quarantined, Record

_LAYOUT = Layout(("abbreviation", "long_form", "umls_cui", "frequency_in_source", "source"))
_LONGEST = 10


def read(inputs: Inputs) -> Iterator[Record]:
    """One alias a sense; its weight is the share of the inventories of the abbreviation that list the sense."""
    for path in inputs.files:
        told: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        written: dict[str, str] = {}
        for row in lines(inputs, path, _LAYOUT):
            if isinstance(row, Quarantined):
                yield row
                continue
            short, long = row["abbreviation"], row["long_form"]
            if not short or not long:
                yield Quarantined(inputs.shown(path), row.number, "a row needs abbreviation and long_form", row.text())
            elif 1 < len(short) <= _LONGEST and any(c.isalpha() for c in short):
                told[short.casefold()][long.casefold()].add(row["source"])
                if short != short.lower():
                    written[short.casefold()] = short
        for short, senses in told.items():
            listed = len({source for sources in senses.values() for source in sources})
            shown = written.get(short, short.upper())
            for long, sources in senses.items():
                yield Alias(shown, long, "clinical", weight=len(sources) / listed)


SOURCE = Source(
    name="clinical_abbreviations",
    title="Clinical abbreviations and acronyms",
    licence="CC-BY-4.0",
    url="https://github.com/lisavirginia/clinical-abbreviations",
    infores="infores:clinical-abbreviations",
    commercial=True,
    patterns=("abbreviations/clinical-abbreviations*.tsv*",),
    read=read,
    notes="Rows from Wikipedia are CC BY-SA.",
)
