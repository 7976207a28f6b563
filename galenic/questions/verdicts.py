"""Yes, no, or not recorded: whether a set has a member, asserted only over what the sources cover."""

from __future__ import annotations

from collections.abc import Sequence

from galenic.questions import as_one, compose
from galenic.questions.answer import Note
from galenic.questions.covered import gaps, open_conditions
from galenic.questions.kin import member_of_broader
from galenic.questions.shapes import by_query, instead, names_of
from galenic.questions.wording import called, capital, described
from galenic.questions.work import Outcome, Work
from kg.evidence.claims import Claim
from kg.evidence.results import YesNo
from kg.logic.explain import Explainer
from kg.logic.forms import And, CountForm, Entity, ExistsForm, Expr
from kg.logic.found import Found
from kg.logic.rewriting import conjuncts


def yes_or_no(form: ExistsForm, work: Work) -> Outcome:
    """Whether a set has a node; the yes, the no and the neither rest on something that can be opened."""
    subject, rest = _subject(form.of)
    members = list(work.executor.nodes(form.of).values())
    if subject is not None and as_one.is_divided(subject, rest, bool(members), work.executor):
        return _divided(subject, members, work)
    if not members:
        return _no(subject, rest, work)
    thing = subject
    if thing is None and len(members) == 1:
        thing = Entity(members[0].id, exact=True)
    unknown = [] if thing is None else open_conditions(rest, thing, work)
    if unknown:
        # It is in the set for all that is recorded, but nothing is recorded of what would take it out.
        text = f"Not recorded: {_because(unknown)}."
        return Outcome(text, (YesNo.of(None),), [by_query(text, work)], notes=unknown)
    return _yes(subject, members, rest, work)


def _divided(subject: Entity, members: Sequence[Found], work: Work) -> Outcome:
    """Neither yes nor no: it holds of a part of what the subject stands for, and not of all of it taken together."""
    who = called(subject, work.names)
    of = f"of {names_of(members)}, but not" if members else "of no narrower term by itself, but"
    text = f"Not recorded: what is asked holds {of} of {who} with all its narrower terms taken together."
    return Outcome(text, (YesNo.of(None),))


def _subject(expr: Expr) -> tuple[Entity | None, Expr]:
    """'Is X among ...': X, wherever it stands among the parts, and the set it may belong to."""
    parts = list(conjuncts(expr))
    subject = next((part for part in parts if isinstance(part, Entity)), None)
    if subject is None or len(parts) == 1:
        return None, expr
    parts.remove(subject)
    return subject, parts[0] if len(parts) == 1 else And(tuple(parts))


def _yes(subject: Entity | None, members: list[Found], rest: Expr, work: Work) -> Outcome:
    text = "Yes." if len(members) == 1 else f"Yes: {names_of(members)}."
    if subject is not None:
        # The thing itself before its narrower terms, and these only where it is not there itself.
        order = {node: n for n, node in enumerate(work.executor.under(subject))}
        members = sorted(members, key=lambda f: order[f.id])
        direct = members[0].id == subject.id
        members = members[:1] if direct else members
        terms = "a narrower term" if len(members) == 1 else "narrower terms"
        text = "Yes." if direct else f"Yes, through {terms}: {names_of(members)}."
    explainer = Explainer(work.executor)
    edges = explainer.explain(rest, [f.id for f in members[: compose.SHOWN]])
    edges = edges if subject is None else explainer.up_to(subject, edges)
    claims = compose.listing(work.desk, edges, members)
    if not claims:
        who = names_of(members) if subject is None else called(subject, work.names)
        among = f"{who} is among the {described(rest, work.names)}."
        claims = [_by_count(len(members), rest, work) if subject is None else by_query(among, work)]
    shown = {f.id: edges.get(f.id, []) for f in members[: compose.SHOWN]}
    denied = compose.contradictions(work.desk, work.executor, rest, shown)
    return Outcome(text, (YesNo.of(True),), claims, denied)


def _by_count(number: int, expr: Expr, work: Work) -> Claim:
    """What has no edge to show is counted."""
    support = work.desk.total(work.executor.trace.cypher, CountForm(expr), work.names, number)
    return Claim(f"{capital(work.records)} {number:,} {described(expr, work.names, number)}.", (support,))


def _no(subject: Entity | None, rest: Expr, work: Work) -> Outcome:
    what = described(rest, work.names)
    if subject is None:
        missing = gaps(rest, None, work)
        text = f"Not recorded: {_because(missing)}." if missing else f"No: {work.records} no {what}."
        notes = [*instead(rest, work), *missing]
        return Outcome(text, (YesNo.of(None if missing else False),), [by_query(text, work)], notes=notes)
    who, stands_for = called(subject, work.names), frozenset(work.executor.under(subject))
    denied = compose.contradictions(work.desk, work.executor, rest, {subject.id: []})
    missing = [] if denied else gaps(rest, subject, work)
    notes = []
    for other in compose.neighbours(rest):
        if not stands_for.isdisjoint(work.executor.nodes(other)):
            notes.append(Note("instead_of", {"who": who, "what": described(other, work.names)}))
    notes += [] if denied else member_of_broader(subject, rest, work)
    if missing:
        text = f"Not recorded: {_because(missing)}."
        return Outcome(text, (YesNo.of(None),), [by_query(text, work)], denied, [*notes, *missing])
    text = f"No: {who} is not among the {what} that {work.records}."
    return Outcome(text, (YesNo.of(False),), [by_query(text, work)], denied, notes)


def _because(missing: list[Note]) -> str:
    """The gaps in one clause."""
    return "; ".join(dict.fromkeys(str(n.facts["because"]) for n in missing))
