"""What is asked over a relation that no permitted source states at all: never 'none', and what labels say instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from galenic.questions import labels
from galenic.questions.answer import Note
from galenic.questions.work import Outcome, Work
from kg.evidence.claims import Claim
from kg.evidence.edges import sources_of
from kg.evidence.results import Count, YesNo
from kg.logic.forms import (
    CompareForm,
    CountForm,
    Entity,
    ExistsForm,
    Expr,
    Form,
    Having,
    Hop,
    ListForm,
    TopForm,
    entities,
    parts_of,
)
from kg.schema import schema
from kg.schema.relations import Relation

_DRUG = "biolink:Drug"


def unsourced(form: Form, outcome: Outcome, work: Work) -> Outcome:
    """The outcome of a form, said again where it speaks of such a relation: as not recorded where nothing was found,
    with a note where something was found without it.
    """
    missing = [r for r in _told_by_labels(form) if not sources_of(work.desk.release, r.name, work.permitted)]
    if not missing:
        return outcome
    who = "no source in this release" if work.permitted.sources is None else "no permitted source"
    because = [f"{who} records {r.section} as such" for r in missing]
    if not _found_nothing(form, outcome):
        facts = [{"id": "", "relation": r.name, "narrower": 0} for r in missing]
        notes = [Note("gap", {**f, "because": why}) for f, why in zip(facts, because, strict=True)]
        return replace(outcome, notes=[*outcome.notes, *notes])
    claims = [claim for relation in missing for claim in _quoted(form, relation, work)]
    titles = (work.desk.title(support) for claim in claims for support in claim.supports)
    labels_ = "; ".join(dict.fromkeys(titles))
    where = f" Quoted is what labels say: {labels_}." if claims else " No label in it speaks of that."
    results = (YesNo.of(None),) if isinstance(form, ExistsForm) else ()
    return Outcome(f"Not recorded: {'; '.join(because)}.{where}", results, claims)


def _found_nothing(form: Form, outcome: Outcome) -> bool:
    """Whether an answer is none, nought or no; two sets that are compared are both counted."""
    if isinstance(form, CompareForm):
        return True
    return all(
        (isinstance(r, Count) and not r.value) or (isinstance(r, YesNo) and not r.value) for r in outcome.results
    )


def _told_by_labels(form: Form) -> list[Relation]:
    """The relations of a form of which labels tell in words."""
    names: list[str] = [form.relation] if isinstance(form, TopForm) else []
    match form:
        case CompareForm():
            names += [*_relations(form.left), *_relations(form.right)]
        case ListForm() | CountForm() | ExistsForm() | TopForm():
            names += _relations(form.of)
        case _:
            return []
    return [r for name in dict.fromkeys(names) if (r := schema().relation(name)).section]


def _relations(expr: Expr) -> Iterator[str]:
    if isinstance(expr, (Hop, Having)):
        yield expr.relation
    for part in parts_of(expr):
        yield from _relations(part)


def _quoted(form: Form, relation: Relation, work: Work) -> list[Claim]:
    named = list(dict.fromkeys(entities(form)))
    found = work.executor.named([e.id for e in named])
    kinds = {e: found[e.id].category if e.id in found else e.category for e in named}
    drugs = [Entity(e.id, _DRUG) for e in named if kinds[e] == _DRUG]
    conditions = [e for e in named if kinds[e] == relation.object]
    return labels.quoted(relation.section, drugs, conditions, work) if drugs or conditions else []
