"""The records that sources yield and a release stores: nodes, edges, evidence, coverage, passages, citations."""

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
System = Literal["human", "animal", "in_vitro", "computational", "unknown"]
Directness = Literal["direct", "indirect", "unknown"]
Role = Literal["result", "background", "review", "label", "record", "unknown"]
Side = Literal["subject", "object"]


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
    """A piece of text or a record that supports or contradicts an edge.

    Text is quoted: `quote` stands at the half-open offsets `start` and `end` of
    the passage's text. A row of a database is no text: its `role` is 'record' and
    it quotes nothing. `system` is what was looked at; evidence is 'direct' when
    the quote names both ends of the edge. `study` says what kind it is (trial,
    cohort, case, ...); pieces of one `group` (by default the citation) count as one.

    >>> Evidence("0123", "PMID:99999901")
    Traceback (most recent call last):
    kg.errors.RecordError: evidence of 0123 from PMID:99999901 quotes no text; only the role 'record' needs none
    """

    edge: str
    citation: str
    kind: EvidenceKind = "supports"
    passage: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    score: float | None = None
    system: System = "unknown"
    directness: Directness = "unknown"
    role: Role = "unknown"
    study: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        what = f"evidence of {self.edge} from {self.citation}"
        place = (self.passage, self.start, self.end, self.quote)
        if self.role == "record":
            if place != (None, None, None, None):
                raise RecordError(f"{what} is a record and quotes text; give it another role")
            return
        if self.passage is None or self.start is None or self.end is None or not self.quote:
            raise RecordError(f"{what} quotes no text; only the role 'record' needs none")
        if not 0 <= self.start < self.end or self.end - self.start != len(self.quote):
            raise RecordError(
                f"{what}: a quote of {len(self.quote)} characters cannot stand at {self.start}-{self.end}"
            )


@dataclass(frozen=True, slots=True)
class Covered:
    """A statement that a source looked at all of an entity's edges of a relation, be there any or none.

    `side` is where the entity stands in them; of a symmetric relation it is the subject.
    """

    relation: str
    entity: str
    side: Side = "subject"


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
class Marking:
    """A mention that a reader found in a passage, named by its id, of another source."""

    passage: str
    mention: Mention


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
class Step:
    """A step of a mechanism: what does what to what. Ends are CURIEs where there is one, and names always."""

    subject: str
    subject_name: str
    predicate: str
    object: str
    object_name: str


@dataclass(frozen=True, slots=True)
class Mechanism:
    """How a drug acts against a disease, in steps as curators ordered them, the first from the drug.

    `passage` is one of the citation that says the same in words; `references` are what the curators cite.

    >>> Mechanism("DRUGMECHDB:X_1", "DRUGMECHDB:X_1#0", "DRUGBANK:DB99991", "MESH:D999999", ())
    Traceback (most recent call last):
    kg.errors.RecordError: the mechanism DRUGMECHDB:X_1 has no step
    """

    citation: str
    passage: str
    drug: str
    disease: str
    steps: tuple[Step, ...]
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.steps:
            raise RecordError(f"the mechanism {self.citation} has no step")


@dataclass(frozen=True, slots=True)
class SameAs:
    """A statement about two identifiers, kept as a row so that it can be undone.

    `predicate` says how sure: `skos:exactMatch`, `oboInOwl:hasDbXref` (a reference that joins one to one alone),
    `IAO:0100001` (the subject is replaced by the object), `owl:differentFrom` (never to be joined).
    """

    subject: str
    object: str
    predicate: str = "skos:exactMatch"
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """What people call the bearers of the name `meaning`, or the thing of that CURIE; `kind` is the sort of name.

    `category` keeps it to things of one kind. `weight` is how often it is meant, of all that is called so, where known.
    """

    name: str
    meaning: str
    kind: str = "lay"
    category: str = ""
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Retraction:
    """A document that was retracted, whoever says so: `notice` is the citation of its notice, where one is known."""

    citation: str
    notice: str = ""


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


Record = (
    Node
    | Edge
    | Evidence
    | Covered
    | Passage
    | Marking
    | Citation
    | Mechanism
    | SameAs
    | Alias
    | Retraction
    | Deletion
    | Quarantined
)


def qualifier_text(qualifiers: Mapping[str, str]) -> str:
    """Qualifiers as canonical text, the empty string for none."""
    return json.dumps(dict(sorted(qualifiers.items())), ensure_ascii=False, separators=(",", ":")) if qualifiers else ""


def edge_id(subject: str, relation: str, object: str, qualifiers: str = "", negated: bool = False) -> str:
    """The hash that identifies a statement (96 bits, hex).

    >>> statement = ("DRUGBANK:DB00331", "treats", "DOID:9352")
    >>> edge_id(*statement) == edge_id(*statement, "", False)
    True
    """
    key = f"{subject}\x1f{relation}\x1f{object}\x1f{qualifiers}\x1f{int(negated)}"
    return blake2b(key.encode(), digest_size=12).hexdigest()
