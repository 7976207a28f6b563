"""Hetionet v1.0: 47,031 nodes of 11 kinds and their relations of 24 metaedges."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ingest.errors import SourceError
from ingest.source import Frame, Inputs, Source
from kg.records import Quarantined, Record, qualifier_text
from kg.schema import schema

_PREFIX = {
    "Anatomy": "", "Biological Process": "", "Cellular Component": "", "Molecular Function": "", "Disease": "",
    "Compound": "DRUGBANK:", "Gene": "NCBIGene:", "Side Effect": "UMLS:", "Symptom": "MESH:", "Pharmacologic Class": "NDFRT:",
}  # fmt: skip
_STATISTICAL = {"CuG", "CdG", "DuG", "DdG", "AuG", "AdG", "GcG", "Gr>G"}


def curies(kind: pl.Expr, local: pl.Expr) -> pl.Expr:
    """Hetionet's identifiers as CURIEs: `Gene::7157` is NCBIGene:7157."""
    pathway = pl.when(local.str.starts_with("WP")).then(pl.lit("WIKIPATHWAYS:")).otherwise(pl.lit("PATHWAYCOMMONS:"))
    prefix = pl.when(kind == "Pathway").then(pathway).otherwise(kind.replace_strict(_PREFIX, default=""))
    return prefix + local


def _split(column: str) -> tuple[pl.Expr, pl.Expr]:
    parts = pl.col(column).str.splitn("::", 2).struct
    return parts.field("field_0"), parts.field("field_1")


def _table(path: Path, columns: list[str]) -> pl.DataFrame:
    try:
        read = pl.read_csv(path, separator="\t", quote_char=None, infer_schema=False, truncate_ragged_lines=True)
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise SourceError(f"{path}: cannot be read ({str(problem).splitlines()[0]}); download the file again") from problem
    if read.columns != columns:
        raise SourceError(f"{path}:1: columns {read.columns}, expected {columns}; this is not Hetionet's layout")
    return read.with_row_index("line", offset=2)


def _from_tsv(inputs: Inputs) -> tuple[pl.DataFrame, pl.DataFrame, str, str]:
    node_file = next(f for f in inputs.files if "nodes.tsv" in f.name)
    edge_file = next((f for f in inputs.files if ".sif" in f.name), None)
    if edge_file is None:
        raise SourceError(f"{inputs.shown(node_file.parent)}: nodes but no *-edges.sif(.gz); put both there")
    nodes, edges = _table(node_file, ["id", "name", "kind"]), _table(edge_file, ["source", "metaedge", "target"])
    return nodes, edges, inputs.shown(node_file), inputs.shown(edge_file)


def _from_json(inputs: Inputs, path: Path) -> tuple[pl.DataFrame, pl.DataFrame, str, str]:
    opener: Any = bz2.open if path.suffix == ".bz2" else gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as stream:
            raw = json.load(stream)
    except (ValueError, EOFError, OSError) as problem:
        raise SourceError(f"{path}: cannot be read as Hetionet JSON ({problem}); download the file again") from problem
    abbreviation = raw["kind_to_abbrev"]
    nodes = pl.DataFrame(
        [(f"{n['kind']}::{n['identifier']}", n["name"], n["kind"]) for n in raw["nodes"]], schema=["id", "name", "kind"], orient="row"
    )
    names = {tuple(m[:3]): m for m in raw["metaedge_tuples"]}
    edges = pl.DataFrame(
        [_json_edge(e, abbreviation, names) for e in raw["edges"]], schema=["source", "metaedge", "target"], orient="row"
    )
    return nodes.with_row_index("line", offset=1), edges.with_row_index("line", offset=1), inputs.shown(path), inputs.shown(path)


