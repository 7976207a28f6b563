"""What is gathered while one question is read: what each name was taken for, and how sure each step is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from kg.logic.forms import And, Entity, Expr, Hop, Minus, Or
from kg.logic.reading import Mark
from llm.patterns.relations import Step, steps


@dataclass(slots=True)
class Reader:
    """Reads one question; `entities` gathers what each mark was taken for, `scores` how sure each step is."""

    marks: Sequence[Mark]
    chosen: dict[int, Entity] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)

    def entity(self, number: int, category: str) -> Entity | None:
        """The mark's best reading of a category."""
        reading = self.marks[number].of(category)
        if reading is None:
            return None
        self.chosen[number] = Entity(reading.id, reading.category)
        return self.chosen[number]

    def step(self, text: str, targets: Collection[str] | None, sources: Collection[str]) -> Step | None:
        """The best relation for a stretch of text; its score is remembered."""
        ranked = steps(text, targets, sources)
        if not ranked:
            return None
        self.scores.append(ranked[0].score)
        return ranked[0]

    def group(self, numbers: Sequence[int], step: Step, how: str) -> Expr | None:
        """Hops over one relation from marks said together: 'X and Y', 'X or Y', 'X but not Y'."""
        hops: list[Expr] = []
        if how == "except" or (how == "minus" and self.marks[numbers[1]].of(step.source) is None):
            # 'drugs that treat X except Y': Y is left out itself where it is of the kind asked for.
            left, itself = self.group(numbers[:1], step, "and"), self.marks[numbers[1]].of(step.target)
            if left is not None and itself is not None:
                self.chosen[numbers[1]] = Entity(itself.id, itself.category)
                return Minus(left, self.chosen[numbers[1]])
        for number in numbers:
            entity = self.entity(number, step.source)
            if entity is None:
                return None
            hops.append(Hop(step.relation, step.direction, entity))  # type: ignore[arg-type]
        if how not in ("minus", "except"):
            # Two names of one thing are one thing.
            hops = list(dict.fromkeys(hops))
        if len(hops) == 1:
            return hops[0]
        if how in ("minus", "except"):
            return Minus(hops[0], hops[1] if len(hops) == 2 else Or(tuple(hops[1:])))
        return Or(tuple(hops)) if how == "or" else And(tuple(hops))

    def fork(self) -> Reader:
        """A reader to try a reading with."""
        return Reader(self.marks, dict(self.chosen))

    def take(self, trial: Reader) -> None:
        """Keep what a trial found."""
        self.chosen.update(trial.chosen)
        self.scores += trial.scores

    def shared_categories(self, numbers: Sequence[int], how: str = "and") -> list[str]:
        """Categories that every mark of a group can have, best first; what is left out may be of another kind."""
        if how in ("minus", "except"):
            return list(self.marks[numbers[0]].categories)
        first, *rest = (self.marks[n].categories for n in numbers)
        return [c for c in first if all(c in other for other in rest)]
