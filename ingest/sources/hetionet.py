"""Hetionet v1.0: 47,031 nodes of 11 kinds and their relations of 24 metaedges."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from ingest.errors import SourceError
from ingest.source import Frame, Inputs, Source
from kg.evidence.tiers import usual_tier
from kg.records import AgentType, Quarantined, Record, qualifier_text
from kg.schema import schema
from ontologies.formats.lines import open_text

_PREFIX = {
    "Anatomy": "",
    "Biological Process": "",
    "Cellular Component": "",
    "Molecular Function": "",
    "Disease": "",
    "Compound": "DRUGBANK:",
    "Gene": "NCBIGene:",
    "Side Effect": "UMLS:",
    "Symptom": "MESH:",
    "Pharmacologic Class": "NDFRT:",
}
_CELLS = (pl.col("cells_found") != 3, "the row needs three cells with tabs between")
Graph = tuple[pl.DataFrame, pl.DataFrame, str, str]
# Who made the edges where it was no curator. Text mining: side effects read from labels (SIDER), co-mention in MEDLINE.
# Computed: expression in LINCS L1000, STARGEO and Bgee, covariation of evolutionary rates, chemical fingerprints.
# Of DaG the files do not tell which edges curators, text mining (DISEASES, DOAF) or the GWAS Catalog gave.
_AGENTS: Mapping[str, AgentType] = {
    **dict.fromkeys(("CcSE", "DlA", "DpS", "DrD"), "text_mining_agent"),
    **dict.fromkeys(("CuG", "CdG", "DuG", "DdG", "AuG", "AdG", "AeG", "GcG", "Gr>G", "CrC"), "data_analysis_pipeline"),
    "DaG": "not_provided",
}
# In each direction of a drug or a disease; 26 and 27 of the 44 diseases hold exactly so many.
_MOST_GENES = 250


def curies(kind: pl.Expr, local: pl.Expr) -> pl.Expr:
    """Hetionet's identifiers as CURIEs: `Gene::7157` is NCBIGene:7157."""
    pathway = pl.when(local.str.starts_with("WP")).then(pl.lit("WIKIPATHWAYS:")).otherwise(pl.lit("PATHWAYCOMMONS:"))
    prefix = pl.when(kind == "Pathway").then(pathway).otherwise(kind.replace_strict(_PREFIX, default=""))
    return prefix + local


def _split(column: str) -> tuple[pl.Expr, pl.Expr]:
    parts = pl.col(column).str.splitn("::", 2).struct
    return parts.field("field_0"), parts.field("field_1")


def _table(path: Path, columns: list[str]) -> pl.DataFrame:
    """The rows with their line and how many cells each has; columns beyond the expected ones are cut off."""
    try:
        # One column of whole lines: a reader of cells would pad short rows and cut long ones without a word.
        read = pl.read_csv(
            path, separator="\x01", has_header=False, new_columns=["text"], quote_char=None, infer_schema=False
        )
    except pl.exceptions.NoDataError:
        raise SourceError(f"{path}: is empty; download the file again") from None
    except (pl.exceptions.PolarsError, OSError) as problem:
        reason = str(problem).splitlines()[0]
        if "utf" in reason.lower():
            raise SourceError(f"{path}: is not UTF-8; save it as UTF-8 or download the file again") from problem
        raise SourceError(f"{path}: cannot be read ({reason}); download the file again") from problem
    text = pl.col("text").str.strip_chars_end("\r")
    header = read.select(text).item(0, 0)
    if (header or "").split("\t") != columns:
        raise SourceError(
            f"{path}:1: columns {(header or '').split(chr(9))}, expected {columns}; this is not Hetionet's layout"
        )
    rows = read.with_row_index("line", offset=1).slice(1).with_columns(text).filter(pl.col("text") != "")
    cells = pl.col("text").str.split_exact("\t", len(columns) - 1).struct.rename_fields(columns)
    return rows.select("line", cells, cells_found=pl.col("text").str.count_matches("\t", literal=True) + 1).unnest(
        "text"
    )


def _from_tsv(inputs: Inputs) -> Graph:
    node_file = next((f for f in inputs.files if "nodes.tsv" in f.name), None)
    edge_file = next((f for f in inputs.files if ".sif" in f.name), None)
    if node_file is None or edge_file is None:
        place = inputs.shown((node_file or edge_file or inputs.files[0]).parent)
        lacking = "nodes but no *-edges.sif(.gz)" if node_file else "edges but no *-nodes.tsv(.gz)"
        raise SourceError(f"{place}: {lacking}; put both there")
    nodes, edges = _table(node_file, ["id", "name", "kind"]), _table(edge_file, ["source", "metaedge", "target"])
    return nodes, edges, inputs.shown(node_file), inputs.shown(edge_file)


