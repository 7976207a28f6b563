"""Questions that join, nest, negate, count and rank, made from the known wordings of relations."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

from kg.schema import schema
from llm.models.frames import ASKED, COMPARED, COUNTED, EXISTING, LISTED, NOUNS, RANKED, STATES, WORDS
from llm.models.voices import SLOTS, Pair

NAME = "composed"
_SLOT_OF = {category: slot for slot, category in SLOTS.items()}
_DEEPEST = 3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A set: its form and the noun phrase for it."""

    form: str
    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """What is said of the members of a set: its form and a verb phrase in the plural."""

    form: str
    text: str
    nested: bool = False

    @property
    def negated(self) -> str:
        """The verb phrase with a 'not'."""
        first, _, rest = self.text.partition(" ")
        if first in ("are", "can", "were"):
            return f"{'cannot' if first == 'can' else first + ' not'} {rest}"
        return f"do not {self.text}"


@lru_cache(maxsize=1)
def steps() -> dict[tuple[str, str], dict[str, list[str]]]:
    """By step the wordings of each sort: verb phrases and noun phrases with {x}."""
    text = files("llm").joinpath("wordings.tsv").read_text("utf-8")
    found: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["kind"] in ("vp", "np") and row["relation"] in ASKED:
            found[row["relation"], row["direction"]][row["kind"]].append(row["wording"])
    return {step: sorts for step, sorts in found.items() if sorts["vp"]}


