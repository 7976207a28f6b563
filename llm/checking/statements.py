"""Sentences that rest on a query: how many, which is more, yes or no, none recorded; recounted and read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.errors import GraphError
from kg.evidence.claims import QuerySupport
from kg.evidence.results import Count, Found, PathResult, Result, YesNo
from kg.logic.forms import (
    And,
    CountForm,
    DescribeForm,
    Direction,
    Entity,
    ExistsForm,
    Expr,
    Form,
    Having,
    Hop,
    ListForm,
    PathsForm,
    TopForm,
    Where,
    category_of,
    entities,
    parts_of,
)
from kg.logic.naming import named_in
from kg.logic.read import read_form
from kg.schema import schema
from llm.checking.descriptions import describes
from llm.checking.places import Things, marked

Names = Callable[[str], Iterable[str]]
_WHO = r"(?:this release|the permitted sources)"
_NUMBER = r"no|\d[\d,]*"
_RECORDS = re.compile(rf"(?:{_WHO} records? )?({_NUMBER}) (.+)", re.IGNORECASE)
_NO_RECORDS = re.compile(rf"No: {_WHO} records? no (.+)")
_NOT_AMONG = re.compile(rf"No: (⟦\d+⟧)( itself)? is not among the (.+) that {_WHO} records?")
_AMONG = re.compile(r"(⟦\d+⟧)( itself)? is among the (.+)")
_UNCOVERED = re.compile(r"(?:no source in this release|no permitted source) lists (.+)")
_UNMEASURED = re.compile(
    r"(?:no source in this release|no permitted source) gives a (\w+) for (?:(⟦\d+⟧), one of|[\d,]+ of) the (.+)"
)
_SOME_NARROWER = "some narrower terms of "
_NO_PATH = re.compile(r"No path of at most (\d+) steps was found between (⟦\d+⟧) and (⟦\d+⟧)")
_MORE = re.compile(
    rf"(⟦\d+⟧)(?: itself)? has ({_NUMBER}) ([^\d⟦⟧]+?)(?:,| and) (⟦\d+⟧)(?: itself)? (?:has )?"
    rf"({_NUMBER})(?: ([^\d⟦⟧]+))?"
)
_BOTH = re.compile(rf"(⟦\d+⟧)(?: itself)? and (⟦\d+⟧)(?: itself)? both have ({_NUMBER}) ([^\d⟦⟧]+)")
_OWN = re.compile(rf"(.+) has ({_NUMBER}) ([^\d⟦⟧]+)")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with places for names, the form that it must be about, and what was found."""

    text: str
    things: Things
    form: Form
    titles: Mapping[str, str]
    results: Sequence[Result]
    count: int | None

    @property
    def verdict(self) -> bool | str | None:
        return next((r.value for r in self.results if isinstance(r, YesNo)), "none")

    def number(self) -> int:
        """How many there are: what the query counted, what the results count, or how many results there are."""
        if self.count is not None:
            return self.count
        counted = next((r.value for r in self.results if isinstance(r, Count)), None)
        return sum(isinstance(r, (Found, PathResult)) for r in self.results) if counted is None else counted

    def says(self, description: str, expr: Expr) -> bool:
        return describes(description, self.things, expr, self.titles)


def queries_carry(text: str, queries: Sequence[QuerySupport], results: Sequence[Result], names: Names) -> bool:
    """Whether what is said is what the queries counted, with every condition of their forms and no other."""
    try:
        forms = [read_form(q.form) for q in queries]
    except GraphError:
        return False
    if len(forms) == 2:
        return _compared(text, queries, forms, names)
    if len(forms) != 1:
        return False
    query, form = queries[0], forms[0]
    if isinstance(form, TopForm) and (own := _OWN.fullmatch(text.rstrip("."))):
        kind = schema().relation(form.relation).target(form.direction)
        number = _read_number(own[2])
        named = any(isinstance(r, Found) and r.name == own[1] and r.value == number for r in results)
        return named and _is_noun(own[3], kind)
    called, titles = _called(query, form)
    sentence, things = marked(text.strip(), called, names)
    return _carried(_Sentence(sentence.rstrip("."), things, form, titles, results, query.count))


def _called(query: QuerySupport, form: Form) -> tuple[dict[str, str], dict[str, str]]:
    """The names of the things of a form by their identifiers, and the titles of its sources by their names."""
    names = dict(zip(named_in(form), query.names, strict=False))
    ids = {e.id for e in entities(form)}
    return {i: n for i, n in names.items() if i in ids}, {s: n for s, n in names.items() if s not in ids}


def _read_number(text: str) -> int:
    return 0 if text.casefold() == "no" else int(text.replace(",", ""))


def _is_noun(text: str, category: str) -> bool:
    kind = schema().kind(category)
    return text in (kind.singular, kind.plural)


def _set_of(form: Form) -> Expr | None:
    """The set that a form asks about."""
    match form:
        case ListForm() | CountForm() | ExistsForm() | DescribeForm():
            return form.of
        case TopForm():
            having = Having(form.of, form.relation, form.direction, "at_least", 1)
            return Where(having, form.filters) if form.filters else having
        case _:
            return None


