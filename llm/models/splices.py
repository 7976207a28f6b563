"""Questions made of what a person wrote and of known wordings: nested, narrowed, counted, and followed on."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.logic.expressions import category_of
from kg.logic.forms import ListForm
from llm.models.compositions import Composer, steps
from llm.models.errors import CorpusError
from llm.models.frames import NOUNS, TAILS, WORDS
from llm.models.voices import SLOT, SLOTS, Pair

NAME = "spliced"
_LONGEST = 150
_MOST_SLOTS = 4
# A name in the middle of a sentence gives way to a phrase only where no other word leans on it.
_BEFORE_A_PHRASE = frozenset(
    "for in of with against by from on to treat treats treating cause causes causing bind binds binding target "
    "targets targeting affect affects express expresses expressing regulate regulates palliate palliates upregulate "
    "upregulates downregulate downregulates resemble resembles involve involves present presents have has share shares "
    "inhibit inhibits hit hits help helps".split()
)
_AFTER_A_PHRASE = frozenset(
    "and or but which that while without except yet also too in with by have has is are".split()
)
_INFINITIVE = re.compile(r"(must|must also|have to|should) \{0\}")
_LIST = re.compile(r"^list\((.*)\)$")


@dataclass(frozen=True, slots=True)
class _Whole:
    """A question that lists a set: the form of the set, its kind, and the words without the sign at the end."""

    pair: Pair
    of: str
    kind: str
    text: str

    @property
    def inside(self) -> str:
        """The words as they stand after other words."""
        first, _, rest = self.text.partition(" ")
        return f"{first.lower()} {rest}" if first[1:].islower() else self.text


class Splicer:
    """Draws from pairs what `Composer` draws from wordings; the same seed and pairs draw the same."""

    def __init__(self, rows: Sequence[Pair], seed: int) -> None:
        self.composer = Composer(seed)
        self.chance = random.Random(f"{NAME} {seed}")
        self.wholes = [whole for pair in rows if (whole := _whole(pair)) is not None]
        self.nesting = [pair for pair in rows if not pair.before and any(_places(pair))]

    def pairs(self, number: int) -> Iterator[Pair]:
        """So many questions and follow-ups; none where no pair can be spliced."""
        ways = [way for way, able in ((self._nested, self.nesting), (self._narrowed, self.wholes)) if able]
        ways += [self._followed] if self.wholes else []
        made = 0
        while made < number and ways:
            pair = self.chance.choice(ways)()
            if pair is not None and len(pair.slots) <= _MOST_SLOTS and len(pair.question) <= 2 * _LONGEST:
                made += 1
                yield replace(pair, at=f"{NAME}:{made}")

    def _take(self, pair: Pair) -> None:
        """Let new slots be counted from those of a pair."""
        self.composer.slots = Counter()
        for kind, number in SLOT.findall(f"{pair.form} {pair.question}"):
            self.composer.slots[kind] = max(self.composer.slots[kind], int(number or 1))

    def _nested(self) -> Pair | None:
        """A phrase in the place of a name: 'drugs for the diseases that ...'."""
        pair = self.chance.choice(self.nesting)
        self._take(pair)
        slot = self.chance.choice(list(_places(pair)))
        found = self.composer.simple(SLOTS[slot.rstrip("0123456789")])
        if found.text.startswith("{"):
            return None
        lead = self.chance.choice(("", "the ", "any of the ", "at least one of the "))
        form = pair.form.replace(f"entity({{{slot}}})", found.form)
        return replace(pair, form=form, question=pair.question.replace(f"{{{slot}}}", lead + found.text))

    def _narrowed(self) -> Pair | None:
        """A question with a restriction, a number or an order behind or before it."""
        whole = self.chance.choice(self.wholes)
        self._take(whole.pair)
        drawn = self._said(whole)
        if drawn is None:
            return None
        way, form, words = drawn
        frame = self.chance.choice(TAILS[way])
        if _INFINITIVE.search(frame):
            words = re.sub("^are ", "be ", words)
        text = frame.format(words, q=whole.inside, Q=whole.text, nouns=self.composer.nouns(whole.kind)[1])
        return replace(whole.pair, form=form, question=text)

    def _followed(self) -> Pair | None:
        """A follow-up on the list that a question gave."""
        whole = self.chance.choice(self.wholes)
        self._take(whole.pair)
        draw = self.chance.choices((self._said, self._stepped, self._instead), (5, 3, 1))[0]
        drawn = draw(whole)
        if drawn is None:
            return None
        way, form, words = drawn
        text = self.chance.choice(TAILS[f"then {way}"]).format(words, nouns=self.composer.nouns(whole.kind)[1])
        text = text[0].upper() + text[1:] if self.chance.random() < 0.3 and text[0].islower() else text
        return Pair(whole.pair.at, form, text, before=f"list({whole.of})")

    def _said(self, whole: _Whole) -> tuple[str, str, str] | None:
        """What is said of the members of a set: how, the form, and the words."""
        way = self.chance.choices(("and", "minus", "not", "having", "top", "count"), (6, 4, 2, 4, 2, 1))[0]
        match way:
            case "count":
                return way, f"count({whole.of})", ""
            case "top":
                return self._ranked(whole)
            case "having":
                counted = self.composer.counting(whole.kind, 1)
                return (way, f"list(having({whole.of}, {counted.form}))", counted.text) if counted else None
        clause = self.composer.clause(whole.kind, self.chance.choice((0, 0, 0, 1)))
        operation = "and" if way == "and" else "minus"
        words = clause.negated if way == "not" else clause.text
        return way, f"list({operation}({whole.of}, {clause.form}))", words

    def _ranked(self, whole: _Whole) -> tuple[str, str, str] | None:
        ranking = self.composer.ranking(whole.kind)
        if ranking is None:
            return None
        number = self.chance.choice((1, 2, 3, 5, 10))
        words = f"{self.chance.choice((WORDS[number], str(number)))} of them {ranking.text}"
        return "top", f"top({number}, {whole.of}, {ranking.form})", words

    def _stepped(self, whole: _Whole) -> tuple[str, str, str] | None:
        """What the members of the list lead to: 'which genes do these bind?'."""
        there = [
            (name, direction, kind)
            for kind in NOUNS
            for name, direction, start in self.composer.into[kind]
            if start == whole.kind
        ]
        if not there:
            return None
        name, direction, kind = self.chance.choice(there)
        verb = self.chance.choice(steps()[name, direction]["vp"])
        them = self.chance.choice(("them", "these", "those", "any of them", "any of these", "at least one of them"))
        that = self.chance.choice(("", "that "))
        words = f"{self.composer.nouns(kind)[1]} {that}{verb.replace('{x}', them)}"
        return f"step {that}".strip(), f"list(hop({name}, {direction}, {whole.of}))", words

    def _instead(self, whole: _Whole) -> tuple[str, str, str] | None:
        """The same question of another thing."""
        slots = whole.pair.slots
        if len(slots) != 1:
            return None
        kind = slots[0].rstrip("0123456789")
        _, name = self.composer.entity(SLOTS[kind])
        return "instead", f"list({whole.of.replace(f'{{{slots[0]}}}', name)})", name


def _whole(pair: Pair) -> _Whole | None:
    """A pair that lists a set in one sentence, which more can be said of."""
    text = pair.question.rstrip("?.! ")
    if pair.before or not _LIST.match(pair.form) or len(text) > _LONGEST or re.search(r"[?.!;:]\s", text):
        return None
    try:
        form = pair.meant({slot: slot for slot in pair.slots})
    except CorpusError:
        # Named where examples are made of the pair itself.
        return None
    if not isinstance(form, ListForm) or category_of(form.of) not in NOUNS:
        return None
    return _Whole(pair, pair.form[len("list(") : -1], category_of(form.of), text)


def _places(pair: Pair) -> Iterator[str]:
    """The slots of a pair that a phrase can stand in the place of, in its form and in its words."""
    for match in SLOT.finditer(pair.question):
        slot = match[1] + match[2]
        name = f"{{{slot}}}"
        if match[1] not in SLOTS or SLOTS[match[1]] not in NOUNS or pair.question.count(name) != 1:
            continue
        if (
            len(re.findall(rf"hop\(\w+, \w+, entity\({re.escape(name)}\)\)", pair.form)) != 1
            or pair.form.count(name) != 1
        ):
            continue
        left, right = pair.question[: match.start()].split(), pair.question[match.end() :]
        if left and left[-1].lower() in _BEFORE_A_PHRASE and _may_end(right):
            yield slot


def _may_end(right: str) -> bool:
    words = right.split(maxsplit=1)
    return not right.strip(" ?.!,;:") or right[0] in "?.,;:)" or words[0].strip(",") in _AFTER_A_PHRASE
