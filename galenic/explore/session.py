"""A session of exploring: every input in turn, whatever its kind, becomes an entry; nothing is printed here."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from galenic.errors import UsageError
from galenic.explore.commands import run_command
from galenic.explore.entries import Entry
from galenic.explore.reading import cleaned, kind_of, opened_at
from galenic.explore.state import State
from galenic.questions.answer import Note
from galenic.questions.dialogue import Turn
from galenic.questions.examples import small_talk
from galenic.questions.pipeline import OPEN
from galenic.reports.page import Paragraph, several
from kg.cypher.safe import SafeCypher, check
from kg.cypher.tokens import refusal
from kg.logic.forms import AbstainForm
from llm.wishes import Wish, wish
from ontologies.errors import Problem

ROWS = 10_000
NO_RESULTS = "$results was empty: the last answer lists no things."
logger = logging.getLogger(__name__)
EXPECTED = (Problem, OSError)


class Session(State):
    """What one person explores, input by input."""

    def run(self, text: str) -> Entry:
        """Read one input; what goes wrong is an entry too, in one line."""
        started = time.perf_counter()
        text = cleaned(text)
        kind = kind_of(text)
        try:
            if kind == "command":
                entry = replace(run_command(self, text), text=text)
            elif kind == "cypher":
                entry = self._cypher(text)
            else:
                entry = self._question(text)
        except EXPECTED as problem:
            entry = Entry(text, kind, "failed", " ".join(str(problem).split()), kept=kind != "command")
        except Exception as problem:
            # A fault of the program costs one input, never what was found before it.
            logger.exception("%s", text)
            why = " ".join(f"{type(problem).__name__}: {problem}".split())[:200]
            summary = f"a fault of Galenic's own ({why}); the session goes on, and `:save FILE` keeps it"
            entry = Entry(text, kind, "failed", summary, kept=kind != "command")
        entry = replace(entry, seconds=time.perf_counter() - started)
        self.entries.append(entry)
        return entry

    def snapshot(self) -> Session:
        """A session with the same past: what a stopped input still does to the other one does not reach this one."""
        copy = Session(self.house, self.permitted)
        copy.entries, copy.given, copy.made = list(self.entries), dict(self.given), self.made
        memory = self.dialogue.memory
        copy.dialogue.memory = replace(memory, known=dict(memory.known))
        return copy

    def _question(self, text: str) -> Entry:
        wanted = wish(text)
        if (reply := small_talk(text)) is not None:
            page = tuple(Paragraph(line) for line in reply.split("\n"))
            return Entry(text, "command", "answered", reply, page=page, kept=False, done=wanted == "goodbye")
        if wanted is not None:
            return replace(run_command(self, _command(wanted)), text=text)
        turn = self.dialogue.ask(text)
        answer = turn.answer
        if answer.written is not None:
            return self._written(text, turn)
        unread = isinstance(turn.form, AbstainForm) and answer.reason in OPEN and not turn.read.follows
        if unread and self.house.pipeline.models.writer is None:
            turn = replace(turn, answer=replace(answer, notes=(*answer.notes, Note("no_model"))))
        return of_turn(text, turn)

    def _written(self, text: str, turn: Turn) -> Entry:
        """A question that a chat model wrote Cypher for."""
        written = turn.answer.written
        assert written is not None
        columns, rows = as_table(written.rows)
        self.remember(text, written.rows)
        summary = turn.answer.message
        return Entry(text, "question", "answered", summary, columns, rows, turn, written.cypher, written.notes)

    def _cypher(self, text: str) -> Entry:
        if (opened := opened_at(text)) is not None:
            raise refusal(text, opened[0], f"the {opened[1]} that stands here is not closed")
        bound = self.bound()
        checked = check(text, bound)
        if self.permitted.sources is not None and "sources" not in checked.parameters:
            raise UsageError(
                "with --source or --licence, filter by it in the query: WHERE any(s IN r.sources WHERE s IN $sources)"
            )
        missing = sorted(checked.parameters - set(bound))
        if missing:
            way = (
                "put a thing in focus with `:focus NAME`"
                if missing == ["focus"]
                else f"give it with `:param {missing[0]}=VALUE`"
            )
            raise UsageError(f"the query needs ${', $'.join(missing)}; {way}")
        ran = SafeCypher(self.house.cypher_store, self.house.sizes).run(
            text, {name: bound[name] for name in checked.parameters}, ROWS
        )
        columns, rows = as_table(ran.rows)
        self.remember(text, ran.rows)
        notes = tuple(ran.notes)
        if "results" in checked.parameters and bound["results"] == []:
            notes = (*notes, NO_RESULTS)
        return Entry(text, "cypher", "answered", counted(len(rows)), columns, rows, cypher=ran.cypher, notes=notes)


def _command(wanted: Wish) -> str:
    """The command that does what was asked for in words; files get a name that is not there yet."""
    if wanted == "all":
        return ":results"
    ending = {"markdown": "md"}.get(wanted, wanted)
    names = (f"galenic-results{n}.{ending}" for n in ("", *(f"-{n}" for n in range(2, 1000))))
    name = next(n for n in names if not Path(n).exists())
    return f":save {name}" if wanted == "markdown" else f":export {wanted} {name}"


def of_turn(text: str, turn: Turn) -> Entry:
    """A turn of the conversation as an entry."""
    answer = turn.answer
    valued = any(r.value is not None for r in answer.results)
    columns = ("id", "name", "value") if valued else ("id", "name")
    rows = tuple((r.id or "", r.name, r.value) if valued else (r.id or "", r.name) for r in answer.results)
    return Entry(
        text,
        "question",
        answer.status,
        answer.message,
        columns if rows else (),
        rows,
        turn,
        ";\n".join(answer.cypher),
    )


def as_table(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Columns and rows of a query's result."""
    columns = tuple(rows[0]) if rows else ()
    return columns, tuple(tuple(row[c] for c in columns) for row in rows)


def counted(number: int) -> str:
    """How many rows there are, in words."""
    return several(number, "row")
