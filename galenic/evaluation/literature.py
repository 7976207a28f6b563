"""How well questions to the literature are answered: whether the passages that are quoted speak of what was meant."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice

import polars as pl

from galenic.questions.answer import Answer
from kg.evidence.claims import PassageSupport
from kg.release.release import Release
from retrieval.passages import rows
from retrieval.speaking import Thing, speaking

PARTS = ("tuned", "held_out")
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the papers known to fit it and the things that it means; neither where it must not be answered.

    `held_out` questions were not looked at while the answers were made better.
    """

    part: str
    question: str
    citations: frozenset[str]
    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer was worth: `listed` and `fitting` say it of each passage quoted, best first.

    A passage fits when its paper is listed, or when it speaks of all the things meant.
    """

    case: Case
    abstained: bool
    seconds: float
    listed: tuple[bool, ...] = ()
    fitting: tuple[bool, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the first passage fits, or an answer was rightly not given."""
        return self.fitting[:1] == (True,) if self.case.things else self.abstained


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares, 0 to 1, over the questions of one part; those of listed papers over the questions that list some."""

    part: str
    questions: int
    first_listed: float
    first_fitting: float
    among_listed: float
    among_fitting: float
    must_abstain: int
    abstained: float
    milliseconds: float


def cases() -> tuple[Case, ...]:
    """The questions, in the order of their file.

    >>> sum(case.part == "held_out" for case in cases()) * 3 == len(cases())
    True
    """
    text = files("galenic.evaluation").joinpath("literature.tsv").read_text("utf-8")
    return tuple(
        Case(row["part"], row["question"], frozenset(row["citations"].split()), tuple(_things(row["things"])))
        for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    )


def _things(text: str) -> Iterator[Thing]:
    """'aspirin / acetylsalicylic acid; asthma': things with their names, not as the release calls them."""
    for thing in text.split("; ") if text else ():
        yield Thing("", tuple(thing.split(" / ")))


def judged(asked: Sequence[Case], ask: Callable[[str], Answer], release: Release) -> list[Verdict]:
    """What each answer was worth."""
    answers = [ask(case.question) for case in asked]
    shown = [list(islice(_passages(answer), _SHOWN)) for answer in answers]
    texts = _texts(release, {support.passage for supports in shown for support in supports})
    return [
        Verdict(
            case,
            answer.status == "abstained",
            answer.seconds,
            tuple(s.citation in case.citations for s in supports),
            tuple(s.citation in case.citations or bool(speaking([texts[s.passage]], case.things)) for s in supports),
        )
        for case, answer, supports in zip(asked, answers, shown, strict=True)
    ]


def _passages(answer: Answer) -> Iterator[PassageSupport]:
    """The passages of an answer that is one, in its order."""
    if answer.status == "answered":
        yield from (s for s in answer.supports.values() if isinstance(s, PassageSupport))


@dataclass(frozen=True, slots=True)
class _Passage:
    title: str
    text: str
    mentions: frozenset[str] = frozenset()


def _texts(release: Release, wanted: set[str]) -> Mapping[str, _Passage]:
    passages = rows(release).filter(pl.col("id").is_in(list(wanted))).select("id", "title", "text")
    return {identifier: _Passage(title or "", text) for identifier, title, text in passages.iter_rows()}


def figures(part: str, verdicts: Sequence[Verdict]) -> Figures:
    """The shares of one part."""
    answerable = [v for v in verdicts if v.case.things]
    listing = [v for v in answerable if v.case.citations]
    refused = [v for v in verdicts if not v.case.things]
    return Figures(
        part,
        len(answerable),
        _share([v.listed[:1] == (True,) for v in listing]),
        _share([v.right for v in answerable]),
        _share([any(v.listed) for v in listing]),
        _share([any(v.fitting) for v in answerable]),
        len(refused),
        _share([v.right for v in refused]),
        round(1000 * statistics.median(v.seconds for v in verdicts), 1) if verdicts else 0.0,
    )


def _share(hits: Sequence[bool]) -> float:
    return round(sum(hits) / len(hits), 4) if hits else 0.0
