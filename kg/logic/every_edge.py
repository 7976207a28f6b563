"""All edges that the members of a set rest on, not only the best few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.evidence.edges import EdgeHit
from kg.logic.explain import Explainer
from kg.logic.forms import All, And, Direction, Entity, Expr, Having, Hop, Minus, Or, Where
from kg.schema import schema


def every_edge(explainer: Explainer, expr: Expr, nodes: Sequence[str]) -> dict[str, list[EdgeHit]]:
    """For every node of a set, all edges that put it there, its own first, then those of the nodes between."""
    match expr:
        case Hop():
            return _hop(explainer, expr, nodes)
        case And() | Or():
            return _joined([every_edge(explainer, part, nodes) for part in expr.parts], nodes)
        case Minus():
            return every_edge(explainer, expr.left, nodes)
        case Having():
            anchors = None if expr.among is None else list(explainer.executor.beneath().ids(expr.among))
            back: Direction = "in" if expr.direction == "out" else "out"
            counted = explainer.edges(schema().relation(expr.relation), back, anchors, nodes)
            if expr.among is not None:
                counted = explainer.directly(counted, expr.among)
            return _joined([every_edge(explainer, expr.of, nodes), counted], nodes)
        case Where():
            return every_edge(Explainer(explainer.executor.narrowed(expr.evidence)), expr.of, nodes)
        case Entity() | All():
            return {}


def _hop(explainer: Explainer, hop: Hop, nodes: Sequence[str]) -> dict[str, list[EdgeHit]]:
    anchors = None if isinstance(hop.of, All) else explainer.executor.starts(hop)
    own = explainer.edges(schema().relation(hop.relation), hop.direction, anchors, nodes)
    ordered = explainer.directly(own, hop.of)
    between = {node: list(dict.fromkeys(h.other(node) for h in hits)) for node, hits in ordered.items()}
    middles = sorted({m for middles in between.values() for m in middles})
    deeper = every_edge(Explainer(explainer.executor.beneath()), hop.of, middles)
    return {
        node: list({h.id: h for h in (*hits, *(h for m in between[node] for h in deeper.get(m, [])))}.values())
        for node, hits in ordered.items()
    }


def _joined(parts: Sequence[Mapping[str, list[EdgeHit]]], nodes: Sequence[str]) -> dict[str, list[EdgeHit]]:
    by_node = {node: list({h.id: h for part in parts for h in part.get(node, [])}.values()) for node in nodes}
    return {node: hits for node, hits in by_node.items() if hits}
