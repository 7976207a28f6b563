"""Circles among broader and narrower terms, and in which order the edges on them are believed.

Each ontology is free of circles, or nearly; where nodes of several were merged, one may put A under B and another B
under A. Both stay in the release. Of a circle the edges are kept one after the other, the most believed first, as long
as they close none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.schema import schema
from kg.schema.relations import STANDS_IN

Codes = NDArray[np.int64]
_STANDS_FOR = {other: category for category, other in STANDS_IN.items()}


def kin_range(category: str, range_of: Callable[[str], tuple[int, int]]) -> tuple[int, int]:
    """The nodes that may be a narrower or broader term of one of a category: those of it, and drugs among chemicals."""
    low, high = range_of(category)
    return (range_of(_STANDS_FOR[category])[0] if category in _STANDS_FOR else low), high


def knots(
    edges: pl.DataFrame, ids: pl.Series, range_of: Callable[[str], tuple[int, int]], sources: Sequence[str]
) -> tuple[Codes, NDArray[np.uint64]]:
    """The edges that lie on a circle, the most believed first: rows of narrower node, broader node and number of the
    circle; and the bits of their sources.

    An edge is believed the more, the more of its ends carry identifiers of an ontology that states it; then the fewer
    terms stand right below its narrower one, for a general term has many; then the more sources state it. Edges of a
    node to itself are on no list: no term is narrower than itself.
    """
    found: list[pl.DataFrame] = []
    for kind in schema().kinds.values():
        if kind.narrower:
            low, high = kin_range(kind.category, range_of)
            inside = pl.col("subject").is_between(low, high - 1) & pl.col("object").is_between(low, high - 1)
            rows = edges.filter(pl.col("relation").is_in(kind.narrower) & inside & (pl.col("subject") != pl.col("object")))
            found.append(_circles(rows, len(ids)))
    on = pl.concat(found)
    prefixes = ids.str.split(":").list.first().rank("dense").to_numpy()
    own = [_own_prefix(edges, prefixes, bit) for bit in range(len(sources))]
    ordered = sorted(on.iter_rows(), key=lambda row: _belief(row, ids, prefixes, own))
    numbers: dict[tuple[int, int], int] = {}
    circles = [numbers.setdefault((row[3], row[4]), len(numbers)) for row in ordered]
    table = np.array([(row[0], row[1], n) for row, n in zip(ordered, circles, strict=True)], np.int64).reshape(-1, 3)
    return table, np.array([row[2] for row in ordered], np.uint64)


def _circles(rows: pl.DataFrame, size: int) -> pl.DataFrame:
    """The rows on a circle, once for each pair: subject, object, sources, a mark of the circle, the first node of the
    kind, and how many edges lead to the subject.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    start, end = rows["subject"].to_numpy(), rows["object"].to_numpy()
    matrix = sparse.csr_matrix((np.ones(len(start), np.int8), (start, end)), shape=(size, size))
    mark = connected_components(matrix, directed=True, connection="strong")[1] if len(start) else np.zeros(size, int)
    within = mark[start] == mark[end] if len(start) else np.zeros(0, bool)
    below = np.bincount(end, minlength=size)
    bits: dict[tuple[int, int], int] = {}
    for s, e, b in zip(start[within], end[within], rows["sources"].to_numpy()[within], strict=True):
        bits[int(s), int(e)] = bits.get((int(s), int(e)), 0) | int(b)
    listed = [(s, e, b, int(mark[s]), int(start.min()), int(below[s])) for (s, e), b in bits.items()]
    columns = {
        "subject": pl.Int64,
        "object": pl.Int64,
        "sources": pl.UInt64,
        "mark": pl.Int64,
        "kind": pl.Int64,
        "below": pl.Int64,
    }
    return pl.DataFrame(listed, schema=columns, orient="row")


def _own_prefix(edges: pl.DataFrame, prefixes: NDArray[Any], bit: int) -> int:
    """The prefix that most terms carry which a source puts above or below others; 0 for none."""
    taxonomic = {name for kind in schema().kinds.values() for name in kind.narrower}
    rows = edges.filter(pl.col("relation").is_in(taxonomic))
    said = (rows["sources"].to_numpy() & np.uint64(1 << bit)) != 0
    ends = np.concatenate([rows["subject"].to_numpy()[said], rows["object"].to_numpy()[said]])
    return int(np.bincount(prefixes[ends]).argmax()) if len(ends) else 0


def _belief(
    row: tuple[Any, ...], ids: pl.Series, prefixes: NDArray[Any], own: Sequence[int]
) -> tuple[int, int, int, str, str]:
    """What the edges of circles are sorted by."""
    child, parent, bits, _, _, below = row
    stating = [bit for bit in range(len(own)) if bits >> bit & 1]
    native = max((int(prefixes[child] == own[b]) + int(prefixes[parent] == own[b]) for b in stating), default=0)
    return (-native, below, -len(stating), ids[child], ids[parent])
