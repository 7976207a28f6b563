"""A sentence of an answer and the things it rests on, each of which can be opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["supported", "contradicted"]


@dataclass(frozen=True, slots=True)
class EdgeSupport:
    """What one source says of one edge, with the ends as the graph stores them.

    `tier` runs from 1 (guideline) to 7 (prediction), `how` is the tier in words; `retracted` are those of the
    `publications` that were retracted.
    """

    edge: str
    subject: str
    subject_name: str
    predicate: str
    relation: str
    object: str
    object_name: str
    negated: bool
    source: str
    source_title: str
    version: str
    url: str
    tier: int
    how: str
    licence: str
    publications: tuple[str, ...] = ()
    retracted: tuple[str, ...] = ()
    attributes: str = ""
    kind: Literal["edge"] = "edge"


@dataclass(frozen=True, slots=True)
class PassageSupport:
    """A stretch of a passage: half-open offsets in the passage's text, and the text itself."""

    citation: str
    passage: str
    section: str
    start: int
    end: int
    quote: str
    title: str = ""
    year: int | None = None
    retracted: bool = False
    source: str = ""
    score: float = 0.0
    kind: Literal["passage"] = "passage"


@dataclass(frozen=True, slots=True)
class NodeSupport:
    """The record of a node in its sources; `facts` are values of it by what they are called."""

    id: str
    name: str
    category: str
    sources: tuple[str, ...]
    source_titles: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    kind: Literal["node"] = "node"


@dataclass(frozen=True, slots=True)
class QuerySupport:
    """The queries themselves, on one release: what counts, comparisons and 'none recorded' rest on.

    `form` is the logical form that they answer, `names` are those of the things and sources in it, `count` is what
    they counted where that is not what the answer's results count.
    """

    release: str
    cypher: tuple[str, ...]
    form: str = ""
    names: tuple[str, ...] = ()
    count: int | None = None
    kind: Literal["query"] = "query"


Support = EdgeSupport | PassageSupport | NodeSupport | QuerySupport


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and the names of the supports it rests on."""

    text: str
    supports: tuple[str, ...]
    verdict: Verdict = "supported"
    score: float = 1.0
