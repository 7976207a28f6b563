"""Choosing from a list: 'which of warfarin, amiodarone and metformin cause muscle pain?'."""

from __future__ import annotations

from collections.abc import Sequence

from kg.logic.forms import And, CountForm, Entity, ExistsForm, Form, ListForm, Or
from llm.patterns.clauses import read_clauses
from llm.patterns.reader import Reader
from llm.patterns.spans import groups
from llm.patterns.tokens import Token

_LIST = frozenset("which what who ones one list name".split())
_ANY = frozenset("any either is are do does".split())
_LEAD = _LIST | _ANY | frozenset("of among from the these following drugs medicines between out : , how many".split())


def choice(reader: Reader, parts: list[Token]) -> Form | None:
    """The members of a named list of which the rest of the question holds; None for any other question."""
    spans = groups(parts)
    if not spans or len(spans[0][2]) < 2 or len(reader.marks) < 3:
        return None
    start, end, numbers, how = spans[0]
    lead = [t.text for t in parts[:start]]
    picked = {"of", "among", "from", "between"} & set(lead)
    if not picked or how in ("minus", "except") or not all(w in _LEAD or parts[n].category for n, w in enumerate(lead)):
        return None
    rest = _verb(parts[end:])
    for category in reader.shared_categories(numbers):
        trial = reader.fork()
        members = [trial.entity(n, category) for n in numbers]
        expr = read_clauses(trial, category, rest)
        if expr is None or isinstance(expr, Entity) or None in members:
            continue
        reader.take(trial)
        of = And((Or(tuple(m for m in members if m is not None)), expr))
        if "many" in lead:
            return CountForm(of)
        return ListForm(of) if _LIST.intersection(lead) else ExistsForm(of)
    return None


def _verb(parts: Sequence[Token]) -> list[Token]:
    """What is asked of the members, without the comma or colon before it."""
    rest = list(parts)
    while rest and rest[0].is_word and rest[0].text in (",", ":", "which", "that", "ones", "do", "does"):
        rest.pop(0)
    return rest
