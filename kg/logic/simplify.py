"""The same set said more shortly: fewer steps for a store, one form for forms that mean the same."""

from __future__ import annotations

from collections.abc import Iterable

from kg.errors import FormError
from kg.logic.forms import All, And, Entity, Expr, Having, Hop, Minus, Or, Where, category_of
from kg.schema.relations import ANY


def simplify(expr: Expr) -> Expr:
    """An expression that denotes the same nodes and is no larger.

    Nested joins become flat, repeated parts are dropped, hops over one relation
    that are joined by 'or' become one hop, exclusions move outwards and are
    gathered, restrictions that follow each other become one.

    >>> from kg.logic.text import show
    >>> a, b = (Hop("treats", "in", Entity(f"DOID:{n}", "biolink:Disease")) for n in (1, 2))
    >>> show(simplify(Or((a, Or((b, a))))))
    'hop(treats, in, or(entity(DOID:1), entity(DOID:2)))'
    """
    try:
        return _simplified(expr)
    except FormError:
        # Joined flat it would have more parts, or stand deeper, than a form may: it is left as it is.
        return expr


def _simplified(expr: Expr) -> Expr:
    match expr:
        case Entity() | All():
            return expr
        case Hop():
            return Hop(expr.relation, expr.direction, simplify(expr.of))
        case And():
            return _and([simplify(p) for p in expr.parts])
        case Or():
            return _or([simplify(p) for p in expr.parts])
        case Minus():
            left, right = simplify(expr.left), simplify(expr.right)
            if isinstance(left, Minus):
                return Minus(left.left, _or([left.right, right]))
            return Minus(left, right)
        case Having():
            among = None if expr.among is None else simplify(expr.among)
            if isinstance(among, All) and expr.comparison in ("at_least", "at_most", "exactly") and _whole(expr, among):
                among = None
            return Having(simplify(expr.of), expr.relation, expr.direction, expr.comparison, expr.number, among)
        case Where():
            of = simplify(expr.of)
            filters = (*of.filters, *expr.filters) if isinstance(of, Where) else expr.filters
            return Where(of.of if isinstance(of, Where) else of, tuple(dict.fromkeys(filters)))


def _whole(having: Having, among: All) -> bool:
    from kg.schema import schema

    return among.category in (schema().relation(having.relation).target(having.direction), ANY)


def _unique(parts: Iterable[Expr], kind: type[And] | type[Or]) -> list[Expr]:
    flat: list[Expr] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return list(dict.fromkeys(flat))


def _and(parts: list[Expr]) -> Expr:
    flat = _unique(parts, And)
    taken = [p.right for p in flat if isinstance(p, Minus)]
    kept = _unique([p.left if isinstance(p, Minus) else p for p in flat], And)
    # A kind adds nothing to parts of that kind that say more.
    sharper = [p for p in kept if not isinstance(p, All)]
    kept = [p for p in kept if not (isinstance(p, All) and any(category_of(s) == p.category for s in sharper))]
    kept = [p for p in kept if not (isinstance(p, All) and p.category == ANY and len(kept) > 1)] or kept[:1]
    joined = kept[0] if len(kept) == 1 else And(tuple(kept))
    return Minus(joined, _or(taken)) if taken else joined


def _or(parts: list[Expr]) -> Expr:
    flat = _unique(parts, Or)
    whole = next((p for p in flat if isinstance(p, All)), None)
    if whole is not None and all(category_of(p) == whole.category for p in flat):
        return whole
    ways: dict[tuple[str, str], list[Hop]] = {}
    for part in flat:
        if isinstance(part, Hop):
            ways.setdefault((part.relation, part.direction), []).append(part)
    alternatives: list[Expr] = []
    for part in flat:
        together = ways.get((part.relation, part.direction), []) if isinstance(part, Hop) else []
        if len(together) < 2 or not _one_category(together):
            alternatives.append(part)
        elif part == together[0]:
            alternatives.append(Hop(together[0].relation, together[0].direction, _or([h.of for h in together])))
    return alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))


def _one_category(hops: list[Hop]) -> bool:
    return len({category_of(h.of) for h in hops} - {ANY}) <= 1