def _from_json(inputs: Inputs, path: Path) -> Graph:
    try:
        with open_text(path) as stream:
            raw = json.load(stream)
    except (ValueError, EOFError, OSError, zlib.error) as problem:
        raise SourceError(f"{path}: cannot be read as Hetionet JSON ({problem}); download the file again") from problem
    try:
        abbreviation = raw["kind_to_abbrev"]
        nodes = [(f"{n['kind']}::{n['identifier']}", n["name"], n["kind"]) for n in raw["nodes"]]
        names = {tuple(m[:3]): m for m in raw["metaedge_tuples"]}
        edges = [_json_edge(e, abbreviation, names) for e in raw["edges"]]
    except (KeyError, TypeError, ValueError) as problem:
        raise SourceError(
            f"{path}: is no Hetionet JSON ({type(problem).__name__}: {problem}); download the file again"
        ) from problem
    shown = inputs.shown(path)
    return _frame(nodes, ["id", "name", "kind"]), _frame(edges, ["source", "metaedge", "target"]), shown, shown


def _frame(rows: list[tuple[str, str, str]], columns: list[str]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return frame.with_row_index("line", offset=1).with_columns(cells_found=pl.lit(3, pl.UInt32))


def _json_edge(
    edge: Mapping[str, Any], abbreviation: Mapping[str, str], names: Mapping[Any, Any]
) -> tuple[str, str, str]:
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
    bad = (
        ~pl.col("kind").is_in(list(kinds))
        | ~pl.col("id").str.contains(r"::\S")
        | ~pl.col("id").str.starts_with(pl.col("kind") + "::")
    )
    bad = bad | (pl.col("name").str.strip_chars() == "")
    repeated = ~pl.col("id").is_first_distinct()
    for rule, reason in (
        _CELLS,
        (bad, "a node needs Kind::id, a name and one of Hetionet's 11 kinds"),
        (repeated, "the id stands twice"),
    ):
        broken = nodes.filter(rule.fill_null(True))
        yield from _quarantine(broken, node_file, reason)
        nodes = nodes.filter(~rule.fill_null(True))
    kind, local = _split("id")
    good = nodes.select(
        id=curies(kind, local),
        category=pl.col("kind").replace_strict(kinds),
        name=pl.col("name").str.strip_chars(),
        synonyms=pl.lit([], dtype=pl.List(pl.String)),
        xrefs=pl.lit([], dtype=pl.List(pl.String)),
        attributes=pl.lit(""),
    )
    yield Frame("nodes", good)
    yield from _edges(edges, edge_file, nodes["id"])


def _edges(edges: pl.DataFrame, file: str, known: pl.Series) -> Iterator[Record | Frame]:
    metaedges = schema().by_metaedge()
    checks = (
        _CELLS,
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
    levels = {m: r.level for m, r in metaedges.items()}
    agents: dict[str, AgentType] = {m: _AGENTS.get(m, "manual_agent") for m in metaedges}
    tiers = {m: usual_tier(levels[m], agents[m]) for m in metaedges}
    yield Frame(
        "edges",
        edges.select(
            subject=curies(skind, slocal),
            relation=pl.col("metaedge").replace_strict({m: r.name for m, r in metaedges.items()}),
            object=curies(tkind, tlocal),
            qualifiers=pl.lit(qualifier_text({})),
            negated=pl.lit(False),
            tier=pl.col("metaedge").replace_strict(tiers),
            knowledge_level=pl.col("metaedge").replace_strict(levels),
            agent_type=pl.col("metaedge").replace_strict(agents),
            publications=pl.lit([], dtype=pl.List(pl.String)),
            attributes=pl.lit(""),
        ),
    )


def _quarantine(rows: pl.DataFrame, file: str, reason: str) -> Iterator[Quarantined]:
    for row in rows.iter_rows():
        yield Quarantined(file, int(row[0]), reason, "\t".join(str(v) for v in row[1:4]))


def partial(inputs: Inputs) -> dict[str, str]:
    """Relations that rebuild_status.tsv does not call exact, with its reason."""
    status = inputs.maybe("rebuild_status.tsv")
    if status is None:
        return {}
    by_metaedge = schema().by_metaedge()
    rows = pl.read_csv(status, separator="\t", quote_char=None, infer_schema=False).iter_rows(named=True)
    return {
        by_metaedge[r["abbrev"]].name: r["status"]
        for r in rows
        if r["status"] != "exact" and r["abbrev"] in by_metaedge
    }


SOURCE = Source(
    name="hetionet",
    title="Hetionet",
    licence="CC0-1.0",
    url="https://het.io",
    infores="infores:hetionet",
    commercial=True,
    patterns=("hetionet/*nodes.tsv*", "hetionet/*.sif*", "hetionet/rebuild_status.tsv", "hetionet/hetionet*.json*"),
    read=read,
    partial=partial,
    capped={
        name: ("out", _MOST_GENES)
        for name in ("drug_upregulates", "drug_downregulates", "disease_upregulates", "disease_downregulates")
    },
    revision=2,
    aggregator=True,
    notes="The compilation is CC0; parts carry the licence of their own source (SIDER and DrugBank: non-commercial).",
)
