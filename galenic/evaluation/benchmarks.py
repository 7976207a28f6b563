"""Published questions put to the release that serves: statements, yes or no, names asked for, papers."""

from __future__ import annotations

import csv
import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from galenic.errors import UsageError
from galenic.questions.answer import Answer
from kg.evidence.claims import PassageSupport

Ask = Callable[[str], Answer]
Link = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: `score` counts what was not answered as not right, `answered` is the share that was answered,
    `right_if_answered` the score over these alone; `beside` says what others or a guess reach.
    """

    benchmark: str
    measure: str
    number: int
    score: float
    answered: float | None = None
    right_if_answered: float | None = None
    beside: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    answered: bool
    right: bool
    seconds: float


def row(benchmark: str, measure: str, outcomes: Sequence[Outcome], beside: str = "") -> Row:
    """The figure of many outcomes; `seconds` is the median.

    >>> row("B", "right", [Outcome(True, True, 1.0), Outcome(False, False, 3.0)]).right_if_answered
    1.0
    """
    answered = [o for o in outcomes if o.answered]
    return Row(
        benchmark,
        measure,
        len(outcomes),
        round(sum(o.right for o in outcomes) / max(len(outcomes), 1), 4),
        round(len(answered) / max(len(outcomes), 1), 4),
        round(sum(o.right for o in answered) / len(answered), 4) if answered else None,
        beside,
        round(statistics.median(o.seconds for o in outcomes), 3) if outcomes else None,
    )


# --- BiomixQA: statements, half of them made false by a 'not' or another identifier. ---

_SAID = (
    (re.compile(r"^(.+?) (?:associates|is not associated with) Gene (.+)$"), "Is {1} associated with {0}?"),
    (re.compile(r"^Variant (rs\d+) associates (.+)$"), "Is {0} associated with {1}?"),
    (re.compile(r"^(.+?) (?:treats|does not treat|is not a treatment for) (.+)$"), "Does {0} treat {1}?"),
    (re.compile(r"^(.+?) is(?: not)? an? (.+)$"), "Is {0} a {1}?"),
)
_IDENTIFIER = re.compile(r"^Disease ontology identifier for (.+) is (DOID:\d+)$")
_DENIED = re.compile(r"\b(?:is|does) not\b")


def statements(data: Path) -> list[tuple[str, bool]]:
    """The statements of BiomixQA, each with whether it holds; raises `UsageError` where they are not at hand."""
    file = _the_one(data / "biomixqa", "*.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        return [(line["text"], line["label"] == "True") for line in csv.DictReader(lines)]


def as_question(statement: str) -> tuple[str, bool] | None:
    """A statement as a question, and whether it denies what is asked; None for one of another kind.

    >>> as_question("Achondroplasia is not a osteochondrodysplasia")
    ('Is Achondroplasia a osteochondrodysplasia?', True)
    """
    for pattern, question in _SAID:
        if match := pattern.match(statement):
            return question.format(*match.groups()), bool(_DENIED.search(statement))
    return None


def biomixqa(data: Path, ask: Ask, link: Link, limit: int | None = None) -> Row:
    """Statements judged. One that denies is asked without its 'not' and the answer turned round; one that gives an
    identifier is right where the name alone is linked to it.
    """
    told = drawn(statements(data), limit)
    outcomes = [Outcome(said is not None, said == holds, took) for holds, said, took in _judged(told, ask, link)]
    share = sum(holds for _, holds in told) / max(len(told), 1)
    return row("BiomixQA", "statements judged rightly", outcomes, f"always 'true' {share:.3f}")


def _judged(told: Sequence[tuple[str, bool]], ask: Ask, link: Link) -> Iterator[tuple[bool, bool | None, float]]:
    for statement, holds in told:
        mark = time.perf_counter()
        said: bool | None = None
        if match := _IDENTIFIER.match(statement):
            found = link(match[1])
            said = None if found is None else found == match[2]
        elif (asked := as_question(statement)) is not None:
            said = yes_or_no(ask(asked[0]))
            said = said if said is None else said != asked[1]
        yield holds, said, time.perf_counter() - mark


# --- BioASQ 12b and PubMedQA: questions to the literature. ---


def bioasq(data: Path, ask: Ask, limit: int | None = None) -> Iterator[Row]:
    """Yes or no, and names asked for: right where an exact answer stands in what is claimed or quoted first."""
    rows = list(_lines(_the_one(data / "lay_questions", "bioasq*.jsonl.gz")))
    deciding = drawn([r for r in rows if r["type"] == "yesno"], limit)
    asked = [(r["exact_answer"].strip().lower(), ask(r["body"])) for r in deciding]
    said = [(meant, yes_or_no(answer), answer.seconds) for meant, answer in asked]
    outcomes = [Outcome(s is not None, s is not None and s == (m == "yes"), took) for m, s, took in said]
    commonest = Counter(m for m, _ in asked).most_common(1)
    beside = f"always '{commonest[0][0]}' {commonest[0][1] / len(asked):.3f}" if asked else ""
    yield row("BioASQ 12b", "yes or no, right", outcomes, beside)
    naming = drawn([r for r in rows if r["type"] == "factoid"], limit)
    outcomes = []
    for line in naming:
        answer = ask(line["body"])
        given = answer.status == "answered"
        outcomes.append(Outcome(given, given and _names_one(answer, line["exact_answer"]), answer.seconds))
    yield row("BioASQ 12b", "names one of the exact answers", outcomes, "its own papers are mostly not in the release")


def pubmedqa(data: Path, ask: Ask, limit: int | None = None) -> Iterator[Row]:
    """Whether the paper that a question was made of is quoted first, and yes or no where an answer says it."""
    rows = drawn(
        sorted(json.loads(gzip.decompress(_the_one(data / "pubmedqa", "*.json.gz").read_bytes())).items()), limit
    )
    found, decided = [], []
    for pmid, line in rows:
        answer = ask(line["QUESTION"])
        papers = [s.citation for s in answer.supports.values() if isinstance(s, PassageSupport)]
        given = answer.status == "answered" and bool(papers)
        found.append(Outcome(given, given and papers[0] == f"PMID:{pmid}", answer.seconds))
        said, meant = yes_or_no(answer), line["final_decision"]
        decided.append(
            Outcome(said is not None, said is not None and ("yes" if said else "no") == meant, answer.seconds)
        )
    yield row("PubMedQA", "its own paper is quoted first", found)
    meant = Counter(line["final_decision"] for _, line in rows)
    most = max(meant.values(), default=0) / max(len(rows), 1)
    yield row(
        "PubMedQA", "yes, no or maybe, right", decided, f"commonest {most:.3f}; BioLinkBERT-base .702 (published)"
    )


def yes_or_no(answer: Answer) -> bool | None:
    """What an answer says; None where it says neither."""
    values = [r.value for r in answer.results if isinstance(r.value, bool)]
    return values[0] if answer.status == "answered" and len(values) == 1 else None


_SHOWN = 5


def _names_one(answer: Answer, exact: object) -> bool:
    shown = [c.text for c in answer.claims[:_SHOWN]] + [r.name for r in answer.results[:_SHOWN] if r.name]
    quoted = [s.quote for s in answer.supports.values() if isinstance(s, PassageSupport)][:_SHOWN]
    text = f" {plain(' '.join([*shown, *quoted]))} "
    return any(f" {plain(name)} " in text for name in _flat(exact) if plain(name))


def _flat(exact: object) -> Iterator[str]:
    if isinstance(exact, str):
        yield exact
    elif isinstance(exact, list):
        for one in exact:
            yield from _flat(one)


def plain(text: str) -> str:
    """Words in lower case, with no sign between them.

    >>> plain("Beta-2 (receptor)")
    'beta 2 receptor'
    """
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def drawn(rows: Sequence[Any], limit: int | None) -> list[Any]:
    """So many rows, spread evenly; all without a limit."""
    if limit is None or limit >= len(rows):
        return list(rows)
    return [rows[n * len(rows) // limit] for n in range(limit)]


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except json.JSONDecodeError as problem:
                raise UsageError(
                    f"{file}:{number}: not JSON ({problem.msg}); give the file as it was published"
                ) from None


def _the_one(folder: Path, pattern: str) -> Path:
    for file in sorted(folder.glob(pattern)):
        return file
    raise UsageError(f"{folder} holds no {pattern}; give the folder of the data, or leave this benchmark out by --only")
