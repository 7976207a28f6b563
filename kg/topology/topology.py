"""A release's edges as memory-mapped arrays: nodes by number, neighbours, degrees, with the evidence that each edge
rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.errors import ReleaseError, SchemaError
from kg.evidence.only import ALL, Only
from kg.evidence.permitted import Permitted
from kg.release.release import Release
from kg.schema import schema
from kg.schema.relations import Direction, Relation
from kg.topology.build import ARRAYS, end_range, read_facts
from kg.topology.errors import UnknownNode

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """One relation in one direction: the edges of node `lo + i` end at `ends[starts[i]:starts[i + 1]]`, ascending."""

    lo: int
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    tiers: NDArray[np.uint8]
    years: NDArray[np.int16]
    sources: NDArray[np.uint64]

    @property
    def hi(self) -> int:
        """One past the last node that the relation may start from."""
        return self.lo + len(self.starts) - 1


class Topology:
    """The edges of one release, negated ones left out. Nodes are numbers: those of a category lie in one range.

    Direction 'out' follows a relation's arrow, 'in' goes against it; a symmetric
    relation is the same in both. Edges of one pair with different qualifiers stay
    apart, so that each passes or fails a filter alone; neighbours are counted once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts = read_facts(folder)
        self._arrays = {name: _mapped(folder / f"{name}.npy") for name in ARRAYS}
        self._ranges: dict[str, tuple[int, int]] = {
            name: (lo, hi) for name, (lo, hi) in self.facts["categories"].items()
        }
        # Plain views: one number of them is read faster than of the mapped arrays.
        self._id_text, self._id_starts, self._by_id = (
            np.asarray(self._arrays[name]).data for name in ("id_text", "id_starts", "by_id")
        )
        self._bits = {name: n for n, name in enumerate(self.facts["sources"])}

    @classmethod
    def open(cls, folder: Path, release: Release) -> Topology:
        """Map what `build_topology` wrote.

        Raises `ReleaseError` when there is none, or one that is broken or of another
        version, and `ReleaseMismatch` when it was built from another release.
        """
        release.refuse_other("topology", read_facts(folder)["release"])
        return cls(folder)

    def __len__(self) -> int:
        return int(self.facts["nodes"])

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources, by bit."""
        return tuple(self._bits)

    def index(self, identifier: str) -> int:
        """The number of a node; raises `UnknownNode` for an identifier that the release does not hold."""
        wanted = identifier.encode()
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._text(self._by_id[middle]) < wanted:
                low = middle + 1
            else:
                high = middle
        if low == len(self) or self._text(self._by_id[low]) != wanted:
            raise UnknownNode(f"{identifier} is not in this release; `galenic link` finds the identifier of a name")
        return int(self._by_id[low])

    def indices(self, identifiers: Iterable[str]) -> Indices:
        """The numbers of nodes, in the order given; raises `UnknownNode`."""
        return np.array([self.index(i) for i in identifiers], np.int64)

    def id(self, index: int) -> str:
        """The identifier of a node."""
        if not 0 <= index < len(self):
            raise UnknownNode(f"there is no node number {index}; the topology holds {len(self)}")
        return self._text(index).decode()

    def _text(self, index: int) -> bytes:
        return bytes(self._id_text[self._id_starts[index] : self._id_starts[index + 1]])

    def category_range(self, category: str) -> tuple[int, int]:
        """The first node of a category and one past its last; for biolink:NamedThing those that have no narrower
        one.
        """
        try:
            return self._ranges[category]
        except KeyError:
            raise SchemaError(f"unknown category {category!r}; known: {', '.join(self._ranges)}") from None

    def category(self, index: int) -> str:
        """The category of a node."""
        for name, (lo, hi) in self._ranges.items():
            if lo <= index < hi:
                return name
        raise UnknownNode(f"there is no node number {index}; the topology holds {len(self)}")

    def end_range(self, category: str) -> tuple[int, int]:
        """The nodes that may stand where a relation wants a category: chemicals too for drugs, all for
        biolink:NamedThing.
        """
        self.category_range(category)
        return end_range(category, self._ranges, len(self))

    def block(self, relation: str, direction: Direction) -> Block:
        """The arrays of a relation in a direction, as they lie on disk; raises `SchemaError` for an unknown
        relation.
        """
        known = schema().relation(relation)
        if direction not in ("in", "out"):
            raise SchemaError(
                f"{relation}: the direction is 'out', along its arrow, or 'in', against it; not {direction!r}"
            )
        try:
            place: Mapping[str, int] = self.facts["relations"][known.name]["out" if known.symmetric else direction]
        except KeyError:
            raise ReleaseError(
                f"the topology in {self.folder} knows no relation {relation}; run `galenic build`"
            ) from None
        starts = self._arrays["starts"][place["starts"] : place["starts"] + place["hi"] - place["lo"] + 1]
        edges = slice(place["edges"], place["edges"] + place["count"])
        return Block(
            place["lo"], starts, *(self._arrays[name][edges] for name in ("ends", "tiers", "years", "sources"))
        )

    def mask(self, permitted: Permitted) -> int:
        """The bits of the sources that are let in."""
        return sum(1 << bit for name, bit in self._bits.items() if permitted.lets_in(name))

    def kin(self) -> tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.int64]]:
        """The tables of `kg.topology.kin`: pairs of narrower and broader node, their sources, and circles of them."""
        return self._arrays["kin"], self._arrays["kin_sources"], self._arrays["knots"]

    def pairs(self, relation: str, direction: Direction, only: Only = ALL) -> tuple[Indices, Indices]:
        """Every pair of nodes that a relation joins, once: starts and ends, ascending."""
        block = self.block(relation, direction)
        start = np.repeat(np.arange(block.lo, block.hi), np.diff(block.starts))
        return _once(start, block.ends.astype(np.int64), self._passing(block, slice(None), only))

    def edges_of(
        self, relation: str, direction: Direction, indices: Indices, only: Only = ALL
    ) -> tuple[Indices, Indices]:
        """Positions in `indices` and neighbours there, each pair once; nodes that the relation cannot start from have
        none.
        """
        block = self.block(relation, direction)
        inside = np.flatnonzero((indices >= block.lo) & (indices < block.hi))
        near = np.asarray(indices)[inside] - block.lo
        first, count = (
            block.starts[near].astype(np.int64),
            (block.starts[near + 1] - block.starts[near]).astype(np.int64),
        )
        position = np.repeat(inside, count)
        edges = np.arange(count.sum()) + np.repeat(first - np.cumsum(count) + count, count)
        return _once(position, block.ends[edges].astype(np.int64), self._passing(block, edges, only))

    def neighbours(self, relation: str, direction: Direction, indices: Indices, only: Only = ALL) -> Indices:
        """The nodes one hop from any of these, ascending, each once.

        `only` restricts the edges by source and tier. Raises `SchemaError` for an
        unknown relation or direction.
        """
        return np.unique(self.edges_of(relation, direction, np.asarray(indices, np.int64), only)[1])

    def neighbour_counts(
        self, relation: str, direction: Direction, indices: Indices, only: Only = ALL, among: Indices | None = None
    ) -> Indices:
        """How many distinct neighbours each of these nodes has, among some nodes if given; one number for each, in
        order.
        """
        position, end = self.edges_of(relation, direction, np.asarray(indices, np.int64), only)
        if among is not None:
            wanted = np.zeros(len(self), bool)
            wanted[np.asarray(among, np.int64)] = True
            position = position[wanted[end]]
        return np.bincount(position, minlength=len(indices))

    def degrees(self, relation: str, direction: Direction, only: Only = ALL) -> Indices:
        """How many distinct neighbours each node of the release has, by node number."""
        return np.bincount(self.pairs(relation, direction, only)[0], minlength=len(self))

    def joining(
        self, start: int, end: int, relations: Collection[str], only: Only = ALL
    ) -> tuple[tuple[str, Direction], ...]:
        """The relations, and their directions, by which one step leads from a node to another."""
        ways: list[tuple[str, Direction]] = []
        for name in relations:
            for direction in directions(schema().relation(name)):
                if end in self.neighbours(name, direction, np.array([start]), only):
                    ways.append((name, direction))
        return tuple(ways)

    def _passing(self, block: Block, edges: Any, only: Only) -> NDArray[np.bool_] | None:
        """Which edges count; None for all of them."""
        if only == ALL:
            return None
        passing = (block.tiers[edges] >= only.tiers[0]) & (block.tiers[edges] <= only.tiers[1])
        if only.years is not None:
            # 0 stands for no year known, which no span of years holds.
            passing &= (block.years[edges] >= max(only.years[0], 1)) & (block.years[edges] <= only.years[1])
        if only.permitted.sources is not None:
            passing &= (block.sources[edges] & np.uint64(self.mask(only.permitted))) != 0
        return np.asarray(passing)


def directions(relation: Relation) -> tuple[Direction, ...]:
    """The directions of a relation that differ: one for a symmetric relation, otherwise two."""
    return ("out",) if relation.symmetric else ("out", "in")


def _once(start: Indices, end: Indices, passing: NDArray[np.bool_] | None) -> tuple[Indices, Indices]:
    """Pairs without those that do not pass and without repetitions, which lie side by side."""
    if passing is not None:
        start, end = start[passing], end[passing]
    fresh = np.ones(len(start), bool)
    fresh[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    return start[fresh], end[fresh]


def _mapped(path: Path) -> NDArray[Any]:
    try:
        mapped: NDArray[Any] = np.load(path, mmap_mode="r")
    except FileNotFoundError:
        raise ReleaseError(f"{path} is missing; run `galenic build` to make the topology again") from None
    except ValueError as problem:
        # An empty array cannot be mapped, but is whole; a file that was cut short is not.
        try:
            return np.asarray(np.load(path))
        except (ValueError, EOFError):
            raise ReleaseError(f"{path} is broken ({problem}); run `galenic build` to make it again") from problem
    return mapped
