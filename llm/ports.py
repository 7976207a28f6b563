"""What a model may do for an answer: read a question, word its claims, check them. Each is a port with one method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.evidence.claims import Claim, Support
from kg.evidence.results import Result
from kg.logic.reading import Asked, Read


class Parser(Protocol):
    """Reads questions; its `name` is the model that an answer gives."""

    @property
    def name(self) -> str:
        """What an answer calls it."""
        ...

    def parse(self, asked: Asked) -> Read | None:
        """What a question asks, with a confidence from 0 to 1; None when it has no reading at all."""
        ...


class Composer(Protocol):
    """Words the claims of an answer."""

    def compose(self, question: str, claims: Sequence[Claim], supports: Mapping[str, Support]) -> Sequence[Claim]:
        """The claims as they are to be read; what they rest on stays as it was. They are verified afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Basis:
    """What claims are checked against: the supports by name, and the results that counts are counted from."""

    supports: Mapping[str, Support]
    results: Sequence[Result] = ()


class Verifier(Protocol):
    """Checks a claim against what it rests on."""

    def carries(self, claim: Claim, basis: Basis) -> bool:
        """Whether the supports that a claim names carry what it says."""
        ...
