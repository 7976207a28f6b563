"""One form for all forms that mean the same, so that two ways to write a question can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from kg.errors import FormError
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
    LiteratureForm,
    Minus,
    Or,
    PathsForm,
    TopForm,
    Where,
    category_of,
)
from kg.logic.simplify import simplify
from kg.logic.text import show
from kg.schema import schema
from kg.schema.relations import ANY

# What one round puts side by side, the next may simplify further.
_ROUNDS = 4


def canonical(form: Form) -> Form:
    """The form that stands for all that mean the same: shortest, its parts in one order, symmetric relations in one
    direction, the sides of a comparison and the ends of a path in one order.

    Where two things are asked whether one relation ties them, either may be the subject: they are put in one order.

    >>> one = ExistsForm(And((Entity("A:1"), Hop("treats", "in", Entity("B:1")))))
    >>> other = ExistsForm(And((Hop("treats", "out", Entity("A:1")), Entity("B:1"))))
    >>> canonical(one) == canonical(other)
    True
    """
    match form:
        case ListForm() | CountForm():
            return replace(form, of=canonical_set(form.of))
        case ExistsForm():
            return ExistsForm(_mirrored(canonical_set(form.of)))
        case TopForm():
            direction = _direction(form.relation, form.direction)
            return replace(form, of=canonical_set(form.of), direction=direction, filters=_filters(form.filters))
        case CompareForm():
            left, right = sorted((canonical_set(form.left), canonical_set(form.right)), key=show)
            return CompareForm(left, right)
        case PathsForm():
            start, end = sorted((form.start, form.end), key=show)
            return PathsForm(start, end, form.length)
        case LiteratureForm():
            return LiteratureForm(form.text, tuple(sorted(set(form.entities))))
        case _:
            return form


def canonical_set(expr: Expr) -> Expr:
    """The expression that stands for all that denote the same nodes."""
    try:
        last = expr
        for _ in range(_ROUNDS):
            ordered = _ordered(simplify(_loosened(simplify(last))))
            if ordered == last:
                break
            last = ordered
        return last
    except FormError:
        # Written so it would be larger than a form may be: it stands for itself.
        return _ordered(expr)


def _loosened(expr: Expr) -> Expr:
    """What restricts a set beside it, not within it: quantities and attributes of its members become parts of 'and'."""
    match expr:
        case Hop():
            return Hop(expr.relation, _direction(expr.relation, expr.direction), _loosened(expr.of))
        case And() | Or():
            return type(expr)(tuple(map(_loosened, expr.parts)))
        case Minus():
            return Minus(_loosened(expr.left), _loosened(expr.right))
        case Having():
            among = None if expr.among is None else _loosened(expr.among)
            same = replace(expr, direction=_direction(expr.relation, expr.direction), among=among)
            return _beside(_loosened(expr.of), lambda whole: [replace(same, of=whole)])
        case Where():
            of = _loosened(expr.of)
            inner: Expr = Where(of, expr.evidence) if expr.evidence else of
            if not expr.attributes:
                return inner
            return _beside(inner, lambda whole: [Where(whole, (f,)) for f in expr.attributes])
        case _:
            return expr


def _beside(of: Expr, narrowed: Callable[[Expr], Iterable[Expr]]) -> Expr:
    """The members of a set that are in sets made of their whole kind too."""
    category = category_of(of)
    if isinstance(of, All) or category == ANY:
        parts = tuple(narrowed(of))
        return parts[0] if len(parts) == 1 else And(parts)
    return And((of, *narrowed(All(category))))


def _ordered(expr: Expr) -> Expr:
    match expr:
        case Hop():
            return Hop(expr.relation, _direction(expr.relation, expr.direction), _ordered(expr.of))
        case And() | Or():
            parts = sorted(dict.fromkeys(map(_ordered, expr.parts)), key=show)
            return parts[0] if len(parts) == 1 else type(expr)(tuple(parts))
        case Minus():
            return Minus(_ordered(expr.left), _ordered(expr.right))
        case Having():
            among = None if expr.among is None else _ordered(expr.among)
            direction = _direction(expr.relation, expr.direction)
            return replace(expr, of=_ordered(expr.of), direction=direction, among=among)
        case Where():
            return Where(_ordered(expr.of), _filters(expr.filters))
        case _:
            return expr


def _direction(relation: str, direction: Direction) -> Direction:
    return "out" if schema().relation(relation).symmetric else direction


def _filters(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    return tuple(sorted(dict.fromkeys(filters), key=lambda f: (f.field, f.test, str(f.value))))


def _mirrored(expr: Expr) -> Expr:
    """'Is A among what B is tied to' and 'is B among what A is tied to' as one of the two."""
    if not isinstance(expr, And) or len(expr.parts) != 2:
        return expr
    entity = next((p for p in expr.parts if isinstance(p, Entity)), None)
    step = next((p for p in expr.parts if not isinstance(p, Entity)), None)
    evidence = step.filters if isinstance(step, Where) else ()
    hop = step.of if isinstance(step, Where) and not step.attributes else step
    if entity is None or not isinstance(hop, Hop) or not isinstance(hop.of, Entity):
        return expr
    relation = schema().relation(hop.relation)
    back = _direction(hop.relation, relation.back(hop.direction))
    other: Expr = Hop(hop.relation, back, Entity(entity.id, relation.source(back)))
    turned = And((hop.of, Where(other, evidence) if evidence else other))
    return min(expr, _ordered(turned), key=show)
