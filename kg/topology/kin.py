"""Which term is right under which: the is-a edges of all ontologies together, with what decides between ontologies.

Where nodes of several ontologies were merged, each ontology puts the node somewhere. A term is placed by the one whose
identifier it carries: what another says of it counts only where that one says nothing. Circles that are left are cut:
their edges are kept one after the other, the most believed first, as long as they close none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.schema import schema
from kg.schema.relations import STANDS_IN

Arrays = dict[str, NDArray[Any]]
KIN_ARRAYS = ("kin", "kin_sources", "knots")
_STANDS_FOR = {other: category for category, other in STANDS_IN.items()}


def kin_arrays(
    edges: pl.DataFrame, ids: pl.Series, range_of: Callable[[str], tuple[int, int]], sources: Sequence[str]
) -> Arrays:
    """Three tables: `kin`, pairs of narrower and broader node, by broader node; `kin_sources`, of each pair the bits of
    the sources that state it, and of those whose identifiers the narrower node carries; `knots`, the pairs on circles,
    the most believed first: place of the pair, number of the circle.

    `edges` has the columns relation, subject, object and sources (bits), its nodes are places in `ids`. Terms of one
    kind are paired, by the relations that the schema gives it, drugs with chemicals too; no term with itself.
    """
    pairs = _pairs(edges, range_of)
    child, parent, bits = (pairs[name].to_numpy() for name in ("subject", "object", "sources"))
    prefixes = ids.str.split(":").list.first().rank("dense").to_numpy()
    own = _own_prefixes(pairs, prefixes, len(sources))
    native = np.zeros(len(pairs), np.uint64)
    for bit, prefix in enumerate(own):
        native |= np.where(prefixes[child] == prefix, bits & np.uint64(1 << bit), np.uint64(0))
    return {
        "kin": np.stack([child, parent], axis=1).astype(np.int32).reshape(-1, 2),
        "kin_sources": np.stack([bits, native], axis=1).astype(np.uint64).reshape(-1, 2),
        "knots": _knots(pairs, ids, prefixes, own),
    }


def _pairs(edges: pl.DataFrame, range_of: Callable[[str], tuple[int, int]]) -> pl.DataFrame:
    """Columns subject, object, sources; once for each pair."""
    found = []
    for kind in schema().kinds.values():
        if kind.narrower:
            low, high = range_of(kind.category)
            low = range_of(_STANDS_FOR[kind.category])[0] if kind.category in _STANDS_FOR else low
            ends = [pl.col(end).is_between(low, high - 1) for end in ("subject", "object")]
            wanted = pl.col("relation").is_in(kind.narrower) & ends[0] & ends[1]
            found.append(edges.filter(wanted & (pl.col("subject") != pl.col("object"))))
    rows = pl.concat(found).select("subject", "object", "sources")
    return rows.group_by("object", "subject").agg(pl.col("sources").bitwise_or()).sort("object", "subject")


def _own_prefixes(pairs: pl.DataFrame, prefixes: NDArray[Any], sources: int) -> list[int]:
    """Of each source the prefix that most terms carry which it puts under or above others; 0 for none."""
    own = []
    for bit in range(sources):
        said = pairs.filter((pl.col("sources") & (1 << bit)) != 0)
        ends = np.concatenate([said["subject"].to_numpy(), said["object"].to_numpy()])
        own.append(int(np.bincount(prefixes[ends]).argmax()) if len(ends) else 0)
    return own


def _knots(pairs: pl.DataFrame, ids: pl.Series, prefixes: NDArray[Any], own: Sequence[int]) -> NDArray[np.int64]:
    """Places of the pairs on circles, with the number of the circle.

    A pair is believed the more, the more of its ends carry identifiers of an ontology that states it; then the fewer
    terms stand right below its narrower one, for a general term has many; then the more sources state it.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    child, parent, bits = (pairs[name].to_numpy() for name in ("subject", "object", "sources"))
    if not len(child):
        return np.zeros((0, 2), np.int64)
    matrix = sparse.csr_matrix((np.ones(len(child), np.int8), (child, parent)), shape=(len(ids), len(ids)))
    circle = connected_components(matrix, directed=True, connection="strong")[1]
    below = np.bincount(parent, minlength=len(ids))

    def belief(place: int) -> tuple[int, int, int, str, str]:
        c, p, stated = int(child[place]), int(parent[place]), int(bits[place])
        stating = [bit for bit in range(len(own)) if stated >> bit & 1]
        native = max(int(prefixes[c] == own[b]) + int(prefixes[p] == own[b]) for b in stating)
        return (-native, int(below[c]), -len(stating), ids[c], ids[p])

    on = sorted(np.flatnonzero(circle[child] == circle[parent]).tolist(), key=belief)
    return np.array([(place, circle[child[place]]) for place in on], np.int64).reshape(-1, 2)
