"""An audit of a release: what is wrong, doubtful or worth knowing in it, under codes that stay the same."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from kg.release.release import Release
from kg.release.tables import PLACEHOLDER
from kg.schema import schema
from kg.schema.relations import ANY, STANDS_IN
from ontologies.lineage import Lineage
from ontologies.prefixes import PREFIXES

Severity = Literal["error", "warning", "note"]
_EXAMPLES = 3
_OLD_YEARS = 5
_YEAR = re.compile(r"(?:19|20)\d\d")
# Kinds of which two nodes may well share a name: papers, and pathways that each collection draws for itself.
_SHARED_NAMES = ("biolink:Article", "biolink:Pathway", "biolink:Protein")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: a stable `code`, how grave it is, how many, what that means, and some examples."""

    code: str
    severity: Severity
    count: int
    what: str
    examples: tuple[str, ...] = ()


def audit(release: Release) -> Iterator[Finding]:
    """Every check that found something, errors first; a clean release yields notes alone."""
    found = [f for check in CHECKS for f in check(release) if f.count]
    order = {"error": 0, "warning": 1, "note": 2}
    yield from sorted(found, key=lambda f: (order[f.severity], f.code))


def _some(rows: pl.DataFrame, shape: str, *columns: str) -> tuple[str, ...]:
    return tuple(shape.format(*row) for row in rows.select(columns).head(_EXAMPLES).iter_rows())


def _identifiers(release: Release) -> Iterator[Finding]:
    nodes = release.read("nodes", ["id", "category"])
    bad = nodes.filter(~pl.col("id").str.extract(r"^([^:]+):").is_in(list(PREFIXES)).fill_null(False))
    yield Finding("id-without-prefix", "error", len(bad), "nodes whose id has no known prefix", _some(bad, "{}", "id"))
    unknown = nodes.filter(~pl.col("category").is_in(list(schema().kinds)))
    examples = _some(unknown, "{} ({})", "id", "category")
    yield Finding("unknown-category", "error", len(unknown), "nodes of a category outside the schema", examples)


def _ends(release: Release) -> Iterator[Finding]:
    """Domain and range of every edge, and ends that are no nodes."""
    kinds = release.scan("nodes").select("id", "category")
    relations = pl.LazyFrame(
        [(r.name, r.subject, r.object) for r in schema().relations.values()],
        schema=["relation", "domain", "range"],
        orient="row",
    )
    edges = (
        release.scan("edges")
        .select("subject", "relation", "object")
        .join(relations, on="relation", how="left")
        .join(kinds.rename({"id": "subject", "category": "sc"}), on="subject", how="left")
        .join(kinds.rename({"id": "object", "category": "oc"}), on="object", how="left")
    )
    lost = edges.filter(pl.col("sc").is_null() | pl.col("oc").is_null()).collect()
    shape = ("{} -{}-> {}", "subject", "relation", "object")
    yield Finding("edge-without-end", "error", len(lost), "edges to or from what is no node", _some(lost, *shape))

    def fits(have: str, want: str) -> pl.Expr:
        wide = pl.col(want).replace(dict(STANDS_IN))
        return (pl.col(want) == ANY) | (pl.col(have) == pl.col(want)) | (pl.col(have) == wide)

    odd = edges.filter(~(fits("sc", "domain") & fits("oc", "range")).fill_null(False) & pl.col("sc").is_not_null())
    rows = odd.collect()
    yield Finding("edge-out-of-range", "error", len(rows), "edges outside domain and range", _some(rows, *shape))


def _names(release: Release) -> Iterator[Finding]:
    nodes = release.scan("nodes").filter(
        (pl.col("attributes") != PLACEHOLDER) & ~pl.col("category").is_in(_SHARED_NAMES)
    )
    alike = (
        nodes.group_by("category", key=pl.col("name").str.to_lowercase())
        .agg(pl.col("id").sort(), n=pl.len())
        .filter(pl.col("n") > 1)
        .sort("category", "key")
        .collect()
    )
    alike = alike.with_columns(ids=pl.col("id").list.head(3).list.join(", "))
    examples = _some(alike, "{}: {}", "key", "ids")
    yield Finding("name-of-several", "warning", len(alike), "names that several nodes of one kind bear", examples)
    said = pl.col("name").str.to_lowercase().str.starts_with("obsolete ")
    obsolete = nodes.filter(said).collect()
    yield Finding(
        "obsolete-term",
        "warning",
        len(obsolete),
        "nodes whose name says obsolete",
        _some(obsolete, "{} {}", "id", "name"),
    )


def _classes(release: Release) -> Iterator[Finding]:
    """Classes that hold two identifiers of one vocabulary, which no mapping should make."""
    merges = release.read("merges").filter(~pl.col("origin").str.contains("replaced"))
    nodes = release.scan("nodes").select("id", "equivalent_identifiers").explode("equivalent_identifiers").drop_nulls()
    pairs = nodes.rename({"equivalent_identifiers": "old"}).collect()
    vocabularies = ("DOID", "MONDO", "UBERON", "HP", "GO", "NCBIGene", "DRUGBANK")
    same = pairs.filter(
        (pl.col("id").str.extract(r"^([^:]+)") == pl.col("old").str.extract(r"^([^:]+)"))
        & pl.col("id").str.extract(r"^([^:]+)").is_in(vocabularies)
    ).join(merges, on="old")
    what = "identifiers that became another of their own vocabulary (replaced, or joined by hand)"
    yield Finding(
        "joined-within-vocabulary", "note", len(same), what, _some(same, "{} = {} ({})", "old", "id", "origin")
    )
    refused = release.read("quarantine").filter(pl.col("reason").str.contains("are not joined: "))
    what = "mappings that contradict what is known and were not followed"
    yield Finding("mapping-refused", "warning", len(refused), what, _some(refused, "{}", "reason"))


