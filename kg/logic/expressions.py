"""The sets that a question speaks of: expressions that denote nodes, each checked for its type when it is made.

Nothing ill-typed can be made: each constructor raises `FormError`, which names
the relations that fit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NoReturn, get_args

from kg.errors import FormError
from kg.logic.categories import reached, together
from kg.logic.filters import Filter
from kg.schema import relations, schema
from kg.schema.relations import ANY

Direction = relations.Direction
Comparison = Literal["at_least", "at_most", "exactly", "every", "only"]
MAX_DEPTH, MAX_PARTS = 12, 50


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that a question names: of a kind with an ontology the node itself and all narrower terms of it.

    `exact`: the node alone. The identifier says which; two entities that differ in category alone are equal.
    """

    id: str
    category: str = field(default=ANY, compare=False)
    exact: bool = False

    def __post_init__(self) -> None:
        if not self.id or not self.id.isprintable():
            raise FormError(f"an entity needs an identifier such as DOID:9352, not {self.id!r}")
        schema().kind(self.category)


@dataclass(frozen=True, slots=True)
class All:
    """Every node of a category."""

    category: str

    def __post_init__(self) -> None:
        schema().kind(self.category)


@dataclass(frozen=True, slots=True)
class Hop:
    """Nodes one step from `of`: 'out' along the relation's arrow, 'in' against it."""

    relation: str
    direction: Direction
    of: Expr

    def __post_init__(self) -> None:
        category_of(self)


@dataclass(frozen=True, slots=True)
class And:
    """Nodes in all parts."""

    parts: tuple[Expr, ...]

    def __post_init__(self) -> None:
        category_of(self)


@dataclass(frozen=True, slots=True)
class Or:
    """Nodes in any part."""

    parts: tuple[Expr, ...]

    def __post_init__(self) -> None:
        category_of(self)


@dataclass(frozen=True, slots=True)
class Minus:
    """Nodes of `left` that are not in `right`."""

    left: Expr
    right: Expr

    def __post_init__(self) -> None:
        category_of(self)


@dataclass(frozen=True, slots=True)
class Having:
    """Nodes of `of` with so many neighbours over a relation, among `among` if given.

    'every': its neighbours hold all of `among`; 'only': it has neighbours and all
    of them are in `among`. For these two `number` is 0. Where `among` names several
    things, each counts once, through whichever of its narrower terms (`kg.logic.things`).
    """

    of: Expr
    relation: str
    direction: Direction
    comparison: Comparison
    number: int
    among: Expr | None = None

    def __post_init__(self) -> None:
        category_of(self)


@dataclass(frozen=True, slots=True)
class Where:
    """Nodes of `of` of which all filters hold.

    Filters of the evidence restrict every edge that `of` rests on; those of an amount the edges of its relation that
    lead to the nodes themselves, and no edges further on.
    """

    of: Expr
    filters: tuple[Filter, ...]

    def __post_init__(self) -> None:
        category_of(self)

    @property
    def evidence(self) -> tuple[Filter, ...]:
        """The filters that edges must pass."""
        return tuple(f for f in self.filters if f.of_edges)

    @property
    def attributes(self) -> tuple[Filter, ...]:
        """The filters that the nodes themselves must pass."""
        return tuple(f for f in self.filters if not f.of_edges)


Expr = Entity | All | Hop | And | Or | Minus | Having | Where


def category_of(expr: Expr) -> str:
    """The category of the nodes that an expression denotes; raises `FormError` when it is not well typed.

    >>> category_of(Hop("treats", "in", Entity("DOID:9352", "biolink:Disease")))
    'biolink:Drug'
    """
    if depth(expr) > MAX_DEPTH:
        raise FormError(f"the form is nested more than {MAX_DEPTH} deep")
    match expr:
        case Entity() | All():
            return expr.category
        case Hop():
            return reached(expr.relation, expr.direction, category_of(expr.of))
        case And() | Or():
            if len(expr.parts) > MAX_PARTS:
                raise FormError(f"{len(expr.parts)} parts are joined; at most {MAX_PARTS} are")
            return together([category_of(part) for part in expr.parts])
        case Minus():
            return together([category_of(expr.left), category_of(expr.right)])
        case Having():
            return _having(expr)
        case Where():
            return _where(expr)


def depth(expr: Expr) -> int:
    """How deep an expression is nested; an entity or a kind is 1."""
    return 1 + max((depth(part) for part in parts_of(expr)), default=0)


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """The expressions right below an expression, in reading order."""
    match expr:
        case Hop() | Where():
            return (expr.of,)
        case And() | Or():
            return expr.parts
        case Minus():
            return (expr.left, expr.right)
        case Having():
            return (expr.of, expr.among) if expr.among is not None else (expr.of,)
        case _:
            return ()


def _having(having: Having) -> str:
    category = category_of(having.of)
    target = reached(having.relation, having.direction, category)
    if having.among is not None:
        together([target, category_of(having.among)])
    if having.comparison not in get_args(Comparison):
        raise FormError(f"{having.comparison!r} compares nothing; known: {', '.join(get_args(Comparison))}")
    if having.comparison in ("every", "only"):
        if having.among is None or having.number:
            raise FormError(f"{having.comparison} needs the set that is meant, and no number")
    elif having.number < 0:
        raise FormError(f"{having.comparison} {having.number}: a number of neighbours is not negative")
    return category


def _where(where: Where) -> str:
    category = category_of(where.of)
    if not where.filters:
        raise FormError("a restriction needs at least one filter")
    last = last_steps(where.of)
    for filter_ in where.evidence:
        if filter_.is_amount and schema().amounts[filter_.field].relation not in last:
            refuse_amount(filter_.field, last)
    for filter_ in where.attributes:
        of = schema().attributes[filter_.field].category
        if category not in (of, ANY):
            raise FormError(f"{filter_.field} is an attribute of {of}, not of {category}")
    return category


def last_steps(expr: Expr) -> tuple[str, ...]:
    """The relations of the edges that lead to the nodes of a set themselves, or that are counted of them."""
    match expr:
        case Hop():
            return (expr.relation,)
        case Having():
            return (expr.relation, *last_steps(expr.of))
        case _:
            return tuple(r for part in parts_of(expr) for r in last_steps(part))


def refuse_amount(amount: str, last: tuple[str, ...]) -> NoReturn:
    """Raise that an amount is asked of edges that do not have it; `last` are the relations of those."""
    of = schema().amounts[amount].relation
    found = f"the step right below is {' and '.join(dict.fromkeys(last))}" if last else "no step stands right below"
    raise FormError(
        f"{amount} is an amount of {of} edges alone, and {found}; write where(hop({of}, ...), {amount} ...)"
    )