def _json_edge(edge: Mapping[str, Any], abbreviation: Mapping[str, str], names: Mapping[Any, Any]) -> tuple[str, str, str]:
    (source, source_id), (target, target_id), kind = edge["source_id"], edge["target_id"], edge["kind"]
    if (source, target, kind) not in names:
        (source, source_id), (target, target_id) = (target, target_id), (source, source_id)
    arrow = ">" if edge["direction"] == "forward" and source == target else ""
    metaedge = f"{abbreviation[source]}{abbreviation[kind]}{arrow}{abbreviation[target]}"
    return f"{source}::{source_id}", metaedge, f"{target}::{target_id}"


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """Nodes, then edges, as frames; broken rows with their line."""
    whole = next((f for f in inputs.files if ".json" in f.name), None)
    nodes, edges, node_file, edge_file = _from_json(inputs, whole) if whole else _from_tsv(inputs)
    kinds = {name: kind.category for name, kind in schema().by_hetionet_kind().items()}
    bad = ~pl.col("kind").is_in(list(kinds)) | pl.col("name").is_null() | ~pl.col("id").str.contains("::", literal=True)
    repeated = ~pl.col("id").is_first_distinct()
    for rule, reason in ((bad, "a node needs Kind::id, a name and one of Hetionet's 11 kinds"), (repeated, "the id stands twice")):
        broken = nodes.filter(rule.fill_null(True))
        yield from _quarantine(broken, node_file, reason)
        nodes = nodes.filter(~rule.fill_null(True))
    kind, local = _split("id")
    good = nodes.select(
        id=curies(kind, local), category=pl.col("kind").replace_strict(kinds), name=pl.col("name").str.strip_chars(),
        synonyms=pl.lit([], dtype=pl.List(pl.String)), xrefs=pl.lit([], dtype=pl.List(pl.String)), attributes=pl.lit(""),
    )  # fmt: skip
    yield Frame("nodes", good)
    yield from _edges(edges, edge_file, nodes["id"])


def _edges(edges: pl.DataFrame, file: str, known: pl.Series) -> Iterator[Record | Frame]:
    metaedges = schema().by_metaedge()
    checks = (
        (~pl.col("metaedge").is_in(list(metaedges)), "unknown metaedge"),
        (~pl.col("source").is_in(known.implode()), "edge from a node that nodes.tsv does not list"),
        (~pl.col("target").is_in(known.implode()), "edge to a node that nodes.tsv does not list"),
        (~pl.struct("source", "metaedge", "target").is_first_distinct(), "the edge stands twice"),
    )
    for rule, reason in checks:
        wrong = edges.select(rule.fill_null(True)).to_series()
        if wrong.any():
            yield from _quarantine(edges.filter(wrong), file, reason)
            edges = edges.filter(~wrong)
    (skind, slocal), (tkind, tlocal) = _split("source"), _split("target")
    statistical = pl.col("metaedge").is_in(list(_STATISTICAL))
    yield Frame(
        "edges",
        edges.select(
            subject=curies(skind, slocal), relation=pl.col("metaedge").replace_strict({m: r.name for m, r in metaedges.items()}),
            object=curies(tkind, tlocal), qualifiers=pl.lit(qualifier_text({})), negated=pl.lit(False), tier=pl.lit(2),
            knowledge_level=pl.when(statistical).then(pl.lit("statistical_association")).otherwise(pl.lit("knowledge_assertion")),
            agent_type=pl.when(statistical).then(pl.lit("data_analysis_pipeline")).otherwise(pl.lit("manual_agent")),
            publications=pl.lit([], dtype=pl.List(pl.String)), attributes=pl.lit(""),
        ),
    )  # fmt: skip


def _quarantine(rows: pl.DataFrame, file: str, reason: str) -> Iterator[Quarantined]:
    for row in rows.iter_rows():
        yield Quarantined(file, int(row[0]), reason, "\t".join(str(v) for v in row[1:]))


def partial(inputs: Inputs) -> dict[str, str]:
    """Relations that rebuild_status.tsv does not call exact, with its reason."""
    status = inputs.maybe("rebuild_status.tsv")
    if status is None:
        return {}
    by_metaedge = schema().by_metaedge()
    rows = pl.read_csv(status, separator="\t", quote_char=None, infer_schema=False).iter_rows(named=True)
    return {by_metaedge[r["abbrev"]].name: r["status"] for r in rows if r["status"] != "exact" and r["abbrev"] in by_metaedge}


SOURCE = Source(
    name="hetionet",
    title="Hetionet",
    version="1.0",
    licence="CC0-1.0",
    url="https://het.io",
    infores="infores:hetionet",
    commercial=True,
    patterns=("hetionet/*nodes.tsv*", "hetionet/*.sif*", "hetionet/rebuild_status.tsv", "hetionet/hetionet*.json*"),
    read=read,
    partial=partial,
    aggregator=True,
    notes="The compilation is CC0; parts carry the licence of their own source (SIDER and DrugBank: non-commercial).",
)
