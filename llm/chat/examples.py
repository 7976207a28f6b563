"""Questions with their Cypher, of our own writing, and the few of them that are most like a question."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from llm.wordings import features


@dataclass(frozen=True, slots=True)
class Example:
    """A question in which {e1}, {e2} stand for linked things, its Cypher, and parameters beside those."""

    question: str
    cypher: str
    parameters: dict[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """The examples that ship with Galenic."""
    lines = files("llm.chat").joinpath("examples.jsonl").read_text("utf-8").splitlines()
    return tuple(Example(**json.loads(line)) for line in lines if line.strip())


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    """How telling each feature is: rare ones more."""
    counted = Counter(f for e in examples() for f in features(_masked(e.question)))
    return {f: math.log(1 + len(examples()) / n) for f, n in counted.items()}


def _masked(question: str) -> str:
    return question.replace("{e1}", "{x}").replace("{e2}", "{x}")


def _vector(text: str) -> dict[str, float]:
    raw = {f: _weights()[f] for f in features(text) if f in _weights()}
    length = math.sqrt(sum(w * w for w in raw.values())) or 1.0
    return {f: w / length for f, w in raw.items()}


def nearest(question: str, number: int = 4) -> list[Example]:
    """The examples most like a question in which names read {x}, best first.

    >>> nearest("how many drugs are there for each disease", 1)[0].cypher.startswith("MATCH")
    True
    """
    asked = _vector(question)
    scored = [
        (sum(w * asked.get(f, 0.0) for f, w in _vector(_masked(e.question)).items()), -n, e)
        for n, e in enumerate(examples())
    ]
    return [e for _, _, e in sorted(scored, key=lambda s: (-s[0], -s[1]))[:number]]
