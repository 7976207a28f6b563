"""Answers, candidates, hits and tables in the terminal."""

from __future__ import annotations

import io
import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from galenic.questions.ask import READ_AS
from galenic.questions.supports import in_words

if TYPE_CHECKING:
    from galenic.doctor import Check
    from galenic.questions.answer import Answer, Claim
    from ontologies.names.linker import Candidate
    from retrieval.passages import Hit

_HEADS = {
    "unknown_name": "Unknown name",
    "ambiguous_name": "Which one is meant?",
    "ambiguous_question": "Not understood",
    "out_of_scope": "Out of scope",
    "personal_advice": "Not for a machine to answer",
    "write_request": "Read only",
    "incomplete": "Unfinished question",
    "no_evidence": "No evidence",
}


def console() -> Console:
    """Standard output; where it is no terminal 110 columns wide, and no line ends in blanks."""
    out = Console(highlight=False, soft_wrap=False)
    return out if out.is_terminal else Console(highlight=False, width=110, file=_Trimmed())


class _Trimmed(io.StringIO):
    """Standard output without the blanks that fill the last column of a table."""

    def write(self, text: str) -> int:
        sys.stdout.write(re.sub(r"[ \t]+(?=\n)", "", text))
        return len(text)

    def flush(self) -> None:
        sys.stdout.flush()


def numbered(out: Console, number: int, text: str, indent: int, style: str = "") -> None:
    """A line with its number; what does not fit goes on below the text, not below the number."""
    label = f"{number:{indent}}. "
    for line in Text(text, style=style).wrap(out, max(out.width - len(label), 20)):
        out.print(Text(label, style=style) + line)
        label = " " * len(label)


def show_answer(answer: Answer, out: Console | None = None, more: str = "--json") -> None:
    """The short answer, numbered evidence, then how it was found; `more` is what shows all of a long list."""
    out = out or console()
    # What may be misread is said first, not below a long answer.
    for note in (n for n in answer.notes if n.startswith(READ_AS)):
        out.print(Text(note, style="yellow"))
    if answer.status != "answered":
        style = "red" if answer.status == "failed" else "yellow"
        out.print(
            Text(f"{_HEADS.get(answer.reason or '', answer.status.capitalize())}. ", style=f"bold {style}")
            + Text(answer.message)
        )
        if answer.reason == "ambiguous_name":
            for entity in answer.entities:
                out.print(f"  {entity.id}  {escape(entity.name)}")
    else:
        out.print(Text(answer.message, style="bold"))
    if answer.claims:
        out.print()
        _claims(out, answer.claims, answer.supports, 1)
    if answer.contradictions:
        out.print(Text("\nAgainst it:", style="bold red"))
        _claims(out, answer.contradictions, answer.supports, len(answer.claims) + 1)
    for note in (n for n in answer.notes if not n.startswith(READ_AS)):
        out.print(Padding(Text(f"Note: {note}", style="yellow"), (0, 0, 0, 2), expand=False))
    if answer.dropped:
        out.print(f"  {answer.dropped} sentences were dropped because their evidence does not carry them.")
    _how(out, answer, more)


def _claims(out: Console, claims: Sequence[Claim], supports: Mapping[str, Mapping[str, Any]], first: int) -> None:
    for number, claim in enumerate(claims, first):
        numbered(out, number, claim.text, 3)
        for said in dict.fromkeys(in_words(supports[name]) for name in claim.supports):
            out.print(Padding(Text(said, style="cyan"), (0, 0, 0, 5), expand=False))


def _how(out: Console, answer: Answer, more: str) -> None:
    out.print(Text("\nHow this was found", style="bold"))
    rows = [("names", ", ".join(f"{e.mention} = {e.name} ({e.id})" for e in answer.entities)), ("form", answer.form)]
    rows += [("cypher", c) for c in answer.cypher[:4]]
    if len(answer.cypher) > 4:
        rows.append(("", f"and {len(answer.cypher) - 4} more statements; {more} shows all"))
    rows.append(("release", f"{answer.release.removeprefix('sha256:')[:16]}, {answer.seconds:.2f} s"))
    table = Table.grid(padding=(0, 2))
    for name, value in rows:
        if value:
            table.add_row(Text(f"  {name}", style="dim"), Text(value, style="dim"))
    out.print(table)


def show_candidates(found: Sequence[Candidate]) -> None:
    """Candidates of a name as a table."""
    table = Table("identifier", "name", "kind", "score", "matched by", box=None, padding=(0, 2, 0, 0))
    for c in found:
        table.add_row(c.id, escape(c.name), c.category.removeprefix("biolink:"), f"{c.score:.3f}", escape(c.why))
    console().print(table)


def show_hits(hits: Sequence[Hit]) -> None:
    """Passages, best first."""
    out = console()
    for number, hit in enumerate(hits, 1):
        head = (
            Text(f"{number:2}. ")
            + Text(hit.citation, style="cyan")
            + Text(f"  {hit.year or ''}  {hit.section}  {hit.score:.3f}")
        )
        out.print(head + (Text("  RETRACTED", style="bold red") if hit.retracted else Text()))
        out.print(Padding(Text(hit.title, style="bold"), (0, 0, 0, 4), expand=False))
        out.print(
            Padding(
                Text(hit.text if len(hit.text) <= 400 else hit.text[:400].rsplit(" ", 1)[0] + " …"),
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
            table.add_row(*[escape(_cell(v)) for v in row.values()])
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
        out.print(Text(f"{mark}  ", style=style) + Text(f"{check.what}: {check.found}"))
        if check.mend:
            out.print(Padding(Text(f"mend: {check.mend}"), (0, 0, 0, 6), expand=False))
