"""Every claim against its own support: names, direction, negation and numbers; what fails is dropped and counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from galenic.questions.answer import Claim
from kg.schema import schema

_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])")


def verify(claims: Iterable[Claim], supports: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[Claim, ...], int]:
    """The claims that their supports carry, and how many do not."""
    listed = list(claims)
    kept = tuple(
        c
        for c in listed
        if c.supports
        and all(name in supports for name in c.supports)
        and _carried(c, [supports[s] for s in c.supports])
    )
    return kept, len(listed) - len(kept)


def _carried(claim: Claim, supports: list[Mapping[str, Any]]) -> bool:
    kinds = {s["kind"] for s in supports}
    if "edge" in kinds:
        return all(_edge_carries(claim.text, s) for s in supports if s["kind"] == "edge")
    if kinds == {"passage"}:
        return any(_quoted(claim.text, s["quote"]) for s in supports)
    return True


def _edge_carries(text: str, edge: Mapping[str, Any]) -> bool:
    """Subject, verb and object stand in the text in the edge's own order and with its own negation."""
    verb = schema().relation(edge["relation"]).says
    said = f"{edge['subject_name']} {'is recorded as not: ' if edge.get('negated') else ''}{verb} {edge['object_name']}"
    return said in text


def _quoted(text: str, quote: str) -> bool:
    """The sentence stands in the quote word for word, so its numbers and units do too."""
    plain = " ".join(quote.split())
    return " ".join(text.split()) in plain and all(n in plain for n in _NUMBER.findall(text))
