"""One function for each shape of answer: a list, a number, yes or no, a comparison, a ranking, paths, a profile."""

from __future__ import annotations

import json

from galenic.questions import compose
from galenic.questions.answer import Claim, Result
from galenic.questions.work import Outcome, Work
from kg.logic.evidence import EdgeHit, Explainer, assertions
from kg.logic.execute import Found
from kg.logic.forms import (
    All,
    And,
    CompareForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Expr,
    Having,
    Hop,
    ListForm,
    PathsForm,
    TopForm,
    Where,
    category_of,
    parts_of,
)
from kg.logic.paths import LONGEST_SEARCHED, Path, PathFinder
from kg.logic.profile import neighbour_totals, node_record
from kg.schema import schema


def _names(found: list[Found], most: int = 8) -> str:
    shown = ", ".join(f.name for f in found[:most])
    return shown + (f" and {len(found) - most:,} more" if len(found) > most else "")


def _noun(expr: Expr, number: int) -> str:
    kind = schema().kind(category_of(expr))
    return kind.singular if number == 1 else kind.plural


def _recorded(work: Work) -> str:
    """Who records: the release, or no more of it than was permitted."""
    return "This release records" if work.scope.sources is None else "The permitted sources record"


def _none(expr: Expr, work: Work) -> Outcome:
    """Nothing is recorded: said as a claim that rests on the query, with the neighbouring relation where one helps."""
    what = compose.described(expr, work.names)
    notes = []
    for other in compose.neighbours(expr):
        number = work.executor.count(other)
        if number:
            notes.append(f"Recorded instead: {number:,} {compose.described(other, work.names, number)}.")
    steps = [schema().relation(r).says for r in _steps(expr)]
    if len(steps) > 1 and any(isinstance(e, Where) and e.evidence for e in (expr, *parts_of(expr))):
        notes.append(f"Such evidence is asked of every step: {' and '.join(steps)}.")
    text = f"{_recorded(work)} no {what}."
    return Outcome(text, (), [Claim(text, (work.desk.query(work.executor.trace.cypher),))], notes=notes)


def _steps(expr: Expr) -> tuple[str, ...]:
    """The relations that decide on a set, outermost first."""
    own = (expr.relation,) if isinstance(expr, (Hop, Having)) else ()
    return tuple(dict.fromkeys((*own, *(r for part in parts_of(expr) for r in _steps(part)))))


def listed(form: ListForm, work: Work) -> Outcome:
    """All nodes of a set, best evidence first."""
    found = list(work.executor.nodes(form.of).values())
    if not found:
        return _none(form.of, work)
    if isinstance(form.of, All):
        whole = _number(len(found), form.of, work)
        return Outcome(whole.message, compose.as_results(found), whole.claims)
    claims = compose.listing(work.desk, Explainer(work.executor), form.of, found)
    denied = compose.contradictions(work.desk, work.executor, form.of, [f.id for f in found[: compose.SHOWN]])
    message = f"{len(found):,} {compose.described(form.of, work.names, len(found))}: {_names(found)}."
    notes = []
    if not claims:
        # What is not recorded has no edge to show: the statement rests on the query itself.
        text = f"{_recorded(work)} {len(found):,} {compose.described(form.of, work.names, len(found))}."
        claims = [Claim(text, (work.desk.query(work.executor.trace.cypher),))]
    elif len(found) > len(claims):
        notes = [f"Evidence is shown for the {len(claims)} best supported of {len(found):,}; --json has them all."]
    return Outcome(message, compose.as_results(found), claims, denied, notes)


def _number(number: int, expr: Expr, work: Work) -> Outcome:
    text = f"{_recorded(work)} {number:,} {compose.described(expr, work.names, number)}."
    claim = Claim(text, (work.desk.query(work.executor.trace.cypher),))
    return Outcome(text, (Result("GALENIC:count", "count", number),), [claim])


