"""What is known of a value before the query runs: node, relationship or list, which ones, and how large it can grow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kg.cypher.rows import Rows
from kg.cypher.vocabulary import everything
from kg.errors import QueryRefused

MAX_SIZE = 1_000_000
# Characters of a text that count as one part.
UNIT = 100
# What makes a value big: it holds as many elements as the graph gives; it is such a one repeated over rows. A place of
# the text
# stands for a part of the list that the loop there goes through: all its parts together are no larger than that list.
COLLECTED, REPEATED = -1, -2
_BIG = frozenset((COLLECTED,))
_MAX_FIELDS = 1000
# Levels of lists and maps in a parameter.
MAX_NESTED = 40


@dataclass(frozen=True, slots=True)
class Value:
    """A value: `kind` is node, edge, path, list or other; `among` the labels or types that it can have.

    `size` counts what the query itself multiplies (a property of the graph counts as one), `many` how much more of it
    the graph can give, from how much there is of it. `big` says why it can be as large as the graph, `copies` how often
    it repeats one that is. `marks`: how often a reduce's own total stands in it. `inner` is the largest element of a
    list, `fields` are the values of a map where they are known.
    """

    kind: str = "other"
    among: frozenset[str] = frozenset()
    inner: Value | None = None
    size: float = 1
    big: frozenset[int] = frozenset()
    marks: int = 0
    copies: float = 0
    fields: tuple[tuple[str, Value], ...] = ()
    many: float = 1

    @property
    def whole(self) -> float:
        """How much it holds, all counted."""
        return self.size * self.many

    def element(self, loop: int | None = None) -> Value:
        """One element of a list, in a loop that stands there; of a value that nobody knows it can be all."""
        found = self.inner or Value(size=self.size, big=self.big, many=self.many)
        big = found.big and (found.big | (self.big & {REPEATED}) if loop is None else frozenset((loop,)))
        return replace(found, big=big, copies=float(bool(big)), marks=self.marks)

    def field(self, name: str) -> Value:
        """What a map holds under a name; of a value that nobody knows it can be all."""
        if not self.fields:
            return replace(self, kind="other", inner=None)
        found = dict(self.fields).get(name, PLAIN)
        return replace(found, big=found.big and self.big)

    def spread(self) -> Value:
        """The same after rows were multiplied."""
        return replace(self, big=self.big | {REPEATED}) if self.big else self


PLAIN = Value()


def node(among: frozenset[str] | None = None) -> Value:
    """A node that has one of these labels."""
    return Value("node", everything() if among is None else among)


def together(values: Iterable[Value], kind: str = "other", inner: Value | None = None) -> Value:
    """A value that holds all of these."""
    parts = list(values)
    size, marks = sum(v.size for v in parts), sum(v.marks for v in parts)
    return Value(
        kind,
        frozenset(),
        inner,
        max(size, 1),
        frozenset().union(*(v.big for v in parts)),
        marks,
        sum(v.copies for v in parts),
        many=sum(v.whole for v in parts) / size if size else 1,
    )


def listed(parts: list[Value]) -> Value:
    """A list of these."""
    return together(parts, "list", replace(either(parts), marks=0) if parts else None)


def collected(of: Value, rows: float, big: frozenset[int] = _BIG, many: float = 1) -> Value:
    """A list of as many of these as there are rows, `many` times that with those of the graph."""
    inner = replace(of, big=_BIG if of.big else of.big, marks=0)
    copies = max(of.copies, 1) if big else 0
    return Value("list", frozenset(), inner, of.size * rows, big, of.marks, copies, many=many)


def mapped(fields: Mapping[str, Value]) -> Value:
    """A map of these."""
    found = together(fields.values())
    return replace(found, fields=tuple(fields.items())) if found.size <= _MAX_FIELDS else found


def given(value: object, depth: int = 0) -> Value:
    """What is known of a parameter's value; raises `QueryRefused` for one that nests too deep."""
    if depth > MAX_NESTED:
        raise QueryRefused(
            f"a parameter nests deeper than {MAX_NESTED} levels; send its parts as parameters of their own"
        )
    if isinstance(value, Mapping):
        return mapped({str(name): given(part, depth + 1) for name, part in value.items()})
    if isinstance(value, (list, tuple)):
        return listed([given(part, depth + 1) for part in value])
    return Value(size=1 + len(value) // UNIT) if isinstance(value, (str, bytes, bytearray)) else PLAIN


def either(values: Iterable[Value]) -> Value:
    """A value that is one of these."""
    parts = list(values) or [PLAIN]
    first = parts[0]
    alike = all((v.kind, v.inner, v.fields) == (first.kind, first.inner, first.fields) for v in parts)
    among = frozenset().union(*(v.among for v in parts)) if alike else frozenset()
    size, big, marks = (
        max(v.size for v in parts),
        frozenset().union(*(v.big for v in parts)),
        max(v.marks for v in parts),
    )
    copies, many = max(v.copies for v in parts), max(v.many for v in parts)
    if not alike:
        return Value("other", among, None, size, big, marks, copies, many=many)
    return Value(first.kind, among, first.inner, size, big, marks, copies, first.fields, many)


class Scope:
    """The variables at one place of a query, how many rows the query itself has made there, and what the graph gives.

    `constant` are the variables with one value in all rows, `group` is how many rows a list has that is collected now.
    """

    def __init__(self, names: dict[str, Value] | None = None, rows: float = 1, graph: Rows | None = None) -> None:
        self.names = dict(names or {})
        self.rows = rows
        self.graph = graph or Rows(before=frozenset(self.names))
        self.constant: frozenset[str] = frozenset()
        self.group: float = 1

    def copy(self) -> Scope:
        """The same, to be changed apart."""
        copied = Scope(self.names, self.rows, self.graph)
        copied.constant, copied.group = self.constant, self.group
        return copied

    def multiply(self, rows: float) -> None:
        """More rows: what was collected before stands in each of them."""
        self.rows = min(self.rows * max(rows, 1), 1e12)
        self.names = {name: value.spread() for name, value in self.names.items()}
