"""Questions that no form covers: a chat model writes Cypher for them, and words for the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from galenic.explore.page import Draft
from kg.cypher.safe import SafeCypher
from llm.chat.cypher import write
from llm.chat.errors import ChatUnavailable
from llm.chat.outcome import Linked, Written
from llm.chat.summary import summarise
from llm.chat.talk import Talk
from llm.parser.tokens import Mark

if TYPE_CHECKING:
    from kg.stores.bolt import GraphStore


class Writer:
    """Writes Cypher with a chat model and runs it the safe way."""

    def __init__(self, talk: Talk, store: Callable[[], GraphStore], marks: Callable[[str], list[Mark]]) -> None:
        self.talk, self._store, self._marks = talk, store, marks

    def draft(self, question: str) -> Draft:
        """A draft for a question; raises `ChatUnavailable` and `StoreUnavailable`."""
        marks = self._marks(question)
        linked = tuple(linked_things(marks))
        outcome = write(self.talk, SafeCypher(self._store()), question, marks, linked)
        if not isinstance(outcome, Written):
            return Draft(self.talk.name, outcome, linked=linked)
        try:
            summary = summarise(
                self.talk,
                question,
                outcome.rows,
                [x.name for x in linked if x.parameter in outcome.parameters],
                self._names,
            )
        except ChatUnavailable as problem:
            # The rows are there; only the words for them are not.
            return Draft(self.talk.name, outcome, None, str(problem), linked)
        return Draft(self.talk.name, outcome, summary, linked=linked)

    def _names(self, text: str) -> list[str]:
        return [m.text for m in self._marks(text) if m.readings]


def linked_things(marks: Sequence[Mark]) -> list[Linked]:
    """Every thing that a question names, as parameters e1, e2 in reading order."""
    known = [(m, m.readings[0]) for m in marks if m.readings]
    return [Linked(f"e{n}", r.id, r.name, r.category, m.text) for n, (m, r) in enumerate(known, 1)]
