"""Metapaths: kinds joined by relations, written as Hetionet writes them, and all of them between two kinds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.errors import SchemaError
from kg.schema import schema
from kg.schema.relations import ANY, Direction
from kg.topology.topology import directions

_METAEDGE = re.compile(r"([A-Z]+)([a-z]+)>?([A-Z]+)")
_PART = re.compile(r"([A-Z]+)|(<?[a-z_]+>?)")


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One relation of a metapath: 'out' along its arrow, 'in' against it; a symmetric relation is always 'out'."""

    relation: str
    direction: Direction = "out"

    def __post_init__(self) -> None:
        relation = schema().relation(self.relation)
        if self.direction not in ("in", "out"):
            raise SchemaError(
                f"{self.relation}: the direction is 'out', along its arrow, or 'in', against it; not {self.direction!r}"
            )
        if ANY in (relation.subject, relation.object):
            raise SchemaError(f"{self.relation} joins any two things; a metapath needs relations between two kinds")
        if relation.symmetric:
            object.__setattr__(self, "direction", "out")

    @property
    def source(self) -> str:
        """The category that the step starts from."""
        return schema().relation(self.relation).source(self.direction)

    @property
    def target(self) -> str:
        """The category that the step ends at."""
        return schema().relation(self.relation).target(self.direction)

    @property
    def reverse(self) -> Step:
        """The same step walked back."""
        return Step(self.relation, "in" if self.direction == "out" else "out")

    @property
    def verb(self) -> str:
        """What stands between the kinds: 'b', and 'r>' or '<r' for a directed relation within a kind."""
        relation = schema().relation(self.relation)
        match = _METAEDGE.fullmatch(relation.metaedge or "")
        verb = match[2] if match else relation.name
        if relation.symmetric or relation.subject != relation.object:
            return verb
        return f"{verb}>" if self.direction == "out" else f"<{verb}"


@dataclass(frozen=True, slots=True, order=True)
class Metapath:
    """A chain of steps, each of which starts at the kind where the one before ends; raises `SchemaError` otherwise.

    >>> path = Metapath.parse("CuG<rGaD")
    >>> [(s.relation, s.direction) for s in path.steps]
    [('drug_upregulates', 'out'), ('regulates', 'in'), ('associates', 'in')]
    >>> str(path.reverse), path.source, path.target
    ('DaGr>GuC', 'biolink:Drug', 'biolink:Disease')
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise SchemaError("a metapath has at least one step")
        for step, after in zip(self.steps, self.steps[1:], strict=False):
            if step.target != after.source:
                raise SchemaError(
                    f"{step.relation} ({step.direction}) ends at {step.target}, {after.relation} ({after.direction}) "
                    f"starts from {after.source}"
                )

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        return letters(self.source) + "".join(s.verb + letters(s.target) for s in self.steps)

    @property
    def source(self) -> str:
        """The category that the metapath starts from."""
        return self.steps[0].source

    @property
    def target(self) -> str:
        """The category that the metapath ends at."""
        return self.steps[-1].target

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories in order, one more than there are steps."""
        return (self.source, *(s.target for s in self.steps))

    @property
    def reverse(self) -> Metapath:
        """The same metapath walked back."""
        return Metapath(tuple(s.reverse for s in reversed(self.steps)))

    @classmethod
    def parse(cls, text: str) -> Metapath:
        """Read an abbreviation such as CbGaD or CuGr>GaD; raises `SchemaError` that names the part that is wrong."""
        parts = [m[0] for m in _PART.finditer(text)]
        if "".join(parts) != text or len(parts) < 3 or len(parts) % 2 == 0:
            raise SchemaError(
                f"{text!r} is no metapath; kinds in capitals and relations in small letters take turns, as in CbGaD"
            )
        steps = []
        for at in range(0, len(parts) - 2, 2):
            step = _by_letters().get((parts[at], parts[at + 1], parts[at + 2]))
            if step is None:
                raise SchemaError(f"{text!r}: no relation is written {''.join(parts[at : at + 3])!r}")
            steps.append(step)
        return cls(tuple(steps))


def metaedges() -> tuple[str, ...]:
    """The names of the relations that are Hetionet's 24 metaedges."""
    return tuple(r.name for r in schema().relations.values() if r.metaedge)


def metapaths(
    source: str, target: str, longest: int, shortest: int = 1, relations: Collection[str] | None = None
) -> list[Metapath]:
    """Every metapath of `shortest` to `longest` steps from one category to another, over the 24 metaedges or the
    relations given.

    Shorter ones first, then by abbreviation. Between drugs and diseases there are
    1,206 of 2 to 4 steps, and the two relations that join them directly
    (Himmelstein and others, eLife 2017, 6:e26726).

    >>> drugs_to_diseases = metapaths("biolink:Drug", "biolink:Disease", 4)
    >>> len(drugs_to_diseases), [str(m) for m in drugs_to_diseases[:3]]
    (1208, ['CpD', 'CtD', 'CbGaD'])
    """
    for category in (source, target):
        schema().kind(category)
    steps = [
        Step(name, d)
        for name in (metaedges() if relations is None else dict.fromkeys(relations))
        for d in directions(schema().relation(name))
    ]

    if longest < 1:
        return []

    def walk(at: str, left: int) -> Iterator[tuple[Step, ...]]:
        for step in steps:
            if step.source == at:
                if step.target == target:
                    yield (step,)
                if left > 1:
                    yield from ((step, *rest) for rest in walk(step.target, left - 1))

    paths = (Metapath(chain) for chain in walk(source, longest) if len(chain) >= shortest)
    return sorted(paths, key=lambda m: (len(m), str(m)))


@lru_cache(maxsize=1)
def _letters() -> dict[str, str]:
    """Hetionet's abbreviation of each kind that has one; other kinds are written as their label in capitals."""
    letter_of = {}
    for relation in schema().relations.values():
        if match := _METAEDGE.fullmatch(relation.metaedge or ""):
            letter_of[relation.subject], letter_of[relation.object] = match[1], match[3]
    return letter_of


def letters(category: str) -> str:
    """How a kind is written in a metapath.

    >>> letters("biolink:BiologicalProcess"), letters("biolink:Protein")
    ('BP', 'PROTEIN')
    """
    return _letters().get(category) or schema().kind(category).label.upper()


@lru_cache(maxsize=1)
def _by_letters() -> dict[tuple[str, str, str], Step]:
    steps = {}
    for relation in schema().relations.values():
        if ANY not in (relation.subject, relation.object):
            for direction in directions(relation):
                step = Step(relation.name, direction)
                steps[letters(step.source), step.verb, letters(step.target)] = step
    return steps
