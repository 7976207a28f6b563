"""An answer as CSV for spreadsheets and as Markdown for notes."""

from __future__ import annotations

import csv
import io
import re

from galenic.questions.answer import Answer
from galenic.reports.notes import in_words
from galenic.reports.page import cell
from galenic.reports.plain import code_span, one_line, spreadsheet_cell
from galenic.reports.supports import in_words as support_in_words

_SHOWN = 20


def csv_of(answer: Answer, raw: bool = False) -> str:
    """All results, one a line under a header: id, name, value; `raw` for programs, else for spreadsheets."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("id", "name", "value"))
    for result in answer.results:
        cells = (result.id or "", result.name, cell(result.value))
        writer.writerow(cells if raw else map(spreadsheet_cell, cells))
    return stream.getvalue()


def markdown_of(answer: Answer) -> str:
    """The short answer, each sentence with what it rests on, the notes, and how the question was read."""
    lines = [f"## {_plain(answer.question)}", "", f"**{_plain(answer.message)}**", ""]
    for claim in (*answer.claims, *answer.contradictions):
        against = "Against it: " if claim.verdict == "contradicted" else ""
        lines.append(f"- {against}{_plain(claim.text)}")
        lines += [
            f"  - {_plain(s)}" for s in dict.fromkeys(support_in_words(answer.supports[n]) for n in claim.supports)
        ]
    lines += ["", *(f"> {_plain(in_words(n))}" for n in answer.notes)] if answer.notes else []
    if answer.read_as:
        lines += ["", f"Read as: {_plain(answer.read_as)}. Form: {code_span(answer.form)}."]
    return "\n".join([*lines, "", f"Release {answer.release}.", ""])


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is, in one line."""
    return re.sub(r"([\\`*_\[\]<>|#&])", r"\\\1", one_line(text))
