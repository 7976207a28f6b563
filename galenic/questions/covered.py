"""What no permitted source covers: 'not recorded' and 'no' are two things, and only the covered can be a no.

A source covers a thing for a relation when it lists something there, or says that it would. A fact that is absent
between two things of which a source covers both is a no; any other absence is nothing but a gap in what was collected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from galenic.questions.answer import Note
from galenic.questions.wording import described
from galenic.questions.work import Work
from kg.logic.filters import Filter
from kg.logic.forms import All, And, Direction, Entity, Expr, Having, Hop, Minus, Or, Where
from kg.logic.found import Found
from kg.logic.things import things
from kg.schema import schema

_NAMED = 8
# How a sentence says that what stands under a term is not covered although the term itself is.
SOME_NARROWER = "some narrower terms of"


def _uncovered(relation: str, direction: Direction, ids: Iterable[str], work: Work) -> list[str]:
    """Those of the things from which nobody lists anything over a relation."""
    asked = list(ids)
    covered = work.coverage.covered(relation, direction, asked, work.permitted)
    if relation in schema().taxonomic:
        # An ontology that places a term under others tells of what stands under it too: of a leaf, nothing.
        covered |= work.coverage.covered(relation, "in" if direction == "out" else "out", asked, work.permitted)
    return [i for i in asked if i not in covered]


def _gaps_of(relation: str, direction: Direction, thing: Entity, work: Work) -> list[Note]:
    """That no source lists what a thing is tied to over a relation, or what some of its narrower terms are tied to."""
    missing = _uncovered(relation, direction, work.executor.under(thing), work)
    if not missing:
        return []
    # Without the thing itself, what is known of its narrower terms makes no difference.
    whose = "" if thing.id in missing else f"{SOME_NARROWER} "
    names = {thing.id: f"{whose}{work.names.get(thing.id, thing.id)}"}
    start = replace(thing, category=schema().relation(relation).source(direction))
    who = "no source in this release" if work.permitted.sources is None else "no permitted source"
    because = f"{who} lists {described(Hop(relation, direction, start), names)}"
    number = len(missing) - (thing.id in missing)
    return [Note("gap", {"id": thing.id, "relation": relation, "because": because, "narrower": number})]


def _back(relation: str, direction: Direction) -> Direction:
    return schema().relation(relation).back(direction)


def gaps(expr: Expr, thing: Entity | None, work: Work) -> list[Note]:
    """Why it cannot be said that a thing (or, for None, anything) is not in a set; empty where it can.

    Nothing of the set was found: a part that is surely empty, or surely without the thing, makes the no certain. What
    is asked of a term is asked of all that it stands for: a no needs all of it covered.
    """
    match expr:
        case Hop(of=All()):
            return _of_thing(expr.relation, _back(expr.relation, expr.direction), thing, work)
        case Hop():
            own = _of_thing(expr.relation, _back(expr.relation, expr.direction), thing, work)
            if named := things(expr.of):
                each = (_gaps_of(expr.relation, expr.direction, e, work) for e in named)
                return [*(gap for gaps_ in each for gap in gaps_), *own]
            below = work.executor.ids(expr.of)
            return own if below else [*gaps(expr.of, None, work), *own]
        case And():
            return _any_certain(expr.parts, thing, work)
        case Or():
            return [g for part in expr.parts for g in gaps(part, thing, work)]
        case Minus():
            return [] if _is_in(expr.left, thing, work) else gaps(expr.left, thing, work)
        case Having():
            if thing is not None and not _is_in(expr.of, thing, work):
                return gaps(expr.of, thing, work)
            return _of_thing(expr.relation, expr.direction, thing, work)
        case Where():
            return _unmeasured(expr, thing, work) if _is_in(expr.of, thing, work) else gaps(expr.of, thing, work)
        case Entity() | All():
            return []


def _unmeasured(where: Where, thing: Entity | None, work: Work) -> list[Note]:
    """That nobody says how much of what is tested, of the thing or of some members of the set."""
    notes = []
    for name in dict.fromkeys(f.field for f in where.evidence if f.is_amount):
        amount = schema().amounts[name]
        known = Where(where.of, (Filter(name, ">=", 0),))
        if thing is not None and _is_in(known, thing, work):
            continue
        number = work.executor.count(where.of) - work.executor.count(known)
        if thing is None and not number:
            continue
        what = described(where.of, work.names)
        who = "no source in this release" if work.permitted.sources is None else "no permitted source"
        of = f"{number:,} of" if thing is None else f"{work.names.get(thing.id, thing.id)}, one of"
        because = f"{who} gives a {amount.says} for {of} the {what}"
        facts = {"id": thing.id if thing else "", "relation": amount.relation, "because": because, "narrower": 0}
        notes.append(Note("gap", facts))
    return notes


def _of_thing(relation: str, direction: Direction, thing: Entity | None, work: Work) -> list[Note]:
    return [] if thing is None else _gaps_of(relation, direction, thing, work)


def _is_in(expr: Expr, thing: Entity | None, work: Work) -> bool:
    members = work.executor.ids(expr)
    return bool(members) if thing is None else not frozenset(members).isdisjoint(work.executor.under(thing))


def _any_certain(parts: Sequence[Expr], thing: Entity | None, work: Work) -> list[Note]:
    """Gaps of the parts that do not hold; none where one of them is certain not to."""
    missing: list[Note] = []
    for part in parts:
        if _is_in(part, thing, work):
            continue
        own = gaps(part, thing, work)
        if not own:
            return []
        missing += own
    return missing


def open_conditions(expr: Expr, thing: Entity, work: Work) -> list[Note]:
    """Why it cannot be said that a thing is in a set although all that is recorded says so: what would take it out."""
    match expr:
        case And():
            return [n for part in expr.parts for n in open_conditions(part, thing, work)]
        case Or():
            per_part = [open_conditions(p, thing, work) for p in expr.parts if _is_in(p, thing, work)]
            return min(per_part, key=len, default=[])
        case Minus():
            return [*open_conditions(expr.left, thing, work), *gaps(expr.right, thing, work)]
        case Where():
            return open_conditions(expr.of, thing, work)
        case Having() if _by_absence(expr):
            return [
                *open_conditions(expr.of, thing, work),
                *_gaps_of(expr.relation, expr.direction, thing, work),
            ]
        case Having():
            return open_conditions(expr.of, thing, work)
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
