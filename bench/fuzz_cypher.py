"""Throws drawn, broken and random queries at the check of Cypher: `python -m bench.fuzz_cypher SECONDS [SEED]`."""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable

from kg.cypher import vocabulary
from kg.cypher.safe import check
from kg.errors import QueryRefused

# One check may take so long at most: a query has 20,000 characters at most.
SLOWEST_SECONDS = 2.0
_PIECES = (
    *"MATCH OPTIONAL WHERE WITH UNWIND RETURN UNION ALL CALL CREATE MERGE DELETE DETACH SET REMOVE LOAD CSV FROM AS IN IS NOT NULL AND OR XOR CASE WHEN THEN".split(),  # noqa: E501
    *"ELSE END ORDER BY SKIP LIMIT DISTINCT EXISTS COUNT COLLECT any all reduce shortestPath range collect size STARTS ENDS CONTAINS FOREACH USE EXPLAIN".split(),  # noqa: E501
    *"YIELD ( ) [ ] { } < > - -- --> <-- -[ ]- ]-> * + / % ^ = <> <= >= =~ . .. , : ; | & ! $ $x $( ' \" ` '' 'a' \"b\" `c` // /* */ \\ \\u0041 0 1 1.5".split(),  # noqa: E501
    *"1e9 99999999999999999999 .5 x n r Drug Disease TREATS :Drug :TREATS n.name {id: 1} true null é ſ".split(),
    " ",
    "\t",
    "\n",
    "\r",
    "\u00a0",
    "\u2028",
    "\u200b",
    "\x00",
    "\x0c",
)


