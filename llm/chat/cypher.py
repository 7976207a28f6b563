"""Free-form Cypher from a chat model: checked by the safe pipeline, repaired at most twice with the exact error, or
asked back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from langchain_core.messages import AIMessage, HumanMessage
from pydantic import BaseModel, ConfigDict, ValidationError

from kg.errors import StoreError, StoreUnavailable
from kg.logic.reading import Mark
from llm.chat.errors import ChatNonsense
from llm.chat.outcome import Asked, Bound, Failed, Written
from llm.chat.prompt import REPLY, messages
from llm.chat.talk import Talk

REPAIRS = 2
_TEXT = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"")


class Ran(Protocol):
    """Rows of a checked query, the Cypher that ran, and notes on what was changed in it."""

    @property
    def rows(self) -> list[dict[str, Any]]: ...  # noqa: D102
    @property
    def cypher(self) -> str: ...  # noqa: D102
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102


class Runner(Protocol):
    """The safe way to run Cypher: `kg.cypher.safe.SafeCypher`."""

    def run(self, query: str, parameters: Mapping[str, Any] | None = None, rows: int = 10_000) -> Ran:
        """All rows, or a `StoreError` that says why not."""
        ...


class Reply(BaseModel):
    """What a model may answer."""

    model_config = ConfigDict(extra="ignore")
    cypher: str | None = None
    parameters: dict[str, str | int | float | bool | list[str | int | float]] = {}
    ask_back: list[str] = []
    cannot: str | None = None


def write(
    talk: Talk, runner: Runner, question: str, marks: Sequence[Mark], linked: Sequence[Bound]
) -> Written | Asked | Failed:
    """Rows for a question by Cypher that the model wrote.

    Raises `ChatUnavailable` when the model does not answer and `StoreUnavailable`
    when the graph does not; every other error of a query is told to the model, at
    most `REPAIRS` times.
    """
    prompt = messages(question, marks, linked)
    errors: list[str] = []
    while True:
        text = ""
        try:
            text, fields = talk.object(prompt, REPLY)
            reply = _validated(fields)
            if len(reply.ask_back) >= 2:
                return Asked(tuple(" ".join(r.split())[:300] for r in reply.ask_back[:5]))
            if not reply.cypher:
                return Failed(reply.cannot or "the model gave no query", tuple(errors))
            bound = _bound(reply, linked)
            ran = runner.run(reply.cypher, bound)
            return Written(ran.cypher, bound, ran.rows, tuple(ran.notes), tuple(errors))
        except StoreUnavailable:
            raise
        except (StoreError, ChatNonsense) as problem:
            error = " ".join(str(problem).split())
        if len(errors) == REPAIRS:
            return Failed(f"the model's query was refused {REPAIRS + 1} times, last: {error}", tuple(errors))
        errors.append(error)
        prompt = [
            *prompt,
            AIMessage(text or "(no reply)"),
            HumanMessage(f"That was refused: {error}\nReply with a JSON object that mends it."),
        ]


def _validated(fields: Mapping[str, Any]) -> Reply:
    try:
        return Reply.model_validate(fields)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise ChatNonsense(f"the reply's field {'.'.join(map(str, first['loc']))!r}: {first['msg']}") from problem


def _bound(reply: Reply, linked: Sequence[Bound]) -> dict[str, Any]:
    """The parameters of the query: the model's own, then the linked identifiers, which it cannot change.

    A name that was linked must not come back as text, in the query or as a value:
    the same thing written differently would silently find nothing.
    """
    query = reply.cypher or ""
    used = {name for name in re.findall(r"\$(\w+)", query)}
    texts = {(a or b).casefold() for a, b in _TEXT.findall(query)} | {
        v.casefold() for v in reply.parameters.values() if isinstance(v, str)
    }
    for bound in linked:
        if {bound.id.casefold(), bound.name.casefold(), bound.mention.casefold()} & texts:
            raise ChatNonsense(
                f"{bound.mention!r} is written into the query; use $%s for it: WHERE x.id = $%s"
                % (bound.parameter, bound.parameter)
            )
    values = {x.parameter: x.id for x in linked}
    return {name: value for name, value in {**reply.parameters, **values}.items() if name in used}
