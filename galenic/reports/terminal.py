"""Answers, candidates, hits and tables in the terminal."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from galenic.reports.console import PlainText, console
from galenic.reports.notes import ALL_BY_FLAG, in_words
from galenic.reports.supports import in_words as support_in_words
from kg.evidence.claims import EdgeSupport

if TYPE_CHECKING:
    from galenic.doctor import Check
    from galenic.questions.answer import Answer
    from kg.evidence.claims import Claim
    from ontologies.names.linker import Candidate
    from retrieval.passages import Hit

_HEADS = {
    "unknown_name": "Unknown name",
    "ambiguous_name": "Which one is meant?",
    "ambiguous_question": "Not sure what is meant",
    "out_of_scope": "Out of scope",
    "personal_advice": "Not for a machine to answer",
    "write_request": "Read only",
    "incomplete": "Unfinished question",
    "no_evidence": "No evidence",
}

# A reading surer than this is told without its confidence.
SURE_ENOUGH = 0.55


def numbered(out: Console, number: int, text: str, indent: int, style: str = "") -> None:
    """A line with its number; what does not fit goes on below the text, not below the number."""
    label = f"{number:{indent}}. "
    for line in PlainText(text, style=style).wrap(out, max(out.width - len(label), 20)):
        out.print(PlainText(label, style=style) + line)
        label = " " * len(label)


@dataclass(frozen=True, slots=True)
class Shown:
    """How much of an answer is shown: all of it, the short answer alone, and how it was found."""

    all: bool = False
    brief: bool = False
    how: bool = False
    # What shows all of a long list here; '' where nothing does.
    all_of_them: str = ALL_BY_FLAG
    # A follow-up is read with what came before, so how it was read comes first.
    reading_first: bool = False


def show_answer(answer: Answer, out: Console | None = None, shown: Shown = Shown()) -> None:
    """The short answer, the evidence said once where it is the same, notes, one line on how it was read."""
    out = out or console()
    if shown.reading_first:
        _read_as(out, answer, "")
    if answer.status != "answered":
        style = "red" if answer.status == "failed" else "yellow"
        head = _HEADS.get(answer.reason or "", answer.status.capitalize())
        # Which things a name may mean is listed below.
        message = "" if answer.reason == "ambiguous_name" else answer.message
        out.print(
            PlainText(head if head.endswith("?") else f"{head}.", style=f"bold {style}")
            + PlainText(f" {message}".rstrip())
        )
        _choices(out, answer)
    else:
        out.print(PlainText(answer.message, style="bold"))
    if shown.all:
        _all(out, answer)
    if not shown.brief:
        _evidence(out, answer)
    _notes(out, answer, shown)
    if not shown.brief:
        if answer.dropped:
            out.print(f"  {answer.dropped} sentences were dropped because their evidence does not carry them.")
        if not shown.reading_first:
            _read_as(out, answer, "\n")
    if shown.how:
        _how(out, answer)


def _notes(out: Console, answer: Answer, shown: Shown) -> None:
    """What must be known to take the short answer for what it is; a brief answer keeps what turns it around."""
    for note in answer.notes:
        said_already = note.code == "gap" and str(note.facts.get("because", "")) in answer.message
        if said_already or (shown.brief and note.code not in ("gap", "instead", "instead_of", "retracted")):
            continue
        text = f"Note: {in_words(note, '' if shown.all else shown.all_of_them)}"
        out.print(Padding(PlainText(text, style="yellow"), (0, 0, 0, 2), expand=False))


def _choices(out: Console, answer: Answer) -> None:
    if answer.reason == "ambiguous_name":
        for entity in answer.entities:
            out.print(PlainText(f"  {entity.id}  {entity.name}"))
    elif len(answer.choices) > 1:
        for number, words in enumerate(answer.choices, 1):
            numbered(out, number, words, 3)


def _all(out: Console, answer: Answer) -> None:
    """Every result below the short answer."""
    for number, result in enumerate(answer.results, 1):
        value = "" if result.value is None or isinstance(result.value, bool) else f"  {result.value:,}"
        identifier = f" ({result.id})" if result.id else ""
        numbered(out, number, f"{result.name}{identifier}{value}", 3)


def _evidence(out: Console, answer: Answer) -> None:
    """What the sentences rest on; said once where it is the same for all of several."""
    if not answer.claims and not answer.contradictions:
        return
    out.print()
    told = [tuple(dict.fromkeys(support_in_words(answer.supports[s]) for s in c.supports)) for c in answer.claims]
    alike = len(told) > 1 and len(set(told)) == 1
    if alike:
        whose = (
            "Evidence, the same for all" if len(told) >= len(answer.results) else f"Evidence of the first {len(told)}"
        )
        out.print(Padding(PlainText(f"{whose}: {'; '.join(told[0])}", style="cyan"), (0, 0, 0, 2), expand=False))
    if len(told) == 1 and answer.claims[0].text == answer.message:
        # The headline is the sentence; only what it rests on is left to say.
        out.print(Padding(PlainText("; ".join(told[0]), style="cyan"), (0, 0, 0, 2), expand=False))
    elif not alike or not all(_is_plain(c, answer) for c in answer.claims):
        _claims(out, answer.claims, [() if alike else t for t in told], 1)
    if answer.contradictions:
        out.print(PlainText("\nAgainst it:", style="bold red"))
        against = [tuple(support_in_words(answer.supports[s]) for s in c.supports) for c in answer.contradictions]
        _claims(out, answer.contradictions, against, len(answer.claims) + 1)


def _is_plain(claim: Claim, answer: Answer) -> bool:
    """Whether a sentence says no more than that its result is one: a single fact, which the headline tells too."""
    edges = {s.edge for name in claim.supports if isinstance(s := answer.supports[name], EdgeSupport)}
    return len(edges) == 1


def _claims(out: Console, claims: Sequence[Claim], told: Sequence[Sequence[str]], first: int) -> None:
    """Sentences with what they rest on, said once below several that rest on the same."""
    begun = 0
    for at, (claim, words) in enumerate(zip(claims, told, strict=True)):
        numbered(out, first + at, claim.text, 3)
        if at + 1 < len(told) and told[at + 1] == words:
            continue
        whose = [f"{first + begun} to {first + at}:"] if words and begun < at else []
        for line in (*whose, *words):
            out.print(Padding(PlainText(line, style="cyan"), (0, 0, 0, 5), expand=False))
        begun = at + 1


def _read_as(out: Console, answer: Answer, above: str) -> None:
    """One line on how the question was read."""
    if answer.status != "answered" or not answer.read_as:
        return
    names = ", ".join(f"{e.mention} = {e.name} ({e.id})" for e in answer.entities if e.name)
    sure = "" if answer.confidence >= SURE_ENOUGH else f" (how sure: {answer.confidence:.2f} of 1)"
    line = f"Read as: {answer.read_as}{sure}.{f'  {names}' if names else ''}"
    out.print(PlainText(f"{above}{line}", style="dim"))


def _how(out: Console, answer: Answer) -> None:
    out.print(PlainText("\nHow this was found", style="bold"))
    rows = [("form", answer.form)]
    rows += [("read by", f"{answer.model}, confidence {answer.confidence:.2f}")] if answer.model else []
    rows += [("cypher", line) for line in answer.query.split("\n")] if answer.query else []
    rows += [("cypher", c) for c in answer.cypher] if not answer.query else []
    rows.append(("release", f"{answer.release.removeprefix('sha256:')[:16]}, {answer.seconds:.2f} s"))
    table = Table.grid(padding=(0, 2))
    for name, value in rows:
        if value:
            table.add_row(PlainText(f"  {name}", style="dim"), PlainText(value, style="dim"))
    out.print(table)


def show_candidates(candidates: Sequence[Candidate]) -> None:
    """Candidates of a name as a table."""
    table = Table("identifier", "name", "kind", "score", "matched by", box=None, padding=(0, 2, 0, 0))
    for c in candidates:
        table.add_row(c.id, c.name, c.category.removeprefix("biolink:"), f"{c.score:.3f}", c.why)
    console().print(table)


def show_hits(hits: Sequence[Hit]) -> None:
    """Passages, best first."""
    out = console()
    for number, hit in enumerate(hits, 1):
        head = (
            PlainText(f"{number:2}. ")
            + PlainText(hit.citation, style="cyan")
            + PlainText(f"  {hit.year or ''}  {hit.section}  {hit.score:.3f}")
        )
        out.print(head + (PlainText("  RETRACTED", style="bold red") if hit.retracted else PlainText()))
        out.print(Padding(PlainText(hit.title, style="bold"), (0, 0, 0, 4), expand=False))
        out.print(
            Padding(
                PlainText(hit.text if len(hit.text) <= 400 else hit.text[:400].rsplit(" ", 1)[0] + " …"),
                (0, 0, 1, 4),
                expand=False,
            )
        )


def show_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of a query as a table."""
    out = console()
    if rows:
        table = Table(*rows[0].keys(), box=None, padding=(0, 2, 0, 0))
        for row in rows:
            table.add_row(*[_cell(v) for v in row.values()])
        out.print(table)
    out.print(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (dict, list)) else str(value)


