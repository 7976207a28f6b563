"""Logical forms against a graph store: steps of Cypher, each anchored on bound identifiers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.errors import FormError
from kg.logic.forms import All, And, CompareForm, CountForm, Entity, ExistsForm, Expr, Having, Hop, ListForm, Minus, Or, TopForm, category_of
from kg.schema import schema
from kg.schema.relations import ANY, Relation
from kg.stores.bolt import GraphStore, Row

Countable = ListForm | CountForm | ExistsForm | CompareForm | TopForm


@dataclass(frozen=True, slots=True)
class Found:
    """A node of a result with its weight of evidence: best tier, sources and publications of its best edge."""

    id: str
    name: str
    category: str
    value: float | bool | None = None
    tier: int = 9
    n_sources: int = 0
    n_publications: int = 0


@dataclass(slots=True)
class Trace:
    """The Cypher that ran, for 'how this was found'."""

    cypher: list[str] = field(default_factory=list)

    def add(self, text: str) -> str:
        """Keep a statement once."""
        if text not in self.cypher:
            self.cypher.append(text)
        return text


def arrow(relation: Relation, direction: str, variable: str = "r", negated: bool = False) -> str:
    """The relationship part of a pattern that leads from the anchor to the target."""
    kind = f"[{variable}:{'NOT_' if negated else ''}{relation.type}]"
    if relation.symmetric:
        return f"-{kind}-"
    return f"-{kind}->" if direction == "out" else f"<-{kind}-"


def label(category: str) -> str:
    """The graph label of a category."""
    return "Entity" if category == ANY else schema().kind(category).label


def permitted(variable: str, sources: Collection[str] | None) -> str:
    """The condition that an edge rests on a permitted source."""
    return f" AND any(s IN {variable}.sources WHERE s IN $sources)" if sources is not None else ""


class Executor:
    """Runs forms on a store. `sources` restricts the evidence that counts; None lets all in."""

    def __init__(self, store: GraphStore, sources: Collection[str] | None = None) -> None:
        self.store = store
        self.sources = sorted(sources) if sources is not None else None
        self.trace = Trace()

    def run(self, cypher: str, parameters: Mapping[str, object], rows: int = 500_000) -> list[Row]:
        """Rows of a statement, kept in the trace; `$sources` is bound where the evidence is restricted."""
        bound = dict(parameters)
        if self.sources is not None:
            bound["sources"] = self.sources
        return self.store.run(self.trace.add(cypher), bound, rows=rows)

    def nodes(self, expr: Expr) -> dict[str, Found]:
        """The nodes that an expression denotes, by id, best evidence first."""
        category_of(expr)
        return {found.id: found for found in ranked(self._eval(expr).values())}

    def _eval(self, expr: Expr) -> dict[str, Found]:
        match expr:
            case Entity():
                return self._named([expr.id])
            case All():
                cypher = f"MATCH (b:{label(expr.category)}) RETURN b.id AS id, b.name AS name, b.category AS category"
                return {r["id"]: Found(r["id"], r["name"], r["category"]) for r in self.run(cypher, {})}
            case Hop():
                return self._hop(expr)
            case And():
                return self._and(expr.parts)
            case Or():
                joined: dict[str, Found] = {}
                for part in expr.parts:
                    for key, found in self._eval(part).items():
                        joined[key] = _stronger(joined.get(key), found)
                return joined
            case Minus():
                left = self._eval(expr.left)
                right = self._eval(expr.right) if left else {}
                return {key: found for key, found in left.items() if key not in right}
            case Having():
                return self._having(expr)

    def _and(self, parts: Sequence[Expr]) -> dict[str, Found]:
        """Intersection; entities first, since they are the smallest sets."""
        ordered = sorted(parts, key=lambda p: (not isinstance(p, Entity), isinstance(p, All)))
        result: dict[str, Found] | None = None
        for part in ordered:
            if result is not None and isinstance(part, All):
                result = {k: f for k, f in result.items() if part.category in (f.category, ANY)}
                continue
            found = self._eval(part)
            result = found if result is None else {k: _stronger(result[k], f) for k, f in found.items() if k in result}
            if not result:
                return {}
        return result or {}

    def _named(self, ids: Iterable[str]) -> dict[str, Found]:
        cypher = "MATCH (b:Entity) WHERE b.id IN $ids RETURN b.id AS id, b.name AS name, b.category AS category"
        return {r["id"]: Found(r["id"], r["name"], r["category"]) for r in self.run(cypher, {"ids": list(ids)})}

    def _hop(self, hop: Hop) -> dict[str, Found]:
        relation = schema().relation(hop.relation)
        target = relation.target(hop.direction)
        if isinstance(hop.of, All):
            anchor, condition, bound = f"(a:{label(hop.of.category)})", "true", {}
        else:
            ids = list(self.ids(hop.of))
            if not ids:
                return {}
            anchor, condition, bound = "(a:Entity)", "a.id IN $ids", {"ids": ids}
        cypher = (
            f"MATCH {anchor}{arrow(relation, hop.direction)}(b:{label(target)}) WHERE {condition}{permitted('r', self.sources)} "
            "RETURN b.id AS id, b.name AS name, b.category AS category, min(r.tier) AS tier, max(size(r.sources)) AS sources, "
            "sum(size(coalesce(r.publications, []))) AS publications"
        )
        rows = self.run(cypher, bound)
        return {r["id"]: Found(r["id"], r["name"], r["category"], None, r["tier"], r["sources"], r["publications"] or 0) for r in rows}

    def ids(self, expr: Expr) -> Collection[str]:
        """Identifiers of an expression's nodes; none are asked for where it is one node."""
        return [expr.id] if isinstance(expr, Entity) else self._eval(expr).keys()

    def neighbour_counts(self, ids: Collection[str] | str, relation: Relation, direction: str, among: Collection[str] | None = None) -> dict[str, int]:
        """How many distinct neighbours each node has; `ids` may be a category for all of its nodes."""
        start = f"(a:{label(ids)})" if isinstance(ids, str) else "(a:Entity)"
        conditions = ["true" if isinstance(ids, str) else "a.id IN $ids"]
        bound: dict[str, object] = {} if isinstance(ids, str) else {"ids": list(ids)}
        if among is not None:
            conditions.append("b.id IN $among")
            bound["among"] = list(among)
        cypher = (
            f"MATCH {start}{arrow(relation, direction)}(b:{label(relation.target(direction))}) "
            f"WHERE {' AND '.join(conditions)}{permitted('r', self.sources)} RETURN a.id AS id, count(DISTINCT b) AS n"
        )
        return {r["id"]: int(r["n"]) for r in self.run(cypher, bound)}

    def _having(self, having: Having) -> dict[str, Found]:
        base = self._eval(having.of)
        if not base:
            return {}
        among = list(self.ids(having.among)) if having.among is not None else None
        ids: Collection[str] | str = having.of.category if isinstance(having.of, All) else list(base)
        counts = self.neighbour_counts(ids, schema().relation(having.relation), having.direction, among)
        test = {"at_least": int.__ge__, "at_most": int.__le__, "exactly": int.__eq__}[having.comparison]
        return {key: replace(found, value=counts.get(key, 0)) for key, found in base.items() if test(counts.get(key, 0), having.number)}

    def top(self, form: TopForm) -> list[Found]:
        """The nodes with the most (fewest) neighbours, ties with the last one kept."""
        relation = schema().relation(form.relation)
        base = None if isinstance(form.of, All) else self._eval(form.of)
        if base is not None and not base:
            return []
        ids: Collection[str] | str = form.of.category if isinstance(form.of, All) else list(base or {})
        counts = self.neighbour_counts(ids, relation, form.direction)
        order = sorted(counts.items(), key=lambda item: (-item[1] if form.most else item[1], item[0]))
        if len(order) > form.k:
            last = order[form.k - 1][1]
            order = [item for item in order if (item[1] >= last if form.most else item[1] <= last)]
        names = base if base is not None else self._named([key for key, _ in order])
        return [Found(key, names[key].name, names[key].category, value=n) for key, n in order]

    def count(self, expr: Expr) -> int:
        """How many nodes an expression denotes."""
        if isinstance(expr, All):
            return int(self.run(f"MATCH (b:{label(expr.category)}) RETURN count(b) AS n", {})[0]["n"])
        return len(self.nodes(expr))


def _stronger(one: Found | None, other: Found) -> Found:
    if one is None:
        return other
    return min(one, other, key=_strength)


def _strength(found: Found) -> tuple[int, int, int]:
    return (found.tier, -found.n_sources, -found.n_publications)


def ranked(found: Iterable[Found]) -> list[Found]:
    """Best evidence first: tier, number of sources, number of publications, then the number counted and the name."""
    return sorted(found, key=lambda f: (*_strength(f), -(f.value or 0), f.name.casefold(), f.id))


def require_runnable(form: object) -> Countable:
    """The form itself if it denotes a set of nodes; raises `FormError` for those that are answered otherwise."""
    if isinstance(form, (ListForm, CountForm, ExistsForm, CompareForm, TopForm)):
        return form
    raise FormError(f"{type(form).__name__} does not denote a set of nodes")
