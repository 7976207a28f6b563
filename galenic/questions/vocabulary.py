"""What a release can be restricted by: values of attributes ('approved', 'chromosome 7'), sources, licences."""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from kg.logic.reading import Vocabulary
from kg.release.release import Release
from kg.schema import schema

# By category: a value in lower case, and the attributes that have it.
Values = Mapping[str, Mapping[str, tuple[str, ...]]]


def values_of(release: Release) -> Values:
    """Every value of every text attribute that the schema declares, by category of node."""
    wanted: dict[str, set[str]] = {}
    for one in schema().attributes.values():
        if one.value == "text":
            wanted.setdefault(one.category, set()).add(one.name)
    said = pl.col("category").is_in(list(wanted)) & (pl.col("attributes") != "")
    rows = release.scan("nodes").select("category", "attributes").filter(said).collect()
    found: dict[str, dict[str, set[str]]] = {category: {} for category in wanted}
    for category, text in rows.iter_rows():
        for name, value in json.loads(text).items():
            if name in wanted[category]:
                for one_value in value if isinstance(value, list) else [value]:
                    found[category].setdefault(str(one_value).casefold(), set()).add(name)
    return {
        category: {value: tuple(sorted(names)) for value, names in values.items()} for category, values in found.items()
    }


def vocabulary_of(release: Release) -> Vocabulary:
    """All that a set of this release can be restricted by."""
    known = release.sources
    titles = {name: str(source["title"]) for name, source in known.items()}
    return Vocabulary(values_of(release), titles, frozenset(str(s["licence"]) for s in known.values()))
