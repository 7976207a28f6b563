"""`:explain`: how the last answer was found, or what the last Cypher does, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from galenic.errors import UsageError
from galenic.explore.entries import Entry
from galenic.explore.state import State
from galenic.questions.dialogue import Turn
from galenic.questions.wording import condition, described
from galenic.reports.page import Grid, Page, Paragraph, brief, sentence
from kg.errors import GraphError
from kg.logic.execute import Executor
from kg.logic.forms import (
    All,
    And,
    CompareForm,
    Entity,
    Expr,
    Having,
    Hop,
    Minus,
    Or,
    PathsForm,
    TopForm,
    Where,
    category_of,
    parts_of,
)
from kg.schema import schema

_CLAUSES = re.compile(
    r"\b(OPTIONAL\s+MATCH|MATCH|WHERE|UNWIND|WITH|RETURN|ORDER\s+BY|SKIP|LIMIT|UNION(?:\s+ALL)?)\b", re.IGNORECASE
)
_HIDDEN = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`")
_WORDS = {
    "MATCH": "find every place that fits",
    "OPTIONAL MATCH": "add, where there is one,",
    "WHERE": "keep those where",
    "UNWIND": "go through each of",
    "WITH": "carry on with",
    "RETURN": "give back",
    "ORDER BY": "in the order of",
    "SKIP": "leave out the first",
    "LIMIT": "at most",
}


def explain(session: State) -> Entry:
    """The last answer or query, step by step."""
    entry = next((e for e in reversed(session.entries) if e.kind != "command" or e.turn is not None), None)
    if entry is None:
        raise UsageError("nothing was asked yet, so there is nothing to explain")
    if entry.kind == "cypher" or entry.by_model:
        page = tuple(_of_cypher(session, entry))
    elif entry.turn is not None:
        page = tuple(_of_turn(session, entry.turn, entry.kind == "command"))
    else:
        page = (Paragraph(entry.said, "bad"),)
    return Entry(":explain", "command", "answered", page=page, kept=False)


def _of_turn(session: State, turn: Turn, command: bool) -> Iterator[Paragraph | Grid]:
    answer, form = turn.answer, turn.form
    names = {
        **session.house.release.titles,
        **{e.id: e.name for e in session.dialogue.memory.known.values()},
        **{e.id: e.name for e in answer.entities},
    }
    yield Paragraph("Names", "head")
    for linked in answer.entities:
        why = next(
            (c.why for c in session.house.linker.link(linked.mention, limit=5) if c.id == linked.id),
            "from what was said before",
        )
        yield Paragraph(
            f"{linked.mention} is {linked.name} ({linked.id}), a {schema().kind(linked.category).singular}: {why}, "
            f"score {linked.score:.2f}",
            indent=2,
        )
    if not answer.entities:
        yield Paragraph("The question names nothing of this release.", indent=2)
    yield Paragraph("Reading", "head")
    if answer.status != "answered" and not answer.cypher:
        yield Paragraph(f"Not answered ({answer.reason}): {answer.message}", "bad", 2)
        return
    sure = (
        "it follows up on what was asked before"
        if turn.read_as
        else f"its least sure step fits a known wording with {answer.confidence:.2f} of 1"
    )
    yield Paragraph(f"Read as: {answer.read_as}{'' if command else f'; {sure}'}.", indent=2)
    yield Paragraph("Steps", "head")
    executor = session.house.pipeline.executor(session.permitted)
    for number, line in enumerate(_steps(executor, form, names), 1):
        yield Paragraph(f"{number}. {line}", indent=2)
    yield Paragraph("Evidence", "head")
    allowed = session.permitted.sources
    yield Paragraph(
        "All sources count."
        if allowed is None
        else f"Only these sources count: {', '.join(sorted(allowed)) or 'none'}.",
        indent=2,
    )
    yield Paragraph(
        "Results stand in order of their best tier, then the number of sources, then of publications.", indent=2
    )
    if answer.dropped:
        yield Paragraph(
            f"{answer.dropped} sentences were dropped because their evidence does not carry them.", "bad", 2
        )
    yield Paragraph(
        f"{len(answer.cypher)} statements of Cypher ran, {answer.seconds:.2f} s; `:cypher` shows them.", "quiet", 2
    )


def _steps(executor: Executor, form: object, names: dict[str, str]) -> Iterator[str]:
    match form:
        case CompareForm():
            yield from (*_of_expr(executor, form.left, names), *_of_expr(executor, form.right, names))
            yield "Count both and compare."
        case TopForm():
            yield from _of_expr(executor, form.of, names)
            relation = schema().relation(form.relation)
            noun = schema().kind(relation.target(form.direction)).plural
            counted = (
                f" {condition(Where(All(relation.target(form.direction)), form.filters), names)}"
                if form.filters
                else ""
            )
            yield f"Count the {noun} that each has over {relation.type}{counted}, and keep the {form.k} with the {'most' if form.most else 'fewest'}; ties are kept."  # noqa: E501
        case PathsForm():
            yield f"Look for edges between the two, then for nodes that both touch, then for chains of {form.length}, through rarely linked nodes first."  # noqa: E501
            yield "Relations that tie everything to everything are walked only where they touch an end."
        case _:
            expr = getattr(form, "of", None)
            if isinstance(expr, Expr):
                yield from _of_expr(executor, expr, names)
            yield _LAST.get(
                type(form).__name__, "Search the passages by words and meaning, and quote the sentence that says most."
            )


_LAST = {
    "ListForm": "List them.",
    "CountForm": "Count them.",
    "ExistsForm": "See whether any is left.",
    "MechanismForm": "Read the mechanisms that curators recorded of it, in their steps.",
    "DescribeForm": "Read its record and count its neighbours over each relation.",
}


def _of_expr(executor: Executor, expr: Expr, names: dict[str, str]) -> Iterator[str]:
    """The steps of a set from the inside out, each with how many nodes it leaves."""
    for part in parts_of(expr):
        if not isinstance(part, (Entity, All)):
            yield from _of_expr(executor, part, names)
    match expr:
        case Entity():
            number = len(executor.under(expr)) - 1
            narrower = (
                f", and the {number:,} narrower term{'' if number == 1 else 's'} that it stands for" if number else ""
            )
            yield f"Take {names.get(expr.id, expr.id)} ({expr.id}){narrower}."
        case All():
            yield f"Take all {schema().kind(expr.category).plural}."
        case Hop():
            yield f"{_followed(expr, names)}: {_size(executor, expr, names)}."
        case And():
            yield f"Keep what is in all {len(expr.parts)} of these: {_size(executor, expr, names)}."
        case Or():
            yield f"Put these {len(expr.parts)} together: {_size(executor, expr, names)}."
        case Minus():
            yield f"Leave out what is in the second: {_size(executor, expr, names)}."
        case Having():
            many = f"{expr.comparison.replace('_', ' ')} {expr.number or ''}".strip()
            yield f"Count the neighbours of each over {expr.relation.upper()} and keep those with {many}: {_size(executor, expr, names)}."  # noqa: E501
        case Where():
            wording = condition(Where(All(category_of(expr)), expr.filters), names)
            yield f"Keep those {wording}: {_size(executor, expr, names)}."


def _followed(hop: Hop, names: dict[str, str]) -> str:
    """'From gout follow TREATS against its arrow (Drug to Disease)'."""
    relation = schema().relation(hop.relation)
    match hop.of:
        case Entity():
            start = names.get(hop.of.id, hop.of.id)
        case All():
            start = f"all {schema().kind(hop.of.category).plural}"
        case _:
            start = "there"
    way = "along" if hop.direction == "out" else "against"
    ends = f"({schema().kind(relation.subject).label} to {schema().kind(relation.object).label})"
    return f"From {start} follow {relation.type}" + ("" if relation.symmetric else f" {way} its arrow {ends}")


def _size(executor: Executor, expr: Expr, names: dict[str, str]) -> str:
    try:
        number = len(executor.nodes(expr))
    except GraphError as problem:
        return f"not counted ({problem})"
    return f"{number:,} {described(expr, names, number)}"


def _of_cypher(session: State, entry: Entry) -> Page:
    page: list[Paragraph | Grid] = [Paragraph("What the query does", "head")]
    if entry.by_model:
        page.append(
            Paragraph(
                f"A language model ({entry.model}) wrote it. It was checked to read only, not to ask what you meant.",
                "bad",
                2,
            )
        )
    if not entry.cypher:
        return (*page, Paragraph(entry.said, "bad", 2))
    for clause, rest in _clauses(entry.cypher):
        page.append(Paragraph(f"{clause}: {_WORDS.get(clause, '')} {rest}", indent=2))
    types = [r for r in schema().relations.values() if re.search(rf"\b{r.type}\b", entry.cypher)]
    if types:
        page.append(Paragraph("Relationships in it", "head"))
    for relation in types:
        subject, object_ = schema().kind(relation.subject), schema().kind(relation.object)
        page.append(
            Paragraph(
                f"(:{subject.label})-[:{relation.type}]->(:{object_.label}): {sentence(relation, 'a ')}", indent=2
            )
        )
    used = {n: v for n, v in session.bound().items() if f"${n}" in entry.cypher}
    if entry.written is not None:
        used |= {x.parameter: f"{x.id} ({x.name})" for x in entry.written.bound if f"${x.parameter}" in entry.cypher}
    for name, value in used.items():
        page.append(Paragraph(f"${name} = {brief(value)}", "quiet", 2))
    page.append(
        Paragraph(
            f"Checked to read only; at most 10,000 rows, at most {session.house.settings.query_seconds:g} s.",
            "quiet",
            2,
        )
    )
    page += [Paragraph(note, "quiet", 2) for note in entry.notes]
    return tuple(page)


def _clauses(query: str) -> Iterator[tuple[str, str]]:
    """Clauses of a query in order; words inside texts and names are no clauses."""
    hidden = _HIDDEN.sub(lambda m: "x" * len(m.group()), query)
    matches = list(_CLAUSES.finditer(hidden))
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        end = following.start() if following else len(query)
        yield " ".join(match.group().upper().split()), " ".join(query[match.end() : end].split())
