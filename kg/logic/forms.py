"""The algebra of questions: expressions that denote sets of nodes, and forms that ask something of them.

Nothing ill-typed can be made: each constructor raises `FormError`, which names
the relations that fit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from kg.errors import FormError
from kg.evidence.tiers import TIERS
from kg.logic.categories import nearest, reached, together
from kg.schema import relations, schema
from kg.schema.relations import ANY

Direction = relations.Direction
Comparison = Literal["at_least", "at_most", "exactly", "every", "only"]
Test = Literal["=", "<=", ">="]
# fmt: off
Reason = Literal[
    "unknown_name", "ambiguous_name", "ambiguous_question", "out_of_scope", "personal_advice", "write_request",
    "incomplete", "no_evidence",
]
# fmt: on
REASONS: tuple[str, ...] = get_args(Reason)
MAX_DEPTH = 12
MAX_PARTS = 50
LONGEST_PATH = 4


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
class Filter:
    """A test of the evidence (`tier`, `source`, `licence`, `year`) or of an attribute that the schema declares.

    Of an edge the best tier counts, one permitted source is enough, and `year` is
    the latest year of its publications that is known. An attribute that is a list
    passes when one of its values does; texts are compared without case.
    """

    field: str
    test: Test
    value: str | int | float

    def __post_init__(self) -> None:
        known = {**EVIDENCE, **{a.name: a.value for a in schema().attributes.values()}}
        kind = known.get(self.field)
        if kind is None:
            raise FormError(
                f"nothing is filtered by {self.field!r}{nearest(self.field, known)}; known: {', '.join(known)}"
            )
        if self.test not in get_args(Test) or (kind == "text" and self.test != "="):
            raise FormError(f"{self.field} {self.test}: texts are tested with =, numbers with =, <= or >=")
        if isinstance(self.value, bool) or (kind == "number") != isinstance(self.value, (int, float)):
            raise FormError(f"{self.field} is a {kind}; {self.value!r} is none")
        if kind == "number" and not abs(float(self.value)) <= _LARGEST:
            raise FormError(f"{self.field} {self.test} {self.value}: a number of at most {_LARGEST:,} is compared")
        if self.field == "tier" and self.value not in TIERS:
            raise FormError(f"evidence has the tiers {min(TIERS)} to {max(TIERS)}, not {self.value}")


# Beyond it neighbouring whole numbers are one to a machine.
_LARGEST = 2**53
EVIDENCE = {"tier": "number", "source": "text", "licence": "text", "year": "number"}


@dataclass(frozen=True, slots=True)
class Where:
    """Nodes of `of` of which all filters hold; filters of the evidence restrict every edge that `of` rests on."""

    of: Expr
    filters: tuple[Filter, ...]

    def __post_init__(self) -> None:
        category_of(self)

    @property
    def evidence(self) -> tuple[Filter, ...]:
        """The filters that edges must pass."""
        return tuple(f for f in self.filters if f.field in EVIDENCE)

    @property
    def attributes(self) -> tuple[Filter, ...]:
        """The filters that the nodes themselves must pass."""
        return tuple(f for f in self.filters if f.field not in EVIDENCE)


Expr = Entity | All | Hop | And | Or | Minus | Having | Where


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
    """Which of two sets is larger? Each is the set of the entity that it names first."""

    left: Expr
    right: Expr

    @property
    def left_entity(self) -> str:
        """Whose set the left one is."""
        return _owner(self.left)

    @property
    def right_entity(self) -> str:
        """Whose set the right one is."""
        return _owner(self.right)


@dataclass(frozen=True, slots=True)
class TopForm:
    """The `k` nodes of a set with the most (or fewest, but at least one) neighbours over a relation; ties are kept.

    `filters` restrict the evidence of the edges that are counted; those of the set itself stand in it.
    """

    k: int
    of: Expr
    relation: str
    direction: Direction
    most: bool = True
    filters: tuple[Filter, ...] = ()

    def __post_init__(self) -> None:
        if self.k < 1:
            raise FormError(f"top {self.k}: give a number of at least 1")
        if strange := [f.field for f in self.filters if f.field not in EVIDENCE]:
            raise FormError(f"edges are counted by their evidence, not by {strange[0]}; known: {', '.join(EVIDENCE)}")
        reached(self.relation, self.direction, category_of(self.of))


@dataclass(frozen=True, slots=True)
class PathsForm:
    """How do two nodes hang together, in at most `length` steps?"""

    start: Entity
    end: Entity
    length: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.length <= LONGEST_PATH:
            raise FormError(f"paths of length {self.length}: 1 to {LONGEST_PATH} steps are searched")


@dataclass(frozen=True, slots=True)
class DescribeForm:
    """What is known of a node?"""

    of: Entity


@dataclass(frozen=True, slots=True)
class MechanismForm:
    """How does a drug work?"""

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
    because: str = field(default="", compare=False)


Form = (
    ListForm
    | CountForm
    | ExistsForm
    | CompareForm
    | TopForm
    | PathsForm
    | DescribeForm
    | MechanismForm
    | LiteratureForm
    | AskBackForm
    | AbstainForm
)


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
    for filter_ in where.attributes:
        of = schema().attributes[filter_.field].category
        if category not in (of, ANY):
            raise FormError(f"{filter_.field} is an attribute of {of}, not of {category}")
    return category


def _owner(expr: Expr) -> str:
    named = entities(expr)
    return named[0].id if named else ""


def entities(node: Form | Expr) -> tuple[Entity, ...]:
    """Every entity in a form, in reading order."""
    match node:
        case Entity():
            return (node,)
        case ListForm() | CountForm() | ExistsForm() | TopForm() | DescribeForm() | MechanismForm():
            return entities(node.of)
        case CompareForm():
            return (*entities(node.left), *entities(node.right))
        case PathsForm():
            return (node.start, node.end)
        case LiteratureForm():
            return tuple(Entity(e) for e in node.entities)
        case AskBackForm() | AbstainForm():
            return ()
        case _:
            return tuple(e for part in parts_of(node) for e in entities(part))
