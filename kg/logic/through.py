"""Through which narrower term a node of a set came where a form names a broader one; how many terms it takes in."""

from __future__ import annotations

from collections.abc import Iterator

from kg.logic import compile as cypher_of
from kg.logic.execute import Executor
from kg.logic.forms import (
    And,
    CompareForm,
    DescribeForm,
    Entity,
    Expr,
    Form,
    Having,
    Hop,
    Minus,
    Or,
    Where,
    parts_of,
)
from kg.logic.things import things
from kg.schema import schema


def through(executor: Executor, expr: Expr) -> dict[str, str]:
    """For the nodes of a set that only a narrower term of a named thing leads to, the nearest such term.

    Of sets that are joined the first that has one decides; what lies behind further steps is not told.
    """
    match expr:
        case Hop():
            return _of_hop(executor, expr)
        case And() | Or():
            return {node: term for part in reversed(expr.parts) for node, term in through(executor, part).items()}
        case Minus():
            return through(executor, expr.left)
        case Having():
            return through(executor, expr.of)
        case Where():
            return through(executor.narrowed(expr.evidence), expr.of)
        case _:
            return {}


def _of_hop(executor: Executor, hop: Hop) -> dict[str, str]:
    named = [executor.under(thing) for thing in things(hop.of)]
    if all(len(terms) == 1 for terms in named):
        return {}
    # The terms of all things side by side, as far from what is named as they are.
    distance: dict[str, int] = {}
    for terms in named:
        for term in terms:
            distance[term] = min(len(terms.way(term)) - 1, distance.get(term, len(terms)))
    relation = schema().relation(hop.relation)
    cypher = cypher_of.neighbours_listed(relation, hop.direction, executor.evidence.condition("r", relation.name))
    nearest: dict[str, str] = {}
    found = executor.packed(cypher, {"ids": executor.starts(hop)})
    for term, nodes in sorted(found, key=lambda pair: (distance[pair[0]], pair[0])):
        for node in nodes:
            nearest.setdefault(node, term)
    return {node: term for node, term in nearest.items() if distance[term]}


def taken_in(form: Form, executor: Executor) -> dict[Entity, int]:
    """The things that a form names, in reading order, with how many narrower terms each stands for; those with none are
    left out.
    """
    counts: dict[Entity, int] = {}
    for thing, number in (pair for expr in _sets(form) for pair in _named(expr, executor)):
        if number:
            counts[thing] = max(number, counts.get(thing, 0))
    return counts


def _sets(form: Form) -> tuple[Expr, ...]:
    match form:
        case CompareForm():
            return (form.left, form.right)
        case DescribeForm():
            return ()
        case _:
            of = getattr(form, "of", None)
            return (of,) if isinstance(of, Expr) else ()


def _named(expr: Expr, executor: Executor) -> Iterator[tuple[Entity, int]]:
    if isinstance(expr, Entity):
        yield expr, len(executor.under(expr)) - 1
    inner = executor.narrowed(expr.evidence) if isinstance(expr, Where) else executor
    for part in parts_of(expr):
        yield from _named(part, inner)
