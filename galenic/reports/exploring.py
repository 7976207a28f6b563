"""What an input gave, in the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from galenic.explore.page import Draft, Entry, Grid, Page, Paragraph, several, shown
from galenic.questions.ask import READ_AS
from galenic.questions.dialogue import UNREAD
from galenic.reports.terminal import numbered, show_answer
from llm.chat.outcome import Asked, Written

if TYPE_CHECKING:
    from galenic.explore.replay import Outcome
    from galenic.questions.dialogue import Turn

_STYLES = {"plain": "", "head": "bold", "quiet": "dim", "good": "cyan", "bad": "red"}
_ROWS, _WIDE = 50, 60
_PADDING, _NARROW = 2, 16


def show_entry(entry: Entry, out: Console) -> None:
    """An entry as a person reads it: answer and how it was found, rows, or a page."""
    if entry.status == "failed" and entry.turn is None:
        out.print(Text(entry.said, style="red"))
    elif entry.draft is not None:
        _draft(entry, entry.draft, out)
    elif entry.turn is not None:
        _turn(entry.turn, out)
    elif entry.kind == "cypher":
        for note in entry.notes:
            out.print(Text(f"Note: {note}", style="yellow"))
        _rows(entry, out)
    else:
        show_page(entry.page, out)


def _turn(turn: Turn, out: Console) -> None:
    answer = turn.answer
    if turn.choices:
        out.print(Text(answer.message, style="bold yellow"))
        _numbered(turn.choices, out)
        return
    if turn.read_as and not any(n.startswith(READ_AS) for n in answer.notes):
        out.print(Text(f"{READ_AS} {turn.read_as}", style="italic dim"))
    notes = tuple(n.replace("--json has them all", "`:results` lists them all") for n in answer.notes)
    message = answer.message.removeprefix(UNREAD)
    show_answer(
        replace(
            answer, notes=notes, message=message[:1].upper() + message[1:] if message != answer.message else message
        ),
        out,
        more="`:cypher`",
    )


def _numbered(choices: Sequence[str], out: Console) -> None:
    for number, words in enumerate(choices, 1):
        numbered(out, number, words, 3)


def _draft(entry: Entry, draft: Draft, out: Console) -> None:
    outcome = draft.outcome
    if not isinstance(outcome, Written):
        out.print(
            Text(
                entry.said
                if not isinstance(outcome, Asked)
                else "It may be read in several ways; ask again, naming one:",
                style="yellow",
            )
        )
        _numbered(outcome.readings if isinstance(outcome, Asked) else (), out)
        return
    if draft.summary is not None:
        for sentence in draft.summary.sentences:
            out.print(
                Text(sentence.text)
                + Text(
                    f" [row{'s' if len(sentence.rows) > 1 else ''} {', '.join(map(str, sentence.rows))}]", style="cyan"
                )
            )
        if draft.summary.sentences:
            out.print(
                Text(
                    "What these sentences name stands in the rows that they cite; whether they put it together "
                    "rightly was not checked.",
                    style="dim",
                )
            )
        if draft.summary.dropped:
            out.print(
                Text(
                    f"{draft.summary.dropped} sentences were dropped because their rows do not carry them.", style="dim"
                )
            )
    if draft.trouble:
        out.print(Text(f"No summary: {draft.trouble}", style="red"))
    _rows(entry, out)
    out.print(Text("\nHow this was found", style="bold"))
    lines = [
        ("names", ", ".join(f"${x.parameter} = {x.id} ({x.name})" for x in draft.linked)),
        ("cypher", entry.cypher),
    ]
    lines += [("mended", r) for r in outcome.repairs] + [("note", n) for n in entry.notes]
    lines.append(
        (
            "by",
            f"language model {draft.model}; no form covers the question, so check that the query asks what you meant",
        )
    )
    table = Table.grid(padding=(0, 2))
    for name, value in lines:
        if value:
            table.add_row(Text(f"  {name}", style="dim"), Text(value, style="dim"))
    out.print(table)


def _rows(entry: Entry, out: Console) -> None:
    if entry.rows:
        table = _table(("", *entry.columns))
        for number, row in enumerate(entry.rows[:_ROWS], 1):
            table.add_row(f"{number}", *[escape(_short(shown(v))) for v in row])
        out.print(table)
    more = f"; {_ROWS} shown, `:results` lists them all" if len(entry.rows) > _ROWS else ""
    out.print(Text(f"{several(len(entry.rows), 'row')}{more}", style="dim"))


def _table(columns: Sequence[str]) -> Table:
    """A table that cuts nothing off: what is too wide goes on in the next line."""
    table = Table(box=None, padding=(0, _PADDING, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(escape(name), overflow="fold")
    return table


def _short(text: str) -> str:
    return text if len(text) <= _WIDE * 2 else text[: _WIDE * 2 - 1] + "…"


def show_page(page: Page, out: Console) -> None:
    """Paragraphs and tables."""
    for part in page:
        if isinstance(part, Grid):
            table = _table(part.columns)
            for column, width in zip(table.columns, _widths(part, out.width), strict=False):
                column.width = width
            for row in part.rows:
                table.add_row(*map(escape, row))
            out.print(table)
        else:
            _paragraph(part, out)


def _widths(part: Grid, most: int) -> list[int]:
    """How wide each column is: what is one word, such as a pattern, stays whole, a short first column if it can; empty
    where it cannot be.
    """
    cells = [[name, *(row[n] for row in part.rows)] for n, name in enumerate(part.columns)]
    wide = [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in cells]
    words = [max((cell_len(word) for cell in column for word in cell.split()), default=0) for column in cells]
    free = most - _PADDING * len(cells)
    least = [whole if whole == word else min(word, _NARROW) for whole, word in zip(wide, words, strict=True)]
    if wide[0] <= most * 0.6 and wide[0] + sum(least[1:]) <= free:
        least[0] = wide[0]
    if sum(least) > free:
        return []
    widths = list(least)
    # Room that is left goes to those that lack most.
    for _ in range(min(sum(wide), free) - sum(widths)):
        widths[max(range(len(widths)), key=lambda n: wide[n] / max(widths[n], 1))] += 1
    return widths


def _paragraph(part: Paragraph, out: Console) -> None:
    """Its lines below each other; those of a numbered one below its text."""
    label = re.match(r"\d+\. ", part.text)
    if label:
        numbered(out, int(label.group()[:-2]), part.text[label.end() :], part.indent + 1, _STYLES[part.style])
    else:
        out.print(Padding(Text(part.text, style=_STYLES[part.style]), (0, 0, 0, part.indent), expand=False))


def show_outcome(number: int, outcome: Outcome, out: Console) -> None:
    """One entry of a notebook that was run again."""
    head = Text(f"{number:3}. ") + Text(
        "; ".join(outcome.changes) or "same", style="yellow" if outcome.changes else "green"
    )
    out.print(head + Text(f"   {' '.join(outcome.saved.text.split())[:80]}", style="dim"))
    for line in outcome.details:
        out.print(Padding(Text(line, style="green" if line.startswith("+") else "red"), (0, 0, 0, 5), expand=False))
