"""Partitions of all sources become the tables of one release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

import polars as pl

from ingest.biolink import resolved
from ingest.citations import merge_citations
from ingest.coverage import coverage
from ingest.evidence import checked
from ingest.identity import BY_HAND, SAME_PHENOMENON, Identity, joins
from ingest.mechanisms import merge_mechanisms
from ingest.partition import Partition
from ingest.passages import merge_passages
from ingest.values import values
from kg.release.tables import PARTITION, PLACEHOLDER, TEXTS
from kg.schema import schema
from kg.schema.relations import ANY, STANDS_IN


@dataclass(frozen=True, slots=True)
class Merged:
    """The release's tables, and what a person wants to know about the merge."""

    tables: Mapping[str, pl.DataFrame]
    counts: Mapping[str, Mapping[str, int]]
    joined: int
    ambiguous: int


def _gather(partitions: Sequence[Partition], table: str) -> pl.DataFrame:
    """One table of all sources, with the source's name and rank."""
    frames = [
        p.scan(table).with_columns(source=pl.lit(p.info["name"]), rank=pl.lit(n, pl.Int16))
        for n, p in enumerate(partitions)
    ]
    return (
        pl.concat(frames).collect()
        if frames
        else pl.DataFrame(schema={**PARTITION[table], "source": pl.String, "rank": pl.Int16})
    )


def _merge_nodes(rows: pl.DataFrame, merges: pl.DataFrame) -> pl.DataFrame:
    """One row an identifier: the first source names it, all give synonyms and references."""
    renamed = rows.join(merges.select(id="old", new="new"), on="id", how="left", maintain_order="left")
    renamed = renamed.with_columns(old=pl.col("id"), id=pl.coalesce("new", "id"), own=pl.col("new").is_null())
    # A placeholder's name is text found in a document: it names a node that nothing else describes, and is never a
    # synonym.
    renamed = renamed.with_columns(real=pl.col("attributes") != PLACEHOLDER)
    renamed = renamed.with_columns(speaks=pl.col("real") | ~pl.col("real").any().over("id"))
    ordered = renamed.sort(["id", "speaks", "own", "rank"], descending=[False, True, True, False], maintain_order=True)
    grouped = ordered.group_by("id", maintain_order=True).agg(
        pl.col("category").first(),
        pl.col("name").first(),
        names=pl.col("name").filter("real").unique(maintain_order=True),
        synonyms=pl.col("synonyms").explode(keep_nulls=False, empty_as_null=False).unique(maintain_order=True),
        xrefs=pl.col("xrefs").explode(keep_nulls=False, empty_as_null=False).unique(maintain_order=True),
        old=pl.col("old").unique(maintain_order=True),
        attributes=pl.col("attributes").filter((pl.col("attributes") != "") & pl.col("speaks")),
        sources=pl.col("source").filter("speaks").unique(maintain_order=True),
    )
    members = merges.group_by("new").agg(equivalent_identifiers=pl.col("old").sort()).rename({"new": "id"})
    grouped = grouped.join(members, on="id", how="left", maintain_order="left")
    synonyms = (
        pl.concat_list("names", "synonyms").list.unique(maintain_order=True).list.set_difference(pl.concat_list("name"))
    )
    xrefs = pl.concat_list("xrefs", "old").list.unique(maintain_order=True).list.set_difference(pl.concat_list("id"))
    return grouped.select(
        "id",
        "category",
        "name",
        synonyms=synonyms.list.sort(),
        xrefs=xrefs.list.sort(),
        equivalent_identifiers=pl.col("equivalent_identifiers").fill_null([]),
        attributes=_merged_json("attributes"),
        sources="sources",
    )


def _merged_json(column: str) -> pl.Expr:
    """JSON objects of several sources as one, the first source's value winning."""

    def merge(texts: pl.Series) -> str:
        import json

        merged: dict[str, Any] = {}
        for text in texts:
            for key, value in json.loads(text).items():
                merged.setdefault(key, value)
        return json.dumps(merged, ensure_ascii=False, sort_keys=True)

    single = pl.col(column).list.get(0, null_on_oob=True)
    many = pl.when(pl.col(column).list.len() > 1).then(pl.col(column)).map_elements(merge, return_dtype=pl.String)
    return pl.coalesce(many, single, pl.lit(""))


