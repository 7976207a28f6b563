"""What is recorded of a broader term where a thing has nothing, which need not hold of it; and paths by way of kin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from galenic.questions.answer import Note
from galenic.questions.wording import described
from galenic.questions.work import Work
from kg.logic.explain import Explainer
from kg.logic.forms import Direction, Entity, Expr, Hop
from kg.logic.paths import Path, PathFinder
from kg.schema import schema

Side = Literal["broader", "narrower"]
_SIDES: tuple[Side, Side] = ("narrower", "broader")
# Under a general term stands the whole ontology, which ties it to everything.
_MOST = 1_500


@dataclass(frozen=True, slots=True)
class Detour:
    """A path that begins at a broader or narrower term instead of the node itself, behind the steps that lead there."""

    node: str
    term: str
    side: Side
    lineage: Path
    path: Path


def of_broader(expr: Expr, work: Work) -> list[Note]:
    """For an empty step from one thing, the nearest broader term of which something is recorded."""
    if not isinstance(expr, Hop) or not isinstance(expr.of, Entity):
        return []
    above = work.executor.above(expr.of)
    counts = _counts(above, expr.relation, expr.direction, None, work)
    term = next((t for t in above if counts.get(t)), None)
    if term is None:
        return []
    names = {**work.names, term: _found_name(term, work)}
    facts: dict[str, Any] = {
        "of": _name(expr.of.id, work),
        "id": term,
        "name": names[term],
        "number": counts[term],
        "what": described(Hop(expr.relation, expr.direction, _exactly(term, expr)), names, counts[term]),
    }
    return [Note("kin", facts)]


def _exactly(term: str, hop: Hop) -> Entity:
    return Entity(term, schema().relation(hop.relation).source(hop.direction), exact=True)


def _counts(
    terms: Sequence[str], relation: str, direction: Direction, among: Sequence[str] | None, work: Work
) -> Mapping[str, int]:
    return work.executor.neighbour_counts(terms, schema().relation(relation), direction, among) if terms else {}


def member_of_broader(subject: Entity, expr: Expr, work: Work) -> list[Note]:
    """For a thing that is not in a set of one step, that it is where a broader term is put for either end."""
    if not isinstance(expr, Hop) or not isinstance(expr.of, Entity):
        return []
    ends: list[tuple[Entity, Direction, Entity]] = [
        (expr.of, expr.direction, subject),
        (subject, schema().relation(expr.relation).back(expr.direction), expr.of),
    ]
    notes = []
    for thing, direction, other in ends:
        above = work.executor.above(thing)
        counts = _counts(above, expr.relation, direction, list(work.executor.under(other)), work)
        term = next((t for t in above if counts.get(t)), None)
        if term is None:
            continue
        hop = Hop(expr.relation, direction, _exactly(term, Hop(expr.relation, direction, thing)))
        what = described(hop, {**work.names, term: _found_name(term, work)})
        facts = {"who": _name(other.id, work), "what": what, "of": _name(thing.id, work), "id": term}
        notes.append(Note("kin_member", facts))
    return notes


def detour(start: str, end: str, work: Work) -> Detour | None:
    """The path through the nearest broader or narrower term of either end: one step from there before two.

    Narrower terms come first, for what is recorded of them holds of the node; longer paths are not looked for, since
    a general term has one to almost everything.
    """
    finder = PathFinder(work.executor)
    ends = [(node, other, side) for side in _SIDES for node, other in ((start, end), (end, start))]
    kin = [(node, other, side, _kin(node, side, work)) for node, other, side in ends]
    for length in (1, 2):
        for node, other, side, near in kin:
            tied = finder.from_nearest([t for t in near if t != other], other, length)
            if tied is not None:
                term, path = tied
                return Detour(node, term, side, _lineage(node, term, side, work), path)
    return None


def _kin(node: str, side: Side, work: Work) -> list[str]:
    near = work.executor.above(Entity(node)) if side == "broader" else work.executor.under(Entity(node)).up
    return list(islice(near, _MOST))


def _lineage(node: str, term: str, side: Side, work: Work) -> Path:
    """The is-a and part-of edges between a node and one of its kin."""
    below, above = (node, term) if side == "broader" else (term, node)
    return Explainer(work.executor).lineage(work.executor.under(Entity(above)).way(below))


def is_tied(node: str, work: Work) -> bool:
    """Whether anything but its lineage and what papers mention is recorded of a node."""
    return PathFinder(work.executor).is_tied(node)


def _name(identifier: str, work: Work) -> str:
    return work.names.get(identifier, identifier)


def _found_name(identifier: str, work: Work) -> str:
    return work.executor.named([identifier])[identifier].name
