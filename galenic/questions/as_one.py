"""Whether a thing is in a set when all that it stands for is taken together, as a question about it means.

A form looks at single nodes: of two kinds of asthma one may have a symptom and the other not. Where a set is made by
counting or by leaving out, what holds of one kind alone need not hold of the thing.
"""

from __future__ import annotations

from kg.logic.execute import Executor
from kg.logic.forms import And, Entity, Expr, Having, Hop, Minus, Or, Where, parts_of


def is_divided(thing: Entity, expr: Expr, any_term: bool, executor: Executor) -> bool:
    """Whether the thing taken together is in a set and none of its terms is, or the other way round.

    `any_term`: whether one of them is.
    """
    if len(executor.under(thing)) == 1 or not _counts_or_leaves_out(expr):
        return False
    return is_in(thing, expr, executor) != any_term


def _counts_or_leaves_out(expr: Expr) -> bool:
    if isinstance(expr, (Having, Minus)):
        return True
    return not isinstance(expr, Hop) and any(map(_counts_or_leaves_out, parts_of(expr)))


def is_in(thing: Entity, expr: Expr, executor: Executor) -> bool:
    """Whether a thing, with all that it stands for taken as one node, is in a set."""
    match expr:
        case And():
            return all(is_in(thing, part, executor) for part in expr.parts)
        case Or():
            return any(is_in(thing, part, executor) for part in expr.parts)
        case Minus():
            return is_in(thing, expr.left, executor) and not is_in(thing, expr.right, executor)
        case Having():
            return is_in(thing, expr.of, executor) and executor.has(thing, expr)
        case Where() if not expr.attributes:
            return is_in(thing, expr.of, executor.narrowed(expr.evidence))
        case _:
            return executor.exists(And((thing, expr)))
