"""Every edge of a release as arrays on disk: nodes grouped by category, each relation by its start in both
directions.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.errors import ReleaseError
from kg.release.release import Release
from kg.release.years import edge_years
from kg.schema import schema
from kg.schema.relations import ANY, STANDS_IN, Relation
from kg.topology.kin import KIN_ARRAYS, kin_arrays

FORMAT = "galenic.topology/4"
ARRAYS = ("id_text", "id_starts", "by_id", "starts", "ends", "tiers", "years", "sources", *KIN_ARRAYS)
_MOST_SOURCES = 64


def build_topology(release: Release, folder: Path) -> dict[str, Any]:
    """Write the arrays of a release into `folder`, all of it or nothing; returns its facts.

    Negated edges are left out. A folder that holds this release already is left as
    it is. Raises `ReleaseError` for an edge whose node is missing or of a kind that
    its relation does not join, or for more than 64 sources, `SchemaError` for a category that the schema does not know.
    """
    try:
        facts = read_facts(folder)
        if facts["release"] == release.id and all((folder / f"{name}.npy").exists() for name in ARRAYS):
            return facts
    except ReleaseError:
        pass
    work = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        facts = _write(release, work)
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return facts


def read_facts(folder: Path) -> dict[str, Any]:
    """What topology.json says; raises `ReleaseError` when there is none, or one of another version."""
    file = folder / "topology.json"
    try:
        facts: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise ReleaseError(f"no topology in {folder}; run `galenic build`") from None
    except ValueError as problem:
        raise ReleaseError(f"{file} is broken ({problem}); run `galenic build` to make it again") from problem
    if facts.get("format") != FORMAT:
        raise ReleaseError(
            f"{folder} was made by another version ({facts.get('format')!r}, this one reads {FORMAT!r}); run `galenic "
            "build`"
        )
    return facts


def category_order() -> list[str]:
    """The schema's categories in the order of their nodes, stand-ins right behind those they stand for."""
    behind = set(STANDS_IN.values())
    order: list[str] = []
    for category in schema().kinds:
        if category not in behind:
            order += [category, *([STANDS_IN[category]] if category in STANDS_IN else [])]
    return order


def _write(release: Release, folder: Path) -> dict[str, Any]:
    ids, categories = _nodes(release)
    ranges = {name: (int(lo), int(hi)) for name, lo, hi in categories}
    edges, sources = _edges(release, ids)
    blocks, arrays = _blocks(edges, ranges, len(ids))
    arrays |= kin_arrays(edges, ids, ranges.__getitem__, sources)
    text = [identifier.encode() for identifier in ids]
    # Codes of nodes in the order of their identifiers, for looking one up by bisection.
    arrays["by_id"] = ids.arg_sort().to_numpy().astype(np.int32)
    arrays["id_text"] = np.frombuffer(b"".join(text), np.uint8)
    arrays["id_starts"] = np.concatenate([[0], np.cumsum([len(t) for t in text], dtype=np.int64)]).astype(np.int64)
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", arrays[name])
    facts = {
        "format": FORMAT,
        "release": release.id,
        "nodes": len(ids),
        "edges": len(edges),
        "sources": sources,
        "categories": {name: list(span) for name, span in ranges.items()},
        "relations": blocks,
    }
    (folder / "topology.json").write_text(json.dumps(facts, indent=1), "utf-8")
    return facts


def _nodes(release: Release) -> tuple[pl.Series, list[tuple[str, int, int]]]:
    """Identifiers in node order, and the range of each category."""
    order = category_order()
    nodes = release.read("nodes", ["id", "category"])
    for category in set(nodes["category"].unique()) - set(order):
        schema().kind(category)
    places = pl.DataFrame(
        {"category": order, "place": range(len(order))}, schema={"category": pl.String, "place": pl.Int16}
    )
    nodes = nodes.join(places, on="category").sort("place", "id")
    bounds = np.searchsorted(nodes["place"].to_numpy(), np.arange(len(order) + 1))
    return nodes["id"], [(name, bounds[n], bounds[n + 1]) for n, name in enumerate(order)]


