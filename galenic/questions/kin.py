"""What is recorded of broader and narrower terms where the thing asked about is tied to nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from galenic.questions.answer import Note
from galenic.questions.wording import described
from galenic.questions.work import Work
from kg.evidence.edges import EdgeHit
from kg.logic.forms import Direction, Entity, Expr, Hop
from kg.logic.kin import LINEAGE, Side, kin_of, way
from kg.logic.paths import Path, PathFinder
from kg.schema import schema

_SIDES: tuple[Side, Side] = ("narrower", "broader")
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Detour:
    """A path that begins at a broader or narrower term instead of the node itself, behind the steps that lead there."""

    node: str
    term: str
    side: Side
    lineage: Path
    path: Path


def of_kin(expr: Expr, work: Work) -> list[Note]:
    """For an empty step from one thing, the nearest broader and all narrower terms of which something is recorded."""
    if not isinstance(expr, Hop) or not isinstance(expr.of, Entity):
        return []
    notes = []
    for side in _SIDES:
        near = kin_of(work.executor, expr.of.id, side)
        counts = _counts(list(near), expr.relation, expr.direction, None, work)
        # A broader term need not share what is recorded of it; the nearest says enough.
        terms = [term for term in near if counts.get(term)][: 1 if side == "broader" else None]
        if terms:
            names = {f.id: f.name for f in work.executor.named(terms[:_NAMED]).values()}
            told = [_told(expr, term, counts[term], {**work.names, **names}) for term in terms[:_NAMED]]
            facts = {"side": side, "of": _name(expr.of.id, work), "terms": told, "more": len(terms) - len(told)}
            notes.append(Note("kin", facts))
    return notes


def _told(hop: Hop, term: str, number: int, names: Mapping[str, str]) -> dict[str, Any]:
    expr = Hop(hop.relation, hop.direction, Entity(term, _source(hop)))
    return {"id": term, "name": names.get(term, term), "number": number, "what": described(expr, names, number)}


def _source(hop: Hop) -> str:
    return schema().relation(hop.relation).source(hop.direction)


def _counts(
    terms: Sequence[str], relation: str, direction: Direction, among: Sequence[str] | None, work: Work
) -> dict[str, int]:
    if not terms:
        return {}
    return work.executor.neighbour_counts(terms, schema().relation(relation), direction, among)


def member_of_kin(subject: str, expr: Expr, work: Work) -> list[tuple[Note, Path]]:
    """For a thing that is not in a set of one step, that it is where a broader or narrower term is put for either end;
    with the edges that say so, those of the lineage first.
    """
    if not isinstance(expr, Hop) or not isinstance(expr.of, Entity):
        return []
    ends: list[tuple[str, Direction, str]] = [
        (expr.of.id, expr.direction, subject),
        (subject, schema().relation(expr.relation).back(expr.direction), expr.of.id),
    ]
    members = []
    for node, direction, other in ends:
        for side in _SIDES:
            near = kin_of(work.executor, node, side)
            counts = _counts(list(near), expr.relation, direction, [other], work)
            term = next((t for t in near if counts.get(t)), None)
            if term is None:
                continue
            name = work.executor.named([term])[term].name
            hop = Hop(expr.relation, direction, Entity(term, schema().relation(expr.relation).source(direction)))
            facts = {
                "who": _name(other, work),
                "what": described(hop, {**work.names, term: name}),
                "side": side,
                "of": _name(node, work),
                "id": term,
            }
            finder = PathFinder(work.executor)
            last = [e for e in finder.edges_between([term], [other]) if e.relation.name == expr.relation]
            members.append((Note("kin_member", facts), (*lineage(way(near, node, term), finder), *last[:1])))
    return members


def lineage(steps: Sequence[str], finder: PathFinder) -> Path:
    """The is-a and part-of edges between terms that follow each other."""
    edges: list[EdgeHit] = []
    for start, end in pairwise(steps):
        between = finder.edges_between([start], [end])
        edges += [e for e in between if e.relation.name in LINEAGE][:1]
    return tuple(edges)


def detour(start: str, end: str, work: Work) -> Detour | None:
    """The path through the nearest broader or narrower term of either end: one step from there before two.

    Narrower terms come first, for what is recorded of them holds of the node; longer paths are not looked for, since
    a general term has one to almost everything.
    """
    finder = PathFinder(work.executor)
    ends = [(node, other, side) for side in _SIDES for node, other in ((start, end), (end, start))]
    kin = [(node, other, side, kin_of(work.executor, node, side)) for node, other, side in ends]
    for length in (1, 2):
        for node, other, side, near in kin:
            tied = finder.from_nearest([t for t in near if t != other], other, length)
            if tied is not None:
                term, path = tied
                return Detour(node, term, side, lineage(way(near, node, term), finder), path)
    return None


def is_tied(node: str, work: Work) -> bool:
    """Whether anything but its lineage and what papers mention is recorded of a node."""
    return PathFinder(work.executor).is_tied(node)


def _name(identifier: str, work: Work) -> str:
    return work.names.get(identifier, identifier)
