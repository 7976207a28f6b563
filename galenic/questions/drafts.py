"""Questions that no form covers: a chat model writes Cypher for them, and words for the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from galenic.questions.answer import Answer, Written
from kg.cypher.safe import SafeCypher
from kg.cypher.sizes import Sizes
from kg.logic.reading import Mark
from kg.stores.bolt import GraphStore
from llm.chat import outcome
from llm.chat.errors import ChatUnavailable
from llm.chat.outcome import Asked, Bound, Failed, Summary

if TYPE_CHECKING:
    from llm.chat.talk import Talk


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model made of a question: a query with its rows, readings to choose from, or why not; rows in words."""

    model: str
    outcome: outcome.Written | Asked | Failed
    summary: Summary | None = None
    trouble: str = ""
    linked: tuple[Bound, ...] = ()


class Writer:
    """Writes Cypher with a chat model and runs it the safe way."""

    def __init__(
        self,
        talk: Talk,
        store: Callable[[], GraphStore],
        marks: Callable[[str], list[Mark]],
        sizes: Callable[[], Sizes | None] = lambda: None,
    ) -> None:
        self.talk, self._store, self._marks, self._sizes = talk, store, marks, sizes

    def draft(self, question: str) -> Draft:
        """A draft for a question; raises `ChatUnavailable` and `StoreUnavailable`."""
        # These take LangChain with them, 0.8 s that a question without a chat model need not wait for.
        from llm.chat.cypher import write
        from llm.chat.summary import summarise

        marks = self._marks(question)
        linked = tuple(bound_things(marks))
        made = write(self.talk, SafeCypher(self._store(), self._sizes()), question, marks, linked)
        if not isinstance(made, outcome.Written):
            return Draft(self.talk.name, made, linked=linked)
        given = [x.name for x in linked if x.parameter in made.parameters]
        try:
            summary = summarise(self.talk, question, made.rows, given, self._names)
        except ChatUnavailable as problem:
            # The rows are there; only the words for them are not.
            return Draft(self.talk.name, made, None, str(problem), linked)
        return Draft(self.talk.name, made, summary, linked=linked)

    def _names(self, text: str) -> list[str]:
        return [m.text for m in self._marks(text) if m.readings]


def bound_things(marks: Sequence[Mark]) -> list[Bound]:
    """Every thing that a question names, as parameters e1, e2 in reading order."""
    known = [(m, m.readings[0]) for m in marks if m.readings]
    return [Bound(f"e{n}", r.id, r.name, r.category, m.text) for n, (m, r) in enumerate(known, 1)]


def drafted(question: str, unread: Answer, draft: Draft) -> Answer:
    """A model's draft as the answer to a question that was not read; its rows are no results of a form."""
    blank = Answer(question, "abstained", unread.release, "ambiguous_question", model=draft.model)
    match draft.outcome:
        case Asked(readings):
            message = f"It may be read in several ways; ask again, naming one: {'; '.join(readings)}."
            return replace(blank, message=message)
        case Failed(because):
            return replace(blank, message=f"No query answers it: {because}")
    made, summary = draft.outcome, draft.summary
    written = Written(
        made.cypher,
        made.parameters,
        tuple(made.rows),
        made.notes,
        made.repairs,
        summary.sentences if summary else (),
        summary.dropped if summary else 0,
        draft.trouble,
        tuple(x for x in draft.linked if x.parameter in made.parameters),
    )
    rows = f"{len(made.rows):,} row{'' if len(made.rows) == 1 else 's'}"
    message = " ".join(s.text for s in written.summary) or rows
    return replace(blank, status="answered", reason=None, message=message, cypher=(made.cypher,), written=written)
