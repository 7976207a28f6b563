"""Logical forms against a graph store: steps of Cypher, each anchored on bound identifiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from kg.errors import QueryTimeout, StoreError
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.logic import compile as cypher_of
from kg.logic.filters import Filter
from kg.logic.forms import (
    All,
    And,
    Direction,
    Entity,
    Expr,
    Having,
    Hop,
    Minus,
    Or,
    TopForm,
    Where,
    category_of,
)
from kg.logic.found import Found, ranked, stronger
from kg.logic.restriction import Evidence
from kg.logic.simplify import simplify
from kg.logic.things import counted_as_things, things
from kg.logic.trail import Clock, Trace
from kg.rank import unranked
from kg.schema import schema
from kg.schema.relations import ANY, Relation
from kg.stores.bolt import GraphStore
from kg.stores.reads import Row
from kg.topology.lineage import Lineage, Terms

MOST_ROWS = 500_000
# A set that small is handed to the next step, so that it looks at nothing else; a larger one costs more to look through
# than it saves.
_FEW = 200
# So many nodes between two steps are not handed over; the store walks both at once.
MANY_BETWEEN = 1_000


# Stands for a node of which only the identifier is asked.
_UNWEIGHED = Found("", "", "")


class Executor:
    """Runs forms on a store; every form gives its whole result or an error.

    `permitted` restricts the evidence that counts; `known` gives title and licence of each source, for filters;
    `seconds`: the limit of everything that this executor runs; `lineage` says what a named term stands for, without it
    each for itself.
    """

    def __init__(
        self,
        store: GraphStore,
        permitted: Permitted = ALL_SOURCES,
        known: Mapping[str, Mapping[str, Any]] | None = None,
        seconds: float | None = None,
        lineage: Lineage | None = None,
    ) -> None:
        self.store, self.lineage = store, lineage
        self.evidence = Evidence(permitted)
        self.known = known or {}
        self.trace = Trace()
        self.clock = Clock(seconds)

    def narrowed(self, filters: Sequence[Filter]) -> Executor:
        """An executor for what stands below a restriction; both keep one trace and one clock."""
        inner = copy(self)
        inner.evidence = self.evidence.narrowed(filters, self.known)
        return inner

    def beneath(self) -> Executor:
        """An executor for what stands behind a step, where no amount is asked; both keep one trace and clock."""
        if not self.evidence.amounts:
            return self
        inner = copy(self)
        inner.evidence = self.evidence.beneath()
        return inner

    def starts(self, hop: Hop) -> list[str]:
        """Identifiers of the nodes that a hop starts from; of named things those that its relation leads on from, or
        one if there are none.
        """
        named = things(hop.of)
        if not named or self.lineage is None:
            return list(self.beneath().ids(hop.of))
        each = (self._tied(thing, hop.relation, hop.direction) for thing in named)
        return list(dict.fromkeys(node for nodes in each for node in nodes)) or [named[0].id]

    def _tied(self, thing: Entity, relation: str, direction: Direction) -> list[str]:
        terms = self.under(thing)
        if self.lineage is None or len(terms) == 1:
            return [thing.id]
        return self.lineage.tied(terms, self.evidence.permitted, relation, direction)

    def of_ontologies(self) -> Executor:
        """An executor for is-a edges, which have no year and are no evidence of a tier; it keeps to the sources."""
        inner = copy(self)
        inner.evidence = Evidence(self.evidence.permitted)
        return inner

    def under(self, entity: Entity) -> Terms:
        """The nodes that an entity stands for, by the is-a edges of the sources that count."""
        if entity.exact or self.lineage is None:
            return Terms(entity.id)
        return self.lineage.under(entity.id, self.evidence.permitted)

    def above(self, entity: Entity) -> tuple[str, ...]:
        """The broader terms that stand for an entity too, nearest first, by the same edges."""
        return () if self.lineage is None else self.lineage.above(entity.id, self.evidence.permitted)

    def run(self, cypher: str, parameters: Mapping[str, object], rows: int = MOST_ROWS) -> list[Row]:
        """Rows of a statement, kept in the trace; what restricts the evidence is bound too."""
        bound = {**parameters, **self.evidence.bound(cypher)}
        try:
            return self.store.run(self.trace.add(cypher), bound, rows=rows, seconds=self.clock.left())
        except QueryTimeout:
            # The store knows its own limit only; where the question's has passed, that one is to be named.
            self.clock.left()
            raise

    def packed(self, cypher: str, parameters: Mapping[str, object]) -> Any:
        """What a statement of `kg.logic.compile` found: its one row's one value; a list of too many is an error, never
        a part.
        """
        value = self.run(cypher, parameters, 1)[0]["found"]
        if isinstance(value, list) and len(value) > MOST_ROWS:
            raise StoreError(f"a step of the question gives {len(value):,} nodes, more than {MOST_ROWS:,}; narrow it")
        return value

    def nodes(self, expr: Expr) -> dict[str, Found]:
        """The nodes that an expression denotes, by id, best evidence first."""
        return {node.id: node for node in ranked(self._eval(simplify(expr), True).values())}

    def ids(self, expr: Expr) -> Collection[str]:
        """Identifiers of an expression's nodes, in no order; nothing is asked where it is a named thing."""
        return list(self.under(expr)) if isinstance(expr, Entity) else self._eval(expr, False).keys()

    def count(self, expr: Expr) -> int:
        """How many nodes an expression denotes."""
        if isinstance(expr, All):
            return int(self.packed(cypher_of.members_counted(expr.category), {}))
        return len(self._eval(simplify(expr), False))

    def exists(self, expr: Expr) -> bool:
        """Whether an expression denotes any node."""
        return self.count(expr) > 0

    def _eval(self, expr: Expr, weigh: bool, within: Collection[str] | None = None) -> dict[str, Found]:
        """The nodes by id, with names and evidence if they are to be weighed; of those not in `within` some may be left
        out.
        """
        match expr:
            case Entity():
                return self.named(self.under(expr))
            case All():
                if within is not None and len(within) <= _FEW:
                    return {
                        key: node for key, node in self.named(within).items() if expr.category in (ANY, node.category)
                    }
                rows = self.packed(cypher_of.members(expr.category, weigh), {})
                return {row[0]: Found(*row) for row in rows} if weigh else dict.fromkeys(rows, _UNWEIGHED)
            case Hop():
                return self._hop(expr, weigh, within)
            case And():
                return self._and(expr.parts, weigh, within)
            case Or():
                joined: dict[str, Found] = {}
                for part in expr.parts:
                    for key, node in self._eval(part, weigh, within).items():
                        joined[key] = stronger(joined.get(key), node)
                return joined
            case Minus():
                left = self._eval(expr.left, weigh, within)
                right = self._eval(expr.right, False, left) if left else {}
                return {key: node for key, node in left.items() if key not in right}
            case Having():
                return self._having(expr, weigh, within)
            case Where():
                return self._where(expr, weigh, within)

    def _and(self, parts: Sequence[Expr], weigh: bool, within: Collection[str] | None) -> dict[str, Found]:
        """Intersection; things that stand for few nodes first, since these are the smallest sets; whole kinds last."""
        ordered = sorted(parts, key=self._size)
        result = self._eval(ordered[0], weigh, within)
        for part in ordered[1:]:
            if not result:
                break
            if isinstance(part, All) and not isinstance(ordered[0], All):
                result = self._of_kind(result, part.category, category_of(ordered[0]))
                continue
            if isinstance(part, Entity):
                terms = self.under(part)
                result = {key: node for key, node in result.items() if key in terms}
                continue
            members = self._eval(part, weigh, result)
            result = {k: stronger(result[k], f) for k, f in members.items() if k in result}
        return result

    def _size(self, part: Expr) -> int:
        """In which order sets are looked at, the ones that are likely small first."""
        if isinstance(part, Entity):
            return 0 if len(self.under(part)) <= _FEW else 2
        return 3 if isinstance(part, All) else 1

    def _of_kind(self, members: dict[str, Found], category: str, known: str) -> dict[str, Found]:
        """Those of a category; asked of the store only where the form itself does not say it."""
        if category == known or cypher_of.label(category) == "Entity":
            return members
        of = {key: member.category for key, member in self.named(members).items()}
        return {key: member for key, member in members.items() if of.get(key) == category}

    def named(self, ids: Iterable[str]) -> dict[str, Found]:
        """Those of the nodes that there are, with name and category."""
        return {row[0]: Found(*row) for row in self.packed(cypher_of.named(), {"ids": list(ids)})}

    def _hop(self, hop: Hop, weigh: bool, within: Collection[str] | None) -> dict[str, Found]:
        relation = schema().relation(hop.relation)
        bound, more = dict[str, list[str]](), self.evidence.condition("r", hop.relation)
        if within is not None and len(within) <= _FEW:
            more += " AND b.id IN $within"
            bound["within"] = list(within)
        if isinstance(hop.of, All):
            cypher = cypher_of.hop(relation, hop.direction, hop.of.category, more, weigh)
        else:
            bound["ids"] = self.starts(hop)
            if not bound["ids"]:
                return {}
            cypher = cypher_of.hop(relation, hop.direction, None, more, weigh)
            if len(bound["ids"]) > MANY_BETWEEN and isinstance(hop.of, Hop) and not isinstance(hop.of.of, All):
                condition = self.evidence.beneath().condition("q")
                first = (schema().relation(hop.of.relation), hop.of.direction, condition)
                cypher = cypher_of.two_hops(first, (relation, hop.direction, more), weigh)
                bound["ids"] = self.beneath().starts(hop.of)
        rows = self.packed(cypher, bound)
        if not weigh:
            return dict.fromkeys(rows, _UNWEIGHED)
        return {key: Found(key, name, category, None, *unranked(rank)) for key, name, category, rank in rows}

    def neighbour_counts(
        self, ids: Collection[str] | str, relation: Relation, direction: Direction, among: Collection[str] | None = None
    ) -> dict[str, int]:
        """How many distinct neighbours each node has, none where it is left out; `ids` may be a category for all of its
        nodes.
        """
        more = self.evidence.condition("r", relation.name)
        start = ids if isinstance(ids, str) else None
        if among is None:
            bound = {} if start else {"ids": list(ids)}
            return dict(self.packed(cypher_of.neighbours_counted(relation, direction, start, more), bound))
        if start or len(among) <= len(ids):
            # From the smaller side: nothing else has to be looked up in a long list.
            counts = self.packed(cypher_of.counted_from_far(relation, direction, start, more), {"ids": list(among)})
            return dict(counts) if start else {key: n for key, n in counts if key in ids}
        wanted = frozenset(among)
        listed = self.packed(cypher_of.neighbours_listed(relation, direction, more), {"ids": list(ids)})
        return {key: n for key, ends in listed if (n := len(wanted.intersection(ends)))}

    def _where(self, where: Where, weigh: bool, within: Collection[str] | None) -> dict[str, Found]:
        below = self.narrowed(where.evidence)._eval(where.of, weigh, within)
        if not below or not where.attributes:
            return below
        passing = self._passing(list(below), where.attributes)
        return {key: node for key, node in below.items() if key in passing}

    def _passing(self, ids: list[str], filters: Sequence[Filter]) -> Collection[str]:
        bound: dict[str, object] = {"ids": ids}
        for number, filter_ in enumerate(filters):
            bound[f"v{number}"] = filter_.value.casefold() if isinstance(filter_.value, str) else filter_.value
        return frozenset(self.packed(cypher_of.passing(filters), bound))

    def _having(self, having: Having, weigh: bool, within: Collection[str] | None) -> dict[str, Found]:
        relation = schema().relation(having.relation)
        among = [] if having.among is None else self._among(having)
        least = 1 if having.comparison in ("every", "only") else having.number
        if isinstance(having.of, All) and least and having.comparison != "at_most":
            # Nobody without a neighbour is asked for: what is counted names the set.
            counts = self._counts(having.of.category, having, among)
            kept = self._holding(having, relation, counts, counts, len(among))
            base = self.named(kept) if weigh else dict.fromkeys(kept, _UNWEIGHED)
        else:
            base = self._eval(having.of, weigh, within)
            if not base:
                return {}
            whole = having.of.category if isinstance(having.of, All) else base.keys()
            counts = self._counts(whole, having, among)
            kept = self._holding(having, relation, base, counts, len(among))
        return {key: base[key]._replace(value=counts.get(key, 0)) for key in kept}

    def _among(self, having: Having) -> Sequence[Collection[str]]:
        """What is counted, each a set of nodes of which one is enough: single nodes, or named things with what they
        stand for.
        """
        assert having.among is not None
        named = counted_as_things(having.among, having.comparison)
        if not named:
            return [(key,) for key in self.beneath()._eval(having.among, False)]
        back = schema().relation(having.relation).back(having.direction)
        each = {frozenset(self.under(thing)): thing for thing in named}
        single = [key for nodes in each if len(nodes) == 1 for key in nodes]
        there = self.named(single) if single else {}
        return [
            nodes if len(nodes) == 1 else frozenset(self._tied(thing, having.relation, back))
            for nodes, thing in each.items()
            if len(nodes) > 1 or not nodes.isdisjoint(there)
        ]

    def _counts(self, whole: Collection[str] | str, having: Having, among: Sequence[Collection[str]]) -> dict[str, int]:
        """How many neighbours each node has, or how many of the sets `among` it has a neighbour in."""
        relation = schema().relation(having.relation)
        if having.among is None:
            return self.neighbour_counts(whole, relation, having.direction)
        single = {key for group in among for key in group}
        if all(len(group) == 1 for group in among) and len(single) == len(among):
            return self.neighbour_counts(whole, relation, having.direction, single)
        counts: Counter[str] = Counter()
        for group in among:
            counts.update(
                key for key, n in self.neighbour_counts(whole, relation, having.direction, group).items() if n
            )
        return counts

    def has(self, thing: Entity, having: Having) -> bool:
        """Whether a thing has so many neighbours when all that it stands for is taken as one node."""
        near = frozenset(self.ids(Hop(having.relation, having.direction, thing)))
        among = [(key,) for key in near] if having.among is None else self._among(having)
        count = sum(not near.isdisjoint(group) for group in among)
        match having.comparison:
            case "at_least":
                return count >= having.number
            case "at_most":
                return count <= having.number
            case "exactly":
                return count == having.number
            case "every":
                return count == len(among) > 0
            case "only":
                return count == len(near) > 0

    def _holding(
        self, having: Having, relation: Relation, keys: Iterable[str], counts: Mapping[str, int], wanted: int
    ) -> list[str]:
        match having.comparison:
            case "at_least":
                return [key for key in keys if counts.get(key, 0) >= having.number]
            case "at_most":
                return [key for key in keys if counts.get(key, 0) <= having.number]
            case "exactly":
                return [key for key in keys if counts.get(key, 0) == having.number]
            case "every":
                return [key for key in keys if counts.get(key, 0) == wanted > 0]
            case "only":
                some = [key for key in keys if counts.get(key)]
                whole = self.neighbour_counts(some, relation, having.direction) if some else {}
                return [key for key in some if counts[key] == whole.get(key)]

    def top(self, form: TopForm) -> list[Found]:
        """The nodes with the most (fewest) neighbours, ties with the last one kept."""
        relation = schema().relation(form.relation)
        of = simplify(form.of)
        base = None if isinstance(of, All) else self._eval(of, False)
        if base is not None and not base:
            return []
        ids: Collection[str] | str = of.category if isinstance(of, All) else (base or {}).keys()
        counts = self.narrowed(form.filters).neighbour_counts(ids, relation, form.direction)
        order = sorted(counts.items(), key=lambda item: (-item[1] if form.most else item[1], item[0]))
        if len(order) > form.k:
            last = order[form.k - 1][1]
            order = [item for item in order if (item[1] >= last if form.most else item[1] <= last)]
        names = self.named([key for key, _ in order]) if order else {}
        return [names[key]._replace(value=n) for key, n in order]
