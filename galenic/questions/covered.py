"""What no permitted source covers: 'not recorded' and 'no' are two things, and only the covered can be a no.

A source covers a thing for a relation when it lists something there, or says that it would. A fact that is absent
between two things of which a source covers both is a no; any other absence is nothing but a gap in what was collected.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from galenic.questions.answer import Note
from galenic.questions.wording import described
from galenic.questions.work import Work
from kg.logic.execute import Found
from kg.logic.forms import All, And, Direction, Entity, Expr, Having, Hop, Minus, Or, Where
from kg.schema import schema

_NAMED = 8


def _uncovered(relation: str, direction: Direction, ids: Collection[str], work: Work) -> list[str]:
    """Those of the things from which nobody lists anything over a relation."""
    covered = work.coverage.covered(relation, direction, ids, work.permitted)
    return [i for i in ids if i not in covered]


def _gap(relation: str, direction: Direction, thing: str, work: Work) -> Note:
    """That no source lists what a thing is tied to over a relation."""
    definition = schema().relation(relation)
    whose = described(Hop(relation, direction, Entity(thing, definition.source(direction))), work.names)
    who = "no source in this release" if work.permitted.sources is None else "no permitted source"
    return Note("gap", {"id": thing, "relation": relation, "because": f"{who} lists {whose}"})


def _back(relation: str, direction: Direction) -> Direction:
    return schema().relation(relation).back(direction)


def _anchors(expr: Expr) -> list[str]:
    """The things that a step starts from, where the form names them."""
    if isinstance(expr, Or) and all(isinstance(p, Entity) for p in expr.parts):
        return [p.id for p in expr.parts if isinstance(p, Entity)]
    return [expr.id] if isinstance(expr, Entity) else []


def gaps(expr: Expr, node: str | None, work: Work) -> list[Note]:
    """Why it cannot be said that a node (or, for None, anything) is not in a set; empty where it can.

    Nothing of the set was found: a part that is surely empty, or surely without the node, makes the no certain.
    """
    match expr:
        case Hop(of=All()):
            return [] if node is None else _of_node(expr.relation, _back(expr.relation, expr.direction), node, work)
        case Hop():
            own = [] if node is None else _of_node(expr.relation, _back(expr.relation, expr.direction), node, work)
            anchors = _anchors(expr.of)
            if anchors:
                missing = _uncovered(expr.relation, expr.direction, anchors, work)
                return [*(_gap(expr.relation, expr.direction, a, work) for a in missing), *own]
            below = work.executor.ids(expr.of)
            return own if below else [*gaps(expr.of, None, work), *own]
        case And():
            return _any_certain(expr.parts, node, work)
        case Or():
            return [g for part in expr.parts for g in gaps(part, node, work)]
        case Minus():
            return [] if _is_in(expr.left, node, work) else gaps(expr.left, node, work)
        case Having():
            if node is not None and not _is_in(expr.of, node, work):
                return gaps(expr.of, node, work)
            return [] if node is None else _of_node(expr.relation, expr.direction, node, work)
        case Where():
            return [] if _is_in(expr.of, node, work) else gaps(expr.of, node, work)
        case Entity() | All():
            return []


def _of_node(relation: str, direction: Direction, node: str, work: Work) -> list[Note]:
    missing = _uncovered(relation, direction, [node], work)
    return [_gap(relation, direction, node, work)] if missing else []


def _is_in(expr: Expr, node: str | None, work: Work) -> bool:
    members = work.executor.ids(expr)
    return bool(members) if node is None else node in members


def _any_certain(parts: Sequence[Expr], node: str | None, work: Work) -> list[Note]:
    """Gaps of the parts that do not hold; none where one of them is certain not to."""
    missing: list[Note] = []
    for part in parts:
        if _is_in(part, node, work):
            continue
        own = gaps(part, node, work)
        if not own:
            return []
        missing += own
    return missing


def open_conditions(expr: Expr, node: str, work: Work) -> list[Note]:
    """Why it cannot be said that a node is in a set although it is for all that is recorded: what would take it out."""
    match expr:
        case And():
            return [n for part in expr.parts for n in open_conditions(part, node, work)]
        case Or():
            per_part = [open_conditions(p, node, work) for p in expr.parts if _is_in(p, node, work)]
            return min(per_part, key=len, default=[])
        case Minus():
            return [*open_conditions(expr.left, node, work), *gaps(expr.right, node, work)]
        case Where():
            return open_conditions(expr.of, node, work)
        case Having() if _by_absence(expr):
            return [
                *open_conditions(expr.of, node, work),
                *_of_node(expr.relation, expr.direction, node, work),
            ]
        case Having():
            return open_conditions(expr.of, node, work)
        case _:
            return []


def _by_absence(having: Having) -> bool:
    """Whether a quantity may hold for want of recorded neighbours: none, at most, exactly, only."""
    if having.comparison in ("at_most", "only"):
        return True
    return having.comparison == "exactly"


def unknown_members(expr: Expr, members: Sequence[Found], work: Work) -> list[Note]:
    """Members of a set that are in it only for want of records: how many, of which relation, and their names."""
    if not members:
        return []
    notes = []
    ids = [f.id for f in members]
    names = {f.id: f.name for f in members}
    for relation, direction in dict.fromkeys(_absences(expr)):
        missing = _uncovered(relation, direction, ids, work)
        if missing:
            target = schema().kind(schema().relation(relation).target(direction)).plural
            facts = {
                "number": len(missing),
                "whole": len(members),
                "relation": relation,
                "what": target,
                "names": [names[i] for i in missing[:_NAMED]],
                "ids": missing,
            }
            notes.append(Note("unknown", facts))
    return notes


def _absences(expr: Expr) -> list[tuple[str, Direction]]:
    """The relations whose absence puts members into a set, as seen from the members."""
    match expr:
        case Minus():
            return [*_absences(expr.left), *_seen_from(expr.right)]
        case And() | Or():
            return [a for part in expr.parts for a in _absences(part)]
        case Where():
            return _absences(expr.of)
        case Having():
            own = [(expr.relation, expr.direction)] if _by_absence(expr) else []
            return [*_absences(expr.of), *own]
        case _:
            return []


def _seen_from(expr: Expr) -> list[tuple[str, Direction]]:
    """The relations by which a node belongs to a set, as seen from the node."""
    match expr:
        case Hop():
            return [(expr.relation, _back(expr.relation, expr.direction))]
        case And() | Or():
            return [s for part in expr.parts for s in _seen_from(part)]
        case Where():
            return _seen_from(expr.of)
        case Having():
            return [(expr.relation, expr.direction), *_seen_from(expr.of)]
        case Minus():
            return _seen_from(expr.left)
        case _:
            return []


def unlisted_things(expr: Expr, work: Work) -> list[Note]:
    """Of an empty set, the things named in it of which no permitted source lists anything there."""
    return gaps(expr, None, work)
