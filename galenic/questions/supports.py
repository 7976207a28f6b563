"""Hits as the supports of an answer: what a person can open, and how it is named in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kg.logic.evidence import Assertion, EdgeHit
from kg.release.release import Release

TIERS = {
    1: "guideline or label",
    2: "curated",
    3: "trial or meta-analysis",
    4: "observational",
    5: "text-mined",
    6: "spontaneous reports",
    7: "prediction",
}
_AUTOMATIC = "statistical_association"


class Desk:
    """Collects the supports of one answer under short names: e1, e2 for edges, c1, c2 for passages, q1 for the query
    itself.
    """

    def __init__(self, release: Release) -> None:
        self.release = release
        self.supports: dict[str, dict[str, Any]] = {}
        self._names: dict[tuple[str, str], str] = {}

    def _add(self, letter: str, key: str, support: dict[str, Any]) -> str:
        known = self._names.get((letter, key))
        if known:
            return known
        name = f"{letter}{1 + sum(1 for kind, _ in self._names if kind == letter)}"
        self._names[(letter, key)] = name
        self.supports[name] = support
        return name

    def edge(self, hit: EdgeHit) -> tuple[str, ...]:
        """One support for every source that says the edge, best first."""
        return tuple(
            self._add("e", f"{hit.id}/{a.source}/{n}", self._edge(hit, a)) for n, a in enumerate(hit.assertions[:3])
        )

    def _edge(self, hit: EdgeHit, said: Assertion) -> dict[str, Any]:
        source = self.release.sources.get(said.source, {})
        statistical = said.knowledge_level == _AUTOMATIC or (not said.knowledge_level and hit.relation.name in _DERIVED)
        return {
            "kind": "edge",
            "edge": hit.id,
            "subject": hit.subject,
            "subject_name": hit.subject_name,
            "predicate": hit.relation.predicate,
            "relation": hit.relation.name,
            "object": hit.object,
            "object_name": hit.object_name,
            "negated": hit.negated,
            "source": source.get("infores", said.source),
            "source_title": source.get("title", said.source),
            "version": source.get("version", ""),
            "url": source.get("url", ""),
            "tier": said.tier,
            "how": "statistical association" if statistical else TIERS[said.tier],
            "licence": said.licence or source.get("licence", ""),
            "publications": list(said.publications),
            "says": hit.sentence(),
        }

    def passage(self, hit: Mapping[str, Any]) -> str:
        """A quoted stretch of a passage."""
        return self._add("c", f"{hit['passage']}/{hit['start']}", {"kind": "passage", **hit})

    def node(self, row: Mapping[str, Any]) -> str:
        """A node's own record."""
        titles = [self.release.sources.get(s, {}).get("title", s) for s in row["sources"]]
        return self._add(
            "n",
            row["id"],
            {
                "kind": "node",
                "id": row["id"],
                "name": row["name"],
                "sources": list(row["sources"]),
                "source_titles": titles,
            },
        )

    def query(self, cypher: Sequence[str]) -> str:
        """The query itself: what counts, comparisons and 'none recorded' rest on."""
        return self._add("q", "query", {"kind": "query", "release": self.release.id, "cypher": list(cypher)})


_DERIVED = {
    "drug_upregulates",
    "drug_downregulates",
    "disease_upregulates",
    "disease_downregulates",
    "anatomy_upregulates",
    "anatomy_downregulates",
    "covaries",
    "regulates",
}


def in_words(support: Mapping[str, Any]) -> str:
    """A support as a person reads it: 'DrugBank, curated, PMID 10505536'."""
    if support["kind"] == "edge":
        papers = [p.replace("PMID:", "PMID ") for p in support["publications"] if not p.startswith("DRUGBANK:")]
        shown = ", ".join(papers[:3]) + (f" and {len(papers) - 3} more" if len(papers) > 3 else "")
        return ", ".join(part for part in (support["source_title"], support["how"], shown) if part)
    if support["kind"] == "passage":
        year = f", {support['year']}" if support.get("year") else ""
        return f"{support['citation'].replace('PMID:', 'PMID ')}{year}, {support['section']}" + (
            " (RETRACTED)" if support.get("retracted") else ""
        )
    if support["kind"] == "node":
        return f"{', '.join(support['source_titles'])}: record {support['id']}"
    return f"counted in release {support['release'].removeprefix('sha256:')[:12]}"
