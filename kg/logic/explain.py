"""The edges that a result rests on: for every node of an answer, the facts that put it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.evidence.edges import EdgeHit, stored_assertions
from kg.logic.compile import arrow, back, label
from kg.logic.execute import Executor
from kg.logic.forms import All, And, Direction, Entity, Expr, Having, Hop, Minus, Or, Where
from kg.schema import schema
from kg.schema.relations import Relation

_COUNTED_SHOWN = 6


class Explainer:
    """Finds, for nodes of a result, the edges that an expression rests on."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def explain(self, expr: Expr, ids: Sequence[str]) -> dict[str, list[EdgeHit]]:
        """For every id, the edges that make it part of the expression, nearest first."""
        match expr:
            case Hop():
                return self._hop(expr, ids)
            case And():
                return _gathered([self.explain(part, ids) for part in expr.parts], ids)
            case Or():
                return _gathered([self.explain(part, ids) for part in expr.parts], ids)
            case Minus():
                return self.explain(expr.left, ids)
            case Having():
                return self._having(expr, ids)
            case Where():
                return Explainer(self.executor.narrowed(expr.evidence)).explain(expr.of, ids)
            case Entity() | All():
                return {}

    def _hop(self, hop: Hop, ids: Sequence[str]) -> dict[str, list[EdgeHit]]:
        relation = schema().relation(hop.relation)
        anchors = None if isinstance(hop.of, All) else list(self.executor.ids(hop.of))
        edges = self.edges(relation, hop.direction, anchors, ids)
        best: dict[str, list[EdgeHit]] = {}
        deeper = not isinstance(hop.of, (Entity, All)) and not (
            isinstance(hop.of, Or) and all(isinstance(p, Entity) for p in hop.of.parts)
        )
        for node, hits in edges.items():
            ordered = sorted(hits, key=EdgeHit.weight)
            best[node] = ordered[: 1 if deeper else 3]
        if deeper:
            middles = {node: hits[0].other(node) for node, hits in best.items()}
            inner = self.explain(hop.of, sorted(set(middles.values())))
            for node, middle in middles.items():
                best[node] = best[node] + inner.get(middle, [])[:1]
        return best

    def _having(self, having: Having, ids: Sequence[str]) -> dict[str, list[EdgeHit]]:
        """Why a node is in the set at all, then the neighbours that were counted."""
        anchors = list(self.executor.ids(having.among)) if having.among is not None else None
        counted = self.edges(schema().relation(having.relation), back(having.direction), anchors, ids)
        base = self.explain(having.of, ids)
        most = min(max(having.number, 3), _COUNTED_SHOWN)
        by_node = {
            node: [*base.get(node, [])[:2], *sorted(counted.get(node, []), key=EdgeHit.weight)[:most]] for node in ids
        }
        return {node: hits for node, hits in by_node.items() if hits}

    def edges(
        self,
        relation: Relation,
        direction: Direction,
        anchors: Sequence[str] | None,
        ids: Sequence[str],
        negated: bool = False,
    ) -> dict[str, list[EdgeHit]]:
        """Edges of a relation between anchors (any if None) and nodes, by node."""
        if not ids or anchors == []:
            return {}
        anchor = "" if anchors is None else " AND a.id IN $anchors"
        target = relation.target(direction)
        cypher = (
            f"MATCH (b:{label(target)}){arrow(relation, back(direction), negated=negated)}(a:Entity) WHERE b.id IN "
            f"$ids{anchor}{self.executor.evidence.condition('r')} "
            "RETURN b.id AS b, b.name AS bn, a.id AS a, a.name AS an, startNode(r).id AS s, r.id AS id, r.tier AS "
            "tier, r.sources AS sources, "
            "r.publications AS publications, r.detail AS detail"
        )
        parameters: dict[str, object] = {"ids": list(ids)}
        if anchors is not None:
            parameters["anchors"] = list(anchors)
        by_node: dict[str, list[EdgeHit]] = {}
        for row in self.executor.run(cypher, parameters):
            names = {row["a"]: row["an"], row["b"]: row["bn"]}
            subject, object_ = (row["b"], row["a"]) if row["s"] == row["b"] else (row["a"], row["b"])
            assertions = stored_assertions(row, relation, self.executor.evidence.permitted)
            hit = EdgeHit(
                row["id"],
                relation,
                subject,
                names[subject],
                object_,
                names[object_],
                row["tier"],
                tuple(row["sources"]),
                tuple(row["publications"] or ()),
                assertions,
                negated,
            )
            by_node.setdefault(row["b"], []).append(hit)
        return by_node


def _gathered(parts: Sequence[Mapping[str, list[EdgeHit]]], ids: Sequence[str]) -> dict[str, list[EdgeHit]]:
    by_node: dict[str, list[EdgeHit]] = {}
    for node in ids:
        edges = [hit for part in parts for hit in part.get(node, [])[:2]]
        if edges:
            by_node[node] = list({hit.id: hit for hit in edges}.values())
    return by_node
