"""One function for each shape of answer: a list, a number, a comparison, a ranking, paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from galenic.questions import compose
from galenic.questions.answer import Note
from galenic.questions.covered import unknown_members, unlisted_things
from galenic.questions.how_often import ordered
from galenic.questions.kin import of_broader
from galenic.questions.wording import called, capital, described, narrower
from galenic.questions.work import Outcome, Work
from kg.evidence.claims import Claim
from kg.evidence.results import Count, Found, Result, Stop
from kg.logic import found as nodes
from kg.logic.explain import Explainer
from kg.logic.forms import (
    All,
    CompareForm,
    CountForm,
    Expr,
    Form,
    Having,
    Hop,
    ListForm,
    TopForm,
    Where,
    category_of,
    entities,
    parts_of,
)
from kg.logic.through import taken_in, through
from kg.schema import schema

NAMED = 20
_DIRECT: Mapping[str, Stop] = MappingProxyType({})
_EXAMPLES = 3


def names_of(found: Sequence[nodes.Found], most: int = NAMED) -> str:
    """The names of nodes, as many as are told in one sentence."""
    return ", ".join(f.name for f in found[:most]) + (f" and {len(found) - most:,} more" if len(found) > most else "")


def as_results(found: Iterable[nodes.Found], by: Mapping[str, Stop] = _DIRECT) -> tuple[Result, ...]:
    """Nodes as results, with the narrower term by which each came."""
    return tuple(Found(f.id, f.name, f.value, by.get(f.id)) for f in found)


def by_narrower(expr: Expr, work: Work) -> dict[str, Stop]:
    """The narrower terms through which the nodes of a set came."""
    terms = through(work.executor, expr)
    names = work.executor.named(set(terms.values())) if terms else {}
    return {node: Stop(term, names[term].name) for node, term in terms.items()}


def with_narrower(text: str, form: Form, work: Work) -> str:
    """A sentence that counts, with how many narrower terms count."""
    told = narrower(taken_in(form, work.executor), work.names)
    return f"{text.removesuffix('.')} ({told})." if told else text


def by_query(text: str, work: Work) -> Claim:
    """A statement that rests on the queries themselves: a number, or that there is nothing."""
    return Claim(text, (work.desk.query(work.executor.trace.cypher),))


def instead(expr: Expr, work: Work) -> list[Note]:
    """What is recorded over the neighbouring relations where this one holds nothing."""
    notes = []
    for other in compose.neighbours(expr):
        number = work.executor.count(other)
        if number:
            notes.append(Note("instead", {"number": number, "what": described(other, work.names, number)}))
    return notes


def none_of(expr: Expr, work: Work) -> Outcome:
    """Nothing is recorded: said as a claim that rests on the query, with the neighbouring relation where one helps."""
    notes = [*instead(expr, work), *unlisted_things(expr, work), *of_broader(expr, work)]
    steps = [schema().relation(r).says for r in _steps(expr)]
    if len(steps) > 1 and any(isinstance(e, Where) and e.evidence for e in (expr, *parts_of(expr))):
        notes.append(Note("every_step", {"relations": steps}))
    text = f"{capital(work.records)} no {described(expr, work.names)}."
    return Outcome(text, (), [by_query(text, work)], notes=notes)


def _steps(expr: Expr) -> tuple[str, ...]:
    """The relations that decide on a set, outermost first."""
    own = (expr.relation,) if isinstance(expr, (Hop, Having)) else ()
    return tuple(dict.fromkeys((*own, *(r for part in parts_of(expr) for r in _steps(part)))))


def listed(form: ListForm, work: Work) -> Outcome:
    """All nodes of a set, best evidence first."""
    found = list(work.executor.nodes(form.of).values())
    if not found:
        return none_of(form.of, work)
    said = f"{len(found):,} {described(form.of, work.names, len(found))}"
    if isinstance(form.of, All):
        text = f"{capital(work.records)} {said}."
        return Outcome(text, as_results(found), [by_query(text, work)])
    told = ordered(form.of, found, work)
    found = told.found
    edges = Explainer(work.executor).explain(form.of, [f.id for f in found[: compose.SHOWN]])
    claims = compose.listing(work.desk, edges, found)
    shown = {f.id: edges.get(f.id, []) for f in found[: compose.SHOWN]}
    denied = compose.contradictions(work.desk, work.executor, form.of, shown)
    notes = [*told.notes, *unknown_members(form.of, found, work)]
    if not claims:
        # What is not recorded has no edge to show: the statement rests on the query itself.
        claims = [by_query(f"{capital(work.records)} {said}.", work)]
    elif len(found) > len(claims):
        best = not told.said and any(f.tier != found[0].tier or f.n_sources != found[0].n_sources for f in found)
        notes.append(Note("shown", {"shown": len(claims), "whole": len(found), "best": best}))
    results = as_results(found, by_narrower(form.of, work))
    return Outcome(f"{said}: {told.names(NAMED)}.", results, claims, denied, notes)


def counted(form: CountForm, work: Work) -> Outcome:
    """How many nodes a set has, with the best of them as examples."""
    if isinstance(form.of, All):
        number, found = work.executor.count(form.of), []
    else:
        found = list(work.executor.nodes(form.of).values())
        number = len(found)
    text = f"{capital(work.records)} {number:,} {described(form.of, work.names, number)}."
    edges = Explainer(work.executor).explain(form.of, [f.id for f in found[:_EXAMPLES]])
    examples = compose.listing(work.desk, edges, found[:_EXAMPLES])
    notes = unknown_members(form.of, found, work)
    if not number:
        notes = [*instead(form.of, work), *unlisted_things(form.of, work), *of_broader(form.of, work)]
    told = with_narrower(text, form, work)
    return Outcome(told, (Count(number),), [by_query(text, work), *examples], notes=notes)


def compared(form: CompareForm, work: Work) -> Outcome:
    """Which of two sets is larger."""
    sides = []
    for expr, entity in ((form.left, form.left_entity), (form.right, form.right_entity)):
        owner = next((called(e, work.names) for e in entities(expr)), entity)
        sides.append((work.executor.count(expr), entity, owner, expr))
    sides.sort(key=lambda s: -s[0])
    (more, _, winner, expr), (less, _, loser, fewer) = sides
    notes = [n for number, _, _, side in sides if not number for n in unlisted_things(side, work)]
    kind, other = schema().kind(category_of(expr)), schema().kind(category_of(fewer))
    noun, second = (kind.singular if more == 1 else kind.plural), (other.singular if less == 1 else other.plural)
    text = f"{winner} has {more:,} {noun}, {loser} {less:,}{f' {second}' if second != noun else ''}."
    if more == less and noun == second:
        text = f"{winner} and {loser} both have {more:,} {noun}."
    results = tuple(Found(entity, name, number) for number, entity, name, _ in sides)
    supports = tuple(dict.fromkeys(_side(side, number, work) for number, _, _, side in sides))
    told = with_narrower(text, form, work)
    return Outcome(told, results if more == less else results[:1], [Claim(text, supports)], notes=notes)


def _side(expr: Expr, number: int, work: Work) -> str:
    """The support of one side of a comparison: its own form and count."""
    return work.desk.total(work.executor.trace.cypher, CountForm(expr), work.names, number)


def topped(form: TopForm, work: Work) -> Outcome:
    """The nodes with the most or fewest neighbours, ties kept."""
    found = work.executor.top(form)
    if not found:
        having = Having(form.of, form.relation, form.direction, "at_least", 1)
        return none_of(Where(having, form.filters) if form.filters else having, work)
    target = schema().kind(schema().relation(form.relation).target(form.direction))
    support = work.desk.query(work.executor.trace.cypher)
    claims = [
        Claim(f"{f.name} has {int(f.value or 0):,} {target.singular if f.value == 1 else target.plural}.", (support,))
        for f in found[: compose.SHOWN]
    ]
    ties = f" ({len(found)} with ties)" if len(found) > form.k else ""
    shown = ", ".join(f"{f.name} ({int(f.value or 0):,})" for f in found[:NAMED])
    more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    text = f"{'Most' if form.most else 'Fewest'} {target.plural}{ties}: {shown}{more}."
    notes = [] if form.most else [Note("fewest", {"what": target.plural})]
    if len(found) > len(claims):
        notes.append(Note("shown", {"shown": len(claims), "whole": len(found), "best": True}))
    return Outcome(text, as_results(found), claims, notes=notes)