def counted(form: CountForm, work: Work) -> Outcome:
    """How many nodes a set has, with the best of them as examples."""
    if isinstance(form.of, All):
        return _number(work.executor.count(form.of), form.of, work)
    found = list(work.executor.nodes(form.of).values())
    outcome = _number(len(found), form.of, work)
    examples = compose.listing(work.desk, Explainer(work.executor), form.of, found[:3])
    return Outcome(outcome.message, outcome.results, [*outcome.claims, *examples])


def yes_or_no(form: ExistsForm, work: Work) -> Outcome:
    """Whether a set has a node; both the yes and the no rest on something that can be opened."""
    found = list(work.executor.nodes(form.of).values())
    result = (Result("GALENIC:answer", "yes" if found else "no", bool(found)),)
    rest = (
        form.of.parts[1]
        if isinstance(form.of, And) and isinstance(form.of.parts[0], Entity) and len(form.of.parts) == 2
        else form.of
    )
    if found:
        claims = compose.listing(work.desk, Explainer(work.executor), rest, found)
        if not claims:
            text = (
                f"{_names(found)} {'is' if len(found) == 1 else 'are'} among the {compose.described(rest, work.names)}."
            )
            claims = [Claim(text, (work.desk.query(work.executor.trace.cypher),))]
        denied = compose.contradictions(work.desk, work.executor, rest, [f.id for f in found[: compose.SHOWN]])
        return Outcome("Yes." if len(found) == 1 else f"Yes: {_names(found)}.", result, claims, denied)
    subject = form.of.parts[0] if isinstance(form.of, And) and isinstance(form.of.parts[0], Entity) else None
    denied = compose.contradictions(work.desk, work.executor, rest, [subject.id]) if subject else []
    who = work.names.get(subject.id, subject.id) if subject else ""
    what = compose.described(rest, work.names)
    records = _recorded(work)[0].lower() + _recorded(work)[1:]
    text = f"No: {who} is not among the {what} that {records}." if subject else f"No: {records} no {what}."
    notes = []
    if subject:
        for other in compose.neighbours(rest):
            if subject.id in work.executor.nodes(other):
                notes.append(f"Recorded instead: {who} is among the {compose.described(other, work.names)}.")
    return Outcome(text, result, [Claim(text, (work.desk.query(work.executor.trace.cypher),))], denied, notes)


def compared(form: CompareForm, work: Work) -> Outcome:
    """Which of two sets is larger."""
    sizes = []
    for expr, entity in ((form.left, form.left_entity), (form.right, form.right_entity)):
        sizes.append((work.executor.count(expr), entity, work.names.get(entity, entity), expr))
    sizes.sort(key=lambda s: -s[0])
    (more, _, winner_name, expr), (less, _, loser_name, _) = sizes
    noun = _noun(expr, more)
    text = (
        f"{winner_name} has {more:,} {noun}, {loser_name} {less:,}."
        if more != less
        else f"{winner_name} and {loser_name} both have {more:,} {noun}."
    )
    results = tuple(Result(entity, name, number) for number, entity, name, _ in sizes)
    return Outcome(
        text, results if more == less else results[:1], [Claim(text, (work.desk.query(work.executor.trace.cypher),))]
    )


def topped(form: TopForm, work: Work) -> Outcome:
    """The nodes with the most or fewest neighbours, ties kept."""
    found = work.executor.top(form)
    if not found:
        having = Having(form.of, form.relation, form.direction, "at_least", 1)
        return _none(Where(having, form.filters) if form.filters else having, work)
    target = schema().kind(schema().relation(form.relation).target(form.direction))
    support = work.desk.query(work.executor.trace.cypher)
    claims = [
        Claim(f"{f.name} has {int(f.value or 0):,} {target.singular if f.value == 1 else target.plural}.", (support,))
        for f in found[: compose.SHOWN]
    ]
    ties = f" ({len(found)} with ties)" if len(found) > form.k else ""
    return Outcome(
        f"{'Most' if form.most else 'Fewest'} {target.plural}{ties}: {_names(found)}.",
        compose.as_results(found),
        claims,
    )


