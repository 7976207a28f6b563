"""merges.toml: a person's own word on which identifiers mean the same and which never do; it wins over every source."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ingest.errors import SourceError
from ingest.identity import APART, BY_HAND, EXACT
from ingest.source import Inputs, Source
from kg.records import Quarantined, Record, SameAs
from ontologies.curie import normalise
from ontologies.errors import CurieError

_PREDICATES = {"same": EXACT, "apart": APART}


def read(inputs: Inputs) -> Iterator[Record]:
    """Lists `same` and `apart` of lists of identifiers: `apart = [["MESH:D000001", "DOID:1"]]`.

    Raises `SourceError` for a file that is no TOML or has another key.
    """
    for path in inputs.files:
        shown = inputs.shown(path)
        try:
            told = tomllib.loads(path.read_text("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise SourceError(f"{shown}: is no TOML ({problem}); mend that line") from problem
        for key in told:
            if key not in _PREDICATES:
                raise SourceError(f"{shown}: unknown key {key!r}; write same = [[...]] and apart = [[...]]")
        for key, predicate in _PREDICATES.items():
            for group in told.get(key, []):
                yield from _group(shown, key, predicate, group)


def _group(shown: str, key: str, predicate: str, group: Any) -> Iterator[Record]:
    """The pairs of one list: of identifiers that are apart every pair, of the same ones each with the next."""
    if not isinstance(group, list) or len(group) < 2 or not all(isinstance(i, str) for i in group):
        yield Quarantined(shown, None, f"{key} holds lists of two or more identifiers", str(group))
        return
    try:
        ids = [normalise(i) for i in group]
    except CurieError as problem:
        yield Quarantined(shown, None, str(problem), str(group))
        return
    each = [(a, b) for n, a in enumerate(ids) for b in ids[n + 1 :]] if key == "apart" else pairwise(ids)
    yield from (SameAs(a, b, predicate, BY_HAND) for a, b in each)


SOURCE = Source(
    name="merges",
    title="Own joins (merges.toml)",
    licence="yours",
    url="file:merges.toml",
    infores="infores:own-merges",
    commercial=True,
    patterns=("merges.toml",),
    read=read,
)
