"""What an input gave, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from galenic.explore.entries import Entry
from galenic.explore.replay import Outcome
from galenic.questions.answer import Answer
from galenic.questions.dialogue import Turn
from galenic.reports.console import PlainText
from galenic.reports.notes import ALL_IN_EXPLORE
from galenic.reports.page import several, show_page, shown, table_of
from galenic.reports.terminal import Shown, show_answer

_ROWS, _WIDE = 50, 60


def show_entry(entry: Entry, out: Console) -> None:
    """An entry as a person reads it: answer and how it was found, rows, or a page."""
    if entry.status == "failed" and entry.turn is None:
        out.print(PlainText(entry.said, style="red"))
    elif entry.turn is not None and entry.by_model:
        _written(entry, entry.turn.answer, out)
    elif entry.turn is not None:
        _turn(entry.turn, out)
    elif entry.kind == "cypher":
        for note in entry.notes:
            out.print(PlainText(f"Note: {note}", style="yellow"))
        _rows(entry, out)
    else:
        show_page(entry.page, out)


def _turn(turn: Turn, out: Console) -> None:
    answered = turn.answer.status == "answered"
    first = answered and bool(turn.read_as)
    show_answer(turn.answer, out, Shown(how=answered, all_of_them=ALL_IN_EXPLORE, reading_first=first))


def _written(entry: Entry, answer: Answer, out: Console) -> None:
    written = answer.written
    assert written is not None
    for sentence in written.summary:
        cited = f" [row{'s' if len(sentence.rows) > 1 else ''} {', '.join(map(str, sentence.rows))}]"
        out.print(PlainText(sentence.text) + PlainText(cited, style="cyan"))
    if written.summary:
        checked = (
            "What these sentences name stands in the rows that they cite; whether they put it together rightly was"
        )
        out.print(PlainText(f"{checked} not checked.", style="dim"))
    if written.dropped:
        dropped = f"{written.dropped} sentences were dropped because their rows do not carry them."
        out.print(PlainText(dropped, style="dim"))
    if written.trouble:
        out.print(PlainText(f"No summary: {written.trouble}", style="red"))
    _rows(entry, out)
    out.print(PlainText("\nHow this was found", style="bold"))
    names = ", ".join(f"${x.parameter} = {x.id} ({x.name})" for x in written.bound)
    lines = [("names", names), ("cypher", entry.cypher)]
    lines += [("mended", r) for r in written.repairs] + [("note", n) for n in entry.notes]
    lines.append(
        (
            "by",
            f"language model {answer.model}; no form covers the question, so check that the query asks what you meant",
        )
    )
    table = Table.grid(padding=(0, 2))
    for name, value in lines:
        if value:
            table.add_row(PlainText(f"  {name}", style="dim"), PlainText(value, style="dim"))
    out.print(table)


def _rows(entry: Entry, out: Console) -> None:
    if entry.rows:
        table = table_of(("", *entry.columns))
        for number, row in enumerate(entry.rows[:_ROWS], 1):
            table.add_row(f"{number}", *[_short(shown(v)) for v in row])
        out.print(table)
    more = f"; {_ROWS} shown, `:results` lists them all" if len(entry.rows) > _ROWS else ""
    out.print(PlainText(f"{several(len(entry.rows), 'row')}{more}", style="dim"))


def _short(text: str) -> str:
    return text if len(text) <= _WIDE * 2 else text[: _WIDE * 2 - 1] + "…"


def show_outcome(number: int, outcome: Outcome, out: Console) -> None:
    """One entry of a notebook that was run again."""
    changes: Sequence[str] = outcome.changes
    head = PlainText(f"{number:3}. ") + PlainText("; ".join(changes) or "same", style="yellow" if changes else "green")
    out.print(head + PlainText(f"   {' '.join(outcome.saved.text.split())[:80]}", style="dim"))
    for line in outcome.details:
        out.print(
            Padding(PlainText(line, style="green" if line.startswith("+") else "red"), (0, 0, 0, 5), expand=False)
        )
