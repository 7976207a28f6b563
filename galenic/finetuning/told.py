"""Edges told in sentences as people and models write: joined, nested, listed, with frames and kinds around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from kg.schema import schema
from kg.schema.relations import ANY, Direction
from llm.checking.letters import Said
from llm.checking.telling import NOUNS, Wordings, denied, of_many

Facts = tuple[Said, ...]
_FRAMES = (
    "According to the records, {}",
    "According to the database, {}",
    "The database records that {}",
    "It is recorded that {}",
    "The release says that {}",
    "The evidence shows that {}",
    "It is known that {}",
    "The facts are as follows: {}",
    "In the database, {}",
)
_JOINTS = (
    ", and {}",
    "; {}",
    "; however, {}",
    ", but {}",
    ", while {}",
    ". {}",
    ", whereas {}",
    ". In addition, {}",
    " and {}",
    "; in addition, {}",
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Two names with words between them."""

    first: str
    words: str
    second: str


def kinds_of(facts: Facts) -> dict[str, str]:
    """The category of each thing, as the relations type it."""
    kinds: dict[str, str] = {}
    for fact in facts:
        relation = schema().relation(fact.relation)
        for letter, category in ((fact.subject, relation.subject), (fact.object, relation.object)):
            if kinds.get(letter, ANY) == ANY:
                kinds[letter] = category
    return kinds