def _orphans(release: Release) -> Iterator[Finding]:
    edges = release.scan("edges").select("subject", "object")
    ends = pl.concat([edges.select(id="subject"), edges.select(id="object")]).unique()
    alone = (
        release.scan("nodes").join(ends, on="id", how="anti").group_by("category").len().sort("len", descending=True)
    )
    rows = alone.collect()
    examples = _some(rows, "{}: {}", "category", "len")
    yield Finding("node-without-edge", "note", int(rows["len"].sum()), "nodes without any edge", examples)


def _support(release: Release) -> Iterator[Finding]:
    edges = release.scan("edges")
    bare = edges.filter((pl.col("sources").list.len() == 0) | (pl.col("primary_source") == "")).collect()
    shape = ("{} -{}-> {}", "subject", "relation", "object")
    yield Finding("edge-without-source", "error", len(bare), "edges that no source says", _some(bare, *shape))
    known = edges.select(edge="id")
    lost = release.scan("evidence").join(known, on="edge", how="anti").collect()
    yield Finding("evidence-without-edge", "error", len(lost), "evidence of no edge", _some(lost, "{}", "citation"))
    retracted = release.scan("citations").filter("retracted").select("id").collect()["id"]
    only = edges.filter(
        (pl.col("publications").list.len() > 0)
        & pl.col("publications").list.eval(pl.element().is_in(retracted.implode())).list.all()
    ).collect()
    what = "edges whose publications are all retracted; answers say so"
    yield Finding("edge-on-retracted-papers", "warning", len(only), what, _some(only, *shape))


def _counts(release: Release) -> Iterator[Finding]:
    off = []
    for name, source in release.sources.items():
        told = source.get("merge", {})
        taken_in = told.get("edges_in", 0) + told.get("edges_derived", 0)
        if taken_in != told.get("edges_accepted", 0) + told.get("edges_refused", 0):
            off.append(f"{name}: {told}")
    what = "sources of which edges read are not edges accepted and refused"
    yield Finding("counts-off", "error", len(off), what, tuple(off[:_EXAMPLES]))
    quarantine = release.read("quarantine").group_by("source").len().sort("len", descending=True)
    what = "rows put aside with file, line and reason"
    yield Finding(
        "row-quarantined", "note", int(quarantine["len"].sum()), what, _some(quarantine, "{}: {}", "source", "len")
    )


def _sources(release: Release) -> Iterator[Finding]:
    facts = release.sources.items()
    unversioned = [n for n, s in facts if not s.get("version")]
    what = "sources whose files state no version"
    yield Finding("version-not-stated", "note", len(unversioned), what, tuple(unversioned[:_EXAMPLES]))
    old = [
        f"{n}: {s['version']}" for n, s in facts if _newest(str(s.get("version", ""))) < date.today().year - _OLD_YEARS
    ]
    what = f"sources whose newest stated year is more than {_OLD_YEARS} years past"
    yield Finding("source-old", "note", len(old), what, tuple(old[:_EXAMPLES]))
    unlicensed = [n for n, s in facts if not s.get("licence")]
    yield Finding(
        "licence-missing", "error", len(unlicensed), "sources without a licence", tuple(unlicensed[:_EXAMPLES])
    )
    closed = [n for n, s in facts if not s.get("commercial")]
    what = "sources that do not allow commercial use; --licence commercial leaves them out"
    yield Finding("licence-not-commercial", "note", len(closed), what, tuple(closed[:_EXAMPLES]))


def _newest(version: str) -> int:
    """The newest year that a version names; one without a year is not called old."""
    return max((int(y) for y in _YEAR.findall(version)), default=9999)


def _hierarchies(release: Release) -> Iterator[Finding]:
    """Cycles of is-a, which only arise where sources join."""
    edges = release.scan("edges").filter((pl.col("relation") == "subclass_of") & ~pl.col("negated"))
    pairs: Iterable[tuple[str, str]] = edges.select("subject", "object").collect().iter_rows()
    cycles = Lineage.from_parents(pairs).cycles
    examples = tuple(" -> ".join(c) for c in sorted(cycles, key=len)[:_EXAMPLES])
    what = "cycles of is-a where hierarchies join; each is cut when it is walked"
    yield Finding("cycle-of-is-a", "warning", len(cycles), what, examples)


def coverage(release: Release) -> list[tuple[str, str, int]]:
    """(relation, source, edges), most edges first: who says how much of what."""
    edges = release.scan("edges").select("relation", "sources").explode("sources")
    counted = edges.group_by("relation", "sources").len().sort("relation", "len", descending=[False, True]).collect()
    return [(relation, source, number) for relation, source, number in counted.iter_rows()]


def covered_things(release: Release) -> dict[str, Counter[str]]:
    """By category, how many nodes have at least one edge of each relation: 'drugs with a target'."""
    kinds = release.scan("nodes").select("id", "category")
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for end in ("subject", "object"):
        ends = release.scan("edges").filter(~pl.col("negated")).select("relation", id=end).unique()
        for category, relation, number in (
            ends.join(kinds, on="id").group_by("category", "relation").len().collect().iter_rows()
        ):
            found[category][relation] = max(found[category][relation], number)
    return dict(found)


CHECKS: tuple[Callable[[Release], Iterator[Finding]], ...] = (
    _identifiers,
    _ends,
    _names,
    _classes,
    _orphans,
    _support,
    _counts,
    _sources,
    _hierarchies,
)
