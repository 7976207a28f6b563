"""The letters of a form as the things that a question names: of each name the reading whose kind its place asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

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
)
from kg.schema import schema
from kg.schema.relations import ANY

Ids = Mapping[str, Mapping[str, str]]
Kinds = frozenset[str]
_EVERY: Kinds = frozenset()


class Binder:
    """Puts identifiers in place of letters; `ids` holds by letter the identifier for each kind, likeliest first."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self.every: Kinds = frozenset(schema().kinds)

    def form(self, form: Form) -> Form:
        """The form about the things themselves."""
        match form:
            case ListForm() | CountForm() | ExistsForm():
                return type(form)(self._set(form.of, self.every))
            case CompareForm():
                return CompareForm(self._set(form.left, self.every), self._set(form.right, self.every))
            case TopForm():
                start = schema().relation(form.relation).source(form.direction)
                return replace(form, of=self._set(form.of, self._kinds(start)))
            case PathsForm():
                return replace(form, start=self._entity(form.start), end=self._entity(form.end))
            case DescribeForm() | MechanismForm() | HypothesesForm():
                return replace(form, of=self._entity(form.of))
            case HypothesisForm():
                return HypothesisForm(self._entity(form.drug), self._entity(form.disease))
            case ScreenForm():
                return ScreenForm(tuple(map(self._entity, form.drugs)))
            case LiteratureForm():
                return replace(form, entities=tuple(self._entity(Entity(e)).id for e in form.entities))
            case _:
                return form

    def _kinds(self, category: str) -> Kinds:
        return self.every if category == ANY else frozenset((category,))

    def _entity(self, entity: Entity, kinds: Kinds = _EVERY) -> Entity:
        """The likeliest reading of a name among some kinds; the kind that the form itself says wins."""
        readings = self.ids[entity.id]
        wanted = kinds or self._kinds(entity.category)
        category = next((c for c in readings if c in wanted), next(iter(readings)))
        return Entity(readings[category], category, entity.exact)

    def _may_be(self, expr: Expr) -> Kinds:
        match expr:
            case Entity():
                return frozenset(self.ids[expr.id])
            case All():
                return self._kinds(expr.category)
            case Hop():
                relation = schema().relation(expr.relation)
                if relation.source(expr.direction) == relation.target(expr.direction) == ANY:
                    return self._may_be(expr.of)
                return self._kinds(relation.target(expr.direction))
            case And() | Or():
                return reduce(frozenset.intersection, map(self._may_be, expr.parts))
            case Minus():
                return self._may_be(expr.left) & self._may_be(expr.right)
            case Having():
                return self._may_be(expr.of) & self._kinds(schema().relation(expr.relation).source(expr.direction))
            case Where():
                known = schema().attributes
                about = frozenset(known[f.field].category for f in expr.filters if f.field in known)
                return self._may_be(expr.of) & (about or self.every)

    def _set(self, expr: Expr, kinds: Kinds) -> Expr:
        kinds = (kinds & self._may_be(expr)) or kinds
        match expr:
            case Entity():
                return self._entity(expr, kinds)
            case All():
                return expr
            case Hop():
                relation = schema().relation(expr.relation)
                start, found = relation.source(expr.direction), relation.target(expr.direction)
                inner = kinds if start == found == ANY else self._kinds(start)
                return replace(expr, of=self._set(expr.of, inner))
            case And() | Or():
                return replace(expr, parts=tuple(self._set(p, kinds) for p in expr.parts))
            case Minus():
                return Minus(self._set(expr.left, kinds), self._set(expr.right, kinds))
            case Having():
                target = self._kinds(schema().relation(expr.relation).target(expr.direction))
                among = None if expr.among is None else self._set(expr.among, target)
                return replace(expr, of=self._set(expr.of, kinds), among=among)
            case Where():
                return replace(expr, of=self._set(expr.of, kinds))
