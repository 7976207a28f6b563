"""How many nodes and relationships a graph has, so that the check knows how long a list of them is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.cypher.vocabulary import kinds, types
from kg.schema import schema

if TYPE_CHECKING:
    from kg.release.release import Release

# What a graph is taken to have of which nothing is known.
_NODES, _EDGES = 3_000, 20_000
# Neighbours that a node is taken to have over named relationship types and over all.
_NAMED, _ANY = 200, 3_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """Nodes by label and relationships by type.

    >>> Sizes({"Drug": 2, "Gene": 5}, {"BINDS": 7}).nodes_of({"Drug", "Gene"})
    7
    """

    nodes: Mapping[str, int]
    edges: Mapping[str, int]

    @classmethod
    def of(cls, release: Release) -> Sizes:
        """The sizes of a release, counted from its tables."""
        import polars as pl

        labels = {category: kind.label for category, kind in schema().kinds.items()}
        label = pl.col("category").replace_strict(labels, default="NamedThing").alias("name")
        name = pl.col("relation").str.to_uppercase()
        type_ = pl.when("negated").then(pl.lit("NOT_") + name).otherwise(name).alias("name")
        nodes = release.scan("nodes").group_by("category").len().select(label, "len").group_by("name").sum()
        edges = release.scan("edges").group_by("relation", "negated").len().select(type_, "len")
        return cls(
            MappingProxyType(dict(nodes.collect().iter_rows())), MappingProxyType(dict(edges.collect().iter_rows()))
        )

    def nodes_of(self, labels: Iterable[str]) -> int:
        """How many nodes have one of these labels, at least one."""
        return max(sum(self.nodes.get(label, 0) for label in labels), 1)

    def edges_of(self, names: Iterable[str]) -> int:
        """How many relationships have one of these types, at least one."""
        return max(sum(self.edges.get(name, 0) for name in names), 1)

    def neighbours(self, names: Iterable[str], named: bool) -> int:
        """How many neighbours a node is taken to have over relationships of these types; `named`: whether the query
        says which.
        """
        return min(self.edges_of(names), _NAMED if named else _ANY)


def usual() -> Sizes:
    """What is taken for the sizes of a graph of which nothing is known."""
    return Sizes(MappingProxyType(dict.fromkeys(kinds(), _NODES)), MappingProxyType(dict.fromkeys(types(), _EDGES)))
