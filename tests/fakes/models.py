"""Fakes at the ports of the models: a parser that knows its readings, a composer and a verifier that do as told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.evidence.claims import Claim, Support
from kg.logic.reading import Asked, Read
from llm.ports import Basis


@dataclass
class FakeParser:
    """Reads what it was given a reading for; `asked` keeps the questions."""

    name: str = "fake"
    readings: Mapping[str, Read] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def parse(self, asked: Asked) -> Read | None:
        self.asked.append(asked)
        return self.readings.get(asked.question)


@dataclass
class FakeComposer:
    """Puts words before every claim."""

    words: str = ""

    def compose(self, question: str, claims: Sequence[Claim], supports: Mapping[str, Support]) -> Sequence[Claim]:
        return [replace(c, text=f"{self.words}{c.text}") for c in claims]


@dataclass
class FakeVerifier:
    """Carries claims with a text in them, and no others."""

    carried: str = ""

    def carries(self, claim: Claim, basis: Basis) -> bool:
        return self.carried in claim.text
