"""Forms to time on a real release: one hop, two hops and set operations, their anchors drawn by use from the edges
themselves.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import polars as pl

from kg.logic.forms import And, Direction, Entity, Expr, Having, Hop, Minus, Or
from kg.release.release import Release
from kg.schema import schema
from kg.schema.relations import ANY


class Drawn:
    """Draws forms; the same seed gives the same ones. Anchors are ends of edges drawn at random, so hubs come as often
    as they are linked.
    """

    def __init__(self, release: Release, seed: int = 1) -> None:
        self._random = random.Random(seed)
        edges = release.scan("edges").filter(~pl.col("negated")).select("relation", "subject", "object").collect()
        self._edges = {str(name): rows for (name,), rows in edges.partition_by("relation", as_dict=True).items()}
        self._category = dict(release.read("nodes", ["id", "category"]).iter_rows())

    def ways(self) -> list[tuple[str, Direction]]:
        """Every relation that the release holds, in both directions."""
        return [
            (name, direction)
            for name in self._edges
            if ANY not in (schema().relation(name).subject, schema().relation(name).object)
            for direction in ("in", "out")
        ]

    def anchor(self, relation: str, direction: Direction) -> Entity:
        """A node that the relation leads away from."""
        rows = self._edges[relation]
        identifier = rows["subject" if direction == "out" else "object"][self._random.randrange(len(rows))]
        return Entity(identifier, schema().relation(relation).source(direction))

    def hop(self, relation: str, direction: Direction) -> Hop:
        return Hop(relation, direction, self.anchor(relation, direction))

    def one_hop(self, each: int) -> Iterator[Expr]:
        for relation, direction in self.ways():
            for _ in range(each):
                yield self.hop(relation, direction)

    def two_hops(self, number: int) -> Iterator[Expr]:
        ways = self.ways()
        for _ in range(number):
            first, direction = self._random.choice(ways)
            middle = schema().relation(first).target(direction)
            second, onward = self._random.choice([w for w in ways if schema().relation(w[0]).source(w[1]) == middle])
            yield Hop(second, onward, self.hop(first, direction))

    def set_operations(self, number: int) -> Iterator[Expr]:
        ways = self.ways()
        for _ in range(number):
            relation, direction = self._random.choice(ways)
            target = schema().relation(relation).target(direction)
            into = [w for w in ways if schema().relation(w[0]).target(w[1]) == target]
            left, right = self.hop(relation, direction), self.hop(*self._random.choice(into))
            away = self._random.choice([w for w in ways if schema().relation(w[0]).source(w[1]) == target])
            drawn: list[Expr] = [
                And((left, right)),
                Or((left, right)),
                Minus(left, right),
                Having(left, *away, "at_least", 2),
            ]
            yield self._random.choice(drawn)
