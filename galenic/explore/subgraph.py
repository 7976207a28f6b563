"""The part of the graph that a result rests on: its nodes and edges, as a release of its own for KGX and drawings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from galenic.errors import UsageError
from galenic.explore.entries import Entry
from galenic.explore.state import State
from kg.evidence.claims import EdgeSupport, NodeSupport
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.evidence.results import Found
from kg.logic.explain import Explainer
from kg.logic.forms import And, CompareForm, Entity, ExistsForm, Expr, PathsForm, TopForm, entities
from kg.logic.rewriting import expr_of
from kg.release.release import Release
from kg.schema import schema

_CHUNK = 1_000


@dataclass(frozen=True)
class Part(Release):
    """The rows of a release with these nodes and edges, and of them what permitted sources say."""

    nodes: frozenset[str] = frozenset()
    edges: frozenset[str] = frozenset()
    anchors: tuple[str, ...] = ()
    order: Mapping[str, int] = field(default_factory=dict)
    permitted: Permitted = ALL_SOURCES

    def read(self, table: str, columns: list[str] | None = None) -> pl.DataFrame:
        """The rows of the part."""
        kept = {"nodes": self.nodes, "edges": self.edges}.get(table)
        rows = self.scan(table) if kept is None else self.scan(table).filter(pl.col("id").is_in(list(kept)))
        if table == "edges":
            aggregators = [name for name, facts in self.sources.items() if facts.get("aggregator")]
            rows = self.permitted.edges(rows, aggregators)
        if table == "nodes":
            rows = self.permitted.nodes(rows)
        return (rows.select(columns) if columns else rows).collect()


def part_of(session: State, entry: Entry) -> Part:
    """The part that an entry's result rests on; raises `UsageError` where it rests on none."""
    release = session.house.release
    if entry.turn is not None and not entry.by_model:
        nodes, edges, anchors = _of_turn(session, entry)
    else:
        nodes, edges, anchors = _of_rows(release, entry)
    if edges:
        permitted = session.permitted.among("sources")
        held = (
            release.scan("edges")
            .filter(pl.col("id").is_in(sorted(edges)) & permitted)
            .select("id", "subject", "object")
            .collect()
        )
        edges = set(held["id"])
        nodes |= {*held["subject"], *held["object"]}
    if not nodes:
        raise UsageError("the last result names no node and no edge of the graph")
    order = {str(row[0]): n for n, row in enumerate(entry.rows)}
    return Part(
        release.folder,
        release.manifest,
        frozenset(nodes),
        frozenset(edges),
        tuple(a for a in anchors if a in nodes),
        order,
        session.permitted,
    )


_Ids = tuple[set[str], set[str], list[str]]


def _of_turn(session: State, entry: Entry) -> _Ids:
    assert entry.turn is not None
    form, answer = entry.turn.form, entry.turn.answer
    edges = {s.edge for s in answer.supports.values() if isinstance(s, EdgeSupport)}
    nodes = {s.id for s in answer.supports.values() if isinstance(s, NodeSupport)}
    anchors = [form.start.id] if isinstance(form, PathsForm) else [e.id for e in dict.fromkeys(entities(form))]
    results = [r.id for r in answer.results if isinstance(r, Found)]
    executor = session.house.pipeline.executor(session.permitted)
    explainer = Explainer(executor)
    exprs: Iterable[Expr] = (
        (form.left, form.right) if isinstance(form, CompareForm) else [e for e in [expr_of(form)] if e is not None]
    )
    match form:
        case ExistsForm(of=And(parts=(Entity() as subject, rest))):
            # Whether one thing is in a set rests on that thing alone, or on narrower ones.
            exprs, results = [rest], list(executor.under(subject))
    if isinstance(form, TopForm):
        relation = schema().relation(form.relation)
        back = relation.back(form.direction)
        counting = Explainer(executor.narrowed(form.filters))
        edges |= {h.id for hits in counting.edges(relation, back, None, results).values() for h in hits}
    for expr in exprs:
        members = results or list(executor.nodes(expr))
        for at in range(0, len(members), _CHUNK):
            found = explainer.explain(expr, members[at : at + _CHUNK])
            edges |= {e.id for hits in found.values() for h in hits for e in h.edges()}
    known = {r.id for r in answer.results if isinstance(r, Found) and ":" in r.id}
    return nodes | known | {e.id for e in answer.entities}, edges, anchors


def _of_rows(release: Release, entry: Entry) -> _Ids:
    """Nodes and edges that rows name; without an edge among them, those between the nodes of types that the query
    names.
    """
    ids = sorted({t for row in entry.rows for t in _texts(row)})
    nodes = set(release.scan("nodes").filter(pl.col("id").is_in(ids)).select("id").collect()["id"].to_list())
    edges = set(release.scan("edges").filter(pl.col("id").is_in(ids)).select("id").collect()["id"].to_list())
    anchors = (
        [x.id for x in entry.written.bound] if entry.written else re.findall(r"['\"]([A-Za-z]+:\w+)['\"]", entry.cypher)
    )
    if not edges:
        types = [r.name for r in schema().relations.values() if re.search(rf"\b{r.type}\b", entry.cypher)]
        around = sorted(nodes | set(anchors))
        within = (
            pl.col("subject").is_in(around)
            & pl.col("object").is_in(around)
            & pl.col("relation").is_in(types)
            & ~pl.col("negated")
        )
        edges = set(release.scan("edges").filter(within).select("id").collect()["id"].to_list())
    return nodes, edges, anchors


def _texts(value: Any) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [t for v in value.values() for t in _texts(v)]
    return [t for v in value for t in _texts(v)] if isinstance(value, (list, tuple)) else []