class Composer:
    """Draws questions with their forms; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(f"{NAME} {seed}")
        self.slots: Counter[str] = Counter()
        known = schema()
        self.into: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self.likely: dict[str, list[int]] = defaultdict(list)
        for name, direction in steps():
            relation = known.relation(name)
            kind = relation.target(direction)
            self.into[kind].append((name, direction, relation.source(direction)))
            self.likely[kind].append(ASKED[name])

    def pairs(self, number: int) -> Iterator[Pair]:
        """So many questions."""
        made = 0
        while made < number:
            self.slots = Counter()
            form, text = self._question()
            if sum(self.slots.values()) <= 4:
                made += 1
                yield Pair(f"{NAME}:{made}", form, self._as_typed(text.replace("the the ", "the ")))

    def one_of(self, choices: Sequence[T]) -> T:
        """Any of them."""
        return self.chance.choice(choices)

    def _as_typed(self, text: str) -> str:
        if self.chance.random() < 0.25:
            text = text.rstrip("?.")
        return text[0].upper() + text[1:] if self.chance.random() < 0.4 and text[0].islower() else text

    def _question(self) -> tuple[str, str]:
        way = self.chance.choices(
            ("list", "count", "exists", "compare", "top", "who"), (56, 9, 5, 6, 14, 10)
        )[0]  # fmt: skip
        kind = self.chance.choices(list(NOUNS), (8, 5, 6, 2, 2, 3, 2, 1, 1, 2, 1))[0]
        if way == "compare":
            left, right = self.simple(kind), self._set(kind, 1)
            return f"compare({left.form}, {right.form})", self._framed(COMPARED, left.text, right.text)
        if way == "top":
            return self._top(kind)
        if way == "who":
            return self._subject_asked(kind)
        found = self._set(kind, _DEEPEST)
        frames = {"list": LISTED, "count": COUNTED, "exists": EXISTING}[way]
        return f"{way}({found.form})", self._framed(frames, found.text)

    def _framed(self, frames: Sequence[str], *texts: str) -> str:
        return self.one_of(frames).format(*texts)

    def entity(self, kind: str) -> tuple[str, str]:
        """A slot for a name of a kind, as a form has it and in words."""
        slot = _SLOT_OF[kind]
        self.slots[slot] += 1
        name = f"{{{slot}{self.slots[slot] if self.slots[slot] > 1 else ''}}}"
        return f"entity({name})", name

    def _step(self, kind: str) -> tuple[str, str, str]:
        return self.chance.choices(self.into[kind], self.likely[kind])[0]

    def nouns(self, kind: str) -> tuple[str, str]:
        """One and many of a kind; the plainest word in half of all cases."""
        return NOUNS[kind][0] if self.chance.random() < 0.5 else self.one_of(NOUNS[kind])

    def clause(self, kind: str, depth: int) -> Clause:
        """That the members of a set stand in a relation to something named, or to the members of another set."""
        name, direction, start = self._step(kind)
        wording = self.one_of(steps()[name, direction]["vp"])
        if depth > 0 and self.chance.random() < 0.55 and wording.endswith("{x}"):
            inner = self._set(start, depth - 1)
            one = self.one_of(("{0}", "any of the {0}", "at least one of the {0}", "some of the {0}", "one of the {0}"))
            text = wording.replace("{x}", one.format(inner.text))
            return Clause(f"hop({name}, {direction}, {inner.form})", text, nested=True)
        form, text = self.entity(start)
        return Clause(f"hop({name}, {direction}, {form})", wording.replace("{x}", text))

    def simple(self, kind: str) -> Phrase:
        """One step from a name."""
        name, direction, start = self._step(kind)
        form, text = self.entity(start)
        sorts = steps()[name, direction]
        hop = f"hop({name}, {direction}, {form})"
        if sorts["np"] and self.chance.random() < 0.5:
            return Phrase(hop, self.one_of(sorts["np"]).replace("{x}", text))
        return Phrase(hop, f"{self.nouns(kind)[1]} that {self.one_of(sorts['vp']).replace('{x}', text)}")

    def _set(self, kind: str, depth: int) -> Phrase:
        if depth <= 0:
            return self.simple(kind)
        way = self.chance.choices(
            (
                self._chain, self._joined, self._either, self._without,
                self._counted, self._shared, self._but, self._state,
            ),
            (30, 18, 10, 16, 16, 8, 5, 4 if kind == "biolink:Drug" else 0),
        )[0]  # fmt: skip
        return way(kind, depth)

    def _chain(self, kind: str, depth: int) -> Phrase:
        """Step by step: 'side effects of the drugs that bind a gene associated with ...'."""
        name, direction, start = self._step(kind)
        inner = self._set(start, depth - 1) if self.chance.random() < 0.6 else self.simple(start)
        sorts = steps()[name, direction]
        hop = f"hop({name}, {direction}, {inner.form})"
        ending = [w for w in sorts["np"] if w.endswith("{x}")]
        if ending and self.chance.random() < 0.5:
            lead = self.one_of(("", "the ", "those ")) if inner.text[0] != "{" else ""
            return Phrase(hop, self.one_of(ending).replace("{x}", lead + inner.text))
        verbs = [w for w in sorts["vp"] if w.endswith("{x}")] or sorts["vp"]
        lead = self.one_of(("", "", "any of the ", "at least one of the ", "the ", "one of the "))
        return Phrase(hop, f"{self.nouns(kind)[1]} that {self.one_of(verbs).replace('{x}', lead + inner.text)}")

    def _joined(self, kind: str, depth: int) -> Phrase:
        """All of several things hold."""
        clauses = [self.clause(kind, depth - 1) for _ in range(self.one_of((2, 2, 2, 3)))]
        clauses.sort(key=lambda c: c.nested)
        form = f"and({', '.join(c.form for c in clauses)})"
        noun = self.nouns(kind)[1]
        if len(clauses) == 2 and self.chance.random() < 0.4:
            start, other = self.simple(kind), clauses[-1]
            also = self.one_of(
                ("that {0}", "that also {0}", "which {0} too", "that {0} as well", "which at the same time {0}")
            )
            return Phrase(f"and({start.form}, {other.form})", f"{start.text} {also.format(other.text)}")
        texts = [c.text for c in clauses]
        ways = ["that {0} and {1}", "that both {0} and {1}", "that {0} and also {1}", "which {0} and {1}"]
        text = self.one_of(ways).format(", ".join(texts[:-1]), texts[-1]) if len(texts) == 2 else (
            f"that {', '.join(texts[:-1])} and {texts[-1]}"
        )  # fmt: skip
        return Phrase(form, f"{noun} {text}")

    def _either(self, kind: str, depth: int) -> Phrase:
        """One of several things holds."""
        if self.chance.random() < 0.5:
            name, direction, start = self._step(kind)
            names = [self.entity(start) for _ in range(self.one_of((2, 2, 3)))]
            form = f"or({', '.join(f'hop({name}, {direction}, {f})' for f, _ in names)})"
            spoken = f"{', '.join(t for _, t in names[:-1])} or {names[-1][1]}"
            if self.chance.random() < 0.3:
                spoken = f"either {spoken}"
            sorts = steps()[name, direction]
            if sorts["np"] and self.chance.random() < 0.4:
                return Phrase(form, self.one_of(sorts["np"]).replace("{x}", spoken))
            return Phrase(form, f"{self.nouns(kind)[1]} that {self.one_of(sorts['vp']).replace('{x}', spoken)}")
        one, two = self.clause(kind, 0), self.clause(kind, depth - 1)
        said = self.one_of(
            ("that {0} or {1}", "that either {0} or {1}", "which {0} or else {1}", "that {0}, or that {1}")
        )
        return Phrase(f"or({one.form}, {two.form})", f"{self.nouns(kind)[1]} {said.format(one.text, two.text)}")

    def _without(self, kind: str, depth: int) -> Phrase:
        """One thing holds and another does not."""
        if self.chance.random() < 0.3:
            name, direction, start = self._step(kind)
            (yes, first), (no, second) = self.entity(start), self.entity(start)
            form = f"minus(hop({name}, {direction}, {yes}), hop({name}, {direction}, {no}))"
            verbs = [w for w in steps()[name, direction]["vp"] if w.endswith("{x}")]
            if verbs:
                but = self.one_of(("but not {0}", "and not {0}", "yet not {0}", "though not {0}", "rather than {0}"))
                verb = self.one_of(verbs).replace("{x}", first)
                return Phrase(form, f"{self.nouns(kind)[1]} that {verb} {but.format(second)}")
        start_set, other = self._set(kind, depth - 2), self.clause(kind, depth - 1)
        form = f"minus({start_set.form}, {other.form})"
        told = self.one_of(
            ("{0} that {1}", "{0} which {1}", "{0}, excluding those that {2}", "{0} except the ones that {2}",
             "{0}, leaving out all that {2}", "{0}, minus those that {2}", "{0} but only if they {1}")
        )  # fmt: skip
        return Phrase(form, told.format(start_set.text, other.negated, other.text))

    def _but(self, kind: str, depth: int) -> Phrase:
        """All but one thing that is named."""
        start = self._set(kind, depth - 1)
        form, text = self.entity(kind)
        told = self.one_of(
            ("{0}, apart from {1}", "{0} other than {1}", "{0} except {1}", "{0}, {1} aside", "{0}, not counting {1}")
        )
        return Phrase(f"minus({start.form}, {form})", told.format(start.text, text))

    def _shared(self, kind: str, _depth: int) -> Phrase:
        """What two things have in common."""
        name, direction, start = self._step(kind)
        (one, first), (two, second) = self.entity(start), self.entity(start)
        form = f"and(hop({name}, {direction}, {one}), hop({name}, {direction}, {two}))"
        verb = self.one_of(steps()[name, direction]["vp"])
        both = self.one_of(
            ("both {0} and {1}", "{0} as well as {1}", "{0} and {1} alike", "{0} together with {1}", "{0} and also {1}")
        )
        return Phrase(form, f"{self.nouns(kind)[1]} that {verb.replace('{x}', both.format(first, second))}")

    def _state(self, kind: str, depth: int) -> Phrase:
        """Drugs of a regulatory state."""
        state, noun = self.one_of(STATES), self.nouns(kind)[1]
        clause = self.clause(kind, depth - 1)
        return Phrase(f'where({clause.form}, groups = "{state}")', f"{state} {noun} that {clause.text}")

    def _quantity(self, one: str, many: str) -> tuple[str, str]:
        """How many, as a form says it and in words."""
        n = self.chance.choices(range(1, 11), (3, 9, 6, 4, 4, 1, 1, 1, 1, 2))[0]
        spoken = WORDS[n] if self.chance.random() < 0.5 else str(n)
        more = WORDS[n - 1] if self.chance.random() < 0.5 else str(n - 1)
        noun = one if n == 1 else many
        ways = {
            "at_least": [f"at least {spoken} {noun}", f"{spoken} or more {many}", f"no fewer than {spoken} {noun}"],
            "at_most": [f"at most {spoken} {noun}", f"no more than {spoken} {noun}", f"not more than {spoken} {noun}"],
            "exactly": [f"exactly {spoken} {noun}", f"precisely {spoken} {noun}", f"just {spoken} {noun}"],
        }
        if n > 1:
            ways["at_least"].append(f"more than {more} {one if n == 2 else many}")
        if n == 1:
            ways["exactly"] += [f"only one {one}", f"a single {one}"]
        way = self.chance.choices(list(ways), (6, 3, 3))[0]
        return f"{way}, {n}", self.one_of(ways[way])

    def _counted(self, kind: str, depth: int) -> Phrase:
        """Members with so many neighbours, or all of whose neighbours are of a set."""
        start = self.simple(kind)
        counted = self.counting(kind, depth)
        if counted is None:
            return self._joined(kind, depth)
        also = self.one_of(("that {0}", "which {0}", "that also {0}"))
        return Phrase(f"having({start.form}, {counted.form})", f"{start.text} {also.format(counted.text)}")

    def counting(self, kind: str, depth: int) -> Clause | None:
        """That members have so many neighbours, as the end of a `having`; None where nobody says the step drawn so."""
        name, direction, there = self.one_of([s for s in self.steps_from(kind)])
        back = "in" if direction == "out" else "out"
        verbs = [w for w in steps().get((name, back), {}).get("vp", []) if w.endswith("{x}")]
        if not verbs:
            return None
        verb = self.one_of(verbs)
        one, many = self.nouns(there)
        if self.chance.random() < 0.55:
            said, words = self._quantity(one, many)
            hop = f"hop({name}, {direction})"
        else:
            among = self._set(there, depth - 2)
            hop = f"hop({name}, {direction}, {among.form})"
            ways = [
                ("every", f"all of the {among.text}"), ("every", f"every one of the {among.text}"),
                ("only", f"only {among.text}"), ("only", f"nothing but {among.text}"),
            ]  # fmt: skip
            for n in (2, 3, 5):
                ways.append((f"at_least, {n}", f"at least {self.one_of((WORDS[n], str(n)))} of the {among.text}"))
            said, words = self.one_of(ways)
        return Clause(f"{hop}, {said}", verb.replace("{x}", words))

    def steps_from(self, kind: str) -> list[tuple[str, str, str]]:
        """Steps that lead away from a kind, with the kind that they lead to."""
        known = schema()
        return [
            (name, direction, known.relation(name).target(direction))
            for name, direction in steps()
            if known.relation(name).source(direction) == kind
        ]

    def ranking(self, kind: str) -> Clause | None:
        """That members have the most or the fewest neighbours, as the end of a `top`."""
        name, direction, there = self.one_of(self.steps_from(kind))
        back = "in" if direction == "out" else "out"
        verbs = [w for w in steps().get((name, back), {}).get("vp", []) if w.endswith("{x}")]
        if not verbs:
            return None
        most = self.one_of(("most", "most", "fewest"))
        many = self.nouns(there)[1]
        return Clause(f"hop({name}, {direction}), {most}", self.one_of(verbs).replace("{x}", f"the {most} {many}"))

    def _top(self, kind: str) -> tuple[str, str]:
        """The k with the most or fewest neighbours."""
        name, direction, there = self.one_of(self.steps_from(kind))
        back = "in" if direction == "out" else "out"
        verbs = [w for w in steps().get((name, back), {}).get("vp", []) if w.endswith("{x}")]
        if not verbs:
            return self._top(kind)
        found, many = self._set(kind, self.one_of((0, 1, 2))), self.nouns(there)[1]
        most, k = self.one_of(("most", "most", "fewest")), self.one_of((1, 2, 3, 3, 5, 5, 5, 10, 10, 20))
        form = f"top({k}, {found.form}, hop({name}, {direction}), {most})"
        verb = self.one_of(verbs)
        spoken = WORDS[k] if k in WORDS and self.chance.random() < 0.5 else str(k)
        if self.chance.random() < 0.3:
            they = verb.replace("{x}", "").strip()
            order = self.one_of(
                (
                    "rank the {0} by how many {1} they {2}, {3} first, and keep {k}",
                    "{0} by the number of {1} they {2}: the {k} {4}",
                )
            )
            end = "highest" if most == "most" else "lowest"
            text = order.format(found.text, many, they, end, end, k=spoken)
            return form, text
        return form, self.one_of(RANKED).format(found.text, verb.replace("{x}", f"the {most} {many}"), k=spoken)

    def _subject_asked(self, kind: str) -> tuple[str, str]:
        """'Which drugs bind ... and do not ...?', said as a sentence of its own."""
        noun = self.nouns(kind)[1]
        one, two = self.clause(kind, 0), self.clause(kind, 2)
        ways = [
            (f"and({one.form}, {two.form})", f"which {noun} {one.text} and {two.text}?"),
            (f"minus({one.form}, {two.form})", f"which {noun} {one.text} but {two.negated}?"),
            (f"or({one.form}, {two.form})", f"which {noun} {one.text} or {two.text}?"),
            (two.form, f"which {noun} {two.text}?"),
            (f"minus({two.form}, {one.form})", f"of the {noun} that {two.text}, which {one.negated}?"),
            (f"and({one.form}, {two.form})", f"of all {noun} that {one.text}, which ones {two.text}?"),
        ]
        form, text = self.one_of(ways)
        return f"list({form})", text
