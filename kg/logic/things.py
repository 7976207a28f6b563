"""The things that a set consists of where a form names each of them, so that 'two of gout and asthma' counts things,
not their narrower terms.
"""

from __future__ import annotations

from kg.logic.forms import And, Comparison, Entity, Expr, Or
from kg.logic.simplify import simplify


def things(expr: Expr) -> tuple[Entity, ...]:
    """The entities of a set that is nothing but them, each once and in reading order; none for any other set.

    >>> from kg.logic.forms import All
    >>> gout, asthma = Entity("DOID:13189"), Entity("DOID:2841")
    >>> [e.id for e in things(Or((gout, Or((asthma, gout)))))], things(All("biolink:Disease"))
    (['DOID:13189', 'DOID:2841'], ())
    """
    return _of_simple(simplify(expr))


def counted_as_things(among: Expr, comparison: Comparison) -> tuple[Entity, ...]:
    """The things that each count once when neighbours among them are counted; none where neighbours count as nodes.

    Several are things: who is treated for one kind of gout and one of asthma has two of gout and asthma. One alone is
    the set of its kinds, of which there may be 'at least two', but not where 'every' asks for it.
    """
    named = things(among)
    counting = comparison in ("at_least", "at_most", "exactly") and len(named) > 1
    return named if counting or comparison == "every" else ()


def _of_simple(expr: Expr) -> tuple[Entity, ...]:
    match expr:
        case Entity():
            return (expr,)
        case Or():
            parts = [_of_simple(part) for part in expr.parts]
            return tuple(dict.fromkeys(e for part in parts for e in part)) if all(parts) else ()
        case And():
            parts = [_of_simple(part) for part in expr.parts]
            return parts[0] if len({frozenset(part) for part in parts}) == 1 else ()
        case _:
            return ()