def show_build(facts: Mapping[str, Any], seconds: float) -> None:
    """What a build made."""
    out = console()
    table = Table(
        "source", "version", "licence", "nodes", "edges", "passages", "quarantined", box=None, padding=(0, 2, 0, 0)
    )
    for s in facts["sources"]:
        counts = [f"{s['counts'].get(k, 0):,}" for k in ("nodes", "edges", "passages")]
        table.add_row(s["title"], s["version"], s["licence"], *counts, f"{s['quarantined']:,}")
    out.print(table)
    t = facts["tables"]
    kind = "is new" if facts["changed"] else "is unchanged"
    out.print(
        f"\nRelease {facts['release'].removeprefix('sha256:')[:16]} {kind}: {t['nodes']:,} nodes, {t['edges']:,} "
        f"edges, {t['passages']:,} passages, "
        f"{t['citations']:,} citations; {facts['joined']:,} nodes joined, {t['quarantine']:,} rows in quarantine."
    )
    if facts["absent"]:
        out.print(f"No file for: {', '.join(facts['absent'])}.")
    out.print(f'{seconds:.1f} s. Ask it: galenic ask "What drugs treat hypertension?"')


def show_checks(checks: Sequence[Check]) -> None:
    """What `galenic doctor` found, with the mend of what is wrong."""
    out = console()
    for check in checks:
        mark, style = {"ok": ("ok  ", "green"), "warn": ("note", "yellow"), "bad": ("BAD ", "bold red")}[check.state]
        out.print(PlainText(f"{mark}  ", style=style) + PlainText(f"{check.what}: {check.found}"))
        if check.mend:
            out.print(Padding(PlainText(f"mend: {check.mend}"), (0, 0, 0, 6), expand=False))
