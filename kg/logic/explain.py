"""The edges that a result rests on: for every node of an answer, the facts that put it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from kg.evidence.edges import EdgeHit, stored_assertions
from kg.logic.compile import arrow, back, label
from kg.logic.execute import Executor
from kg.logic.forms import All, And, Direction, Entity, Expr, Having, Hop, Minus, Or, Where
from kg.logic.things import things
from kg.schema import schema
from kg.schema.relations import Relation

_COUNTED_SHOWN = 6


class Explainer:
    """Finds, for nodes of a result, the edges that an expression rests on."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def explain(self, expr: Expr, ids: Sequence[str]) -> dict[str, list[EdgeHit]]:
        """For every id, the edges that make it part of the expression: nearest first, the most direct before those that
        hold through a narrower term.
        """
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
        anchors = None if isinstance(hop.of, All) else self.executor.starts(hop)
        edges = self.edges(relation, hop.direction, anchors, ids)
        named = bool(things(hop.of)) or isinstance(hop.of, All)
        best = self.directly(edges, hop.of, 3 if named else 1)
        if not named:
            middles = {node: hits[0].other(node) for node, hits in best.items()}
            inner = Explainer(self.executor.beneath()).explain(hop.of, sorted(set(middles.values())))
            for node, middle in middles.items():
                best[node] = best[node] + inner.get(middle, [])[:1]
        return best

    def _having(self, having: Having, ids: Sequence[str]) -> dict[str, list[EdgeHit]]:
        """Why a node is in the set at all, then the neighbours that were counted."""
        among = having.among
        anchors = list(self.executor.beneath().ids(among)) if among is not None else None
        counted = self.edges(schema().relation(having.relation), back(having.direction), anchors, ids)
        base = self.explain(having.of, ids)
        most = min(max(having.number, 3), _COUNTED_SHOWN)
        shown = self.directly(counted, among, most) if among is not None else _best(counted, most)
        by_node = {node: [*base.get(node, [])[:2], *shown.get(node, [])] for node in ids}
        return {node: hits for node, hits in by_node.items() if hits}

    def directly(
        self, edges: Mapping[str, list[EdgeHit]], of: Expr, most: int | None = None
    ) -> dict[str, list[EdgeHit]]:
        """The best (or all) edges of each node to the nodes of a set: those to a thing that the form names first, those
        to a narrower term of it with the is-a edges between.
        """
        ways: dict[str, tuple[str, ...]] = {}
        for end in {hit.other(node) for node, hits in edges.items() for hit in hits}:
            ways[end] = self.way(of, end)
        chosen = {
            node: sorted(hits, key=lambda h, at=node: (len(ways[h.other(at)]), h.weight()))[:most]  # type: ignore[misc]
            for node, hits in edges.items()
        }
        ends = {hit.other(node) for node, hits in chosen.items() for hit in hits}
        steps = self.steps(ways[end] for end in ends)
        return {
            node: [_reached_by(hit, _chain(ways[hit.other(node)], steps)) for hit in hits]
            for node, hits in chosen.items()
        }

    def way(self, of: Expr, node: str) -> tuple[str, ...]:
        """From a node of a set up to the nearest thing named in it that it stands for; the node alone for any other."""
        return min(self._ways(of, node), key=len, default=(node,))

    def _ways(self, of: Expr, node: str) -> Iterator[tuple[str, ...]]:
        match of:
            case Entity():
                terms = self.executor.under(of)
                if node in terms:
                    yield terms.way(node)
            case And() | Or():
                for part in of.parts:
                    yield from self._ways(part, node)
            case Where():
                yield from Explainer(self.executor.narrowed(of.evidence))._ways(of.of, node)
            case Minus(left=kept):
                yield from self._ways(kept, node)
            case Having():
                yield from self._ways(of.of, node)
            case _:
                return

    def up_to(self, thing: Entity, edges: Mapping[str, list[EdgeHit]]) -> dict[str, list[EdgeHit]]:
        """The edges of nodes that a thing stands for, with the is-a edges from each node up to the thing."""
        ways = {node: self.way(thing, node) for node in edges}
        steps = self.steps(ways.values())
        return {
            node: [_reached_by(h, _chain(ways[node], steps)) if node in (h.subject, h.object) else h for h in hits]
            for node, hits in edges.items()
        }

    def lineage(self, way: Sequence[str]) -> tuple[EdgeHit, ...]:
        """The is-a edges of one way."""
        return _chain(way, self.steps([way]))

    def steps(self, ways: Iterable[Sequence[str]]) -> dict[tuple[str, str], EdgeHit]:
        """The is-a and part-of edges between terms that follow each other on some ways, the best of each pair."""
        pairs = {pair for way in ways for pair in pairwise(way)}
        if not pairs:
            return {}
        below, above = sorted({p[0] for p in pairs}), sorted({p[1] for p in pairs})
        found: dict[tuple[str, str], EdgeHit] = {}
        explainer = Explainer(self.executor.of_ontologies())
        for name in schema().taxonomic:
            hits = explainer.edges(schema().relation(name), "in", above, below)
            for hit in sorted((h for of_one in hits.values() for h in of_one), key=EdgeHit.weight):
                if (hit.subject, hit.object) in pairs:
                    found.setdefault((hit.subject, hit.object), hit)
        return found

    def among(self, ids: Sequence[str], relation: str) -> dict[tuple[str, str], list[EdgeHit]]:
        """The edges of a symmetric relation between some nodes, by pair in the order in which the nodes are given."""
        place = {node: n for n, node in enumerate(ids)}
        pairs: dict[tuple[str, str], list[EdgeHit]] = {}
        for hits in self.edges(schema().relation(relation), "out", ids, ids).values():
            for hit in hits:
                first, second = sorted((hit.subject, hit.object), key=place.__getitem__)
                pairs.setdefault((first, second), [])
                if hit not in pairs[first, second]:
                    pairs[first, second].append(hit)
        return {pair: sorted(hits, key=EdgeHit.weight) for pair, hits in pairs.items()}

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
            f"$ids{anchor}{self.executor.evidence.condition('r', relation.name)} "
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


def _reached_by(hit: EdgeHit, way: tuple[EdgeHit, ...]) -> EdgeHit:
    """An edge with the is-a edges that lead on from one of its ends."""
    return replace(hit, ways=(*hit.ways, way)) if way else hit


def _chain(way: Sequence[str], steps: Mapping[tuple[str, str], EdgeHit]) -> tuple[EdgeHit, ...]:
    """The edges of a way, or none where one of them is not there."""
    edges = tuple(steps[pair] for pair in pairwise(way) if pair in steps)
    return edges if len(edges) == len(way) - 1 else ()


def _best(edges: Mapping[str, list[EdgeHit]], most: int) -> dict[str, list[EdgeHit]]:
    return {node: sorted(hits, key=EdgeHit.weight)[:most] for node, hits in edges.items()}


def _gathered(parts: Sequence[Mapping[str, list[EdgeHit]]], ids: Sequence[str]) -> dict[str, list[EdgeHit]]:
    by_node: dict[str, list[EdgeHit]] = {}
    for node in ids:
        edges = [hit for part in parts for hit in part.get(node, [])[:2]]
        if edges:
            by_node[node] = list({hit.id: hit for hit in edges}.values())
    return by_node
