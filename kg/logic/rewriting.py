"""One logical form made from another: a set narrowed, an entity put in place of another, the set that a form asks
of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from kg.logic.forms import (
    All,
    And,
    CompareForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Expr,
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
    parts_of,
)


def expr_of(form: Form) -> Expr | None:
    """The set that a form asks of; of 'does X belong to ...' the set."""
    match form:
        case ListForm() | CountForm():
            return form.of
        case ExistsForm(of=And(parts=(Entity(), rest))):
            return rest
        case ExistsForm() | DescribeForm():
            return form.of
        case _:
            return None


def mapped(form: Form, change: Callable[[Expr], Expr]) -> Form:
    """The same kind of question of a changed set."""
    match form:
        case ListForm() | CountForm() | ExistsForm() | TopForm():
            return replace(form, of=change(form.of))
        case CompareForm():
            return CompareForm(change(form.left), change(form.right))
        case _:
            return form


def within(expr: Expr, other: Expr) -> Expr:
    """Nodes of `expr` that `other` describes; where `other` starts from a whole kind, it starts from `expr`.

    >>> from kg.logic.text import show
    >>> drugs = Hop("treats", "in", Entity("DOID:1", "biolink:Disease"))
    >>> show(within(drugs, Having(All("biolink:Drug"), "binds", "out", "at_least", 2)))
    'having(hop(treats, in, entity(DOID:1)), hop(binds, out), at_least, 2)'
    """
    match other:
        case All():
            return expr
        case Having():
            return replace(other, of=within(expr, other.of))
        case Where():
            return replace(other, of=within(expr, other.of))
        case Minus():
            return replace(other, left=within(expr, other.left))
        case _:
            return And((expr, other))


def rests_on_edges(expr: Expr) -> bool:
    """Whether any edge decides on a set, so that filters of the evidence have something to restrict."""
    return isinstance(expr, (Hop, Having)) or any(map(rests_on_edges, parts_of(expr)))


def replaced(form: Form, old: str, new: Entity, words: tuple[str, str] = ("", "")) -> Form:
    """The form with another entity in place of one; `words` are their names, for a text that names them."""
    match form:
        case PathsForm():
            return replace(
                form, start=new if form.start.id == old else form.start, end=new if form.end.id == old else form.end
            )
        case DescribeForm():
            return DescribeForm(new)
        case MechanismForm():
            return MechanismForm(new)
        case HypothesesForm():
            return HypothesesForm(form.sought, new)
        case HypothesisForm():
            drug, disease = (new if one.id == old else one for one in (form.drug, form.disease))
            return HypothesisForm(drug, disease)
        case ScreenForm():
            return ScreenForm(tuple(dict.fromkeys(new if one.id == old else one for one in form.drugs)))
        case LiteratureForm():
            text = re.sub(re.escape(words[0]), words[1], form.text, flags=re.IGNORECASE) if words[0] else form.text
            return LiteratureForm(text, tuple(new.id if e == old else e for e in form.entities))
        case _:
            return mapped(form, lambda e: put(e, old, new))


def exactly(form: Form, ids: Collection[str] | None = None) -> Form:
    """The form in which things, all or those with these identifiers, stand for themselves alone.

    >>> from kg.logic.text import show
    >>> show(exactly(ListForm(Hop("treats", "in", Entity("DOID:162", "biolink:Disease")))))
    'list(hop(treats, in, entity(DOID:162, exact)))'
    """

    def alone(expr: Expr) -> Expr:
        return replace(expr, exact=True) if isinstance(expr, Entity) and (ids is None or expr.id in ids) else expr

    return mapped(form, lambda expr: everywhere(expr, alone))


def walked(form: Form, instead: Mapping[str, str]) -> Form:
    """The form with other relations walked, between the same kinds of thing, in place of some.

    >>> from kg.logic.text import show
    >>> show(walked(CountForm(Hop("binds", "out", Entity("DRUGBANK:DB00331", "biolink:Drug"))), {"binds": "targets"}))
    'count(hop(targets, out, entity(DRUGBANK:DB00331)))'
    """

    def other(expr: Expr) -> Expr:
        return (
            replace(expr, relation=instead.get(expr.relation, expr.relation))
            if isinstance(expr, (Hop, Having))
            else expr
        )

    changed = mapped(form, lambda expr: everywhere(expr, other))
    return (
        replace(changed, relation=instead.get(changed.relation, changed.relation))
        if isinstance(changed, TopForm)
        else changed
    )


def put(expr: Expr, old: str, new: Expr) -> Expr:
    """An expression with another one in place of an entity."""
    return everywhere(expr, lambda e: new if isinstance(e, Entity) and e.id == old else e)


def everywhere(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """An expression with each part of it changed, the innermost first."""
    match expr:
        case Hop() | Where():
            return change(replace(expr, of=everywhere(expr.of, change)))
        case And() | Or():
            return change(replace(expr, parts=tuple(everywhere(p, change) for p in expr.parts)))
        case Minus():
            return change(Minus(everywhere(expr.left, change), everywhere(expr.right, change)))
        case Having():
            among = None if expr.among is None else everywhere(expr.among, change)
            return change(replace(expr, of=everywhere(expr.of, change), among=among))
        case _:
            return change(expr)


def is_void(form: Form) -> bool:
    """Whether a set in a form holds nothing, whatever is recorded: two named things at once, or what is taken away.

    >>> from kg.logic.read import read_form
    >>> is_void(read_form("exists(and(entity(DOID:1), hop(treats, out, entity(DRUGBANK:DB1)), entity(DOID:2)))"))
    True
    >>> is_void(read_form("list(minus(hop(treats, in, entity(DOID:1)), hop(treats, in, entity(DOID:1))))"))
    True
    """
    found = False

    def looked_at(expr: Expr) -> Expr:
        nonlocal found
        match expr:
            case And():
                found = found or len({part.id for part in conjuncts(expr) if isinstance(part, Entity)}) > 1
            case Minus(left, right):
                found = found or right in conjuncts(left)
        return expr

    mapped(form, lambda expr: everywhere(expr, looked_at))
    return found


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """What must hold together, one within another taken apart; of anything else, itself."""
    if isinstance(expr, And):
        for part in expr.parts:
            yield from conjuncts(part)
    else:
        yield expr
