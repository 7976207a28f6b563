"""How questions with known forms are read: rightly, not at all, or wrongly without a word of doubt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from galenic.errors import UsageError
from galenic.evaluation.slots import Slots
from kg.errors import GraphError
from kg.logic.canonical import same
from kg.logic.forms import AbstainForm, AskBackForm, Form, entities
from kg.logic.read import read_form
from kg.logic.reading import Context, Linked, Read
from kg.logic.text import show
from llm.models.errors import CorpusError
from llm.models.voices import pairs

Outcome = Literal["right", "refused", "wrong"]
_SEED = 7
_HARD = ("having", "minus", "where", "or", "and")
_PLAIN_YES = re.compile(r"^exists\(and\((?=entity\(\{\w+\}\), hop\([^()]*entity\(\{\w+\}\)\)\)\)$)")
_STEPS = re.compile(r"hop\([^()]*hop\(")
# Lower ends of the bands of confidence in which wrong readings are counted.
BANDS = (0.0, 0.6, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: the file's voice, the line's number, the form and the question with their slots.

    Of a follow-up `before` is the form of the last answer.
    """

    voice: str
    number: int
    form: str
    question: str
    before: str = ""

    @property
    def kind(self) -> str:
        """The operation that the form begins with, and the hardest of those within it.

        >>> Line("lay", 1, "list(minus(hop(treats, in, entity({disease})), entity({drug})))", "...").kind
        'list, minus'
        """
        # 'Does X treat Y' joins X with a step, which is no condition more.
        plain = _PLAIN_YES.sub("", self.form)
        within = next((name for name in _HARD if f"{name}(" in plain), "two steps" if _STEPS.search(plain) else "")
        return ", ".join(filter(None, (self.form.partition("(")[0], within)))


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question was read, and how it should be: `meant` is None where it is to be refused.

    `offered`: whether a question that was asked back offers the right reading.
    """

    line: Line
    question: str
    meant: Form | None
    got: Form
    confidence: float
    offered: bool = False

    @property
    def outcome(self) -> Outcome:
        """Right, refused (or asked back) where it could be read, or wrong."""
        if self.refused:
            return "right" if self.meant is None else "refused"
        return "right" if self.meant is not None and same(self.got, self.meant) else "wrong"

    @property
    def refused(self) -> bool:
        """Whether it was refused or asked back."""
        return isinstance(self.got, (AbstainForm, AskBackForm))

    @property
    def kind(self) -> str:
        """The kind of its form, marked where it is to be refused."""
        known = self.meant is not None or self.line.kind == "abstain"
        return self.line.kind if known else f"{self.line.kind.partition(',')[0]} (unknown form)"

    @property
    def band(self) -> float:
        """The lower end of its band of confidence."""
        return max(b for b in BANDS if b <= max(self.confidence, 0.0))


@dataclass(frozen=True, slots=True)
class Measured:
    """All readings, and how many lines had slots that the release cannot fill."""

    readings: tuple[Reading, ...]
    unfilled: int

    def by(self, key: Callable[[Reading], str]) -> dict[str, Counter[str]]:
        """How many readings of each outcome, and how many were offered, by what a reading belongs to."""
        counts: dict[str, Counter[str]] = {}
        for reading in self.readings:
            counted = counts.setdefault(key(reading), Counter())
            counted[reading.outcome] += 1
            counted["offered"] += reading.offered
        return counts

    def wrong(self) -> list[Reading]:
        """The wrong readings."""
        return [r for r in self.readings if r.outcome == "wrong"]


def lines_of(paths: Sequence[Path], leave_out: Iterable[str] = (), limit: int | None = None) -> list[Line]:
    """The lines of files `form<TAB>question`, a file's name being its voice; with a limit, that many drawn from all.

    Raises `UsageError` for a file that cannot be read or a line of another shape.
    """
    left_out = set(leave_out)
    if strange := left_out - {p.stem for p in paths}:
        raise UsageError(f"no file is called {', '.join(sorted(strange))}; voices: {', '.join(p.stem for p in paths)}")
    lines = [line for path in paths if path.stem not in left_out for line in _lines(path)]
    if limit is not None and limit < len(lines):
        chosen = sorted(Random(_SEED).sample(range(len(lines)), limit))
        lines = [lines[i] for i in chosen]
    return lines


def _lines(path: Path) -> Iterator[Line]:
    try:
        for pair in pairs(path):
            yield Line(path.stem, pair.number, pair.form, pair.question, pair.before)
    except CorpusError as problem:
        raise UsageError(str(problem)) from problem


@dataclass(frozen=True, slots=True)
class Put:
    """A line as a question: its text, what it follows up on, and the form meant; None where it is to be refused."""

    line: Line
    question: str
    context: Context | None
    meant: Form | None


def put(slots: Slots, line: Line) -> Put | None:
    """A line with its slots filled from the release, in the same way each time; None where nothing fills one."""
    try:
        filled = slots.filled(line.form, line.question, f"{line.voice}:{line.number}", line.before)
    except KeyError as problem:
        raise UsageError(f"{line.voice}:{line.number}: no slot is called {problem}") from problem
    if filled is None:
        return None
    categories, context = dict(filled.categories), None
    if filled.before:
        try:
            before = read_form(filled.before, categories)
        except GraphError as problem:
            raise UsageError(f"{line.voice}:{line.number}: the form before cannot be read ({problem})") from problem
        spoken = [Linked(filled.names[e], e, filled.names[e], categories[e], 1.0) for e in categories]
        named = {e.id for e in entities(before)}
        context = Context("", before, (), None, tuple(e for e in spoken if e.id in named))
    return Put(line, filled.question, context, _meant(filled.form, categories))


def measured(
    read: Callable[[str, Context | None], Read],
    slots: Slots,
    lines: Sequence[Line],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Measured:
    """Each question read, nothing run."""
    readings, unfilled = [], 0
    for done, line in enumerate(lines, 1):
        asked = put(slots, line)
        progress(done, len(lines))
        if asked is None:
            unfilled += 1
            continue
        got, meant = read(asked.question, asked.context), asked.meant
        offered = meant is not None and any(same(c.form, meant) for c in got.choices)
        readings.append(Reading(line, asked.question, meant, got.form, got.confidence, offered))
    return Measured(tuple(readings), unfilled)


def _meant(form: str, categories: dict[str, str]) -> Form | None:
    """The form of a line; None where the question is to be refused, or where no such form can be read yet."""
    try:
        meant = read_form(form, categories)
    except GraphError:
        return None
    return None if isinstance(meant, (AbstainForm, AskBackForm)) else meant


def as_json(figures: Measured) -> dict[str, object]:
    """The figures, and each wrong reading with its place."""
    return {
        "questions": len(figures.readings),
        "unfilled": figures.unfilled,
        "voices": figures.by(lambda r: r.line.voice),
        "forms": figures.by(lambda r: r.kind),
        "wrong_by_confidence": Counter(str(r.band) for r in figures.wrong()),
        "right_by_confidence": Counter(str(r.band) for r in figures.readings if r.outcome == "right"),
        "wrong": [
            {
                "voice": r.line.voice,
                "line": r.line.number,
                "question": r.question,
                "meant": show(r.meant) if r.meant is not None else r.line.form,
                "read": show(r.got),
                "confidence": round(r.confidence, 4),
            }
            for r in figures.wrong()
        ],
    }
