"""Paths between two nodes: direct edges, then through one node, then through two, each step anchored on bound ids."""

from __future__ import annotations

from collections.abc import Sequence

from kg.evidence.edges import EdgeHit, stored_assertions
from kg.logic.execute import Executor
from kg.schema import schema

_FAN = 400
# A longer path is not looked for, whatever the form allows: almost any two things have one.
LONGEST_SEARCHED = 3


Path = tuple[EdgeHit, ...]


def not_walked() -> str:
    """What relations are too common to tie a pair, in words; they are walked only when they touch an end directly."""
    return ", ".join(dict.fromkeys(r.wide for r in schema().relations.values() if r.wide))


class PathFinder:
    """Searches paths on a store."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def find(self, start: str, end: str, length: int = 3, limit: int = 20) -> list[Path]:
        """Paths of at most `length` and `LONGEST_SEARCHED` steps, shortest first; among equals those through rarely
        linked nodes first.
        """
        paths: list[Path] = [(s,) for s in self.edges_between([start], [end])]
        if length >= 2 and len(paths) < limit:
            paths += self._through_one(start, end)
        if length >= 3 and not paths:
            paths += self._through_two(start, end)
        return paths[:limit]

    def _neighbours(self, nodes: Sequence[str], among: Sequence[str] | None = None) -> list[str]:
        """What stands beside the nodes; with `among`, those of the nodes that stand beside one of these."""
        wide = [r.type for r in schema().relations.values() if r.wide]
        cypher = (
            f"MATCH (a:Entity)-[r]-(b:Entity) WHERE a.id IN $ids{self.executor.evidence.condition('r')} "
            "AND NOT type(r) STARTS WITH 'NOT_' AND NOT type(r) IN $wide "
        )
        if among is None:
            rows = self.executor.run(f"{cypher}RETURN DISTINCT b.id AS id", {"ids": list(nodes), "wide": wide})
        else:
            bound = {"ids": list(nodes), "among": list(among), "wide": wide}
            rows = self.executor.run(f"{cypher}AND b.id IN $among RETURN DISTINCT a.id AS id", bound)
        return [row["id"] for row in rows]

    def _degrees(self, ids: list[str]) -> dict[str, int]:
        rows = self.executor.run(
            "MATCH (a:Entity) WHERE a.id IN $ids RETURN a.id AS id, COUNT { (a)--() } AS n", {"ids": ids}
        )
        return {r["id"]: int(r["n"]) for r in rows}

    def is_tied(self, node: str) -> bool:
        """Whether a node has any edge beside those of its lineage and of the papers that mention it."""
        lineage = [schema().relation(name).type for name in schema().taxonomic]
        papers = [relation.type for relation in schema().relations.values() if relation.literary]
        cypher = (
            f"MATCH (a:Entity)-[r]-(b:Entity) WHERE a.id = $id{self.executor.evidence.condition('r')} "
            "AND NOT type(r) STARTS WITH 'NOT_' AND NOT type(r) IN $passed RETURN count(*) AS n"
        )
        return bool(self.executor.run(cypher, {"id": node, "passed": [*lineage, *papers]})[0]["n"])

    def from_nearest(self, starts: Sequence[str], end: str, length: int) -> tuple[str, Path] | None:
        """The first of the starts from which a path of one or two steps leads to the end, and that path."""
        if length == 1:
            edges = _by_middle([e for e in self.edges_between(starts, [end]) if not e.relation.wide], end)
            nearest = next((s for s in starts if s in edges), None)
            return None if nearest is None else (nearest, (edges[nearest][0],))
        beside = [n for n in self._neighbours([end]) if n not in starts]
        touching = set(self._neighbours(starts, beside)) if beside else set()
        for start in starts:
            if start in touching and (paths := self._through_one(start, end)):
                return start, paths[0]
        return None

    def edges_between(self, left: Sequence[str], right: Sequence[str]) -> list[EdgeHit]:
        """The edges between two sets of nodes, either way, best evidence first."""
        cypher = (
            "MATCH (a:Entity)-[r]-(b:Entity) WHERE a.id IN $left AND b.id IN "
            f"$right{self.executor.evidence.condition('r')} "
            "AND NOT type(r) STARTS WITH 'NOT_' AND NOT type(r) IN $papers RETURN DISTINCT r.id AS id, "
            "type(r) AS type, startNode(r).id AS s, "
            "startNode(r).name AS sn, endNode(r).id AS o, endNode(r).name AS own, r.tier AS tier, r.sources AS "
            "sources, "
            "r.publications AS publications, r.detail AS detail"
        )
        known = {relation.type: relation for relation in schema().relations.values()}
        papers = [relation.type for relation in known.values() if relation.literary]
        rows = self.executor.run(cypher, {"left": list(left), "right": list(right), "papers": papers})
        hits = [
            EdgeHit(
                r["id"],
                known[r["type"]],
                r["s"],
                r["sn"],
                r["o"],
                r["own"],
                r["tier"],
                tuple(r["sources"]),
                tuple(r["publications"] or ()),
                stored_assertions(r, known[r["type"]], self.executor.evidence.permitted),
            )
            for r in rows
        ]
        return sorted(hits, key=lambda s: (s.tier, -len(s.sources), s.relation.name, s.subject, s.object))

    def _through_one(self, start: str, end: str) -> list[Path]:
        middles = sorted((set(self._neighbours([start])) & set(self._neighbours([end]))) - {start, end})
        if not middles:
            return []
        degrees = self._degrees(middles)
        chosen = sorted(middles, key=lambda m: (degrees.get(m, 0), m))[:_FAN]
        first = _by_middle(self.edges_between([start], chosen), start)
        second = _by_middle(self.edges_between([end], chosen), end)
        return [(first[m][0], second[m][0]) for m in chosen if m in first and m in second]

    def _through_two(self, start: str, end: str) -> list[Path]:
        left, right = set(self._neighbours([start])) - {end}, set(self._neighbours([end])) - {start}
        degrees = self._degrees(sorted(left | right))
        lefts = sorted(left, key=lambda m: (degrees.get(m, 0), m))[:_FAN]
        rights = sorted(right, key=lambda m: (degrees.get(m, 0), m))[:_FAN]
        middle = [s for s in self.edges_between(lefts, rights) if not s.relation.wide][:_FAN]
        if not middle:
            return []
        first = _by_middle(self.edges_between([start], lefts), start)
        last = _by_middle(self.edges_between([end], rights), end)
        weighed: list[tuple[int, Path]] = []
        for step in middle:
            for a, b in ((step.subject, step.object), (step.object, step.subject)):
                if a in first and b in last and a != b:
                    weighed.append((degrees.get(a, 0) + degrees.get(b, 0), (first[a][0], step, last[b][0])))
                    break
        return [path for _, path in sorted(weighed, key=lambda item: (item[0], [s.id for s in item[1]]))]


def _by_middle(steps: list[EdgeHit], end: str) -> dict[str, list[EdgeHit]]:
    by_middle: dict[str, list[EdgeHit]] = {}
    for step in steps:
        by_middle.setdefault(step.other(end), []).append(step)
    return by_middle
