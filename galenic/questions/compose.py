"""Results to sentences: every claim is a verbalised edge with its supports, best results first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from galenic.questions.desk import Desk
from kg.evidence.claims import Claim
from kg.evidence.edges import EdgeHit
from kg.logic.execute import Executor
from kg.logic.explain import Explainer
from kg.logic.forms import Entity, Expr, Hop
from kg.logic.found import Found
from kg.schema import schema

SHOWN = 12
EDGES_IN_A_CLAIM = 8


def listing(desk: Desk, edges: Mapping[str, Sequence[EdgeHit]], members: Sequence[Found]) -> list[Claim]:
    """One claim for each of the best results: the edges that make it an answer."""
    return [claim for f in members[:SHOWN] if (claim := fact(desk, edges.get(f.id, [])))]


def fact(desk: Desk, hits: Sequence[EdgeHit]) -> Claim | None:
    """Edges as one sentence."""
    if not hits:
        return None
    chosen = list({h.sentence(): h for h in hits}.values())[:EDGES_IN_A_CLAIM]
    supports = tuple(dict.fromkeys(name for hit in chosen for name in desk.edge(hit)))
    return Claim("; ".join(h.sentence() for h in chosen) + ".", supports) if supports else None


def neighbours(expr: Expr) -> Iterator[Hop]:
    """For an empty single hop, the other relations between the same kinds of node."""
    if not isinstance(expr, Hop) or not isinstance(expr.of, Entity):
        return
    relation = schema().relation(expr.relation)
    for other, direction in schema().between(relation.source(expr.direction), relation.target(expr.direction)):
        if other.name != expr.relation:
            yield Hop(other.name, direction, expr.of)


def contradictions(desk: Desk, executor: Executor, expr: Expr, shown: Mapping[str, Sequence[EdgeHit]]) -> list[Claim]:
    """Statements of the release that deny what a single hop found, by node with the edges that it was found by: of the
    thing asked about, or of the narrower terms on the way to it.
    """
    if not isinstance(expr, Hop) or not isinstance(expr.of, Entity):
        return []
    explainer, thing = Explainer(executor), expr.of
    ways = {n: {thing.id, *(s for h in hits for s in explainer.way(thing, h.other(n)))} for n, hits in shown.items()}
    ends = sorted({thing.id}.union(*ways.values()))
    denied = explainer.edges(schema().relation(expr.relation), expr.direction, ends, list(shown), negated=True)
    claims = []
    for node, hits in denied.items():
        claim = fact(desk, [h for h in hits if h.other(node) in ways[node]])
        if claim:
            claims.append(Claim(claim.text, claim.supports, "contradicted"))
    return claims