def connected(form: PathsForm, work: Work) -> Outcome:
    """Paths between two nodes, as chains of facts."""
    paths = PathFinder(work.executor).find(form.start.id, form.end.id, form.length)
    start, end = work.names.get(form.start.id, form.start.id), work.names.get(form.end.id, form.end.id)
    if not paths:
        text = f"No path of at most {min(form.length, LONGEST_SEARCHED)} steps was found between {start} and {end}."
        return Outcome(text, (), [Claim(text, (work.desk.query(work.executor.trace.cypher),))], notes=[_NOT_WALKED])
    claims = [
        c for path in paths[: compose.SHOWN] if (c := compose.fact(work.desk, [_edge(step, work) for step in path]))
    ]
    results = tuple(_path_result(path, form.start.id) for path in paths)
    apart, shown = len(paths[0]), len(paths)
    steps, number = f"{apart} step{'s' if apart > 1 else ''}", f"{shown} path{'s' if shown > 1 else ''}"
    text = f"The shortest path found between {start} and {end} has {steps}; {number} shown, rarest links first."
    return Outcome(text, results, claims, notes=[_NOT_WALKED] if apart > 1 else [])


# Kept with `kg.logic.paths._WIDE`: what the search leaves out is said with its answer.
_NOT_WALKED = (
    "Not walked on the way, for through them most things meet: expression in tissues, covariation of genes, cellular "
    "components, "
    "molecular functions, is-a and part-of, mentions in papers."
)


def _edge(step: object, work: Work) -> EdgeHit:
    from kg.logic.paths import Step

    assert isinstance(step, Step)
    return EdgeHit(
        step.id,
        schema().relation(step.relation),
        step.subject,
        step.subject_name,
        step.object,
        step.object_name,
        step.tier,
        step.sources,
        step.publications,
        assertions(step.detail, step.sources, step.tier, work.executor.evidence.sources),
    )


def _path_result(path: Path, start: str) -> Result:
    ids, names, at = [start], [path[0].subject_name if path[0].subject == start else path[0].object_name], start
    for step in path:
        at, name = (step.object, step.object_name) if step.subject == at else (step.subject, step.subject_name)
        ids.append(at)
        names.append(name)
    return Result(" > ".join(ids), " > ".join(names), len(path))


def profiled(form: DescribeForm, work: Work) -> Outcome:
    """What the release holds of a node: names, facts, and how many neighbours over each relation."""
    node = node_record(work.executor, form.of.id)
    if node is None:
        return _none(form.of, work)
    support = work.desk.node(node)
    kind = schema().kind(node["category"])
    claims = [Claim(f"{node['name']} ({node['id']}) is a {kind.singular}.", (support,))]
    if node["synonyms"]:
        claims.append(Claim(f"It is also called {', '.join(node['synonyms'][:6])}.", (support,)))
    facts = json.loads(node["attributes"] or "{}")
    claims += [
        Claim(f"{_label(key)}: {_plain(value)}.", (support,)) for key, value in facts.items() if key in _SHOWN_FACTS
    ]
    for relation, direction, number in neighbour_totals(work.executor, node["id"], node["category"]):
        expr = Hop(relation.name, direction, Entity(node["id"], node["category"]))
        text = f"{number:,} {_noun(expr, number)} {compose.condition(expr, {node['id']: node['name']}, number)}."
        claims.append(Claim(text, (work.desk.query(work.executor.trace.cypher),)))
    return Outcome(claims[0].text, (Result(node["id"], node["name"]),), claims)


_SHOWN_FACTS = {"definition", "groups", "atc_codes", "half_life_hours", "type", "location", "categories", "organism"}


def _label(key: str) -> str:
    return {"atc_codes": "ATC codes", "half_life_hours": "Half-life in hours"}.get(
        key, key.replace("_", " ").capitalize()
    )


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value).rstrip(".")