def _described(rows: pl.DataFrame, info: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    """One row an identifier, as joins look at it: named by the first source that describes it, with the synonyms of
    all.

    `mentioned`: no source describes it, its name is text found in a document.
    `integrated`: only a graph that its maker has already joined holds it.
    """
    whole = [name for name, i in info.items() if i.get("integrated")]
    rows = rows.with_columns(real=pl.col("attributes") != PLACEHOLDER).sort(
        "real", "rank", descending=[True, False], maintain_order=True
    )
    return rows.group_by("id", maintain_order=True).agg(
        pl.col("category").first(),
        pl.col("name").first(),
        synonyms=pl.col("synonyms")
        .filter("real")
        .explode(keep_nulls=False, empty_as_null=False)
        .unique(maintain_order=True),
        mentioned=~pl.col("real").any(),
        integrated=pl.col("source").is_in(whole).all(),
    )


def _relations() -> pl.DataFrame:
    rows = [(r.name, r.predicate, r.subject, r.object, r.symmetric) for r in schema().relations.values()]
    return pl.DataFrame(rows, schema=["relation", "predicate", "domain", "range", "symmetric"], orient="row")


def edge_ids(edges: pl.DataFrame) -> pl.Series:
    """`kg.records.edge_id` for every row."""
    separator = "\x1f"
    keys = edges.select(
        pl.concat_str(
            "subject",
            "relation",
            "object",
            "qualifiers",
            pl.col("negated").cast(pl.Int8).cast(pl.String),
            separator=separator,
        )
    ).to_series()
    return pl.Series("id", [blake2b(key.encode(), digest_size=12).hexdigest() for key in keys.to_list()])


def _check_edges(edges: pl.DataFrame, nodes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Edges that fit the schema, and those that do not with the reason."""
    kinds = nodes.select("id", "category")
    edges = (
        edges.join(_relations(), on="relation", how="left", maintain_order="left")
        .join(kinds.rename({"id": "subject", "category": "sc"}), on="subject", how="left", maintain_order="left")
        .join(kinds.rename({"id": "object", "category": "oc"}), on="object", how="left", maintain_order="left")
    )

    def fits(have: str, want: str) -> pl.Expr:
        wide = pl.col(want).replace(dict(STANDS_IN))
        return (pl.col(want) == ANY) | (pl.col(have) == pl.col(want)) | (pl.col(have) == wide)

    reason = (
        pl.when(pl.col("predicate").is_null())
        .then(pl.lit("unknown relation ") + pl.col("relation"))
        .when(pl.col("sc").is_null())
        .then(pl.lit("edge from the unknown node ") + pl.col("subject"))
        .when(pl.col("oc").is_null())
        .then(pl.lit("edge to the unknown node ") + pl.col("object"))
        .when(~fits("sc", "domain"))
        .then(pl.lit("the subject is a ") + pl.col("sc") + pl.lit(", the relation starts from ") + pl.col("domain"))
        .when(~fits("oc", "range"))
        .then(pl.lit("the object is a ") + pl.col("oc") + pl.lit(", the relation ends at ") + pl.col("range"))
    )
    edges = edges.with_columns(reason=reason)
    bad = edges.filter(pl.col("reason").is_not_null())
    row = pl.concat_str("subject", "relation", "object", separator="\t")
    quarantine = bad.select("source", file=pl.lit(""), line=pl.lit(None, pl.Int64), reason="reason", row=row)
    return edges.filter(pl.col("reason").is_null()).drop("reason", "sc", "oc", "domain", "range"), quarantine


def _merge_edges(edges: pl.DataFrame, info: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    """One row a statement; what each source said stays apart in `assertions`."""
    licences = {name: i["licence"] for name, i in info.items()}
    aggregators = [name for name, i in info.items() if i.get("aggregator")]
    swap = pl.col("symmetric") & (pl.col("subject") > pl.col("object"))
    edges = edges.with_columns(
        subject=pl.when(swap).then("object").otherwise("subject"),
        object=pl.when(swap).then("subject").otherwise("object"),
        licence=pl.col("source").replace_strict(licences, default=""),
    )
    edges = edges.with_columns(edge_ids(edges)).sort("rank", "tier", maintain_order=True)
    assertion = pl.struct("source", "tier", "licence", "publications", "knowledge_level", "agent_type", "attributes")
    primary = pl.col("source").filter(~pl.col("source").is_in(aggregators))
    grouped = edges.group_by("id", maintain_order=True).agg(
        *(pl.col(c).first() for c in ("subject", "predicate", "object", "relation", "qualifiers", "negated")),
        pl.col("tier").min(),
        pl.col("knowledge_level").first(),
        pl.col("agent_type").first(),
        primary_source=pl.coalesce(primary.first(), pl.col("source").first()),
        licence=pl.col("licence").first(),
        publications=pl.col("publications").explode(keep_nulls=False, empty_as_null=False).unique(maintain_order=True),
        n_independent=pl.max_horizontal(primary.n_unique(), pl.lit(1, pl.UInt32)).cast(pl.Int16),
        sources=pl.col("source").unique(maintain_order=True),
        licences=pl.col("licence").unique(maintain_order=True),
        assertions=assertion,
    )
    return grouped.sort("relation", "subject", "object", "qualifiers", "negated")


def _remap(column: str, merges: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    joined = frame.join(
        merges.select(pl.col("old").alias(column), pl.col("new").alias("_new")),
        on=column,
        how="left",
        maintain_order="left",
    )
    return joined.with_columns(pl.coalesce("_new", column).alias(column)).drop("_new")


def _identity(
    nodes: pl.DataFrame, edges: pl.DataFrame, mappings: pl.DataFrame, info: Mapping[str, Any], first: Mapping[str, str]
) -> tuple[Identity, pl.DataFrame]:
    """What is one thing, and rows of quarantine for mappings that contradict what is known or name nothing."""
    above = pl.col("relation").is_in(["subclass_of", "form_of"])
    parents = edges.filter(above).select(child="subject", parent="object")
    identity = joins(_described(nodes, info), mappings, parents, first)
    told = mappings.select("subject", "object", "origin", "source").unique(["subject", "object", "origin"])
    refused = identity.refused.join(told, on=["subject", "object", "origin"], maintain_order="left").with_columns(
        reason=pl.format("{} and {} are not joined: {}", "subject", "object", "reason")
    )
    by_hand = mappings.filter(pl.col("origin") == BY_HAND)
    others = mappings.filter(pl.col("origin") != BY_HAND)
    known = pl.concat([nodes["id"], others["subject"], others["object"]])
    lost = [
        by_hand.filter(~pl.col(end).is_in(known.implode())).with_columns(
            reason=pl.format("{} is no identifier of this release; mend or remove the line", end)
        )
        for end in ("subject", "object")
    ]
    row = pl.concat_str("subject", "object", "origin", separator="\t")
    rows = [
        frame.select("source", file="origin", line=pl.lit(None, pl.Int64), reason="reason", row=row)
        for frame in (refused, *lost)
    ]
    return identity, pl.concat(rows)


def _phenomena(identity: Identity, nodes: pl.DataFrame) -> pl.DataFrame:
    """Edges between a disease, a symptom and a side effect that tell of one phenomenon, each said by the source that
    describes its subject.
    """
    renamed = identity.phenomena
    for end in ("subject", "object"):
        renamed = _remap(end, identity.merges, renamed)
    describes = nodes.filter(pl.col("attributes") != PLACEHOLDER).sort("rank").unique("id", keep="first")
    of = _remap("id", identity.merges, describes.select("id", "source", "rank", "category")).unique("id", keep="first")
    ends = renamed.join(of.rename({"id": "subject"}), on="subject").join(
        of.select(object="id", other="category"), on="object"
    )
    ends = ends.filter(pl.col("category") != pl.col("other")).unique(["subject", "object"], maintain_order=True)
    return ends.select(
        "subject",
        "object",
        "source",
        "rank",
        relation=pl.lit(SAME_PHENOMENON),
        qualifiers=pl.lit(""),
        negated=pl.lit(False),
        tier=pl.lit(2, pl.Int8),
        knowledge_level=pl.lit("logical_entailment"),
        agent_type=pl.lit("automated_agent"),
        publications=pl.lit([], dtype=TEXTS),
        attributes=pl.concat_str(pl.lit('{"reason": "'), "origin", pl.lit('"}')),
    )


def merge(partitions: Sequence[Partition], first: Mapping[str, str] | None = None) -> Merged:
    """Join the partitions of all sources into the release's tables; nothing is dropped without a row in quarantine.

    `first` sets another vocabulary first for the identifiers of a category (see `ingest.identity.joins`).
    """
    info = {p.info["name"]: p.info for p in partitions}
    nodes, edges = _gather(partitions, "nodes"), _gather(partitions, "edges")
    deleted = _gather(partitions, "deletions")["citation"].unique()
    nodes = nodes.filter(~pl.col("id").is_in(deleted.implode()))
    identity, contradicted = _identity(nodes, edges, _gather(partitions, "mappings"), info, first or {})
    merges = identity.merges
    raw_ids = (
        edge_ids(edges)
        if sum(p.info["counts"].get("evidence", 0) for p in partitions)
        else pl.Series("id", [], pl.String)
    )
    if len(raw_ids):
        edges = edges.with_columns(raw_ids.alias("raw"))
    edges_in = edges.group_by("source").len()
    for end in ("subject", "object"):
        edges = _remap(end, merges, edges)
    citations, final_nodes = merge_citations(
        _gather(partitions, "citations"), _gather(partitions, "retractions"), _merge_nodes(nodes, merges), deleted
    )
    phenomena = (
        _phenomena(identity, nodes).with_columns(raw=pl.lit("")) if len(raw_ids) else _phenomena(identity, nodes)
    )
    edges = resolved(edges, final_nodes)
    good, quarantined = _check_edges(pl.concat([edges, phenomena.select(edges.columns)]), final_nodes)
    remap = partial(_remap, "id", merges)
    passages, unmarked = merge_passages(
        _gather(partitions, "passages"), _gather(partitions, "markings"), remap, deleted
    )
    raw_evidence = _gather(partitions, "evidence")
    evidence, unquoted = checked(raw_evidence, _renamed(good, raw_evidence["edge"]) if len(raw_ids) else None, passages)
    final_edges = _merge_edges(good, info)
    covered, misnamed = coverage(good, _remap("entity", merges, _gather(partitions, "coverage")), final_nodes, info)
    mechanisms, unknown = merge_mechanisms(_gather(partitions, "mechanisms"), merges, final_nodes)
    own = _gather(partitions, "quarantine").select("source", "file", "line", "reason", "row")
    refused = [own, contradicted, quarantined, unmarked, unquoted, misnamed, unknown]
    quarantine = pl.concat(refused).sort("source", "file", "line", maintain_order=True)
    tables = {
        "nodes": final_nodes,
        "edges": final_edges,
        "evidence": evidence,
        "coverage": covered,
        "values": values(final_nodes),
        "aliases": _remap("meaning", merges, _gather(partitions, "aliases")).drop("rank").unique(maintain_order=True),
        "merges": merges,
        "quarantine": quarantine,
        "passages": passages,
        "citations": citations,
        "mechanisms": mechanisms,
    }
    return Merged(
        tables, _counts(edges_in, phenomena, good, quarantine, quarantined), identity.joined, identity.ambiguous
    )


def _renamed(edges: pl.DataFrame, wanted: pl.Series) -> pl.DataFrame:
    """Each wanted edge's identifier (`now`) by the one that it had before nodes were joined (`edge`)."""
    swap = pl.col("symmetric") & (pl.col("subject") > pl.col("object"))
    ordered = edges.filter(pl.col("raw").is_in(wanted.implode())).with_columns(
        subject=pl.when(swap).then("object").otherwise("subject"),
        object=pl.when(swap).then("subject").otherwise("object"),
    )
    return ordered.select(edge="raw", now=edge_ids(ordered)).unique("edge")


def _counts(
    edges_in: pl.DataFrame,
    derived: pl.DataFrame,
    good: pl.DataFrame,
    quarantine: pl.DataFrame,
    refused: pl.DataFrame,
) -> dict[str, dict[str, int]]:
    """Per source: edges in, derived from its joins, accepted, refused by the merge, rows quarantined in all."""
    counts: dict[str, dict[str, int]] = {}
    for name, frame in (
        ("edges_in", edges_in),
        ("edges_derived", derived.group_by("source").len()),
        ("edges_accepted", good.group_by("source").len()),
        ("edges_refused", refused.group_by("source").len()),
        ("quarantined", quarantine.group_by("source").len()),
    ):
        for source, number in frame.iter_rows():
            counts.setdefault(source, {})[name] = number
    return counts
