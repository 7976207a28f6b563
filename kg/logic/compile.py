"""Steps of a logical form as Cypher: each starts from bound identifiers or a whole kind, and gives its rows packed
in one list.

One packed row is five times as fast over Bolt as a row for each node. Only names
of the schema are spliced in; every value is bound.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.logic.forms import Direction, Filter
from kg.schema import schema
from kg.schema.relations import ANY, Amount, Relation


def arrow(relation: Relation, direction: Direction, variable: str = "r", negated: bool = False) -> str:
    """The relationship part of a pattern that leads from the anchor to the target.

    >>> arrow(schema().relation("treats"), "in")
    '<-[r:TREATS]-'
    """
    kind = f"[{variable}:{'NOT_' if negated else ''}{relation.type}]"
    if relation.symmetric:
        return f"-{kind}-"
    return f"-{kind}->" if direction == "out" else f"<-{kind}-"


def back(direction: Direction) -> Direction:
    """The other direction."""
    return "in" if direction == "out" else "out"


def label(category: str) -> str:
    """The graph label of a category."""
    return "Entity" if category == ANY else schema().kind(category).label


def named() -> str:
    """The nodes of $ids: identifier, name, category."""
    return "MATCH (b:Entity) WHERE b.id IN $ids RETURN collect([b.id, b.name, b.category]) AS found"


def members(category: str, weigh: bool) -> str:
    """All nodes of a category: identifier, name, category; identifiers alone where nothing is weighed."""
    return f"MATCH (b:{label(category)}) RETURN collect({'[b.id, b.name, b.category]' if weigh else 'b.id'}) AS found"


def members_counted(category: str) -> str:
    """How many nodes a category has."""
    return f"MATCH (b:{label(category)}) RETURN count(b) AS found"


def hop(relation: Relation, direction: Direction, start: str | None, more: str, weigh: bool) -> str:
    """Nodes one step from $ids, or from all of the category `start`: with the rank of their best edge, or
    identifiers alone.

    `more`: further conditions on the edge r, the start a or the end b.
    """
    anchor, condition = ("(a:Entity)", "a.id IN $ids") if start is None else (f"(a:{label(start)})", "true")
    pattern = (
        f"MATCH {anchor}{arrow(relation, direction)}(b:{label(relation.target(direction))}) WHERE {condition}{more}"
    )
    return f"{pattern} {_found(weigh)}"


def two_hops(first: tuple[Relation, Direction, str], second: tuple[Relation, Direction, str], weigh: bool) -> str:
    """The same for two steps at once, where so many nodes lie between that handing them over costs more; the third of
    each: its conditions.
    """
    near, far = first[0].target(first[1]), second[0].target(second[1])
    pattern = (
        f"MATCH (a:Entity){arrow(*first[:2], 'q')}(m:{label(near)}) WHERE a.id IN $ids{first[2]} "
        f"WITH DISTINCT m MATCH (m){arrow(*second[:2])}(b:{label(far)}) WHERE true{second[2]}"
    )
    return f"{pattern} {_found(weigh)}"


def _found(weigh: bool) -> str:
    """What is asked of the nodes b that edges r lead to."""
    if weigh:
        return "WITH b, min(r.rank) AS rank RETURN collect([b.id, b.name, b.category, rank]) AS found"
    return "RETURN collect(DISTINCT b.id) AS found"


def neighbours_counted(relation: Relation, direction: Direction, start: str | None, more: str) -> str:
    """Of each node of $ids, or of the category `start`, how many distinct neighbours it has: identifier, number."""
    anchor, condition = ("(a:Entity)", "a.id IN $ids") if start is None else (f"(a:{label(start)})", "true")
    pattern = (
        f"MATCH {anchor}{arrow(relation, direction)}(b:{label(relation.target(direction))}) WHERE {condition}{more}"
    )
    return f"{pattern} WITH a, count(DISTINCT b) AS n RETURN collect([a.id, n]) AS found"


def neighbours_listed(relation: Relation, direction: Direction, more: str) -> str:
    """Of each node of $ids its distinct neighbours: identifier, identifiers."""
    pattern = (
        f"MATCH (a:Entity){arrow(relation, direction)}(b:{label(relation.target(direction))}) WHERE a.id IN $ids{more}"
    )
    return f"{pattern} WITH a, collect(DISTINCT b.id) AS ends RETURN collect([a.id, ends]) AS found"


def counted_from_far(relation: Relation, direction: Direction, start: str | None, more: str) -> str:
    """The same counts for all nodes (of the category `start`) that have neighbours among $ids, found from there."""
    target = relation.target(direction)
    kinds = ("" if target == ANY else f" AND b:{label(target)}") + (
        "" if start in (None, ANY) else f" AND a:{label(str(start))}"
    )
    pattern = f"MATCH (b:Entity){arrow(relation, back(direction))}(a:Entity) WHERE b.id IN $ids{kinds}{more}"
    return f"{pattern} WITH a, count(DISTINCT b) AS n RETURN collect([a.id, n]) AS found"


def amounts(relation: Relation, direction: Direction, start: str | None, amount: Amount, more: str) -> str:
    """Of nodes one step from $ids, or from all of the category `start`, the bounds that their edges state."""
    anchor, condition = ("(a:Entity)", "a.id IN $ids") if start is None else (f"(a:{label(start)})", "true")
    target = label(relation.target(direction))
    pattern = f"MATCH {anchor}{arrow(relation, direction)}(b:{target}) WHERE {condition}{more}"
    return f"{pattern} RETURN collect([b.id, r.{amount.lower}, r.{amount.upper}]) AS found"


def passing(filters: Sequence[Filter]) -> str:
    """Those of $ids whose attributes pass; the value of filter number n is $v<n>."""
    conditions = []
    for number, filter_ in enumerate(filters):
        attribute = schema().attributes[filter_.field]
        value = "toLower(x)" if attribute.value == "text" else "x"
        values = f"b.{attribute.name}" if attribute.list else f"[b.{attribute.name}]"
        conditions.append(f"any(x IN {values} WHERE {value} {filter_.test} $v{number})")
    return f"MATCH (b:Entity) WHERE b.id IN $ids AND {' AND '.join(conditions)} RETURN collect(b.id) AS found"
