"""What a form says, taken apart: relations, kinds, names, filters, and how its sets are put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.logic.forms import (
    CompareForm,
    CountForm,
    DescribeForm,
    ExistsForm,
    Expr,
    Form,
    Having,
    Hop,
    ListForm,
    LiteratureForm,
    MechanismForm,
    Minus,
    Or,
    PathsForm,
    ScreenForm,
    TopForm,
    Where,
    category_of,
    entities,
    parts_of,
)
from kg.schema import schema
from kg.schema.relations import ANY
from llm.words import SYMPTOM


@dataclass(frozen=True, slots=True)
class Content:
    """What a form says: its relations, the kinds it speaks of, its things, filters and numbers, and its kind."""

    form: Form
    exprs: tuple[Expr, ...]
    relations: frozenset[str]
    kinds: frozenset[str]
    things: frozenset[str]
    fields: frozenset[str]

    @classmethod
    def of(cls, form: Form) -> Content:
        """A form taken apart."""
        exprs = tuple(e for root in _roots(form) for e in _walk(root))
        relations = {e.relation for e in exprs if isinstance(e, (Hop, Having))}
        kinds = {category_of(e) for e in exprs}
        kinds |= {c for e in exprs if isinstance(e, Having) for c in _ends(e.relation)}
        fields = {f.field for e in exprs if isinstance(e, Where) for f in e.filters}
        if isinstance(form, TopForm):
            relations |= {form.relation}
            kinds |= set(_ends(form.relation))
            fields |= {f.field for f in form.filters}
        if isinstance(form, ScreenForm):
            relations |= {"interacts_with_drug"}
            kinds |= set(_ends("interacts_with_drug"))
        things = {e.id for e in entities(form)}
        if isinstance(form, LiteratureForm):
            things |= set(form.entities)
        return cls(form, exprs, frozenset(relations), frozenset(kinds), frozenset(things), frozenset(fields))

    @property
    def ends(self) -> tuple[str, str]:
        """The kinds of the two things between which paths are sought; twice that of one thing else."""
        first, *others = [category_of(root) for root in _roots(self.form)]
        return first, others[-1] if others else first

    def has(self, *kinds: type) -> bool:
        """Whether a set of one of these types is in it."""
        return any(isinstance(e, kinds) for e in self.exprs)

    def quantity(self, *comparisons: str) -> bool:
        """Whether sets are restricted by number, in one of these ways."""
        return any(isinstance(e, Having) and (not comparisons or e.comparison in comparisons) for e in self.exprs)

    def speaks_of(self, category: str) -> bool:
        """Whether things of a kind are in it; what relieves symptoms speaks of them too."""
        relief = category == SYMPTOM and "palliates" in self.relations
        return category in self.kinds or ANY in self.kinds or relief

    @property
    def exclusions(self) -> int:
        """How many sets are left out."""
        excluded = 0
        for expr in self.exprs:
            if isinstance(expr, Minus):
                excluded += len(expr.right.parts) if isinstance(expr.right, Or) else 1
        return excluded

    @property
    def measures(self) -> bool:
        """Whether a number, a year or a tier restricts it."""
        return bool(self.fields & {"half_life_hours", "tier", "year", "frequency"})

    @property
    def returns(self) -> bool:
        """Whether a relation is walked there and back, as in 'shares a gene with', or says likeness itself."""
        back = any(isinstance(e, Hop) and isinstance(e.of, Hop) and e.of.relation == e.relation for e in self.exprs)
        return back or any(r.endswith("resembles") for r in self.relations)

    @property
    def excludes(self) -> bool:
        """Whether something is left out."""
        none = any(isinstance(e, Having) and (e.comparison, e.number) == ("exactly", 0) for e in self.exprs)
        return self.has(Minus) or none


def _ends(relation: str) -> tuple[str, str]:
    definition = schema().relation(relation)
    return definition.subject, definition.object


def _roots(form: Form) -> tuple[Expr, ...]:
    match form:
        case ListForm() | CountForm() | ExistsForm() | TopForm() | DescribeForm() | MechanismForm():
            return (form.of,)
        case CompareForm():
            return (form.left, form.right)
        case PathsForm():
            return (form.start, form.end)
        case _:
            return ()


def _walk(expr: Expr) -> Iterator[Expr]:
    yield expr
    for part in parts_of(expr):
        yield from _walk(part)
