"""One form for all forms that mean the same, so that two ways to write a question can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
    ScreenForm,
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
# A question of yes or no has few ways to be put; of one that has more, the shortest of so many.
_MOST_WAYS = 40
_PLAIN = (Entity, All)


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
            return ExistsForm(_turned(canonical_set(form.of)))
        case TopForm():
            direction = _direction(form.relation, form.direction)
            return replace(form, of=canonical_set(form.of), direction=direction, filters=_filters(form.filters))
        case CompareForm():
            left, right = sorted((canonical_set(form.left), canonical_set(form.right)), key=show)
            return CompareForm(left, right)
        case PathsForm():
            start, end = sorted((form.start, form.end), key=show)
            return PathsForm(start, end, form.length)
        case ScreenForm():
            return ScreenForm(tuple(sorted(form.drugs, key=show)))
        case LiteratureForm():
            return LiteratureForm(form.text, tuple(sorted(set(form.entities))))
        case _:
            return form


def same(form: Form, other: Form) -> bool:
    """Whether two forms ask the same; of the literature what it is asked about, not in which words."""
    first, second = (replace(f, text="") if isinstance(f, LiteratureForm) else f for f in (form, other))
    return canonical(first) == canonical(second)


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
            if (same.comparison, same.number) == ("at_least", 1):
                return _tied(_loosened(expr.of), same)
            return _beside(_loosened(expr.of), lambda whole: [replace(same, of=whole)])
        case Where():
            of = _loosened(expr.of)
            inner: Expr = Where(of, expr.evidence) if expr.evidence else of
            if not expr.attributes:
                return inner
            return _beside(inner, lambda whole: [Where(whole, (f,)) for f in expr.attributes])
        case _:
            return expr


def _tied(of: Expr, having: Having) -> Expr:
    """The members of a set that have at least one such neighbour are those to which one of these is tied."""
    relation = schema().relation(having.relation)
    step = Hop(
        having.relation,
        _direction(having.relation, relation.back(having.direction)),
        having.among or All(relation.target(having.direction)),
    )
    return step if isinstance(of, All) and of.category in (relation.source(having.direction), ANY) else And((of, step))


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


def _turned(expr: Expr) -> Expr:
    """Of all ways to ask whether sets meet, seen from one or the other end of a step, the one that stands for them.

    'Is A among what B is tied to' and 'is B among what A is tied to' ask the same.
    """
    known = {expr: None}
    waiting = [expr]
    while waiting and len(known) < _MOST_WAYS:
        for other in _seen_from_behind(waiting.pop()):
            if other not in known:
                known[other] = None
                waiting.append(other)
    return min(known, key=lambda way: (len(show(way)), show(way)))


def _seen_from_behind(expr: Expr) -> Iterator[Expr]:
    """X meets what S is tied to: S meets what X is tied to; for each step of the sets that are to meet."""
    parts = expr.parts if isinstance(expr, And) else (expr,)
    for part in parts:
        others = tuple(p for p in parts if p is not part)
        evidence = part.filters if isinstance(part, Where) and not part.attributes else ()
        hop = part.of if isinstance(part, Where) and evidence else part
        if not isinstance(hop, Hop):
            continue
        relation = schema().relation(hop.relation)
        back = _direction(hop.relation, relation.back(hop.direction))
        met = _met(others, relation.source(back))
        if evidence and not (isinstance(met, _PLAIN) and isinstance(hop.of, _PLAIN)):
            # Evidence is asked of every step below it, and would be asked of others than before.
            continue
        try:
            step: Expr = Hop(hop.relation, back, met)
            step = Where(step, evidence) if evidence else step
            yield canonical_set(step if isinstance(hop.of, All) else And((hop.of, step)))
        except FormError:
            continue


def _met(parts: tuple[Expr, ...], category: str) -> Expr:
    """The set that some sets have in common, as things of a kind."""
    if not parts:
        return All(category)
    if len(parts) > 1:
        return And(parts)
    return replace(parts[0], category=category) if isinstance(parts[0], Entity) else parts[0]
