"""All edges that a result rests on, and what can be opened of each: sources, tiers, licences, publications, quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kg.logic.evidence import Assertion, EdgeHit, Explainer
from kg.logic.forms import All, And, Direction, Entity, Expr, Having, Hop, Minus, Or, Where
from kg.release.release import Release
from kg.schema import schema


def every_edge(explainer: Explainer, expr: Expr, nodes: Sequence[str]) -> dict[str, list[EdgeHit]]:
    """For every node of a set, all edges that put it there, its own first, then those of the nodes between."""
    match expr:
        case Hop():
            return _hop(explainer, expr, nodes)
        case And() | Or():
            return _joined([every_edge(explainer, part, nodes) for part in expr.parts], nodes)
        case Minus():
            return every_edge(explainer, expr.left, nodes)
        case Having():
            anchors = None if expr.among is None else list(explainer.executor.ids(expr.among))
            back: Direction = "in" if expr.direction == "out" else "out"
            counted = explainer.edges(schema().relation(expr.relation), back, anchors, nodes)
            return _joined([every_edge(explainer, expr.of, nodes), counted], nodes)
        case Where():
            return every_edge(Explainer(explainer.executor.narrowed(expr.evidence)), expr.of, nodes)
        case Entity() | All():
            return {}


def _hop(explainer: Explainer, hop: Hop, nodes: Sequence[str]) -> dict[str, list[EdgeHit]]:
    anchors = None if isinstance(hop.of, All) else list(explainer.executor.ids(hop.of))
    own = explainer.edges(schema().relation(hop.relation), hop.direction, anchors, nodes)
    ordered = {
        node: sorted(hits, key=lambda h: (h.tier, -len(h.sources), -len(h.publications), h.id))
        for node, hits in own.items()
    }
    between = {
        node: list(dict.fromkeys(h.object if h.subject == node else h.subject for h in hits))
        for node, hits in ordered.items()
    }
    deeper = every_edge(explainer, hop.of, sorted({m for middles in between.values() for m in middles}))
    return {
        node: list({h.id: h for h in (*hits, *(h for m in between[node] for h in deeper.get(m, [])))}.values())
        for node, hits in ordered.items()
    }


def _joined(parts: Sequence[Mapping[str, list[EdgeHit]]], nodes: Sequence[str]) -> dict[str, list[EdgeHit]]:
    found = {node: list({h.id: h for part in parts for h in part.get(node, [])}.values()) for node in nodes}
    return {node: hits for node, hits in found.items() if hits}


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a publication that supports or contradicts an edge."""

    edge: str
    citation: str
    kind: str
    text: str


def quotes(release: Release, edges: Sequence[str]) -> list[Quote]:
    """What the release quotes for edges, best first."""
    rows = (
        release.scan("evidence")
        .filter(pl.col("edge").is_in(list(edges)))
        .sort("score", "citation", descending=[True, False])
        .collect()
    )
    return [Quote(r["edge"], r["citation"], r["kind"], r["quote"]) for r in rows.iter_rows(named=True)]


def citations(release: Release, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the release knows of publications: title, year, journal, whether retracted; nothing of those that it only
    names.
    """
    rows = (
        release.scan("citations")
        .filter(pl.col("id").is_in(list(ids)))
        .select("id", "title", "year", "journal", "retracted")
        .collect()
    )
    return {r["id"]: r for r in rows.iter_rows(named=True)}


def edge_hits(release: Release, ids: Sequence[str], allowed: frozenset[str] | None = None) -> list[EdgeHit]:
    """Edges of a release by their own identifiers; identifiers that are none are left out."""
    rows = release.scan("edges").filter(pl.col("id").is_in(list(ids))).collect() if ids else pl.DataFrame()
    ends = sorted({end for row in rows.iter_rows(named=True) for end in (row["subject"], row["object"])})
    names = (
        dict(release.scan("nodes").filter(pl.col("id").is_in(ends)).select("id", "name").collect().iter_rows())
        if ends
        else {}
    )
    found = []
    for row in rows.iter_rows(named=True):
        said = tuple(
            Assertion(
                a["source"], a["tier"], tuple(a["publications"]), a["licence"], a["knowledge_level"], a["attributes"]
            )
            for a in sorted(row["assertions"], key=lambda a: (a["tier"], -len(a["publications"]), a["source"]))
            if allowed is None or a["source"] in allowed
        )
        if said:
            found.append(
                EdgeHit(
                    row["id"],
                    schema().relation(row["relation"]),
                    row["subject"],
                    names[row["subject"]],
                    row["object"],
                    names[row["object"]],
                    row["tier"],
                    tuple(row["sources"]),
                    tuple(row["publications"]),
                    said,
                    bool(row["negated"]),
                )
            )
    return found
