"""How many rows the patterns of a query are taken to find: what they match, from the sizes of the graph."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kg.cypher.sizes import Sizes
from kg.cypher.tree import Access, Edge, Entries, Expr, Group, Key, Name, Node, Operation, Path, within
from kg.cypher.vocabulary import types

Kinds = frozenset[str]
MOST = 1e15
# Nodes of one name: drugs and diseases of other sources that were not joined.
_NAMESAKES = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A path as a MATCH looks for it: the labels of its nodes, the types of its relationships, how many nodes a name
    stands for that a condition asks for by identifier or name, and the variables that were known `before`.
    """

    path: Path
    labels: tuple[Kinds, ...]
    types: Mapping[int, Kinds]
    asked: Mapping[str, float]
    before: Kinds


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows at one place: `base` of them, told apart by the values of `unique` where it is known, each with what
    the paths find; `before` are the variables that the rows had, `values` how many different ones some of these have.
    """

    base: float = 1
    unique: Kinds | None = None
    before: Kinds = frozenset()
    paths: tuple[Found, ...] = ()
    times: float = 1
    values: Mapping[str, float] = field(default_factory=dict)

    def joined(self, found: Found) -> Rows:
        """With one more path."""
        return replace(self, paths=(*self.paths, found))

    def multiplied(self, times: float) -> Rows:
        """With so many rows for each."""
        return replace(self, times=min(self.times * max(times, 1), MOST))

    def count(self, sizes: Sizes, known: Kinds = frozenset()) -> float:
        """How many there are at most, or for one value of each of the `known` variables."""
        one = self.unique is not None and bool(self.unique) and self.unique <= known
        total = self.times * (1 if one else self.base)
        bound = self.before | known
        for found in self.paths:
            total = min(total * reach(found, bound, sizes), MOST)
            bound |= {part.name.text for part in flat(found.path) if part.name}
        return total


def groups(rows: Rows, keys: tuple[Expr, ...], sizes: Sizes) -> float:
    """How many groups these keys make at most: as many as there are values of the variables that are new in them."""
    total = rows.count(sizes)
    names = {part.text for key in keys for part in within(key) if isinstance(part, Name)}
    apart = 1.0
    for name in names & rows.before:
        apart *= rows.values.get(name, rows.base)
    for name in names - rows.before:
        places = [
            _nodes(found, at, rows.before, sizes)
            for found in rows.paths
            for at, part in enumerate(found.path.parts)
            if isinstance(part, Node) and part.name and part.name.text == name
        ]
        apart *= min(places, default=total)
    return min(total, apart)


def flat(path: Path) -> Iterator[Node | Edge]:
    """Nodes and relationships of a path, those in its groups too."""
    for part in path.parts:
        if isinstance(part, Group):
            yield from flat(part.path)
        else:
            yield part


def reach(found: Found, bound: Kinds, sizes: Sizes) -> float:
    """How often a path is found where some variables have their values: from the end that leads to fewest."""
    parts = found.path.parts
    starts = [at for at, part in enumerate(parts) if isinstance(part, Node)]
    if not starts or any(isinstance(part, Group) for part in parts):
        return _grouped(found, bound, sizes)
    return min(_from(found, start, bound, sizes) for start in starts)


def _grouped(found: Found, bound: Kinds, sizes: Sizes) -> float:
    """The same of a path with groups in it: from its first node on."""
    first = found.path.parts[0]
    total = _nodes(found, 0, bound, sizes) if isinstance(first, Node) else float(sizes.nodes_of(sizes.nodes))
    for part in found.path.parts:
        if isinstance(part, Edge):
            total *= _fan(part, frozenset(types()), sizes)
        elif isinstance(part, Group):
            once = [_fan(e, frozenset(types()), sizes) for e in part.path.parts if isinstance(e, Edge)]
            for fan in once:
                total = min(total * fan ** part.steps[1], MOST)
    return total


def _from(found: Found, start: int, bound: Kinds, sizes: Sizes) -> float:
    begin = _nodes(found, start, bound, sizes)
    total = begin
    for way in (range(start + 1, len(found.path.parts), 2), range(start - 1, -1, -2)):
        for at in way:
            edge = found.path.parts[at]
            assert isinstance(edge, Edge)
            among = found.types.get(at) or frozenset(types())
            fan = _fan(edge, among, sizes)
            end = _nodes(found, at + 1 if at > start else at - 1, bound, sizes)
            ways = total * (min(fan, end) if edge.steps is None else fan)
            # From all nodes of a label there are no more ways than relationships, each taken in both directions.
            first = total == begin and edge.steps is None
            total = min(ways, 2.0 * sizes.edges_of(among) if first else MOST)
    return total


def _fan(edge: Edge, among: Kinds, sizes: Sizes) -> float:
    once = sizes.neighbours(among, edge.types is not None)
    return float(min(once ** (edge.steps or (1, 1))[1], MOST))


def _nodes(found: Found, at: int, bound: Kinds, sizes: Sizes) -> float:
    """How many nodes stand at a place of a path."""
    part = found.path.parts[at]
    assert isinstance(part, Node)
    if part.name and part.name.text in bound:
        return 1
    total = float(sizes.nodes_of(found.labels[at] or sizes.nodes))
    if part.name and part.name.text in found.asked:
        total = min(total, found.asked[part.name.text])
    if isinstance(part.entries, Entries):
        keys = {
            key.text
            for key, value in zip(part.entries.keys, part.entries.values, strict=True)
            if settled(value, found.before)
        }
        total = min(total, 1 if "id" in keys else _NAMESAKES if "name" in keys else total)
    return total


def settled(value: Expr, before: Kinds) -> bool:
    """Whether a value is the same for all that a MATCH finds: its variables were known before."""
    return all(part.text in before for part in within(value) if isinstance(part, Name))


def asked_for(where: Expr | None, before: Kinds, length: Callable[[Expr], float]) -> Iterator[tuple[str, float]]:
    """Variables that a condition asks for by identifier or name, with how many nodes that can be; `length` is that of
    a list.
    """
    parts = where.parts if isinstance(where, Operation) and where.sign == "AND" else (where,)
    for part in parts:
        if not isinstance(part, Operation) or part.sign not in ("=", "IN") or len(part.parts) != 2:
            continue
        sides = part.parts if part.sign == "=" else part.parts[:1]
        several = 1 if part.sign == "=" else length(part.parts[1])
        for side, value in zip(sides, reversed(part.parts), strict=False):
            if not settled(value, before):
                continue
            match side:
                case Access(Name(text), (Key("id"),)):
                    yield text, several
                case Access(Name(text), (Key("name"),)):
                    yield text, several * _NAMESAKES


def pinned(values: Iterator[Expr] | tuple[Expr, ...]) -> Kinds:
    """The variables that each have one value where these values are given."""
    found = itertools.chain.from_iterable(_pinned(value) for value in values)
    return frozenset(found)


def _pinned(value: Expr) -> Iterator[str]:
    match value:
        case Name(text):
            yield text
        case Access(Name(text), (Key("id" | "name"),)):
            yield text
