"""The answer as the document galenic.answer/2 that programs read, and its JSON Schema."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from galenic.questions.answer import SCHEMA, Answer, Status, Written
from galenic.reports.notes import in_words
from kg.evidence.claims import Claim, Support
from kg.evidence.results import Result
from kg.logic.reading import Linked


class NoteDocument(BaseModel):
    """A note: its code, the facts it speaks of, and the same in words."""

    code: str
    facts: dict[str, Any]
    text: str


class AnswerDocument(BaseModel):
    """An answer with everything it rests on. `results` is complete; `claims` may show the best few."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    schema_: Literal["galenic.answer/2"] = Field(SCHEMA, alias="schema")
    id: str | int | None = Field(None, description="the id of the line in a batch")
    question: str
    status: Status
    reason: str | None = Field(description="reason code of an abstention or kind of failure")
    message: str = Field(description="the short answer, or why there is none, in words")
    read_as: str = Field(description="how the question was read, in words")
    entities: tuple[Linked, ...]
    results: tuple[Annotated[Result, Field(discriminator="kind")], ...]
    claims: tuple[Claim, ...]
    supports: dict[str, Annotated[Support, Field(discriminator="kind")]]
    contradictions: tuple[Claim, ...]
    notes: tuple[NoteDocument, ...]
    choices: tuple[str, ...] = Field(description="readings to choose from, when the question is asked back")
    dropped: int = Field(ge=0, description="sentences whose evidence did not carry them")
    form: str
    cypher: tuple[str, ...] = Field(description="the statements that ran, with parameters")
    query: str = Field(description="one query that gives the same rows when it is pasted; empty for paths and papers")
    model: str = Field(description="what read the question")
    confidence: float = Field(ge=0, le=1, description="how sure the reading is")
    written: Written | None = Field(description="the query that a chat model wrote, where no form covers the question")
    release: str
    seconds: float = Field(ge=0)


def document(answer: Answer, identifier: str | int | None = None) -> dict[str, Any]:
    """The answer as plain JSON values; `identifier` is the id of its line in a batch."""
    fields: dict[str, Any] = {"schema": SCHEMA}
    if identifier is not None:
        fields["id"] = identifier
    plain = asdict(answer)
    plain["notes"] = [{"code": n.code, "facts": n.facts, "text": in_words(n)} for n in answer.notes]
    plain["seconds"] = round(answer.seconds, 4)
    return fields | {name: plain[name] for name in AnswerDocument.model_fields if name in plain}


@lru_cache(maxsize=1)
def answer_schema() -> dict[str, Any]:
    """The JSON Schema of an answer, made from the types that it is made of."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        **AnswerDocument.model_json_schema(by_alias=True, mode="serialization"),
    }
