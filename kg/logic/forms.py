"""The algebra of questions: forms that ask something of sets of nodes, and the expressions that denote these.

Nothing ill-typed can be made: each constructor raises `FormError`, which names
the relations that fit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from kg.errors import FormError
from kg.logic.categories import reached
from kg.logic.expressions import (
    MAX_DEPTH,
    MAX_PARTS,
    All,
    And,
    Comparison,
    Direction,
    Entity,
    Expr,
    Having,
    Hop,
    Minus,
    Or,
    Where,
    category_of,
    depth,
    parts_of,
    refuse_amount,
)
from kg.logic.filters import EVIDENCE, Filter, Test
from kg.schema import schema
from kg.schema.relations import ANY

__all__ = [
    "EVIDENCE",
    "LONGEST_PATH",
    "MAX_DEPTH",
    "MAX_PARTS",
    "MOST_SCREENED",
    "REASONS",
    "SOUGHT",
    "AbstainForm",
    "All",
    "And",
    "AskBackForm",
    "CompareForm",
    "Comparison",
    "CountForm",
    "DescribeForm",
    "Direction",
    "Entity",
    "ExistsForm",
    "Expr",
    "Filter",
    "Form",
    "Having",
    "Hop",
    "HypothesesForm",
    "HypothesisForm",
    "ListForm",
    "LiteratureForm",
    "MechanismForm",
    "Minus",
    "Or",
    "PathsForm",
    "Reason",
    "ScreenForm",
    "Sought",
    "Test",
    "TopForm",
    "Where",
    "category_of",
    "depth",
    "entities",
    "parts_of",
]
# fmt: off
Reason = Literal[
    "unknown_name", "ambiguous_name", "ambiguous_question", "out_of_scope", "personal_advice", "write_request",
    "incomplete", "no_evidence",
]
# fmt: on
REASONS: tuple[str, ...] = get_args(Reason)
LONGEST_PATH, MOST_SCREENED = 4, 20
_DRUG, _DISEASE = "biolink:Drug", "biolink:Disease"
Sought = Literal["drugs", "targets", "diseases"]
# What hypotheses are sought of, by the kind of the thing that they are sought for.
SOUGHT: dict[str, str] = {"drugs": _DISEASE, "targets": _DISEASE, "diseases": _DRUG}


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
        if strange := [f.field for f in self.filters if not f.of_edges]:
            raise FormError(f"edges are counted by their evidence, not by {strange[0]}; known: {', '.join(EVIDENCE)}")
        reached(self.relation, self.direction, category_of(self.of))
        for filter_ in self.filters:
            if filter_.is_amount and schema().amounts[filter_.field].relation != self.relation:
                refuse_amount(filter_.field, (self.relation,))


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
class HypothesesForm:
    """What may help that nobody has recorded: drugs for a disease, targets in one, diseases for a drug; best first."""

    sought: Sought
    of: Entity

    def __post_init__(self) -> None:
        if self.sought not in SOUGHT:
            raise FormError(f"hypotheses are sought of {' or '.join(SOUGHT)}, not of {self.sought!r}")
        _of_kind(self.of, SOUGHT[self.sought], f"hypotheses({self.sought}, ...)")


@dataclass(frozen=True, slots=True)
class HypothesisForm:
    """May a drug help against a disease, and what speaks for and against it?"""

    drug: Entity
    disease: Entity

    def __post_init__(self) -> None:
        _of_kind(self.drug, _DRUG, "hypothesis(drug, ...)")
        _of_kind(self.disease, _DISEASE, "hypothesis(..., disease)")


@dataclass(frozen=True, slots=True)
class ScreenForm:
    """Which of several drugs interact with each other?"""

    drugs: tuple[Entity, ...]

    def __post_init__(self) -> None:
        for drug in self.drugs:
            _of_kind(drug, _DRUG, "screen(...)")
        named = len({drug.id for drug in self.drugs})
        if named != len(self.drugs) or not 2 <= named <= MOST_SCREENED:
            raise FormError(f"screen(...) holds 2 to {MOST_SCREENED} drugs, each once; these are {len(self.drugs)}")


def _of_kind(entity: Entity, category: str, where: str) -> None:
    if entity.category not in (category, ANY):
        raise FormError(f"{where} wants {category}, and {entity.id} is {entity.category}")


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
    | HypothesesForm
    | HypothesisForm
    | ScreenForm
    | LiteratureForm
    | AskBackForm
    | AbstainForm
)


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
        case HypothesesForm():
            return (node.of,)
        case HypothesisForm():
            return (node.drug, node.disease)
        case ScreenForm():
            return node.drugs
        case LiteratureForm():
            return tuple(Entity(e) for e in node.entities)
        case AskBackForm() | AbstainForm():
            return ()
        case _:
            return tuple(e for part in parts_of(node) for e in entities(part))
