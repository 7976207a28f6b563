"""Which of several drugs interact with each other: every pair, with its level by each source."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from galenic.questions import compose
from galenic.questions.answer import Note
from galenic.questions.levels import RELATION, told_of
from galenic.questions.wording import listed_names
from galenic.questions.work import Outcome, Work
from kg.evidence.edges import EdgeHit
from kg.evidence.results import Level, Pair, Stop
from kg.logic.explain import Explainer
from kg.logic.forms import ScreenForm

_NAMED = 12
Ends = tuple[str, str]


def screened(form: ScreenForm, work: Work) -> Outcome:
    """Each pair of the drugs once, those that interact first; a pair that no source lists is no pair without danger."""
    ids = [drug.id for drug in form.drugs]
    edges = Explainer(work.executor).among(ids, RELATION)
    covering = {node: set(filter(work.permitted.lets_in, work.coverage.sources(RELATION, "out", node))) for node in ids}
    pairs = [
        _pair(ends, edges.get(ends, []), bool(covering[ends[0]] & covering[ends[1]]), work)
        for ends in combinations(ids, 2)
    ]
    # True before False before not recorded; the order of the question within each.
    ordered = sorted(pairs, key=lambda p: (not p.value, p.value is None))
    known = [e for p in ordered if p.value for e in [edges[p.nodes[0].id, p.nodes[1].id]]]
    claims = [c for hits in known[: compose.SHOWN] if (c := compose.fact(work.desk, hits))]
    notes = [Note("not_listed")] if len(known) < len(pairs) else []
    if len(known) > len(claims):
        notes.append(Note("shown", {"shown": len(claims), "whole": len(known), "best": False}))
    return Outcome(_message(ordered), tuple(ordered), claims, notes=notes)


def _pair(ends: Ends, hits: Sequence[EdgeHit], covered: bool, work: Work) -> Pair:
    names = [work.names.get(node, node) for node in ends]
    told = told_of(hits, work)
    stops = (Stop(ends[0], names[0]), Stop(ends[1], names[1]))
    value = True if hits else False if covered else None
    return Pair(stops, value, listed_names(names), tuple(told))


def _message(pairs: Sequence[Pair]) -> str:
    known = [p for p in pairs if p.value]
    absent, unknown = ([p.name for p in pairs if p.value is value] for value in (False, None))
    of = "1 pair" if len(pairs) == 1 else f"{len(pairs):,} pairs"
    parts = [f"{len(known):,} of {of} recorded as interacting{': ' if known else ''}{_told(known)}."]
    if absent:
        parts.append(f"Not listed by sources that cover both drugs: {_some(absent)}.")
    if unknown:
        parts.append(f"Not recorded, for no source covers both drugs: {_some(unknown)}.")
    return " ".join(parts)


def _told(pairs: Sequence[Pair]) -> str:
    return _some([f"{p.name} ({levels})" if (levels := _levels(p.levels)) else p.name for p in pairs])


def _levels(levels: Sequence[Level]) -> str:
    """'Major (DDInter), high-priority (ONC)' in short."""
    return ", ".join(f"{level.level} by {level.source}" for level in levels if level.level)


def _some(told: Sequence[str]) -> str:
    more = f"; {len(told) - _NAMED:,} more" if len(told) > _NAMED else ""
    return "; ".join(told[:_NAMED]) + more
