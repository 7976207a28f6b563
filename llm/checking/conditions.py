"""What a set demands of its members, condition by condition, so that a form and a sentence can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.logic.forms import All, And, Entity, Expr, Filter, Having, Hop, Minus, Or, Where, parts_of
from kg.schema import schema

# A relation and its direction; of a symmetric relation the direction is empty.
Way = tuple[str, str]
Quantity = tuple[str, int]


def way_of(relation: str, direction: str) -> Way:
    """The way of a hop; a symmetric relation has but one."""
    return (relation, "" if schema().relation(relation).symmetric else direction)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that a form asks: over a way to a thing, a kind or a quantity; or a thing alone; or a filter.

    `excluded`: whether it is asked to be not so, None where the words may put it on either side. `free`: whether it may
    stay unsaid because it is said before. `exact`: whether the thing alone is meant, without its narrower terms.
    """

    way: Way | None = None
    thing: str = ""
    kind: str = ""
    quantity: Quantity | None = None
    filter: Filter | None = None
    excluded: bool | None = False
    free: bool = False
    exact: bool = False


def asked_of(expr: Expr, excluded: bool | None = False) -> Iterator[Condition]:
    """The conditions of a set, in reading order.

    >>> [c.thing for c in asked_of(And((Hop("treats", "in", Entity("X:1")), Hop("causes", "in", Entity("X:2")))))]
    ['X:1', 'X:2']
    """
    match expr:
        case Entity():
            yield Condition(thing=expr.id, excluded=excluded, exact=expr.exact)
        case Hop():
            way = way_of(expr.relation, expr.direction)
            if isinstance(expr.of, Entity):
                yield Condition(way, thing=expr.of.id, excluded=excluded, exact=expr.of.exact)
            else:
                yield Condition(way, kind=schema().relation(expr.relation).source(expr.direction), excluded=excluded)
                yield from asked_of(expr.of, excluded)
        case And() | Or():
            for part in expr.parts:
                yield from asked_of(part, excluded)
                excluded = _after(part, excluded)
        case Minus():
            yield from asked_of(expr.left, excluded)
            yield from _left_out(expr)
        case Having():
            yield from asked_of(expr.of, excluded)
            excluded = _after(expr.of, excluded)
            kind = schema().relation(expr.relation).target(expr.direction)
            quantity = (expr.comparison, expr.number)
            # Members that reach out are what the verb is said of, as members of a hop that came in are.
            towards = "in" if expr.direction == "out" else "out"
            yield Condition(way_of(expr.relation, towards), "", kind, quantity, excluded=excluded)
            if expr.among is not None:
                yield from asked_of(expr.among, excluded)
        case Where():
            yield from asked_of(expr.of, excluded)
            excluded = _after(expr.of, excluded)
            for restriction in expr.filters:
                yield Condition(filter=restriction, excluded=excluded)
        case All():
            return


def _after(part: Expr, excluded: bool | None) -> bool | None:
    """On which side stands what follows a part: words after an exclusion may be read into it."""
    return None if _excludes(part) else excluded


def _excludes(expr: Expr) -> bool:
    return isinstance(expr, Minus) or any(_excludes(p) for p in parts_of(expr) if not isinstance(expr, Hop))


def _left_out(minus: Minus) -> Iterator[Condition]:
    """What is taken out of a set; what is said of the set before need not be said again of what is taken out."""
    before = {replace(c, excluded=None) for c in asked_of(minus.left)}
    shared = isinstance(minus.right, Where)
    for condition in asked_of(minus.right, True):
        yield replace(condition, free=shared and replace(condition, excluded=None) in before)


def alternatives(expr: Expr) -> bool:
    """Whether a set has alternatives that must be said with 'or'; things that are counted or left out are none."""
    match expr:
        case Or():
            return len(expr.parts) > 1
        case Minus():
            return alternatives(expr.left) or (not _list_of_things(expr.right) and alternatives(expr.right))
        case Having():
            among = expr.among is not None and not _list_of_things(expr.among) and alternatives(expr.among)
            return alternatives(expr.of) or among
        case _:
            return any(alternatives(p) for p in parts_of(expr))


def any_or(expr: Expr) -> bool:
    """Whether there is an 'or' anywhere in a set, so that a sentence may say one."""
    return isinstance(expr, Or) or any(map(any_or, parts_of(expr)))


def _list_of_things(expr: Expr) -> bool:
    return isinstance(expr, Or) and all(isinstance(p, Entity) for p in expr.parts)


def filters_of(conditions: Sequence[Condition]) -> list[Filter]:
    """The filters among conditions, each once."""
    return list(dict.fromkeys(c.filter for c in conditions if c.filter is not None))
