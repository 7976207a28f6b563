"""True and false sentences on edges in many wordings, made by program: what the verifier learns from.

Names are letters. No name of a source is learnt, and no licence of a source reaches what was learnt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from galenic.finetuning.falsehoods import FALSEHOODS
from galenic.finetuning.told import Facts, Teller, kinds_of
from kg.schema import schema
from kg.schema.relations import ANY, Relation
from llm.checking.letters import LETTERS, Lettered, Said, relettered
from llm.checking.telling import Wordings

SUPPORTED, CONTRADICTED, NOT_ENOUGH = 0, 1, 2
# Relations of which no claim is made in words.
_UNTOLD = frozenset(("mentions",))
# Edges that say 'not' are few in a release; of fewer nothing would be learnt.
_DENYING = 0.15
_SOME_UNSAID, _TWICE = 0.12, 0.05
# So many sentences in a hundred are true.
_TRUE = 0.42


@dataclass(frozen=True, slots=True)
class Judged:
    """Edges, a sentence on them, which class it is of, and how it was made."""

    read: Lettered
    label: int
    made: str


class ClaimMaker:
    """Makes judged sentences by a seed with wordings, on at most `most` edges, drawn as the schema ties its kinds."""

    def __init__(self, seed: int, wordings: Wordings, most: int = 4) -> None:
        self.chance, self.wordings, self.most = Random(seed), wordings, most
        told = {name for name, _ in wordings} - _UNTOLD
        self.relations = [r for r in schema().relations.values() if r.name in told and r.spoken]

    def make(self, number: int) -> Iterator[Judged]:
        """So many sentences."""
        made = 0
        while made < number:
            judged = self._one()
            if judged is not None:
                made += 1
                yield judged

    def _one(self) -> Judged | None:
        facts = self.facts()
        teller = Teller(self.chance, self.wordings, kinds_of(facts))
        if self.chance.random() < _TRUE:
            said = list(facts)
            if len(said) > 1 and self.chance.random() < _SOME_UNSAID:
                said.remove(self.chance.choice(said))
            if self.chance.random() < _TWICE:
                said.append(self.chance.choice(said))
            return self._judged(facts, teller.tell(teller.clauses(said)), SUPPORTED, "true")
        name, make = self.chance.choice(FALSEHOODS)
        told = make(facts, teller)
        return None if told is None else self._judged(told.facts, told.sentence, told.label, name)

    def _judged(self, facts: Facts, sentence: str, label: int, made: str) -> Judged:
        return Judged(relettered(sentence, facts), label, made)

    def facts(self) -> Facts:
        """One to four edges around a thing, towards a thing, or one after the other."""
        letters = list(LETTERS)
        self.chance.shuffle(letters)
        number = min(self.chance.choice((1, 1, 2, 2, 2, 3, 3, 4)), self.most)
        shape = self.chance.choice(("around", "around", "around", "towards", "chain", "apart"))
        denying = self.chance.random() < _DENYING
        first = self.chance.choice(self.relations)
        facts = [Said(letters.pop(), first.name, letters.pop())]
        alike = self.chance.random() < 0.4
        for _ in range(number - 1):
            last = facts[-1] if shape in ("chain", "apart") else facts[0]
            following = self._next(last, shape, alike)
            if following is None:
                continue
            subject, obj = letters.pop(), letters.pop()
            match shape:
                case "around":
                    facts.append(Said(last.subject, following.name, obj))
                case "towards":
                    facts.append(Said(subject, following.name, last.object))
                case "chain":
                    facts.append(Said(last.object, following.name, obj))
                case _:
                    facts.append(Said(subject, following.name, obj))
        if denying:
            facts = [replace(f, negated=self.chance.random() < 0.6) for f in facts]
        return tuple(facts)

    def _next(self, last: Said, shape: str, alike: bool) -> Relation | None:
        """A relation that may follow where edges have a shape."""
        before = schema().relation(last.relation)
        if alike and shape != "chain":
            return before
        fitting = [r for r in self.relations if _ties(before, r, shape)]
        return self.chance.choice(fitting) if fitting else None


def _ties(before: Relation, after: Relation, shape: str) -> bool:
    match shape:
        case "around":
            return ANY != before.subject == after.subject
        case "towards":
            return ANY != before.object == after.object
        case "chain":
            return ANY != before.object == after.subject
        case _:
            return True