class Writer:
    """Writes queries that fit the grammar and the schema."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.nodes: dict[str, str] = {}
        self.made = 0
        self.filtering = False
        self.union = "UNION "

    def query(self) -> str:
        """A whole query; one kind of UNION throughout, for the two cannot be mixed."""
        self.union = f"UNION {self._maybe('ALL ')}"
        text = self._part(columns=["a", "b"][: self.draw.randint(1, 2)])
        return self._spaced(text) + (";" if self.draw.random() < 0.1 else "")

    def _name(self) -> str:
        self.made += 1
        return f"{self.draw.choice('abcnxyz')}{self.made}"

    def _part(self, columns: list[str]) -> str:
        self.nodes = {}
        clauses = [self._match()]
        for _ in range(self.draw.randint(0, 3)):
            clauses.append(self.draw.choice((self._match, self._unwind, self._with, self._call))())
        body = " ".join(clauses)
        shown = ", ".join(f"{self._value(2)} AS {name}" for name in columns)
        text = f"{body} RETURN {self._maybe('DISTINCT ')}{shown}{self._maybe(f' ORDER BY {columns[0]} DESC')}{self._maybe(' SKIP 1')}{self._maybe(' LIMIT 5')}"  # noqa: E501
        return text if self.draw.random() < 0.85 else f"{text} {self.union}{self._part(columns)}"

    def _maybe(self, text: str) -> str:
        return text if self.draw.random() < 0.5 else ""

    def _match(self) -> str:
        before = dict(self.nodes)
        optional = bool(before) and self.draw.random() < 0.3
        path = self._path()
        self.filtering = True
        where = f" WHERE {self._condition(2)}" if self.draw.random() < 0.6 else ""
        self.filtering = False
        if optional:
            self.nodes = {**self.nodes, **before}
        return f"{'OPTIONAL ' if optional else ''}MATCH {path}{where}"

    def _path(self, new: bool = True) -> str:
        start, label = self._start(new)
        text = start
        for _ in range(self.draw.randint(1, 2)):
            step, label = self._step(label)
            name = self._name() if new and self.draw.random() < 0.7 else ""
            if name:
                self.nodes[name] = label
            text += f"{step}({name}{self.draw.choice((f':{label}', f':{label}|{label}', ''))}{self._entries(label)})"
        return text

    def _start(self, new: bool) -> tuple[str, str]:
        if self.nodes and (not new or self.draw.random() < 0.6):
            name = self.draw.choice(sorted(self.nodes))
            return f"({name})", self.nodes[name]
        label = self.draw.choice(sorted(vocabulary.kinds()))
        name = self._name()
        if new:
            self.nodes[name] = label
        return f"({name}:{label}{self._entries(label)})", label

    def _entries(self, label: str) -> str:
        return self.draw.choice(("", "", " {id: $id}", " {name: 'x'}")) if label else ""

    def _step(self, label: str) -> tuple[str, str]:
        """A relationship that leads on from a label, and the label that it leads to."""
        steps = []
        for name, ends in vocabulary.types().items():
            steps += [(f"-[:{name}]->", t) for t in ends.targets if label in ends.sources]
            steps += [(f"<-[:{name}]-", s) for s in ends.sources if label in ends.targets]
        arrow, there = self.draw.choice(sorted(steps))
        if self.draw.random() < 0.2:
            arrow = arrow.replace("]->", "]-").replace("<-", "-")
        if there == label and self.draw.random() < 0.2:
            arrow = arrow.replace("]", "*1..2]")
        return arrow, there

    def _unwind(self) -> str:
        self._name()
        return f"UNWIND {self.draw.choice(('[1, 2, null]', 'range(1, 3)', '$list'))} AS u{self.made}"

    def _with(self) -> str:
        kept = sorted(self.nodes)[: self.draw.randint(1, 3)]
        self.nodes = {name: self.nodes[name] for name in kept}
        return f"WITH {self._maybe('DISTINCT ')}{', '.join(kept)}{self._maybe(f' ORDER BY {kept[0]}.id LIMIT 3')}{self._maybe(f' WHERE {self._condition(1)}')}"  # noqa: E501

    def _call(self) -> str:
        name = self.draw.choice(sorted(self.nodes))
        step, label = self._step(self.nodes[name])
        self._name()
        return f"CALL ({name}) {{ MATCH ({name}){step}(m:{label}) RETURN count(m) AS c{self.made} }}"

    def _property(self) -> str:
        name = self.draw.choice(sorted(self.nodes))
        return f"{name}.{self.draw.choice(sorted(vocabulary.node_keys(frozenset((self.nodes[name],)))))}"

    def _condition(self, depth: int) -> str:
        if depth == 0:
            return self.draw.choice(
                (
                    f"{self._property()} IS NOT NULL",
                    f"{self._property()} = $x",
                    f"{self._property()} IN ['a', 'b']",
                    "true",
                )
            )

        def condition() -> str:
            return self._condition(depth - 1)

        def value() -> str:
            return self._value(depth - 1)

        kinds: tuple[Callable[[], str], ...] = (
            lambda: f"{condition()} AND {condition()}",
            lambda: f"({condition()} OR {condition()})",
            lambda: f"NOT {condition()}",
            lambda: f"{value()} = {value()}",
            lambda: f"{self._property()} STARTS WITH 'a'",
            lambda: f"EXISTS {{ {self._path(new=False)} }}",
            lambda: f"COUNT {{ {self._path(new=False)} }} > 1",
            lambda: f"any(i IN [1, 2] WHERE i > 1 AND {condition()})",
            self._bare if self.filtering else self._existing,
            lambda: f"{sorted(self.nodes)[0]}:Entity",
        )
        return self.draw.choice(kinds)()

    def _existing(self) -> str:
        return f"EXISTS {{ {self._bare()} }}"

    def _bare(self) -> str:
        name = self.draw.choice(sorted(self.nodes))
        step, label = self._step(self.nodes[name])
        return f"({name}){step}(:{label})"

    def _value(self, depth: int) -> str:
        if depth == 0:
            return self.draw.choice(
                (self._property(), "1", "'it\\'s'", "$x", "null", "-2.5", '"b"', sorted(self.nodes)[0])
            )

        def value() -> str:
            return self._value(depth - 1)

        def test() -> str:
            return self._condition(depth - 1)

        kinds: tuple[Callable[[], str], ...] = (
            lambda: f"coalesce({value()}, {value()})",
            lambda: f"[{value()}, {value()}][0]",
            lambda: f"{{k: {value()}}}.k",
            lambda: f"CASE WHEN {test()} THEN {value()} ELSE {value()} END",
            lambda: f"[i IN [1, 2] WHERE i > 1 | {value()}]",
            lambda: "reduce(s = 0, i IN [1, 2] | s + i)",
            lambda: f"[{value()}, {value()}][0..1]",
            lambda: f"size([{value()}])",
            lambda: f"[{self._bare()} | 1]",
            lambda: f"{sorted(self.nodes)[0]} {{.id, v: {value()}}}",
            lambda: f"toString({self._property()})",
            lambda: f"({value()})",
        )
        return self.draw.choice(kinds)()

    def _spaced(self, text: str) -> str:
        """The same with comments and other spaces here and there, outside of texts."""
        pieces = re.split(r"('(?:\\.|[^'\\])*'|\"[^\"]*\")", text)
        for at in range(0, len(pieces), 2):
            pieces[at] = re.sub(
                " ", lambda _: self.draw.choice((" ",) * 12 + ("\n", "\t", " /* x */ ", " // y\n", "\r\n")), pieces[at]
            )
        return "".join(pieces)


def broken(draw: random.Random, text: str) -> str:
    """A query with pieces cut out, doubled, moved or put in."""
    for _ in range(draw.randint(1, 4)):
        at, to = sorted((draw.randint(0, len(text)), draw.randint(0, len(text))))
        to = min(to, at + draw.randint(0, 20))
        piece = draw.choice((draw.choice(_PIECES), text[at:to], "", f" {draw.choice(_PIECES)} "))
        text = text[:at] + piece + text[draw.choice((at, to)) :]
    return text


def soup(draw: random.Random, length: int = 40) -> str:
    """Pieces of Cypher in no order."""
    return draw.choice((" ", "")).join(draw.choice(_PIECES) for _ in range(draw.randint(1, length)))


def judged(query: str) -> str:
    """'passed' or 'refused'; raises what else the check raises, and AssertionError when it is slow or its own result
    does not pass.
    """
    mark = time.perf_counter()
    try:
        checked = check(query)
    except QueryRefused as problem:
        assert "\n" not in str(problem), problem
        return "refused"
    finally:
        assert time.perf_counter() - mark < SLOWEST_SECONDS, f"slow: {query[:200]!r}"
    again = check(checked.cypher)
    assert (again.cypher, again.parameters) == (checked.cypher, checked.parameters), query
    return "passed"


def main() -> None:
    """Run for so many seconds and print how many queries passed and were refused."""
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    end = time.monotonic() + seconds
    counts = dict.fromkeys(
        (
            "drawn passed",
            "broken passed",
            "broken refused",
            "soup passed",
            "soup refused",
            "long passed",
            "long refused",
        ),
        0,
    )
    while time.monotonic() < end:
        draw = random.Random(seed)
        query = Writer(draw).query()
        try:
            assert judged(query) == "passed", f"a drawn query was refused: {query}"
            counts["drawn passed"] += 1
            counts[f"broken {judged(broken(draw, query))}"] += 1
            counts[f"soup {judged(soup(draw))}"] += 1
            if seed % 50 == 0:
                piece = soup(draw, 6)
                counts[f"long {judged((draw.choice(('', 'RETURN ', query)) + piece * 2000)[:19_990])}"] += 1
        except Exception as problem:
            sys.exit(f"seed {seed}: {type(problem).__name__}: {problem}")
        seed += 1
    print(f"{seed} seeds: " + ", ".join(f"{name} {number:,}" for name, number in counts.items()))


if __name__ == "__main__":
    main()
