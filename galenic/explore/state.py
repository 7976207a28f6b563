"""What a session holds: its entries, its conversation, its parameters; and the things that names mean in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from galenic.errors import UsageError
from galenic.explore.entries import Entry
from galenic.explore.reading import number_of
from galenic.questions.dialogue import Dialogue
from galenic.reports.page import several
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.logic.reading import Linked

if TYPE_CHECKING:
    from galenic.house import House

# Two things whose scores are nearer than this are told apart by nothing but chance.
_TIED = 0.003


class State:
    """What one person explores. `entries` holds every input with what it gave, oldest first."""

    def __init__(self, house: House, permitted: Permitted = ALL_SOURCES) -> None:
        self.house, self.permitted = house, permitted
        self.dialogue = Dialogue(house.pipeline, permitted)
        self.entries: list[Entry] = []
        self.given: dict[str, Any] = {}
        self.made: set[str] = set()

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

    def bound(self) -> dict[str, Any]:
        """Parameters that every query may use: those that were given, the focus and the last results."""
        context, focus = self.dialogue.memory.context, self.dialogue.memory.focus
        parameters: dict[str, Any] = {"results": [r.id for r in context.results] if context else []}
        if focus is not None:
            parameters["focus"] = focus.id
        if self.permitted.sources is not None:
            parameters["sources"] = sorted(self.permitted.sources)
        return {**parameters, **self.given}

    def remember(self, text: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Let the nodes of rows be what 'them' means, where one column holds identifiers of one kind."""
        things = things_in(rows, self.kinds)
        if things:
            self.dialogue.remember(text, things)

    def kinds(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """(name, category) of nodes by identifier; identifiers that are none are left out."""
        cypher = "MATCH (n:Entity) WHERE n.id IN $ids RETURN n.id AS id, n.name AS name, n.category AS category"
        return {r["id"]: (r["name"], r["category"]) for r in self.house.store.run(cypher, {"ids": list(ids)})}

    def thing(self, name: str) -> Linked:
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
            return Linked(name, name, known[name][0], known[name][1], 1.0)
        candidates = self.house.linker.link(name, limit=5)
        if not candidates:
            raise UsageError(f"no name in this release matches {name!r}")
        best = [c for c in candidates if c.category == candidates[0].category and candidates[0].score - c.score < _TIED]
        if len({c.name for c in best}) > 1:
            raise UsageError(f"{name!r} may be {', '.join(f'{c.name} ({c.id})' for c in best)}; write the identifier")
        return Linked(name, candidates[0].id, candidates[0].name, candidates[0].category, candidates[0].score)


def things_in(rows: Sequence[Mapping[str, Any]], kinds: Any) -> list[Linked]:
    """The nodes of the first column that holds identifiers, each once, if they are of one kind."""
    for column in rows[0] if rows else ():
        values = [v["id"] if isinstance(v, dict) and "id" in v else v for v in (row[column] for row in rows)]
        ids = list(dict.fromkeys(v for v in values if isinstance(v, str) and ":" in v))[:1000]
        known = kinds(ids) if ids and len(ids) >= len({str(v) for v in values}) * 0.9 else {}
        if known and len({category for _, category in known.values()}) == 1:
            return [Linked(i, i, known[i][0], known[i][1], 1.0) for i in ids if i in known]
    return []
