"""Random well-typed forms over the nodes of a release, for tests that hold several ways of answering against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from hypothesis import strategies as st

from kg.logic.expressions import last_steps
from kg.logic.forms import (
    All,
    And,
    CompareForm,
    CountForm,
    Direction,
    Entity,
    ExistsForm,
    Expr,
    Filter,
    Form,
    Having,
    Hop,
    ListForm,
    Minus,
    Or,
    TopForm,
    Where,
)
from kg.release.release import Release
from kg.schema import schema
from kg.schema.relations import ANY

SHARES = [0, 0.001, 0.01, 0.05, 0.1, 0.3, 1]
UNKNOWN = "TEST:not-in-any-release"
_DIRECTIONS: tuple[Direction, Direction] = ("in", "out")


@dataclass(frozen=True)
class Vocabulary:
    """What forms may speak of: nodes by category (linked ones more often), relations that the release holds, sources, years."""

    nodes: dict[str, list[str]]
    ways: dict[str, list[tuple[str, Direction, str]]]
    sources: list[str]
    licences: list[str]

    @classmethod
    def of(cls, release: Release) -> Vocabulary:
        edges = release.scan("edges").filter(~pl.col("negated")).select("subject", "relation", "object").collect()
        held = set(edges["relation"].unique())
        linked = (
            pl.concat([edges["subject"], edges["object"]])
            .value_counts()
            .sort("count", "subject", descending=[True, False])["subject"]
            .to_list()[:400]
        )
        nodes: dict[str, list[str]] = {}
        for identifier, category in release.read("nodes", ["id", "category"]).sort("id").iter_rows():
            nodes.setdefault(category, []).append(identifier)
        often = set(linked)
        nodes = {category: [i for i in ids if i in often] * 3 + ids[:200] for category, ids in nodes.items()}
        ways: dict[str, list[tuple[str, Direction, str]]] = {}
        for relation in schema().relations.values():
            for direction in _DIRECTIONS:
                if relation.name in held:
                    ways.setdefault(relation.target(direction), []).append(
                        (relation.name, direction, relation.source(direction))
                    )
        return cls(
            nodes,
            ways,
            sorted({*release.sources, *(s["title"] for s in release.sources.values())}),
            sorted({s["licence"] for s in release.sources.values()}),
        )

    def reachable(self) -> list[str]:
        """Categories that some relation leads to, and that have nodes."""
        return [c for c in self.ways if self.nodes.get(c)]

    def from_(self, category: str) -> list[tuple[str, Direction, str]]:
        """Relations that start from a category, with what they lead to."""
        return [
            (name, d, target) for target, ways in self.ways.items() for name, d, source in ways if source == category
        ]


@st.composite
def entities(draw: Any, words: Vocabulary, category: str) -> Entity:
    if draw(st.integers(0, 30)) == 30:
        return Entity(UNKNOWN, category)
    return Entity(draw(st.sampled_from(words.nodes[category])), category, draw(st.integers(0, 3)) == 3)


@st.composite
def filters(draw: Any, words: Vocabulary, category: str, steps: Sequence[str] = ()) -> Filter:
    """A test of nodes of a category, or of the edges of the relations by which they are reached."""
    own = [a.name for a in schema().attributes.values() if a.category == category]
    amounts = [a.name for a in schema().amounts.values() if a.relation in steps]
    field = draw(st.sampled_from(["tier", "source", "licence", "year", *own, *amounts * 4]))
    if field in amounts:
        return Filter(field, draw(st.sampled_from(["=", "<=", ">="])), draw(st.sampled_from(SHARES)))
    match field:
        case "tier":
            return Filter("tier", draw(st.sampled_from(["=", "<=", ">="])), draw(st.integers(1, 6)))
        case "source":
            return Filter("source", "=", draw(st.sampled_from([*words.sources, "nobody"])))
        case "licence":
            return Filter("licence", "=", draw(st.sampled_from([*words.licences, words.licences[0].upper()])))
        case "year":
            return Filter(
                "year",
                draw(st.sampled_from(["=", "<=", ">="])),
                draw(st.sampled_from([1990, 1999.5, 2008, 2015, 2030])),
            )
    attribute = schema().attributes[field]
    if attribute.value == "number":
        return Filter(field, draw(st.sampled_from(["=", "<=", ">="])), draw(st.sampled_from([0.5, 2, 8, 24.0, 100])))
    return Filter(
        field, "=", draw(st.sampled_from(["approved", "Approved", "experimental", "1", "X", "Humans", "C10AA05"]))
    )


@st.composite
def expressions(draw: Any, words: Vocabulary, category: str, depth: int = 3) -> Expr:
    """Nodes of a category."""
    ways = words.ways.get(category, [])
    if category not in words.nodes or (depth and ways and draw(st.integers(0, 9)) < 5):
        name, direction, source = draw(st.sampled_from(ways))
        return Hop(name, direction, draw(starts(words, source, depth - 1)))
    kinds = (
        ["entity", "some"] if depth <= 0 or not ways else ["entity", "some", "and", "or", "minus", "having", "where"]
    )
    match draw(st.sampled_from(kinds)):
        case "entity":
            return draw(entities(words, category))
        case "some":
            return Or(tuple(draw(st.lists(entities(words, category), min_size=1, max_size=4))))
        case "and":
            return And(tuple(draw(st.lists(expressions(words, category, depth - 1), min_size=1, max_size=3))))
        case "or":
            return Or(tuple(draw(st.lists(expressions(words, category, depth - 1), min_size=1, max_size=3))))
        case "minus":
            return Minus(draw(starts(words, category, depth - 1)), draw(expressions(words, category, depth - 1)))
        case "having":
            return draw(havings(words, category, depth))
        case _:
            of = draw(starts(words, category, depth - 1))
            drawn = st.lists(filters(words, category, last_steps(of)), min_size=1, max_size=2)
            return Where(of, tuple(draw(drawn)))


@st.composite
def starts(draw: Any, words: Vocabulary, category: str, depth: int) -> Expr:
    """An expression, or now and then a whole kind."""
    if category == ANY:
        return draw(entities(words, draw(st.sampled_from(words.reachable()))))
    return All(category) if draw(st.integers(0, 7)) == 7 else draw(expressions(words, category, max(depth, 0)))


@st.composite
def havings(draw: Any, words: Vocabulary, category: str, depth: int) -> Expr:
    ways = [w for w in words.from_(category) if words.nodes.get(w[2])]
    if not ways:
        return draw(entities(words, category))
    name, direction, target = draw(st.sampled_from(ways))
    of = draw(starts(words, category, depth - 1))
    comparison = draw(st.sampled_from(["at_least", "at_most", "exactly", "every", "only"]))
    among = (
        draw(expressions(words, target, depth - 1)) if comparison in ("every", "only") or draw(st.booleans()) else None
    )
    return Having(
        of, name, direction, comparison, 0 if comparison in ("every", "only") else draw(st.integers(0, 4)), among
    )


@st.composite
def forms(draw: Any, words: Vocabulary, depth: int = 3) -> Form:
    category = draw(st.sampled_from(words.reachable()))
    match draw(st.sampled_from(["list", "list", "list", "count", "exists", "compare", "top"])):
        case "list":
            return ListForm(draw(starts(words, category, depth)))
        case "count":
            return CountForm(draw(starts(words, category, depth)))
        case "exists":
            return ExistsForm(draw(expressions(words, category, depth)))
        case "compare":
            return CompareForm(
                draw(expressions(words, category, depth - 1)), draw(expressions(words, category, depth - 1))
            )
        case _:
            ways = words.from_(category)
            if not ways:
                return CountForm(draw(expressions(words, category, depth)))
            name, direction, _ = draw(st.sampled_from(ways))
            counted = tuple(f for f in draw(st.lists(filters(words, category, [name]), max_size=2)) if f.of_edges)
            return TopForm(
                draw(st.integers(1, 5)),
                draw(starts(words, category, depth)),
                name,
                direction,
                draw(st.booleans()),
                counted,
            )
