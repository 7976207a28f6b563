"""Logical forms over a release's topology, without a database: the measure that every engine's answers are held to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from kg.errors import FormError
from kg.evidence.amounts import Range, highest, range_of
from kg.evidence.only import Only
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.logic.filters import Filter
from kg.logic.forms import (
    All,
    And,
    CompareForm,
    CountForm,
    Direction,
    Entity,
    ExistsForm,
    Expr,
    Form,
    Having,
    Hop,
    ListForm,
    Minus,
    Or,
    TopForm,
    Where,
)
from kg.logic.things import counted_as_things
from kg.release.release import Release
from kg.release.years import edge_years
from kg.schema import schema
from kg.schema.relations import ANY, Attribute
from kg.topology.errors import UnknownNode
from kg.topology.lineage import Lineage
from kg.topology.topology import Indices, Topology

_NOTHING = np.zeros(0, np.int64)
_TESTS: Mapping[str, Callable[[Any, Any], Any]] = {"=": np.equal, "<=": np.less_equal, ">=": np.greater_equal}
_YEARS = range(1, 10_000)
_TIERS = range(10)


@dataclass(frozen=True, slots=True)
class _Passing:
    """Which edges count so far: values that every filter let through."""

    tiers: frozenset[int] = frozenset(_TIERS)
    permitted: Permitted = ALL_SOURCES
    years: frozenset[int] | None = None
    amounts: tuple[Filter, ...] = ()

    def beneath(self) -> _Passing:
        """What passes behind a step: amounts are asked of its own edges alone."""
        return replace(self, amounts=())

    def only(self) -> Only:
        """The same for the topology; tests are of one value or of a bound, so what passes has no gap."""
        if not self.tiers or self.years == frozenset():
            return Only(Permitted(frozenset()))
        return Only(
            self.permitted,
            (min(self.tiers), max(self.tiers)),
            None if self.years is None else (min(self.years), max(self.years)),
        )


def _said_of(source: str, facts: Mapping[str, Any], field: str) -> set[str]:
    """What a filter may say of a source, in lower case: its name or title, or its licence."""
    return {source.casefold(), facts["title"].casefold()} if field == "source" else {facts["licence"].casefold()}


def _lies(found: Range, filter_: Filter) -> bool:
    """Whether a range lies on the side of a value as a whole."""
    wanted = float(filter_.value)
    return (filter_.test == "<=" or found.lower >= wanted) and (filter_.test == ">=" or found.upper <= wanted)


class Evaluator:
    """Answers forms from the arrays of one release, with its own reading of every operation.

    An identifier that the release does not hold denotes nothing. Sets are arrays of
    ascending node numbers. `permitted` restricts the evidence that counts.
    """

    def __init__(self, topology: Topology, release: Release, permitted: Permitted = ALL_SOURCES) -> None:
        release.refuse_other("topology", topology.facts["release"])
        self.topology, self.release, self.lineage = topology, release, Lineage(topology)
        self._start = _Passing(permitted=permitted)

    def answer(self, form: Form) -> Any:
        """What a form gives: identifiers in ascending order, a number, yes or no, two numbers, or (identifier,
        number) best first.

        Raises `FormError` for forms that do not denote a set of nodes.
        """
        match form:
            case ListForm():
                return self.nodes(form.of)
            case CountForm():
                return len(self.nodes(form.of))
            case ExistsForm():
                return bool(self.nodes(form.of))
            case CompareForm():
                return len(self.nodes(form.left)), len(self.nodes(form.right))
            case TopForm():
                return self.top(form)
            case _:
                raise FormError(f"{type(form).__name__} does not denote a set of nodes")

    def nodes(self, expr: Expr) -> list[str]:
        """Identifiers of the nodes that an expression denotes, ascending."""
        return sorted(self.topology.id(int(n)) for n in self._eval(expr, self._start))

    def counted(self, having: Having) -> dict[str, int]:
        """Of each node of the set how many neighbours were counted."""
        counts = self._having(having, self._start)
        return {self.topology.id(int(n)): int(k) for n, k in zip(*counts, strict=True)}

    def top(self, form: TopForm) -> list[tuple[str, int]]:
        """The nodes with the most (fewest) neighbours and their number, ties with the last one kept, equals by
        identifier.
        """
        base = self._eval(form.of, self._start)
        counts = self._counts(base, form.relation, form.direction, None, self._narrowed(self._start, form.filters))
        some = [(self.topology.id(int(n)), int(k)) for n, k in zip(base, counts, strict=True) if k]
        some.sort(key=lambda pair: (-pair[1] if form.most else pair[1], pair[0]))
        if len(some) <= form.k:
            return some
        last = some[form.k - 1][1]
        return [pair for pair in some if (pair[1] >= last if form.most else pair[1] <= last)]

    def _eval(self, expr: Expr, passing: _Passing) -> Indices:
        match expr:
            case Entity():
                return self._entity(expr, passing)
            case All():
                return (
                    np.arange(len(self.topology))
                    if expr.category == ANY
                    else np.arange(*self.topology.category_range(expr.category))
                )
            case Hop():
                return self._hop(expr, passing)
            case And():
                nodes = self._eval(expr.parts[0], passing)
                for part in expr.parts[1:]:
                    nodes = np.asarray(np.intersect1d(nodes, self._eval(part, passing), assume_unique=True))
                return nodes
            case Or():
                return np.asarray(np.unique(np.concatenate([self._eval(part, passing) for part in expr.parts])))
            case Minus():
                return np.asarray(
                    np.setdiff1d(self._eval(expr.left, passing), self._eval(expr.right, passing), assume_unique=True)
                )
            case Having():
                return self._having(expr, passing)[0]
            case Where():
                nodes = self._eval(expr.of, self._narrowed(passing, expr.evidence))
                for filter_ in expr.attributes:
                    nodes = np.intersect1d(nodes, self._passing(filter_), assume_unique=True)
                return nodes

    def _entity(self, entity: Entity, passing: _Passing) -> Indices:
        terms = [entity.id] if entity.exact else self.lineage.under(entity.id, passing.permitted)
        try:
            return np.sort(self.topology.indices(terms))
        except UnknownNode:
            return _NOTHING

    def _hop(self, hop: Hop, passing: _Passing) -> Indices:
        near = self._eval(hop.of, passing.beneath())
        if self._of_amounts(hop.relation, passing):
            start, end = self._ends(hop.relation, hop.direction, passing)
            nodes = np.unique(end[np.isin(start, near)])
        else:
            nodes = self.topology.neighbours(hop.relation, hop.direction, near, passing.only())
        return np.asarray(nodes[self._of_kind(schema().relation(hop.relation).target(hop.direction), nodes)])

    def _of_kind(self, category: str, nodes: Indices) -> Any:
        """Which nodes are of a category itself: chemicals that stand where drugs do are none."""
        if category == ANY:
            return np.ones(len(nodes), bool)
        low, high = self.topology.category_range(category)
        return (nodes >= low) & (nodes < high)

    def _counts(
        self, nodes: Indices, relation: str, direction: Direction, among: Indices | None, passing: _Passing
    ) -> Indices:
        target = schema().relation(relation).target(direction)
        wanted = np.arange(len(self.topology)) if target == ANY else np.arange(*self.topology.category_range(target))
        if among is not None:
            wanted = np.intersect1d(wanted, among, assume_unique=True)
        if self._of_amounts(relation, passing):
            start, end = self._ends(relation, direction, passing)
            start = start[np.isin(end, wanted)]
            return np.array([np.count_nonzero(start == node) for node in nodes], np.int64)
        return self.topology.neighbour_counts(relation, direction, nodes, passing.only(), wanted)

    @staticmethod
    def _of_amounts(relation: str, passing: _Passing) -> list[Filter]:
        """The tests of amounts that edges of a relation must pass."""
        return [f for f in passing.amounts if schema().amounts[f.field].relation == relation]

    def _ends(self, relation: str, direction: Direction, passing: _Passing) -> tuple[Indices, Indices]:
        """Every pair of nodes, once, that an edge of a relation joins whose amounts pass: read from the release."""
        wanted, pairs = self._of_amounts(relation, passing), set[tuple[str, str]]()
        for subject, object_, tier, sources, year, said in self._stated[relation]:
            known = {n: [a for a in said if range_of(a["attributes"], n)] for n in {f.field for f in wanted}}
            fits = tier in passing.tiers and any(map(passing.permitted.lets_in, sources))
            fits = fits and (passing.years is None or year in passing.years)
            for filter_ in wanted:
                stating = known[filter_.field]
                found = highest(range_of(a["attributes"], filter_.field) for a in stating)
                fits = fits and any(passing.permitted.lets_in(a["source"]) for a in stating)
                fits = fits and found is not None and _lies(found, filter_)
            if fits:
                pairs.add((subject, object_) if direction == "out" else (object_, subject))
        return (
            self.topology.indices(start for start, _ in pairs),
            self.topology.indices(end for _, end in pairs),
        )

    @cached_property
    def _stated(self) -> dict[str, list[Any]]:
        """By relation that has an amount its edges that are not negated, with all that is said of them."""
        columns = ["subject", "object", "tier", "sources", "year", "assertions"]
        rows = self.release.scan("edges").join(edge_years(self.release).lazy(), on="id", how="left")
        return {
            amount.relation: rows.filter((pl.col("relation") == amount.relation) & ~pl.col("negated"))
            .select(columns)
            .collect()
            .rows()
            for amount in schema().amounts.values()
        }

    def _having(self, having: Having, passing: _Passing) -> tuple[Indices, Indices]:
        base = self._eval(having.of, passing)
        among = None if having.among is None else self._eval(having.among, passing.beneath())
        counts = self._counts(base, having.relation, having.direction, among, passing)
        whole = 0 if among is None else len(among)
        if having.among is not None and (named := counted_as_things(having.among, having.comparison)):
            each = {tuple(self._entity(entity, passing).tolist()) for entity in named} - {()}
            some = [
                self._counts(base, having.relation, having.direction, np.array(nodes), passing) > 0 for nodes in each
            ]
            counts, whole = np.sum(some, axis=0, dtype=np.int64) if some else np.zeros_like(counts), len(each)
        match having.comparison:
            case "at_least":
                holds = counts >= having.number
            case "at_most":
                holds = counts <= having.number
            case "exactly":
                holds = counts == having.number
            case "every":
                holds = (counts > 0) & (counts == whole)
            case "only":
                holds = (counts > 0) & (counts == self._counts(base, having.relation, having.direction, None, passing))
        return base[holds], counts[holds]

    def _narrowed(self, passing: _Passing, filters: Sequence[Filter]) -> _Passing:
        tiers, permitted, years = passing.tiers, passing.permitted, passing.years
        amounts = tuple(f for f in filters if f.is_amount)
        for filter_ in (f for f in filters if not f.is_amount):
            if filter_.field in ("source", "licence"):
                fits = {
                    s
                    for s, facts in self.release.sources.items()
                    if str(filter_.value).casefold() in _said_of(s, facts, filter_.field)
                }
                permitted = permitted.narrowed(fits)
            else:
                test = _TESTS[filter_.test]
                if filter_.field == "tier":
                    tiers = frozenset(t for t in tiers if test(t, filter_.value))
                else:
                    years = frozenset(y for y in (_YEARS if years is None else years) if test(y, filter_.value))
        return _Passing(tiers, permitted, years, (*passing.amounts, *amounts))

    def _passing(self, filter_: Filter) -> Indices:
        """The nodes of which an attribute passes; the release's own values are read, not what a store holds."""
        attribute = schema().attributes[filter_.field]
        wanted = filter_.value.casefold() if isinstance(filter_.value, str) else filter_.value
        nodes = [
            identifier
            for identifier, values in self._values(attribute).items()
            if any(_TESTS[filter_.test](value, wanted) for value in values)
        ]
        return np.sort(self.topology.indices(nodes)) if nodes else _NOTHING

    @cached_property
    def _attributes(self) -> pl.DataFrame:
        wanted = {a.category for a in schema().attributes.values()}
        return (
            self.release.scan("nodes")
            .select("id", "category", "attributes")
            .filter(pl.col("category").is_in(wanted) & (pl.col("attributes") != ""))
            .collect()
        )

    def _values(self, attribute: Attribute) -> dict[str, list[Any]]:
        by_node: dict[str, list[Any]] = {}
        for identifier, category, text in self._attributes.iter_rows():
            value = json.loads(text).get(attribute.name) if category == attribute.category else None
            if value is not None:
                values = value if attribute.list else [value]
                by_node[identifier] = [str(v).casefold() if attribute.value == "text" else float(v) for v in values]
        return by_node
