"""The Answer that every door returns: galenic.answer/1."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

SCHEMA = "galenic.answer/1"
Status = Literal["answered", "abstained", "failed"]


@dataclass(frozen=True, slots=True)
class LinkedEntity:
    """A name in the question and the node that it was taken for."""

    mention: str
    id: str
    name: str
    category: str
    score: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One item of the machine-readable answer."""

    id: str
    name: str
    value: float | bool | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and the supports it rests on."""

    text: str
    supports: tuple[str, ...]
    verdict: str = "supported"
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that was found, and how."""

    question: str
    status: Status
    release: str
    reason: str | None = None
    message: str = ""
    entities: tuple[LinkedEntity, ...] = ()
    results: tuple[Result, ...] = ()
    claims: tuple[Claim, ...] = ()
    supports: dict[str, dict[str, Any]] = field(default_factory=dict)
    contradictions: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    dropped: int = 0
    form: str = ""
    cypher: tuple[str, ...] = ()
    model: str = "nearest-wording"
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The answer as plain JSON values, as `answer_schema()` describes them."""
        return {
            "schema": SCHEMA,
            "question": self.question,
            "status": self.status,
            "reason": self.reason,
            "message": self.message,
            "entities": [_plain(e) for e in self.entities],
            "results": [_plain(r) for r in self.results],
            "claims": [_claim(c) for c in self.claims],
            "supports": self.supports,
            "contradictions": [_claim(c) for c in self.contradictions],
            "notes": list(self.notes),
            "dropped": self.dropped,
            "form": self.form,
            "cypher": list(self.cypher),
            "model": self.model,
            "release": self.release,
            "seconds": round(self.seconds, 4),
        }


def _plain(item: LinkedEntity | Result) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "text": claim.text,
        "verdict": claim.verdict,
        "score": round(claim.score, 4),
        "supports": list(claim.supports),
    }


@lru_cache(maxsize=1)
def answer_schema() -> dict[str, Any]:
    """The JSON Schema of an answer."""
    found: dict[str, Any] = json.loads(files("galenic.questions").joinpath("answer.schema.json").read_text("utf-8"))
    return found