def _subject(expr: Expr) -> tuple[Entity, Expr] | None:
    """'Is X among ...': X, and the set it may belong to."""
    if isinstance(expr, And) and isinstance(expr.parts[0], Entity):
        others = expr.parts[1:]
        return expr.parts[0], others[0] if len(others) == 1 else And(others)
    return None


def _carried(s: _Sentence) -> bool:
    if isinstance(s.form, PathsForm):
        return _no_path(s, s.form)
    expr = _set_of(s.form)
    if expr is None:
        return False
    if s.text.startswith("Not recorded: "):
        return s.verdict is None and all(_uncovered(clause, s, expr) for clause in s.text[14:].split("; "))
    subject = _subject(expr)
    for pattern, verdict in ((_NOT_AMONG, False), (_AMONG, True)):
        if (match := pattern.fullmatch(s.text)) and subject is not None:
            same = _is(match[1], subject[0].id, s.things) and bool(match[2]) == subject[0].exact
            return s.verdict is verdict and same and s.says(match[3], subject[1])
    if match := _NO_RECORDS.fullmatch(s.text):
        return s.verdict is False and s.says(match[1], expr)
    match = _RECORDS.fullmatch(s.text)
    if match is None or (s.count is None and s.verdict != "none"):
        return False
    return _read_number(match[1]) == s.number() and s.says(match[2], expr)


def _is(place: str, identifier: str, things: Things) -> bool:
    return identifier in things[int(place.strip("⟦⟧"))]


def _no_path(s: _Sentence, form: PathsForm) -> bool:
    match = _NO_PATH.fullmatch(s.text)
    if match is None or s.results or int(match[1]) > form.length:
        return False
    start, end = form.start.id, form.end.id
    return any(_is(match[2], a, s.things) and _is(match[3], b, s.things) for a, b in ((start, end), (end, start)))


def _uncovered(clause: str, s: _Sentence, expr: Expr) -> bool:
    """Whether a clause names a step of the form from a thing of the form, in one direction or the other."""
    if match := _UNMEASURED.fullmatch(clause):
        return _unmeasured(match, s, expr)
    match = _UNCOVERED.fullmatch(clause)
    if match is None:
        return False
    said = match[1].replace(_SOME_NARROWER, "")
    # Of a thing that is meant alone, nothing narrower was looked for.
    things = [e for e in entities(expr) if said == match[1] or not e.exact]
    return any(s.says(said, step) for step in _steps(expr, things))


def _unmeasured(match: re.Match[str], s: _Sentence, expr: Expr) -> bool:
    """Whether a clause names an amount that the form asks of a set, and the thing asked about where it names one."""
    amount, place, description = match.groups()
    subject = _subject(expr)
    if place and (subject is None or not _is(place, subject[0].id, s.things)):
        return False
    return any(s.says(description, where.of) for where in _tested(expr, amount))


def _tested(expr: Expr, amount: str) -> Iterator[Where]:
    """The restrictions by an amount of that name, however deep."""
    if isinstance(expr, Where) and any(f.is_amount and schema().amounts[f.field].says == amount for f in expr.filters):
        yield expr
    for part in parts_of(expr):
        yield from _tested(part, amount)


def _steps(expr: Expr, things: Sequence[Entity]) -> Iterator[Hop]:
    if isinstance(expr, (Hop, Having)):
        ways: tuple[Direction, Direction] = ("in", "out")
        relation = schema().relation(expr.relation)
        for direction in ways:
            for thing in things:
                if thing.category in (relation.source(direction), "biolink:NamedThing"):
                    yield Hop(expr.relation, direction, replace(thing, category=relation.source(direction)))
    for part in parts_of(expr):
        yield from _steps(part, things)


def _compared(text: str, queries: Sequence[QuerySupport], forms: Sequence[Form], names: Names) -> bool:
    """Which of two sets is larger: each side its own thing, its own count, its own kind."""
    called: dict[str, str] = {}
    sides: list[tuple[str, int, str]] = []
    for query, form in zip(queries, forms, strict=True):
        if not isinstance(form, CountForm) or query.count is None or not entities(form):
            return False
        called |= _called(query, form)[0]
        sides.append((entities(form)[0].id, query.count, category_of(form.of)))
    sentence, things = marked(text.strip(), {i: called[i] for i, _, _ in sides if i in called}, names)
    sentence = sentence.rstrip(".")
    if match := _BOTH.fullmatch(sentence):
        stated = [(match[1], match[3], match[4]), (match[2], match[3], match[4])]
    elif match := _MORE.fullmatch(sentence):
        stated = [(match[1], match[2], match[3]), (match[4], match[5], match[6] or match[3])]
    else:
        return False
    return any(
        all(
            _is(place, thing, things) and _read_number(number) == count and _is_noun(noun, kind)
            for (place, number, noun), (thing, count, kind) in zip(stated, order, strict=True)
        )
        for order in (sides, sides[::-1])
    )
