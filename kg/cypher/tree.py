"""What a query that only reads is made of. `start` is where a part stands in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import get_args


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, true, false or null."""

    text: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that is bound when the query runs."""

    name: str
    start: int = 0


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A map: keys with their place, and values."""

    keys: tuple[Name, ...]
    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator over its operands; a chain of one rank is one operation, CASE too. `sign` is that of the first."""

    sign: str
    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Regex:
    """What stands after =~, written out."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the allow list; `name` in small letters."""

    name: str
    parts: tuple[Expr, ...]
    start: int
    distinct: bool = False
    end: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """`.key` after a value."""

    name: str
    start: int


@dataclass(frozen=True, slots=True)
class At:
    """`[place]` or `[from..to]` after a value."""

    parts: tuple[Expr, ...]
    slice: bool
    start: int


@dataclass(frozen=True, slots=True)
class LabelTest:
    """`:Label` after a value."""

    labels: Labels


@dataclass(frozen=True, slots=True)
class Access:
    """A value and what is taken from it, step by step."""

    base: Expr
    steps: tuple[Key | At | LabelTest, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """A list comprehension, all/any/none/single or reduce: `kind` says which; `total` is reduce's own variable and its
    first value.
    """

    kind: str
    variable: Name
    source: Expr
    where: Expr | None
    result: Expr | None
    total: tuple[Name, Expr] | None = None


@dataclass(frozen=True, slots=True)
class PatternOver:
    """A pattern comprehension."""

    path: Path
    where: Expr | None
    result: Expr


@dataclass(frozen=True, slots=True)
class PatternTest:
    """A pattern where a value is wanted: whether it is there, or shortestPath's path."""

    path: Path


@dataclass(frozen=True, slots=True)
class Projection:
    """`n {.id, .*, more: value, other}`; `everything` for the star."""

    of: Name
    keys: tuple[Key, ...]
    values: tuple[Expr, ...]
    everything: bool


@dataclass(frozen=True, slots=True)
class Subquery:
    """EXISTS, COUNT or COLLECT with a query in braces."""

    kind: str
    query: Query
    start: int


@dataclass(frozen=True, slots=True)
class Labels:
    """A label expression: sign 'is' with a name, '%', or one of | & ! over its parts."""

    sign: str
    name: str
    parts: tuple[Labels, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a pattern; `stop` is where its name and labels end, `end` where it does. A parameter can be its map."""

    name: Name | None
    labels: Labels | None
    entries: Entries | Parameter | None
    where: Expr | None
    start: int
    stop: int
    end: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A relationship of a pattern; `heads` are the spans of '<-' and '->' parts: the signs left and right of the
    brackets.
    """

    name: Name | None
    types: Labels | None
    entries: Entries | None
    where: Expr | None
    steps: tuple[int, int] | None
    direction: str
    start: int
    left: tuple[int, int]
    right: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Group:
    """A quantified path: ((a)-->(b)){1,3}."""

    path: Path
    where: Expr | None
    steps: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Path:
    """Nodes, relationships and groups in their order; `shortest` is 'shortestpath', 'allshortestpaths' or '';
    `selected` where it was written with a selector: ANY SHORTEST.
    """

    parts: tuple[Node | Edge | Group, ...]
    name: Name | None = None
    shortest: str = ""
    start: int = 0
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """MATCH or OPTIONAL MATCH."""

    optional: bool
    paths: tuple[Path, ...]
    where: Expr | None
    start: int


@dataclass(frozen=True, slots=True)
class Unwind:
    """UNWIND list AS variable."""

    source: Expr
    variable: Name


@dataclass(frozen=True, slots=True)
class Item:
    """One column: a value, and the name it is given or None."""

    value: Expr
    alias: Name | None
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where its value ends."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Columns:
    """WITH or RETURN; `everything` for the star."""

    last: bool
    distinct: bool
    everything: bool
    items: tuple[Item, ...]
    order: tuple[Expr, ...]
    bounds: tuple[Expr, ...]
    limited: bool
    where: Expr | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Inner:
    """CALL { ... }; `imports` are the variables in brackets, None where there are no brackets, ('*',) for all."""

    imports: tuple[Name, ...] | None
    query: Query
    start: int


@dataclass(frozen=True, slots=True)
class Query:
    """Parts joined by UNION, each a list of clauses."""

    parts: tuple[tuple[Clause, ...], ...]


Expr = (
    Name
    | Literal
    | Parameter
    | Items
    | Entries
    | Operation
    | Regex
    | Call
    | Access
    | Over
    | PatternOver
    | PatternTest
    | Projection
    | Subquery
)
Clause = Match | Unwind | Columns | Inner
_PARTS = (*get_args(Expr), *get_args(Clause), Key, At, LabelTest, Node, Edge, Group, Path, Item, Query)


def start_of(expr: Expr) -> int:
    """Where a value stands, as far as its tree says."""
    found = expr
    while not isinstance(found, (Name, Call, Parameter)):
        inner: tuple[Expr, ...] = ()
        match found:
            case Operation() | Items():
                inner = found.parts
            case Entries():
                inner = found.values
            case Access():
                inner = (found.base,)
            case Over():
                return found.variable.start
            case Projection():
                return found.of.start
        if not inner:
            return 0
        found = inner[0]
    return found.start


def within(part: object, into: Callable[[object], bool] = lambda part: True) -> Iterator[object]:
    """A part of a query and all parts in it, from the outside in, but what stands in those that `into` leaves out."""
    waiting = [part]
    while waiting:
        found = waiting.pop()
        if isinstance(found, tuple):
            waiting += reversed(found)
        elif isinstance(found, _PARTS):
            yield found
            if into(found):
                waiting += [getattr(found, name) for name in reversed(found.__slots__)]


def name_end(text: str, name: Name | Key) -> int:
    """Where a name ends in the query's text, its back-ticks with it."""
    return name.start + len(name.name if isinstance(name, Key) else name.text) + 2 * (text[name.start] == "`")
