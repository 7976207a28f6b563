"""Questions with real names in their slots, linked as a user's are: what the parser learns from."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from galenic.finetuning.names import Names, made_up
from kg.logic.forms import AbstainForm, Form
from kg.logic.reading import Linked, Mark
from llm.models.errors import CorpusError, NotationError
from llm.models.notation import said
from llm.models.prompt import Before, as_classes, prompt
from llm.models.vocabulary import LETTERS
from llm.models.voices import SLOT, UNKNOWN, Pair

Linker = Callable[[str], Sequence[Mark]]
_UNKNOWN_NAME: Form = AbstainForm("unknown_name")
_NUMBER = re.compile(r"(?<![\w.])(\d{1,2})(?![\w.%])")
_OTHER_NUMBER = 0.5
# How a mark that holds more than the name may differ from it: a kind said beside it, an article.
_MOST_BESIDE = 24
# The slots of an answer before are counted from here, so that they are others than those of the question.
_APART = 5


@dataclass(frozen=True, slots=True)
class Example:
    """What a model sees and what it should say: the text, the kinds of each letter, the tokens."""

    at: str
    text: str
    letters: dict[str, tuple[str, ...]]
    tokens: tuple[str, ...]

    @property
    def messages(self) -> list[dict[str, str]]:
        """The example as a conversation: the text is asked, the tokens are replied."""
        said = " ".join(self.tokens)
        return [{"role": "user", "content": self.text}, {"role": "assistant", "content": said}]


@dataclass(frozen=True, slots=True)
class Filled:
    """A question with names in its slots; `spans` holds the place of each, `drawn` the name, of the form before too."""

    question: str
    spans: tuple[tuple[str, int, int], ...]
    drawn: dict[str, str]


def filled(pair: Pair, names: Names, chance: random.Random) -> Filled:
    """The question with a name drawn for each slot; one slot has one name."""
    drawn = {slot: names.draw(pair.category(slot), chance) for slot in pair.slots_before}
    text, spans, at = "", [], 0
    for match in SLOT.finditer(pair.question):
        slot = match[1] + match[2]
        if slot not in drawn:
            drawn[slot] = made_up(chance) if match[1] == UNKNOWN else names.draw(pair.category(slot), chance)
        text += pair.question[at : match.start()]
        spans.append((slot, len(text), len(text) + len(drawn[slot])))
        text += drawn[slot]
        at = match.end()
    return Filled(text + pair.question[at:], tuple(spans), drawn)


def renumbered(pair: Pair, chance: random.Random) -> Pair:
    """The pair with another number where one number stands once in the question and once in the form."""
    found = _NUMBER.findall(SLOT.sub("", pair.question))
    if len(found) != 1 or chance.random() >= _OTHER_NUMBER:
        return pair
    number = found[0]
    wanted = re.compile(rf"(?<=[ (]){number}(?=[,)])")
    counted = re.search(rf"(?:top\(|at_least, |at_most, |exactly, ){number}[,)]", pair.form)
    if counted is None or len(wanted.findall(pair.form)) != 1 or int(number) < 2:
        return pair
    other = str(chance.choice([n for n in range(2, 26) if n != int(number)]))
    question = re.sub(rf"(?<![\w.{{]){number}(?![\w.%}}])", other, pair.question)
    return replace(pair, form=wanted.sub(other, pair.form), question=question)


def after_another(rows: Sequence[Pair], share: float, seed: int) -> Iterator[Pair]:
    """The pairs, a share of them after an answer to another one: a question need not follow on the last.

    >>> rows = [Pair("a:1", "count(hop(treats, in, entity({disease})))", "how many drugs treat {disease}?")]
    >>> [pair.before for pair in after_another(rows, 1.0, 0)]
    ['count(hop(treats, in, entity({disease6})))']
    """
    chance = random.Random(seed)
    answered = [pair for pair in rows if not pair.form.startswith(("abstain", "ask_back")) and not pair.before]
    for pair in rows:
        if pair.before or not answered or chance.random() >= share:
            yield pair
            continue
        other = chance.choice(answered).form
        yield replace(pair, before=SLOT.sub(lambda m: f"{{{m[1]}{int(m[2] or 1) + _APART}}}", other))


class Maker:
    """Makes examples of pairs; `lost` counts why some gave none."""

    def __init__(self, names: Names, linker: Linker, is_group: Callable[[str], bool], seed: int) -> None:
        self.names, self.linker, self.is_group, self.chance = names, linker, is_group, random.Random(seed)
        self.lost: Counter[str] = Counter()

    def make(self, pairs: Iterable[Pair]) -> Iterator[Example]:
        """An example for each pair that can be said of what is linked."""
        for pair in pairs:
            try:
                example = self._one(renumbered(pair, self.chance))
            except CorpusError as problem:
                # One broken form of many is named, and the others are learnt from.
                self.lost[str(problem)] += 1
                continue
            if example is not None:
                yield example

    def _one(self, pair: Pair) -> Example | None:
        if not all(self.names.has(pair.category(slot)) for slot in pair.slots):
            self.lost["the release holds nothing of a kind"] += 1
            return None
        text = filled(pair, self.names, self.chance)
        marks = as_classes(self.linker(text.question), self.is_group)
        try:
            before = _before(pair, text)
        except NotationError:
            self.lost["no tokens for the form before"] += 1
            return None
        shown = prompt(text.question, marks, before)
        letter_at = {(m.start, m.end): a for a, m in shown.marks.items()}
        by_name = {m.text.casefold(): a for a, m in shown.marks.items()}
        taken = {m.readings[0].id: letter for letter, m in zip(LETTERS, before.marks if before else (), strict=False)}
        for slot, start, end in text.spans:
            if slot.startswith(UNKNOWN):
                continue
            mark = _mark_at(marks, start, end)
            if mark is None:
                self.lost["name not found"] += 1
                return None
            if not mark.readings:
                return Example(pair.at, shown.text, shown.letters, tuple(said(_UNKNOWN_NAME)))
            letter = letter_at.get((mark.start, mark.end)) or by_name.get(mark.text.casefold())
            if letter is None or pair.category(slot) not in shown.letters[letter]:
                self.lost["name taken for another kind"] += 1
                return None
            if taken.setdefault(slot, letter) != letter:
                self.lost["name not taken for what was named before"] += 1
                return None
        if len(set(taken.values())) < len(taken):
            self.lost["two slots with one name"] += 1
            return None
        try:
            tokens = said(pair.meant(taken))
        except NotationError:
            self.lost["no tokens for the form"] += 1
            return None
        return Example(pair.at, shown.text, shown.letters, tuple(tokens))


def _before(pair: Pair, text: Filled) -> Before | None:
    """What a follow-up follows on, with its names."""
    if not pair.before:
        return None
    named = [Linked(n, s, n, pair.category(s), 1.0) for s in pair.slots_before for n in (text.drawn[s],)]
    return Before.of(pair.meant_before({s: s for s in pair.slots_before}), named)


def _mark_at(marks: Sequence[Mark], start: int, end: int) -> Mark | None:
    """The mark that is the name at a place: the name itself, or little more."""
    for mark in marks:
        if mark.start <= start and end <= mark.end and (mark.end - mark.start) - (end - start) <= _MOST_BESIDE:
            return mark
    return None


def write(examples: Iterable[Example], file: Path) -> int:
    """Examples as lines of JSON, each also as a conversation that tuners of chat models read; how many."""
    count = 0
    with file.open("w", encoding="utf-8") as out:
        for example in examples:
            out.write(json.dumps({"messages": example.messages, **asdict(example)}, ensure_ascii=False) + "\n")
            count += 1
    return count