def _edges(release: Release, ids: pl.Series) -> tuple[pl.DataFrame, list[str]]:
    """Edges that are not negated, their ends as codes, the year 0 where none is known, sources as bits; and the
    sources' names by bit.
    """
    wanted = pl.col("id", "relation", "subject", "object", "tier", "sources")
    edges = release.scan("edges").filter(~pl.col("negated")).select(wanted).collect()
    edges = edges.join(edge_years(release), on="id", how="left", maintain_order="left").with_columns(
        pl.col("year").fill_null(0).cast(pl.Int16)
    )
    codes = pl.Enum(ids)
    try:
        ends = edges.select(pl.col("subject", "object").cast(codes).to_physical().cast(pl.Int64))
    except pl.exceptions.InvalidOperationError as problem:
        raise ReleaseError(
            f"{release.folder} has an edge of a node that is not in it ({problem}); run `galenic build`"
        ) from problem
    names = sorted(edges["sources"].explode(keep_nulls=False, empty_as_null=False).unique())
    if len(names) > _MOST_SOURCES:
        raise ReleaseError(f"{len(names)} sources in one release; the topology holds at most {_MOST_SOURCES}")
    bits = pl.Series("sources", _bits(edges["sources"], names))
    return edges.select("relation", "tier", "year").with_columns(*ends, bits), names


def _bits(sources: pl.Series, names: list[str]) -> NDArray[np.uint64]:
    """A bit for each source of an edge, by the source's place among the names."""
    bits = np.zeros(len(sources), np.uint64)
    lengths = sources.list.len().to_numpy()
    some = np.flatnonzero(lengths)
    if len(some):
        codes = sources.explode(keep_nulls=False, empty_as_null=False).cast(pl.Enum(names)).to_physical().to_numpy()
        starts = np.concatenate([[0], np.cumsum(lengths[some])[:-1]]).astype(np.int64)
        bits[some] = np.bitwise_or.reduceat(np.uint64(1) << codes.astype(np.uint64), starts)
    return bits


def _blocks(
    edges: pl.DataFrame, ranges: Mapping[str, tuple[int, int]], size: int
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Each relation's place in the arrays by direction, and the arrays themselves."""
    blocks: dict[str, Any] = {}
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in ("starts", "ends", "tiers", "years", "sources")}
    place = [0, 0]
    by_relation = edges.partition_by("relation", as_dict=True)
    for relation in schema().relations.values():
        rows = by_relation.get((relation.name,), edges.clear())
        blocks[relation.name] = {}
        for direction in ("out",) if relation.symmetric else ("out", "in"):
            lo, hi = end_range(relation.source(direction), ranges, size)
            made = _block(rows, relation, direction, lo, hi)
            for name, array in zip(parts, made, strict=True):
                parts[name].append(array)
            blocks[relation.name][direction] = {
                "lo": lo,
                "hi": hi,
                "starts": place[0],
                "edges": place[1],
                "count": len(made[1]),
            }
            place = [place[0] + len(made[0]), place[1] + len(made[1])]
    return blocks, {name: np.concatenate(arrays) for name, arrays in parts.items()}


def _block(rows: pl.DataFrame, relation: Relation, direction: str, lo: int, hi: int) -> tuple[NDArray[Any], ...]:
    """Starts of each node's edges, their far ends, tiers, years and sources; edges of one pair stay apart."""
    near, far = (rows["subject"], rows["object"]) if direction == "out" else (rows["object"], rows["subject"])
    start, end, edge = near.to_numpy(), far.to_numpy(), np.arange(len(rows))
    if relation.symmetric:
        back = np.flatnonzero(start != end)
        start, end, edge = (
            np.concatenate([start, end[back]]),
            np.concatenate([end, start[back]]),
            np.concatenate([edge, back]),
        )
    if len(start) and not lo <= start.min() <= start.max() < hi:
        raise ReleaseError(
            f"{relation.name} ({direction}) starts from {relation.source(direction)}, an edge of this release from "
            "something else"
        )
    order = np.lexsort((edge, end, start))
    counts = np.bincount(start - lo, minlength=hi - lo)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    picked = edge[order]
    tiers, years, sources = (rows[name].to_numpy()[picked] for name in ("tier", "year", "sources"))
    return starts, end[order].astype(np.int32), tiers.astype(np.uint8), years, sources


def end_range(category: str, ranges: Mapping[str, tuple[int, int]], size: int) -> tuple[int, int]:
    """The nodes that may stand at a relation's end: those of the category with its stand-ins; all for any thing."""
    if category == ANY:
        return 0, size
    lo, hi = ranges[category]
    return lo, ranges[STANDS_IN[category]][1] if category in STANDS_IN else hi
