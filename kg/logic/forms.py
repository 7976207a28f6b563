"""The algebra of questions: expressions that denote sets of nodes, and forms that ask something of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from kg.errors import FormError
from kg.schema import schema
from kg.schema.relations import ANY

Direction = Literal["in", "out"]
Comparison = Literal["at_least", "at_most", "exactly"]
Reason = Literal[
    "unknown_name", "ambiguous_name", "ambiguous_question", "out_of_scope", "personal_advice", "write_request", "incomplete", "no_evidence"
]
REASONS: tuple[str, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Entity:
    """One node."""

    id: str
    category: str = ANY


@dataclass(frozen=True, slots=True)
class All:
    """Every node of a category."""

    category: str


@dataclass(frozen=True, slots=True)
class Hop:
    """Nodes one step from `of`: 'out' along the relation's arrow, 'in' against it."""

    relation: str
    direction: Direction
    of: Expr


@dataclass(frozen=True, slots=True)
class And:
    """Nodes in all parts."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Nodes in any part."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Minus:
    """Nodes of `left` that are not in `right`."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Having:
    """Nodes of `of` with so many neighbours over a relation, among `among` if given."""

    of: Expr
    relation: str
    direction: Direction
    comparison: Comparison
    number: int
    among: Expr | None = None


Expr = Entity | All | Hop | And | Or | Minus | Having


@dataclass(frozen=True, slots=True)
class ListForm:
    """Which nodes are these?"""

    of: Expr


@dataclass(frozen=True, slots=True)
class CountForm:
    """How many are there?"""

    of: Expr


@dataclass(frozen=True, slots=True)
class ExistsForm:
    """Is there any? Yes or no."""

    of: Expr


@dataclass(frozen=True, slots=True)
class CompareForm:
    """Which of two sets is larger? `left` and `right` hold what is counted, the entities whose sets they are are named."""

    left: Expr
    right: Expr
    left_entity: str
    right_entity: str


@dataclass(frozen=True, slots=True)
class TopForm:
    """The `k` nodes of a set with the most (or fewest, but at least one) neighbours over a relation; ties are kept."""

    k: int
    of: Expr
    relation: str
    direction: Direction
    most: bool = True


@dataclass(frozen=True, slots=True)
class PathsForm:
    """How do two nodes hang together, in at most `length` steps?"""

    start: Entity
    end: Entity
    length: int = 3


@dataclass(frozen=True, slots=True)
class DescribeForm:
    """What is known of a node?"""

    of: Entity


@dataclass(frozen=True, slots=True)
class LiteratureForm:
    """What do passages say about a text and the entities in it?"""

    text: str
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskBackForm:
    """The question has several readings; these are they, in words."""

    readings: tuple[str, ...]
    reason: Reason = "ambiguous_question"


@dataclass(frozen=True, slots=True)
class AbstainForm:
    """The question cannot or must not be answered."""

    reason: Reason
    because: str = ""


Form = ListForm | CountForm | ExistsForm | CompareForm | TopForm | PathsForm | DescribeForm | LiteratureForm | AskBackForm | AbstainForm


def category_of(expr: Expr) -> str:
    """The category of the nodes that an expression denotes; raises `FormError` when it is not well typed.

    >>> category_of(Hop("treats", "in", Entity("DOID:9352", "biolink:Disease")))
    'biolink:Drug'
    """
    match expr:
        case Entity() | All():
            return expr.category
        case Hop():
            return _hop(expr.relation, expr.direction, category_of(expr.of))
        case And() | Or():
            return _together([category_of(part) for part in expr.parts])
        case Minus():
            return _together([category_of(expr.left), category_of(expr.right)])
        case Having():
            category = category_of(expr.of)
            reached = _hop(expr.relation, expr.direction, category)
            if expr.among is not None:
                _together([reached, category_of(expr.among)])
            return category


def _hop(name: str, direction: Direction, have: str) -> str:
    relation = schema().relation(name)
    want = relation.source(direction)
    if have not in (want, ANY) and want != ANY:
        fitting = sorted({r.name for r in schema().relations.values() for d in ("in", "out") if r.source(d) == have})
        raise FormError(f"{name} ({direction}) starts from {want}, not {have}; relations that fit: {', '.join(fitting) or 'none'}")
    return relation.target(direction)


def _together(categories: Sequence[str]) -> str:
    known = [c for c in dict.fromkeys(categories) if c != ANY]
    if not categories or len(known) > 1:
        raise FormError(f"sets of {' and '.join(known) or 'nothing'} cannot be joined; both sides must be of one category")
    return known[0] if known else ANY


def check(form: Form) -> Form:
    """The form itself when it is well typed; raises `FormError` otherwise."""
    match form:
        case ListForm() | CountForm() | ExistsForm():
            category_of(form.of)
        case CompareForm():
            category_of(form.left)
            category_of(form.right)
        case TopForm():
            if form.k < 1:
                raise FormError(f"top {form.k}: give a number of at least 1")
            _hop(form.relation, form.direction, category_of(form.of))
        case PathsForm():
            if not 1 <= form.length <= 4:
                raise FormError(f"paths of length {form.length}: 1 to 4 steps are searched")
        case _:
            pass
    return form


def entities(node: Form | Expr) -> tuple[Entity, ...]:
    """Every entity in a form, in reading order."""
    match node:
        case Entity():
            return (node,)
        case Hop() | ListForm() | CountForm() | ExistsForm() | TopForm() | DescribeForm():
            return entities(node.of)
        case And() | Or():
            return tuple(e for part in node.parts for e in entities(part))
        case Minus() | CompareForm():
            return (*entities(node.left), *entities(node.right))
        case Having():
            return (*entities(node.of), *(entities(node.among) if node.among else ()))
        case PathsForm():
            return (node.start, node.end)
        case LiteratureForm():
            return tuple(Entity(e) for e in node.entities)
        case _:
            return ()
