"""A session of exploring: every input in turn, whatever its kind, becomes an entry; nothing is printed here."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from galenic.errors import GalenicError, UsageError
from galenic.explore.page import Draft, Entry, several
from galenic.explore.reading import cleaned, kind_of, number_of, opened_at
from galenic.questions.answer import LinkedEntity
from galenic.questions.ask import UNSURE
from galenic.questions.dialogue import UNREAD, Dialogue, Turn
from galenic.questions.work import Scope
from kg.cypher.safe import SafeCypher, check
from kg.cypher.tokens import refusal
from kg.errors import GraphError
from kg.logic.forms import AbstainForm
from llm.chat.errors import ChatError
from llm.chat.outcome import Asked, Failed
from ontologies.errors import OntologyError
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from galenic.explore.writer import Writer
    from galenic.house import House

ROWS = 10_000
# Reasons of an abstention after which a model may try: the question may be about the graph, but no form was found.
OPEN = frozenset(("ambiguous_question", "out_of_scope"))
NO_RESULTS = "$results was empty: the last answer lists no things."
NO_MODEL = (
    "No logical form covers this, and no language model is set that could write Cypher for it (settings chat_model and "
    "chat_url). "
    "You can write the Cypher yourself: `:schema` shows what there is."
)
logger = logging.getLogger(__name__)
EXPECTED = (GalenicError, GraphError, OntologyError, RetrievalError, ChatError, OSError)


class Session:
    """What one person explores. `entries` holds every input with what it gave, oldest first."""

    def __init__(self, house: House, scope: Scope | None = None) -> None:
        self.house, self.scope = house, scope or Scope()
        self.dialogue = Dialogue(house.asker, self.scope)
        self.entries: list[Entry] = []
        self.given: dict[str, Any] = {}
        self.made: set[str] = set()

    @cached_property
    def writer(self) -> Writer | None:
        """Writes Cypher with the chat model of the settings; None where none is set."""
        talk = self.house.chat
        if talk is None:
            return None
        from galenic.explore.writer import Writer

        return Writer(talk, lambda: self.house.store, self.house.asker.linker.marks)

    @property
    def last(self) -> Entry | None:
        """The last entry that gave an answer or rows."""
        return next(
            (
                e
                for e in reversed(self.entries)
                if (e.kind != "command" or e.turn is not None) and e.status == "answered"
            ),
            None,
        )

    def run(self, text: str) -> Entry:
        """Read one input; what goes wrong is an entry too, in one line."""
        started = time.perf_counter()
        text = cleaned(text)
        kind = kind_of(text)
        try:
            if kind == "command":
                from galenic.explore.commands import run_command

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
            entry = Entry(
                text,
                kind,
                "failed",
                f"a fault of Galenic's own ({why}); the session goes on, and `:save FILE` keeps it",
                kept=kind != "command",
            )
        entry = replace(entry, seconds=time.perf_counter() - started)
        self.entries.append(entry)
        return entry

    def snapshot(self) -> Session:
        """A session with the same past: what a stopped input still does to the other one does not reach this one."""
        copy = Session(self.house, self.scope)
        copy.entries, copy.given, copy.made = list(self.entries), dict(self.given), self.made
        memory = self.dialogue.memory
        copy.dialogue.memory = replace(memory, known=dict(memory.known))
        return copy

    def bound(self) -> dict[str, Any]:
        """Parameters that every query may use: those that were given, the focus and the last results."""
        context, focus = self.dialogue.memory.context, self.dialogue.memory.focus
        found: dict[str, Any] = {"results": [r.id for r in context.results] if context else []}
        if focus is not None:
            found["focus"] = focus.id
        if self.scope.sources is not None:
            found["sources"] = sorted(self.scope.sources)
        return {**found, **self.given}

    def _question(self, text: str) -> Entry:
        memory = self.dialogue.memory
        before = replace(memory, known=dict(memory.known))
        turn = self.dialogue.ask(text)
        answer = turn.answer
        unread = isinstance(turn.form, AbstainForm) and answer.reason in OPEN and not answer.message.startswith(UNREAD)
        unsure = answer.status == "answered" and turn.confidence < UNSURE
        if (unread or unsure) and self.writer is not None and self.scope.sources is None:
            # A reading that nobody is shown must not be what 'them' means next.
            self.dialogue.memory = before
            return self._drafted(text, turn, self.writer.draft(text))
        return of_turn(text, replace(turn, answer=replace(answer, notes=(*answer.notes, NO_MODEL))) if unread else turn)

    def _drafted(self, text: str, turn: Turn, draft: Draft) -> Entry:
        match draft.outcome:
            case Asked(readings):
                return Entry(
                    text,
                    "question",
                    "abstained",
                    f"It may be read in several ways; ask again, naming one: {'; '.join(readings)}",
                    turn=turn,
                    draft=draft,
                )
            case Failed(because):
                return Entry(text, "question", "abstained", f"No query answers it: {because}", turn=turn, draft=draft)
            case written:
                columns, rows = as_table(written.rows)
                self._remember(text, written.rows)
                said = (
                    " ".join(s.text for s in draft.summary.sentences)
                    if draft.summary and draft.summary.sentences
                    else counted(len(rows))
                )
                return Entry(
                    text, "question", "answered", said, columns, rows, turn, draft, written.cypher, written.notes
                )

    def _cypher(self, text: str) -> Entry:
        if (opened := opened_at(text)) is not None:
            raise refusal(text, opened[0], f"the {opened[1]} that stands here is not closed")
        bound = self.bound()
        checked = check(text)
        if self.scope.sources is not None and "sources" not in checked.parameters:
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
        ran = SafeCypher(self.house.store).run(text, {name: bound[name] for name in checked.parameters}, ROWS)
        columns, rows = as_table(ran.rows)
        self._remember(text, ran.rows)
        notes = (
            (*ran.notes, NO_RESULTS) if "results" in checked.parameters and bound["results"] == [] else tuple(ran.notes)
        )
        return Entry(text, "cypher", "answered", counted(len(rows)), columns, rows, cypher=ran.cypher, notes=notes)

    def _remember(self, text: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Let the nodes of rows be what 'them' means, where one column holds identifiers of one kind."""
        things = things_in(rows, self.kinds)
        if things:
            self.dialogue.remember(text, things)

    def kinds(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """(name, category) of nodes by identifier; identifiers that are none are left out."""
        cypher = "MATCH (n:Entity) WHERE n.id IN $ids RETURN n.id AS id, n.name AS name, n.category AS category"
        return {r["id"]: (r["name"], r["category"]) for r in self.house.store.run(cypher, {"ids": list(ids)})}

    def thing(self, name: str) -> LinkedEntity:
        """The thing of a name, an identifier or a number of the last results; raises `UsageError`."""
        context = self.dialogue.memory.context
        results = context.results if context is not None else ()
        if (number := number_of(name)) is not None:
            # Digits are never a name, though many names hold some.
            if not results:
                raise UsageError(f"the last answer lists no things, so there is no {number}")
            if not 1 <= number <= len(results):
                raise UsageError(f"the last answer has {several(len(results), 'result')}, not {number}")
            return results[number - 1]
        if ":" in name and " " not in name and (known := self.kinds([name])):
            return LinkedEntity(name, name, known[name][0], known[name][1], 1.0)
        found = self.house.linker.link(name, limit=5)
        if not found:
            raise UsageError(f"no name in this release matches {name!r}")
        best = [c for c in found if c.category == found[0].category and found[0].score - c.score < 0.003]
        if len({c.name for c in best}) > 1:
            raise UsageError(f"{name!r} may be {', '.join(f'{c.name} ({c.id})' for c in best)}; write the identifier")
        return LinkedEntity(name, found[0].id, found[0].name, found[0].category, found[0].score)


def of_turn(text: str, turn: Turn) -> Entry:
    """A turn of the conversation as an entry."""
    answer = turn.answer
    valued = any(r.value is not None for r in answer.results)
    columns = ("id", "name", "value") if valued else ("id", "name")
    rows = tuple((r.id, r.name, r.value) if valued else (r.id, r.name) for r in answer.results)
    return Entry(
        text,
        "question",
        answer.status,
        answer.message,
        columns if rows else (),
        rows,
        turn,
        cypher=";\n".join(answer.cypher),
    )


def as_table(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Columns and rows of a query's result."""
    columns = tuple(rows[0]) if rows else ()
    return columns, tuple(tuple(row[c] for c in columns) for row in rows)


def counted(number: int) -> str:
    """How many rows there are, in words."""
    return several(number, "row")


def things_in(rows: Sequence[Mapping[str, Any]], kinds: Any) -> list[LinkedEntity]:
    """The nodes of the first column that holds identifiers, each once, if they are of one kind."""
    for column in rows[0] if rows else ():
        values = [v["id"] if isinstance(v, dict) and "id" in v else v for v in (row[column] for row in rows)]
        ids = list(dict.fromkeys(v for v in values if isinstance(v, str) and ":" in v))[:1000]
        known = kinds(ids) if ids and len(ids) >= len({str(v) for v in values}) * 0.9 else {}
        if known and len({category for _, category in known.values()}) == 1:
            return [LinkedEntity(i, i, known[i][0], known[i][1], 1.0) for i in ids if i in known]
    return []