class Teller:
    """Tells edges; relations that are told twice in a sentence are mostly told in the same words."""

    def __init__(self, chance: Random, wordings: Wordings, kinds: Mapping[str, str]) -> None:
        self.chance, self.wordings, self.kinds = chance, wordings, kinds

    def clauses(self, facts: Sequence[Said]) -> list[Clause]:
        """Each edge as a clause, from its subject or from its object."""
        kept: dict[tuple[str, Direction, bool], str] = {}
        ways = self._ways(facts)
        clauses = []
        for fact, way in zip(facts, ways, strict=True):
            key = (fact.relation, way, fact.negated)
            words = kept.setdefault(key, self.words(fact.relation, way, fact.negated))
            ends = (fact.subject, fact.object) if way == "out" else (fact.object, fact.subject)
            clauses.append(Clause(ends[0], words, ends[1]))
            if self.chance.random() < 0.25:
                kept.clear()
        return clauses

    def _ways(self, facts: Sequence[Said]) -> list[Direction]:
        """From which end each edge is told: of what is shared something is said, more often than not."""
        roll = self.chance.random()
        if len(facts) > 1 and roll < 0.65:
            shared = len({f.subject for f in facts}) == 1
            towards = len({f.object for f in facts}) == 1
            if shared or towards:
                return ["out" if shared else "in"] * len(facts)
        if roll < 0.8:
            return ["out"] * len(facts)
        return [self.chance.choice(("out", "in")) for _ in facts]

    def words(self, relation: str, way: Direction, negated: bool = False) -> str:
        """A wording of a relation."""
        words = self.chance.choice(self.wordings[relation, way])
        if not negated:
            return words
        if self.chance.random() < 0.15:
            return f"is recorded as not {words.removeprefix('is ')}" if words.startswith("is ") else denied(words)
        return denied(words)

    def name(self, letter: str, start: bool = False) -> str:
        """A name, now and then with its kind before it."""
        noun = self.noun(letter)
        roll = self.chance.random()
        if roll < 0.14 and noun:
            return f"{'The' if start else 'the'} {noun} {letter}"
        if roll < 0.2 and noun:
            return f"{noun} {letter}"
        if roll < 0.23 and noun:
            return f"{letter}, {_an(noun)} {noun},"
        return letter

    def noun(self, letter: str) -> str:
        """The kind of a thing in a word; '' where the relations do not tell."""
        category = self.kinds.get(letter, ANY)
        if category == ANY:
            return ""
        return self.chance.choice((schema().kind(category).singular, *NOUNS.get(category, ())))

    def tell(self, clauses: Sequence[Clause]) -> str:
        """One sentence or two of all clauses."""
        sentence = self._told(list(clauses))
        if self.chance.random() < 0.12:
            sentence = self.chance.choice(_FRAMES).format(sentence)
        sentence = sentence[0].upper() + sentence[1:]
        return sentence if self.chance.random() < 0.08 else f"{sentence.rstrip('.,')}."

    def _told(self, clauses: list[Clause]) -> str:
        if len(clauses) == 1:
            return self._single(clauses[0])
        if len({c.first for c in clauses}) == 1:
            return self._around(clauses)
        if len({(c.words, c.second) for c in clauses}) == 1 and self.chance.random() < 0.7:
            return self._of_many([c.first for c in clauses], clauses[0].words, clauses[0].second)
        if len(clauses) == 2 and clauses[1].first == clauses[0].second and self.chance.random() < 0.7:
            noun = self.noun(clauses[1].first)
            joint = self.chance.choice(
                (", which ", ", which ", f", {_an(noun)} {noun} that " if noun else ", which ", " that ")
            )
            return f"{self._single(clauses[0]).rstrip(',')}{joint}{self._predicate(clauses[1])}"
        joint = self.chance.choice(_JOINTS)
        parts = [self._single(c) for c in clauses]
        return self._joined(parts, joint)

    def _joined(self, parts: Sequence[str], joint: str) -> str:
        text = parts[0]
        for part in parts[1:]:
            following = part[0].upper() + part[1:] if joint == ". {}" else part
            text = text.rstrip(",") + joint.format(following)
        return text

    def _single(self, clause: Clause) -> str:
        roll = self.chance.random()
        noun = self.noun(clause.first)
        if roll < 0.12 and noun:
            return f"{clause.first} is {_an(noun)} {noun} that {self._predicate(clause)}"
        if roll < 0.15:
            return f"{clause.second} is what {clause.first} {clause.words}"
        return f"{self.name(clause.first)} {self._predicate(clause)}"

    def _predicate(self, clause: Clause) -> str:
        words = clause.words
        if self.chance.random() < 0.06 and not words.startswith(("can", "may", "is not", "does not", "must", "should")):
            verb, _, rest = words.partition(" ")
            words = f"{verb} also {rest}" if verb in ("is", "has", "was") else f"also {words}"
        return f"{words} {self.name(clause.second)}"

    def _around(self, clauses: list[Clause]) -> str:
        """Several things said of one."""
        first, noun = clauses[0].first, self.noun(clauses[0].first)
        if len({c.words for c in clauses}) == 1 and self.chance.random() < 0.75:
            listed = [self.name(c.second).rstrip(",") for c in clauses]
            joint = self.chance.choice(("and", "and", "as well as"))
            return f"{self.name(first)} {clauses[0].words} {_listed(listed, joint)}"
        predicates = [self._predicate(c).rstrip(",") for c in clauses]
        match self.chance.randrange(7):
            case 0 if noun:
                return f"{first} is {_an(noun)} {noun} that {_listed(predicates, 'and')}"
            case 1:
                return f"{self.name(first)}, which {predicates[0]}, {_listed(predicates[1:], 'and')}"
            case 2:
                joint = self.chance.choice(("; it {}", ". It {}", ", and it {}", ". It also {}", ", and it also {}"))
                return f"{self.name(first)} {self._joined(predicates, joint)}"
            case 3:
                return f"{self.name(first)} both {predicates[0]} and {_listed(predicates[1:], 'and')}"
            case 4:
                return self._joined([f"{first} {p}" for p in predicates], self.chance.choice(_JOINTS))
            case 5:
                joint = self.chance.choice(("and", "and also", "as well as", "but"))
                return f"{self.name(first)} {_listed(predicates, joint)}"
            case _:
                return f"{self.name(first)} {_listed(predicates, 'and')}"

    def _of_many(self, firsts: Sequence[str], words: str, second: str) -> str:
        listed = _listed([self.name(f).rstrip(",") for f in firsts], "and")
        both = self.chance.choice(("Both ", "")) if len(firsts) == 2 else ""
        return f"{both}{listed} {_many(words)} {self.name(second)}"


def _many(words: str) -> str:
    if words.startswith("does not "):
        return f"do not {words.removeprefix('does not ')}"
    return words if words.startswith(("cannot", "can ", "may ")) else of_many(words)


def _listed(parts: Sequence[str], joint: str) -> str:
    """Parts with commas, the last one after a joint."""
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def _an(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
