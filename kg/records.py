"""The records that sources yield and a release stores: nodes, edges, evidence, passages, citations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Literal

from kg.errors import RecordError

_EMPTY: Mapping[str, Any] = MappingProxyType({})
KnowledgeLevel = Literal[
    "knowledge_assertion", "logical_entailment", "prediction", "statistical_association", "observation", "not_provided"
]
AgentType = Literal[
    "manual_agent",
    "automated_agent",
    "data_analysis_pipeline",
    "computational_model",
    "text_mining_agent",
    "not_provided",
]
EvidenceKind = Literal["supports", "contradicts"]


def _empty() -> Mapping[str, Any]:
    return _EMPTY


@dataclass(frozen=True, slots=True)
class Node:
    """An entity: `id` is a CURIE, `category` a Biolink class such as `biolink:Disease`.

    `attributes` holds plain JSON values. Synonyms may carry a scope after a tab
    (`"T2DM\\tabbreviation"`); without one they are exact.
    """

    id: str
    category: str
    name: str
    synonyms: tuple[str, ...] = ()
    xrefs: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=_empty)

    def __post_init__(self) -> None:
        if ":" not in self.id or not self.category.startswith("biolink:"):
            raise RecordError(f"node {self.id!r} needs a CURIE as id and a biolink: category, not {self.category!r}")
        if not self.name.strip():
            raise RecordError(f"node {self.id} has no name")


@dataclass(frozen=True, slots=True)
class Edge:
    """A statement: subject, relation and object, with where it comes from.

    `relation` is a name of `kg.schema` (it fixes the Biolink predicate and the
    metaedge); `qualifiers` refine the statement and are part of its identity.
    `tier` runs from 1 (guideline) to 7 (model prediction). `publications` are
    citation ids that support this statement in this source.
    """

    subject: str
    relation: str
    object: str
    qualifiers: Mapping[str, str] = field(default_factory=_empty)
    negated: bool = False
    tier: int = 2
    knowledge_level: KnowledgeLevel = "knowledge_assertion"
    agent_type: AgentType = "manual_agent"
    publications: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=_empty)

    def __post_init__(self) -> None:
        if ":" not in self.subject or ":" not in self.object:
            raise RecordError(f"edge {self.subject!r} -{self.relation}-> {self.object!r} needs CURIEs at both ends")
        if not 1 <= self.tier <= 7:
            raise RecordError(
                f"edge {self.subject} -{self.relation}-> {self.object} has tier {self.tier}; it must be 1 to 7"
            )

    @property
    def id(self) -> str:
        """The identity of the statement, the same from every source."""
        return edge_id(self.subject, self.relation, self.object, qualifier_text(self.qualifiers), self.negated)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of text or a record that supports or contradicts an edge."""

    edge: str
    citation: str
    kind: EvidenceKind = "supports"
    passage: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a passage: half-open character offsets in `Passage.text` and the CURIE it stands for."""

    start: int
    end: int
    text: str
    id: str
    category: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document: `offset` is where `text` begins in the document's own text."""

    id: str
    citation: str
    section: str
    text: str
    offset: int = 0
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A document or record that can be opened: PMID:, PMC:, DOI:, S2:, DRUGBANK:, NCT: or a source record."""

    id: str
    title: str
    year: int | None = None
    authors: tuple[str, ...] = ()
    journal: str | None = None
    retracted: bool = False
    attributes: Mapping[str, Any] = field(default_factory=_empty)


@dataclass(frozen=True, slots=True)
class SameAs:
    """A statement that two identifiers mean the same, kept as a row so that it can be undone."""

    subject: str
    object: str
    predicate: str = "skos:exactMatch"
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    """A document that its publisher withdrew from the source (DeleteCitation)."""

    citation: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An input row that breaks a rule, with the place and the reason."""

    file: str
    line: int | None
    reason: str
    row: str = ""


Record = Node | Edge | Evidence | Passage | Citation | SameAs | Deletion | Quarantined


def qualifier_text(qualifiers: Mapping[str, str]) -> str:
    """Qualifiers as canonical text, the empty string for none."""
    return json.dumps(dict(sorted(qualifiers.items())), ensure_ascii=False, separators=(",", ":")) if qualifiers else ""


def edge_id(subject: str, relation: str, object: str, qualifiers: str = "", negated: bool = False) -> str:
    """The hash that identifies a statement (96 bits, hex).

    >>> edge_id("DRUGBANK:DB00331", "treats", "DOID:9352") == edge_id("DRUGBANK:DB00331", "treats", "DOID:9352", "",
    False)
    True
    """
    key = f"{subject}\x1f{relation}\x1f{object}\x1f{qualifiers}\x1f{int(negated)}"
    return blake2b(key.encode(), digest_size=12).hexdigest()
