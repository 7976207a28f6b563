"""A notebook: inputs and results as Markdown that people read, and that `galenic explore --replay` runs again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from galenic import __version__
from galenic.errors import UsageError
from galenic.explore.entries import Entry
from galenic.reports.page import cell
from galenic.reports.plain import code_span, one_line, plain

TITLE = "# Galenic notebook"
_FORMAT = "galenic.notebook/1"
_FACT = re.compile(r"^- (format|release|date|made with|sources): (.*)$")
_FENCE = re.compile(r"^(`{3,})(question|cypher|command)$")
_STATUS = ("answered", "abstained", "failed")


@dataclass(frozen=True, slots=True)
class Saved:
    """One entry of a notebook: the input, how it ended, and its rows as text; `line` is where it begins."""

    text: str
    status: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Notebook:
    """What a notebook file says."""

    release: str
    day: str
    sources: tuple[str, ...] | None
    entries: tuple[Saved, ...]


def written(entries: Sequence[Entry], release: str, sources: frozenset[str] | None) -> str:
    """The Markdown of a session."""
    head = [
        TITLE,
        "",
        f"- format: {_FORMAT}",
        f"- release: {release}",
        f"- date: {date.today().isoformat()}",
        f"- made with: galenic {__version__}",
    ]
    if sources is not None:
        head.append(f"- sources: {', '.join(sorted(sources))}")
    kept = [e for e in entries if e.kept]
    return "\n".join([*head, "", *(line for n, e in enumerate(kept, 1) for line in _lines(n, e))])


def _lines(number: int, entry: Entry) -> Iterator[str]:
    fence = "`" * max(3, 1 + max((len(m) for m in re.findall(r"`+", entry.text)), default=0))
    yield from (
        f"## {number}",
        "",
        f"{fence}{entry.kind}",
        entry.text,
        fence,
        "",
        f"{entry.status}: {_one_line(entry.said)}",
        "",
    )
    turn = entry.turn
    if turn is not None and turn.read_as:
        yield from (f"Read as: {_one_line(turn.read_as)}", "")
    if turn is not None and not entry.by_model:
        yield from (f"Form: {code_span(turn.answer.form)}", "")
    if entry.by_model:
        yield from (f"Cypher written by a language model: {entry.model}", "")
    if entry.cypher and entry.kind != "cypher":
        yield from ("    " + line for line in entry.cypher.split("\n"))
        yield ""
    if entry.columns:
        yield f"| {' | '.join(map(_escaped, entry.columns))} |"
        yield f"|{' --- |' * len(entry.columns)}"
        for row in entry.rows:
            yield f"| {' | '.join(_escaped(cell(v)) for v in row)} |"
        yield ""


def _one_line(text: str) -> str:
    return re.sub(r"([<>&`])", r"\\\1", one_line(text))


def _escaped(text: str) -> str:
    """A value in a cell: no end of the cell, no line, no HTML."""
    return re.sub(r"([\\|<>&`\[\]])", r"\\\1", plain(text)).replace("\n", "\\n").replace("\t", "\\t") or " "


def _cells(line: str) -> tuple[str, ...]:
    cells = re.findall(r"((?:\\.|[^|\\])*)\|", line.strip()[1:])
    breaks = {"n": "\n", "r": "\r", "t": "\t"}
    return tuple(
        re.sub(r"\\(.)", lambda m: breaks.get(m[1], m[1]), c[1:-1] if len(c) >= 2 else c).strip(" ") for c in cells
    )


def read(path: Path) -> Notebook:
    """A notebook file; raises `UsageError`, which names the file and the line, for what is none or is broken."""
    try:
        # Not `splitlines`: a form feed, which an input may hold, ends no line.
        lines = path.read_text("utf-8").removesuffix("\n").split("\n")
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError, PermissionError) as problem:
        why = "is no text" if isinstance(problem, UnicodeDecodeError) else "cannot be read: " + (problem.strerror or "")
        raise UsageError(f"{path} {why}") from problem
    if lines[0].strip() != TITLE:
        raise UsageError(f"{path}:1: no Galenic notebook: the first line must be {TITLE!r}; `:save FILE` writes one")
    facts = {m.group(1): m.group(2) for line in lines[: _first_entry(lines)] if (m := _FACT.match(line))}
    if facts.get("format") != _FORMAT:
        raise UsageError(f"{path}:3: the format must be {_FORMAT!r}, not {facts.get('format')!r}")
    if "release" not in facts:
        raise UsageError(f"{path}:4: no line '- release: ...' says on what release it was made")
    entries = tuple(_entries(path, lines))
    if not entries:
        raise UsageError(f"{path}:{len(lines)}: the notebook holds no entry")
    sources = tuple(s for s in facts["sources"].split(", ") if s) if "sources" in facts else None
    return Notebook(facts["release"], facts.get("date", ""), sources, entries)


def _first_entry(lines: Sequence[str]) -> int:
    return next((n for n, line in enumerate(lines) if line.startswith("## ")), len(lines))


def _entries(path: Path, lines: Sequence[str]) -> Iterator[Saved]:
    starts = [n for n, line in _outside_fences(path, lines) if line.startswith("## ")]
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        yield _entry(path, lines, start, end)


def _outside_fences(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Lines that are not inside an input, so that an input may hold anything."""
    fence = ""
    opened = 0
    for number, line in enumerate(lines):
        if fence:
            fence = "" if line == fence else fence
        elif match := _FENCE.match(line):
            fence, opened = match.group(1), number
        else:
            yield number, line
    if fence:
        raise UsageError(f"{path}:{opened + 1}: the input that begins here is not closed with {fence}")


def _entry(path: Path, lines: Sequence[str], start: int, end: int) -> Saved:
    at = next((n for n in range(start + 1, end) if lines[n].strip()), end)
    opened = _FENCE.match(lines[at]) if at < end else None
    if opened is None:
        raise UsageError(
            f"{path}:{min(at, end - 1) + 1}: an input must stand here, between ```question (or cypher, or command) and "
            "```"
        )
    close = lines.index(opened.group(1), at + 1)
    text = "\n".join(lines[at + 1 : close])
    if not text.strip():
        raise UsageError(f"{path}:{at + 2}: the input is empty")
    status_at = next((n for n in range(close + 1, end) if lines[n].strip()), end)
    status = lines[status_at].partition(":")[0] if status_at < end else ""
    if status not in _STATUS:
        raise UsageError(
            f"{path}:{min(status_at, end - 1) + 1}: after the input a line must say how it ended: "
            f"{', '.join(f'{s}: ...' for s in _STATUS)}"
        )
    table = [n for n in range(status_at + 1, end) if lines[n].startswith("|")]
    if not table:
        return Saved(text, status, (), (), start + 1)
    columns = _cells(lines[table[0]])
    for number in table[2:]:
        if len(_cells(lines[number])) != len(columns):
            raise UsageError(
                f"{path}:{number + 1}: the row has {len(_cells(lines[number]))} cells, the table {len(columns)} columns"
            )
    if len(table) < 2 or table != list(range(table[0], table[-1] + 1)):
        raise UsageError(f"{path}:{table[0] + 1}: the table is broken off")
    return Saved(text, status, columns, tuple(_cells(lines[n]) for n in table[2:]), start + 1)
