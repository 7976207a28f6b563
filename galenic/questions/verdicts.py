"""Yes, no, or not recorded: whether a set has a member, asserted only over what the sources cover."""

from __future__ import annotations

from collections.abc import Sequence

from galenic.questions import compose
from galenic.questions.answer import Note
from galenic.questions.covered import gaps, open_conditions
from galenic.questions.kin import member_of_kin
from galenic.questions.shapes import by_query, instead, names_of
from galenic.questions.wording import capital, described
from galenic.questions.work import Outcome, Work
from kg.evidence.claims import Claim
from kg.evidence.results import YesNo
from kg.logic.execute import Found
from kg.logic.explain import Explainer
from kg.logic.forms import And, CountForm, Entity, ExistsForm, Expr
from kg.logic.paths import Path


def yes_or_no(form: ExistsForm, work: Work) -> Outcome:
    """Whether a set has a node; the yes, the no and the neither rest on something that can be opened."""
    subject, rest = _subject(form.of)
    members = list(work.executor.nodes(form.of).values())
    if not members:
        return _no(subject, rest, work)
    unknown = [n for f in members for n in open_conditions(rest, f.id, work)] if len(members) == 1 else []
    if unknown:
        # It is in the set for all that is recorded, but nothing is recorded of what would take it out.
        text = f"Not recorded: {_because(unknown)}."
        return Outcome(text, (YesNo.of(None),), [by_query(text, work)], notes=unknown)
    return _yes(subject, members, rest, work)


def _subject(expr: Expr) -> tuple[Entity | None, Expr]:
    """'Is X among ...': X, and the set it may belong to."""
    if isinstance(expr, And) and isinstance(expr.parts[0], Entity):
        others = expr.parts[1:]
        return expr.parts[0], others[0] if len(others) == 1 else And(others)
    return None, expr


def _yes(subject: Entity | None, members: list[Found], rest: Expr, work: Work) -> Outcome:
    claims = compose.listing(work.desk, Explainer(work.executor), rest, members)
    if not claims:
        among = f"{names_of(members)} is among the {described(rest, work.names)}."
        claims = [_by_count(len(members), rest, work) if subject is None else by_query(among, work)]
    denied = compose.contradictions(work.desk, work.executor, rest, [f.id for f in members[: compose.SHOWN]])
    text = "Yes." if len(members) == 1 else f"Yes: {names_of(members)}."
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
    who = work.names.get(subject.id, subject.id)
    denied = compose.contradictions(work.desk, work.executor, rest, [subject.id])
    missing = [] if denied else gaps(rest, subject.id, work)
    notes = []
    for other in compose.neighbours(rest):
        if subject.id in work.executor.nodes(other):
            notes.append(Note("instead_of", {"who": who, "what": described(other, work.names)}))
    kin = [] if denied else member_of_kin(subject.id, rest, work)
    if any(note.facts["side"] == "narrower" for note, _ in kin):
        return _of_narrower(kin, notes, work)
    notes += [note for note, _ in kin]
    if missing:
        text = f"Not recorded: {_because(missing)}."
        return Outcome(text, (YesNo.of(None),), [by_query(text, work)], denied, [*notes, *missing])
    text = f"No: {who} is not among the {what} that {work.records}."
    return Outcome(text, (YesNo.of(False),), [by_query(text, work)], denied, notes)


def _of_narrower(kin: Sequence[tuple[Note, Path]], notes: Sequence[Note], work: Work) -> Outcome:
    """Neither yes nor no: what is asked is recorded of a narrower term, and only of that."""
    note, path = next((note, path) for note, path in kin if note.facts["side"] == "narrower")
    f = note.facts
    text = f"Not recorded of {f['of']} itself, but of a narrower term: {f['who']} is among the {f['what']}."
    claim = compose.fact(work.desk, path)
    others = [n for n, _ in kin if n is not note]
    return Outcome(text, (YesNo.of(None),), [claim] if claim else [], notes=[*notes, *others])


def _because(missing: list[Note]) -> str:
    """The gaps in one clause."""
    return "; ".join(dict.fromkeys(str(n.facts["because"]) for n in missing))
