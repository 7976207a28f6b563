"""For the name of a thing, the name of another that is easily taken for it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache

import polars as pl

from kg.release.release import Release

# Things that share one of these are close: drugs of a class, things that resemble each other.
_CLASS, _ALIKE = "includes", ("drug_resembles", "disease_resembles")


class Neighbours:
    """Names close to a name: of a thing of the same class, else of one that resembles it, else of one spelled alike."""

    def __init__(self, release: Release) -> None:
        nodes = release.read("nodes", ["id", "name", "category"])
        self._by_name = {name: (identifier, kind) for identifier, name, kind in nodes.iter_rows()}
        self._name_of = dict(nodes.select("id", "name").iter_rows())
        self._spelled = {
            str(kind): sorted(set(of["name"])) for (kind,), of in nodes.partition_by("category", as_dict=True).items()
        }
        self._edges = (
            release.scan("edges")
            .filter(pl.col("relation").is_in([_CLASS, *_ALIKE]) & ~pl.col("negated"))
            .select("subject", "relation", "object")
            .collect()
        )
        self.near: Callable[[str], str | None] = lru_cache(maxsize=None)(self._near)

    def _near(self, name: str) -> str | None:
        if name not in self._by_name:
            return None
        identifier, kind = self._by_name[name]
        for node in sorted(self._related(identifier)):
            other = str(self._name_of.get(node, name))
            if other.casefold() != name.casefold():
                return other
        spelled = self._spelled[kind]
        at = bisect_left(spelled, name)
        beside = [n for n in spelled[max(0, at - 1) : at + 2] if n.casefold() != name.casefold()]
        return str(beside[-1]) if beside else None

    def _related(self, identifier: str) -> set[str]:
        edges = self._edges
        classes = edges.filter((pl.col("relation") == _CLASS) & (pl.col("object") == identifier))["subject"]
        members = edges.filter((pl.col("relation") == _CLASS) & pl.col("subject").is_in(classes.implode()))["object"]
        alike = edges.filter(pl.col("relation").is_in(list(_ALIKE)))
        beside = [
            *alike.filter(pl.col("subject") == identifier)["object"],
            *alike.filter(pl.col("object") == identifier)["subject"],
        ]
        return {*members, *beside} - {identifier}
