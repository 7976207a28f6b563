"""Edges with all that their sources say of them, looked up many at a time in a release."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.release.release import Release
from kg.schema import schema
from kg.schema.relations import Relation

Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Assertion:
    """What one source says of an edge."""

    source: str
    tier: int
    publications: tuple[str, ...] = ()
    licence: str = ""
    knowledge_level: str = ""
    attributes: str = ""


@dataclass(frozen=True, slots=True)
class EdgeHit:
    """An edge with its ends in the direction in which it is stored, and who says it.

    `tier`, `sources` and `publications` are those of the whole release, `assertions` what permitted sources say. `ways`
    are chains of is-a edges, each from an end that is narrower than what was asked about up to that.
    """

    id: str
    relation: Relation
    subject: str
    subject_name: str
    object: str
    object_name: str
    tier: int
    sources: tuple[str, ...]
    publications: tuple[str, ...]
    assertions: tuple[Assertion, ...]
    negated: bool = False
    ways: tuple[tuple[EdgeHit, ...], ...] = ()

    def sentence(self) -> str:
        """The edge in words, active voice: 'imatinib treats chronic myeloid leukemia, a kind of cancer'."""
        verb = self.relation.says
        subject, object_ = self.subject_name + self._kind(self.subject), self.object_name + self._kind(self.object)
        between = f"is recorded as not: {verb}" if self.negated else verb
        return f"{subject}{',' if subject != self.subject_name else ''} {between} {object_}"

    def _kind(self, end: str) -> str:
        """What an end is a kind or a part of, where something broader was asked about."""
        way = next((w for w in self.ways if w[0].subject == end), None)
        if way is None:
            return ""
        return f", a {'part' if any(e.relation.name == 'part_of' for e in way) else 'kind'} of {way[-1].object_name}"

    def other(self, node: str) -> str:
        """The end that is not `node`."""
        return self.object if self.subject == node else self.subject

    def edges(self) -> tuple[EdgeHit, ...]:
        """The edge, and those by which its ends are what was asked about."""
        return (self, *(edge for way in self.ways for edge in way))

    def weight(self) -> tuple[int, int, int, str]:
        """What edges are sorted by, the best first: tier, number of sources, of publications."""
        return (self.tier, -len(self.sources), -len(self.publications), self.id)


def stored_assertions(
    row: Mapping[str, Any], relation: Relation, permitted: Permitted = ALL_SOURCES
) -> tuple[Assertion, ...]:
    """Who says an edge of a graph store, best first, of the permitted sources only.

    `row` holds its properties sources, tier and detail; without detail it is known as its relation usually is.
    """
    if row["detail"]:
        return _assertions(json.loads(row["detail"]), permitted)
    who = sorted(filter(permitted.lets_in, row["sources"]))
    return tuple(Assertion(s, row["tier"], knowledge_level=relation.level) for s in who)


def _assertions(rows: Iterable[Mapping[str, Any]], permitted: Permitted) -> tuple[Assertion, ...]:
    assertions = [
        Assertion(r["source"], r["tier"], tuple(r["publications"]), r["licence"], r["knowledge_level"], r["attributes"])
        for r in rows
        if permitted.lets_in(r["source"])
    ]
    return tuple(sorted(assertions, key=lambda a: (a.tier, -len(a.publications), a.source)))


def edges_by_id(release: Release, ids: Collection[str], permitted: Permitted = ALL_SOURCES) -> list[EdgeHit]:
    """Edges by their own identifiers, best first; identifiers that are none, and edges that no permitted source states,
    are left out.
    """
    if not ids:
        return []
    return _hits(release, release.scan("edges").filter(pl.col("id").is_in(list(ids))).collect(), permitted)


def sources_of(
    release: Release, relation: str, permitted: Permitted = ALL_SOURCES, end: str | None = None
) -> frozenset[str]:
    """The permitted sources that state any edge of a relation, or any at one end."""
    wanted = pl.col("relation") == relation
    if end is not None:
        wanted &= (pl.col("subject") == end) | (pl.col("object") == end)
    rows = release.scan("edges").filter(wanted).select(pl.col("sources").explode().unique())
    return frozenset(source for source in rows.collect()["sources"].to_list() if permitted.lets_in(source))


def edges_of(
    release: Release, triples: Collection[Triple], permitted: Permitted = ALL_SOURCES
) -> dict[Triple, tuple[EdgeHit, ...]]:
    """For every (subject, relation, object) the edges that state it, best first; none where no permitted source does.

    The ends of a symmetric relation stand in either order. Edges that differ in qualifiers come each for itself;
    negated ones do not come. Raises `SchemaError` for a relation that the schema does not know.
    """
    asked = {triple: _stored(triple) for triple in triples}
    if not asked:
        return {}
    by_triple: dict[Triple, list[EdgeHit]] = {}
    for hit in _hits(release, _stating(release, set(asked.values())), permitted):
        by_triple.setdefault((hit.subject, hit.relation.name, hit.object), []).append(hit)
    return {triple: tuple(by_triple[stored]) for triple, stored in asked.items() if stored in by_triple}


def _stored(triple: Triple) -> Triple:
    """The triple with its ends in the order in which a release keeps them."""
    subject, relation, object_ = triple
    return (object_, relation, subject) if schema().relation(relation).symmetric and subject > object_ else triple


def _stating(release: Release, triples: Collection[Triple]) -> pl.DataFrame:
    """The rows of these triples. A release is sorted by relation and subject: one scan a relation, held between two
    subjects, reads little else.
    """
    wanted = pl.DataFrame(sorted(triples), schema=["subject", "relation", "object"], orient="row")
    subject, object_ = pl.col("subject"), pl.col("object")
    scans = []
    for (relation,), rows in wanted.partition_by("relation", as_dict=True, maintain_order=True).items():
        subjects = rows["subject"]
        near = subject.is_between(pl.lit(subjects.min()), pl.lit(subjects.max())) & subject.is_in(
            subjects.unique().implode()
        )
        near &= object_.is_in(rows["object"].unique().implode()) & ~pl.col("negated")
        scans.append(release.scan("edges").filter((pl.col("relation") == relation) & near))
    return pl.concat(pl.collect_all(scans)).join(wanted, on=["subject", "relation", "object"], how="semi")


def _hits(release: Release, rows: pl.DataFrame, permitted: Permitted) -> list[EdgeHit]:
    ends = pl.concat([rows["subject"], rows["object"]]).unique()
    named = release.scan("nodes").filter(pl.col("id").is_in(ends.implode())).select("id", "name").collect()
    names = dict(named.iter_rows())
    hits = []
    for row in rows.iter_rows(named=True):
        assertions = _assertions(row["assertions"], permitted)
        if assertions:
            hits.append(
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
                    assertions,
                    bool(row["negated"]),
                )
            )
    return sorted(hits, key=EdgeHit.weight)
