"""How much the edges say that lead to the nodes of a set: the amount of each node, where one is known."""

from __future__ import annotations

from kg.evidence.amounts import Range, highest
from kg.logic import compile as cypher_of
from kg.logic.execute import Executor
from kg.logic.filters import Filter
from kg.logic.forms import All, Expr, Hop, Minus, Where, parts_of
from kg.schema import schema
from kg.schema.relations import Amount


def amounts(executor: Executor, expr: Expr, amount: Amount) -> dict[str, Range]:
    """For nodes of a set, the highest range that an edge states by which they belong to it."""
    match expr:
        case Hop():
            return _of_hop(executor, expr, amount) if expr.relation == amount.relation else {}
        case Where():
            return amounts(executor.narrowed(expr.evidence), expr.of, amount)
        case Minus():
            return amounts(executor, expr.left, amount)
        case _:
            found: dict[str, Range] = {}
            for part in parts_of(expr):
                for node, range_ in amounts(executor, part, amount).items():
                    found[node] = highest((found.get(node), range_)) or range_
            return found


def _of_hop(executor: Executor, hop: Hop, amount: Amount) -> dict[str, Range]:
    # Whatever is known is at least 0; so only sources are asked that may speak.
    known = executor.narrowed((Filter(amount.name, ">=", 0),))
    start = hop.of.category if isinstance(hop.of, All) else None
    more = known.evidence.condition("r", hop.relation)
    cypher = cypher_of.amounts(schema().relation(hop.relation), hop.direction, start, amount, more)
    found: dict[str, Range] = {}
    for node, lower, upper in known.packed(cypher, {} if start else {"ids": executor.starts(hop)}):
        found[node] = highest((found.get(node), Range(lower, upper))) or Range(lower, upper)
    return found
