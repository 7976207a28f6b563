"""A form as tokens in prefix order, which `llm.models.grammar` reads back: what a model learns to say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.logic.canonical import canonical
from kg.logic.forms import (
    AbstainForm,
    All,
    And,
    CompareForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Expr,
    Filter,
    Form,
    Having,
    Hop,
    HypothesesForm,
    HypothesisForm,
    ListForm,
    LiteratureForm,
    MechanismForm,
    Minus,
    Or,
    PathsForm,
    ScreenForm,
    TopForm,
    Where,
)
from kg.logic.text import show
from llm.models.errors import NotationError
from llm.models.vocabulary import THOUSANDTHS, rows

_LETTER = re.compile(r"entity\(([A-J])\b")


def said(form: Form) -> list[str]:
    """The tokens of a form whose entities are letters; forms that mean the same have the same tokens.

    Raises `NotationError` when a part of it has no token.

    >>> said(ListForm(Hop("treats", "in", Entity("A", "biolink:Disease"))))
    ['list', 'treats:in', 'A']
    """
    tokens = _form(canonical(form))
    if strange := [t for t in tokens if t not in rows()]:
        raise NotationError(f"nothing stands for {strange[0]!r}")
    return tokens


def _form(form: Form) -> list[str]:
    match form:
        case ListForm():
            return ["list", *_set(form.of)]
        case CountForm():
            return ["count", *_set(form.of)]
        case ExistsForm():
            return ["exists", *_set(form.of)]
        case CompareForm():
            return ["compare", *(t for side in sorted((form.left, form.right), key=_order) for t in _set(side))]
        case TopForm():
            narrowed = ["every", *_filters(form.filters)] if form.filters else []
            way = f"{form.relation}:{form.direction}"
            return ["top", "most" if form.most else "fewest", *str(form.k), way, *narrowed, *_set(form.of)]
        case AbstainForm():
            return [f"abstain:{form.reason}"]
        case _:
            return _of_names(form)


def _of_names(form: Form) -> list[str]:
    """Forms about the things named alone."""
    match form:
        case PathsForm():
            return ["paths", *sorted((form.start.id, form.end.id))]
        case DescribeForm():
            return ["describe", form.of.id]
        case MechanismForm():
            return ["mechanism", form.of.id]
        case HypothesesForm():
            return [f"hypotheses:{form.sought}", form.of.id]
        case HypothesisForm():
            return ["hypothesis", form.drug.id, form.disease.id]
        case ScreenForm():
            return ["screen", *sorted(d.id for d in form.drugs)]
        case LiteratureForm():
            return ["literature", *sorted(form.entities)]
        case _:
            raise NotationError(f"a model does not say {show(form)}")


def _set(expr: Expr) -> list[str]:
    match expr:
        case Entity():
            return ["exact", expr.id] if expr.exact else [expr.id]
        case All():
            return ["all", f"K:{expr.category.removeprefix('biolink:')}"]
        case Hop():
            return [f"{expr.relation}:{expr.direction}", *_set(expr.of)]
        case And():
            return _joined(expr)
        case Or():
            return _in_prefix("or", sorted(expr.parts, key=_order))
        case Minus():
            return ["minus", *_set(expr.left), *_set(expr.right)]
        case Having() | Where():
            return [*_narrowing(expr), *_set(expr.of)]


def _joined(expr: And) -> list[str]:
    """Members of several sets: what only narrows a whole kind is said as narrowing the others."""
    narrow = [p for p in expr.parts if isinstance(p, (Having, Where)) and isinstance(p.of, All)]
    sets = [p for p in expr.parts if p not in narrow]
    if not sets:
        sets, narrow = [narrow[0]], narrow[1:]
    ahead = [t for part in sorted(narrow, key=_order) for t in _narrowing(part)]
    return [*ahead, *_in_prefix("and", sorted(sets, key=_order))]


def _narrowing(expr: Having | Where) -> list[str]:
    """What stands before the set that is narrowed."""
    if isinstance(expr, Where):
        return ["where", *_filters(expr.filters)]
    number = [] if expr.comparison in ("every", "only") else list(str(expr.number))
    among = ["any"] if expr.among is None else _set(expr.among)
    return ["having", expr.comparison, *number, f"{expr.relation}:{expr.direction}", *among]


def _in_prefix(operation: str, parts: list[Expr]) -> list[str]:
    if len(parts) == 1:
        return _set(parts[0])
    return [operation, *_set(parts[0]), *_in_prefix(operation, parts[1:])]


def _filters(filters: Iterable[Filter]) -> list[str]:
    tokens: list[str] = []
    for one in filters:
        value = one.value
        if isinstance(value, str):
            tokens += [f"{one.field}{one.test}", f'"{value.casefold()}"']
            continue
        whole = round(value * THOUSANDTHS) if one.field == "frequency" else value
        if whole != int(whole):
            raise NotationError(f"{one.field} {one.test} {value}: only whole numbers are said")
        tokens += [f"{one.field}{one.test}", *str(int(whole))]
    return tokens


def _order(expr: Expr) -> tuple[str, int, str]:
    """Parts stand in the order in which the question names the first thing of each."""
    text = show(expr)
    first = _LETTER.search(text)
    return (first.group(1) if first else "Z", len(text), text)
