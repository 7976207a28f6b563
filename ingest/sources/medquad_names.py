"""Everyday names of diseases from the topics of MedlinePlus and other NIH pages, as MedQuAD lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, Line, lines
from kg.records import Alias, Quarantined, Record

_LAYOUT = Layout(("focus", "umls_cuis", "semantic_types", "synonyms"))
# UMLS semantic types of diseases and injuries; topics of tests, drugs and advice name none.
_DISEASES = frozenset(("T019", "T037", "T046", "T047", "T048", "T191", "T190", "T020"))
_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9-]{1,6}s?$")
# 'Lice - pubic' is the index form of 'pubic lice'; both ways of naming the first part alone are no names.
_INDEX = re.compile(r"^(.+?) - (.+)$")
_CUI = re.compile(r"C\d{7}$")


def read(inputs: Inputs) -> Iterator[Record]:
    """Names of each topic that is one disease, by its UMLS concept and by the topic's own name."""
    for path in inputs.files:
        rows: list[Line] = []
        for row in lines(inputs, path, _LAYOUT):
            if isinstance(row, Quarantined):
                yield row
            else:
                rows.append(row)
        # A topic's synonym that is a topic of its own is a narrower one.
        topics = {row["focus"].casefold() for row in rows}
        for row in rows:
            kinds = set(row["semantic_types"].split("|"))
            concepts = [c for c in row["umls_cuis"].split("|") if _CUI.match(c)]
            if not kinds & _DISEASES or not row["focus"]:
                continue
            names = [row["focus"], *(n.strip() for n in row["synonyms"].split("|"))]
            meanings = [f"UMLS:{concepts[0]}"] if len(concepts) == 1 else []
            for name in dict.fromkeys(n for text in names for n in _spoken(text)):
                if name != row["focus"] and name.casefold() in topics:
                    continue
                kind = "abbreviation" if _ABBREVIATION.match(name) else "lay"
                for meaning in (*meanings, *([row["focus"]] if name != row["focus"] else [])):
                    yield Alias(name, meaning, kind, "biolink:Disease")


def _spoken(name: str) -> Iterator[str]:
    """A name as it is said."""
    if match := _INDEX.match(name):
        first, second = match.groups()
        yield f"{second} {first}"
    elif name and len(name) <= 60:
        yield name


SOURCE = Source(
    name="medquad_names",
    title="MedQuAD topics and synonyms",
    licence="CC-BY-4.0",
    url="https://github.com/abachaa/MedQuAD",
    infores="infores:medquad",
    commercial=True,
    patterns=("ontology_names/medquad-lay-synonyms*.tsv*",),
    read=read,
)
