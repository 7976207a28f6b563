"""Values before they run: properties against the schema, variables, and what would grow without end."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from kg.cypher.checking import Checking
from kg.cypher.functions import AGGREGATES
from kg.cypher.tree import (
    Access,
    At,
    Call,
    Edge,
    Entries,
    Expr,
    Items,
    Key,
    LabelTest,
    Literal,
    Name,
    Node,
    Operation,
    Over,
    Parameter,
    Path,
    PatternOver,
    PatternTest,
    Projection,
    Regex,
    Subquery,
    start_of,
)
from kg.cypher.values import (
    COLLECTED,
    MAX_SIZE,
    PLAIN,
    REPEATED,
    UNIT,
    Scope,
    Value,
    collected,
    either,
    listed,
    mapped,
    node,
    together,
)
from kg.cypher.vocabulary import types

MAX_RANGE = 100_000
MAX_COPIES = 1000
_NUMBERS = frozenset(
    "size length id count sum avg stdev stdevp percentilecont percentiledisc abs ceil floor round sign sqrt exp log "
    "log10 e pi rand sin cos tan cot asin acos"
    " atan atan2 degrees radians char_length isempty toboolean tofloat tointeger timestamp date datetime localdatetime "
    "time localtime duration elementid type"
    " duration.between duration.indays duration.inmonths duration.inseconds date.truncate datetime.truncate".split()
)
# What loops do in one row: no engine looks at its time limit before a row is ready. A list of the graph counts as so
# many.
MAX_WORK, _MANY = 20_000_000, 3_000
# Neighbours that a node is taken to have where a list of paths is made in one row, over one relationship type and over
# all.
_NAMED, _ANY = 200, 3_000
# Units of text that a regular expression may be matched against, and that a number or date may be read from: both can
# take the square.
_MATCHED = 100
_READ = frozenset("tointeger tofloat toboolean date datetime localdatetime time localtime duration".split())
# The digits that round() may keep: an engine writes all of them out.
_MAX_DIGITS = 20
# Totals of the reduces around one count so much within it, so that they are told from its own.
_OUTER = 1_000_000


class ValueCheck(Checking):
    """The part of the check that looks at values."""

    def value(self, expr: Expr, scope: Scope) -> Value:
        """What is known of a value; raises `QueryRefused` where it names what is not there or grows too large."""
        found = self._value(expr, scope)
        if found.size > MAX_SIZE:
            raise self.fail(
                start_of(expr),
                f"this builds a value of more than {MAX_SIZE:,} parts in memory; use rows (UNWIND) and count, or "
                "smaller ranges",
            )
        if found.copies > MAX_COPIES:
            raise self.fail(
                start_of(expr),
                f"this repeats a collected list more than {MAX_COPIES:,} times; use UNWIND and MATCH on rows instead",
            )
        return found

    def _value(self, expr: Expr, scope: Scope) -> Value:
        match expr:
            case Name():
                return self.variable(expr, scope)
            case Literal():
                return Value(size=1 + len(expr.text) // UNIT)
            case Parameter():
                return self.parameter(expr.name)
            case Regex():
                return PLAIN
            case Items():
                return listed([self.value(part, scope) for part in expr.parts])
            case Entries():
                parts = [self.value(part, scope) for part in expr.values]
                fields = {key.text: part for key, part in zip(expr.keys, parts, strict=True)}
                return mapped(fields) if len(fields) == len(parts) else together(parts)
            case Operation():
                return self._operation(expr, scope)
            case Call():
                return self._call(expr, scope)
            case Access():
                return self._access(expr, scope)
            case Projection():
                return self._projection(expr, scope)
            case Over():
                return self._reduce(expr, scope) if expr.total else self._over(expr, scope)
            case _:
                return self._pattern_value(expr, scope)

    def _projection(self, expr: Projection, scope: Scope) -> Value:
        of = self.variable(expr.of, scope)
        for key in expr.keys:
            self.key(key.name, key.start, of)
        parts = [self.value(part, scope) for part in expr.values]
        if of.kind in ("node", "edge"):
            return together([Value(size=1 + len(expr.keys)), *parts])
        return together([*(of.field(key.name) for key in expr.keys), *([of] if expr.everything else []), *parts])

    def _pattern_value(self, expr: PatternOver | PatternTest | Subquery, scope: Scope) -> Value:
        inside = scope.copy()
        if isinstance(expr, Subquery):
            columns, rows = self.inner_query(expr.query, inside)
            return self._gathered(either(columns.values()), rows, expr.start) if expr.kind == "COLLECT" else PLAIN
        if isinstance(expr, PatternTest) and not (self.filtering or expr.path.shortest):
            raise self.fail(
                expr.path.start,
                "a pattern stands as a value in WHERE alone; elsewhere write EXISTS { (a)-[:TYPE]->(b) }",
            )
        self.pattern(expr.path, inside)
        if isinstance(expr, PatternTest):
            return Value("path") if expr.path.shortest else PLAIN
        before = self.steps
        self.steps *= _branches(expr.path)
        self._count(expr.path.start, self.steps)
        if expr.where is not None:
            self.value(expr.where, inside)
        inside.multiply(1)
        found = self._gathered(self.value(expr.result, inside), 1, expr.path.start)
        self.steps = before
        return found

    def _operation(self, expr: Operation, scope: Scope) -> Value:
        if expr.sign == "CASE":
            _tests, *results = [self.value(part, scope) for part in expr.parts]
            return either(results)
        parts = [self.value(part, scope) for part in expr.parts]
        for part in expr.parts:
            if isinstance(part, Regex) and any(v.big or v.size > _MATCHED for v in parts):
                raise self.fail(
                    part.start,
                    "a regular expression on a text that the query builds is refused; match it against a property",
                )
        if expr.sign not in ("+", "-"):
            return PLAIN
        if all(part.kind != "list" for part in parts):
            return together(parts)
        return together(
            parts, "list", replace(either([part.element() if part.kind == "list" else part for part in parts]), marks=0)
        )

    def _access(self, expr: Access, scope: Scope) -> Value:
        found = self.value(expr.base, scope)
        for step in expr.steps:
            if isinstance(step, Key):
                self.key(step.name, step.start, found)
                found = Value() if found.kind in ("node", "edge") else found.field(step.name)
            elif isinstance(step, LabelTest):
                if found.kind == "edge":
                    self.edge_types(step.labels)
                else:
                    self.node_labels(step.labels)
                found = PLAIN
            else:
                found = self._place(step, found, scope)
        return found

    def _place(self, step: At, found: Value, scope: Scope) -> Value:
        for part in step.parts:
            self.value(part, scope)
            if isinstance(part, Literal) and part.number is None and not step.slice:
                self.key(part.text, step.start, found)
        if step.slice:
            return found
        if found.kind == "list":
            return found.element()
        return Value() if found.kind in ("node", "edge") else found

    def _loop(self, expr: Over, source: Value) -> float:
        """Begin a loop: how often it goes round counts for all in it. What was counted before it comes back."""
        before = self.steps
        self.steps *= max(source.size, 1) * (_MANY if source.big else 1)
        self._count(expr.variable.start, self.steps)
        return before

    def _count(self, at: int, steps: float) -> None:
        self.work += steps
        if self.work > MAX_WORK:
            raise self.fail(
                at,
                f"this goes through lists more than {MAX_WORK:,} times in one row; use UNWIND and rows, or smaller "
                "lists",
            )

    def _over(self, expr: Over, scope: Scope) -> Value:
        source = self.value(expr.source, scope)
        inside, loop = scope.copy(), expr.variable.start
        inside.names[expr.variable.text] = source.element(loop)
        before = self._loop(expr, source)
        if expr.where is not None:
            self.value(expr.where, inside)
        result = self.value(expr.result, inside) if expr.result is not None else None
        self.steps = before
        if expr.kind != "LIST":
            return PLAIN
        if result is None:
            return replace(source, kind="list", inner=source.element())
        others = result.big - {loop}
        if source.big and others:
            raise self.fail(
                loop,
                "this builds a whole collected list for each element of another; use UNWIND and MATCH on rows instead",
            )
        copies = source.size * result.copies if others else source.copies * max(result.copies, 1)
        return replace(
            collected(result, source.size, source.big | others), copies=copies, marks=source.marks + 2 * result.marks
        )

    def _reduce(self, expr: Over, scope: Scope) -> Value:
        """The total of a reduce. `own` and `outer`: how often this total and those around it stand in its formula."""
        assert expr.total is not None and expr.result is not None
        source, first = self.value(expr.source, scope), self.value(expr.total[1], scope)
        loop = expr.variable.start
        inside = Scope(
            {name: replace(value, marks=value.marks * _OUTER) for name, value in scope.names.items()}, scope.rows
        )
        inside.names[expr.variable.text] = replace(source.element(loop), marks=source.marks * _OUTER)
        inside.names[expr.total[0].text] = Value(size=first.size, big=first.big, marks=1)
        before = self._loop(expr, source)
        result = self.value(expr.result, inside)
        # A text is written anew at each step.
        self._count(expr.variable.start, self.steps * source.size * result.size / UNIT)
        self.steps = before
        others = result.big - {loop}
        outer, own = divmod(result.marks, _OUTER)
        times = len(expr.source.parts) if isinstance(expr.source, Items) else math.inf
        growth = own**times if own > 1 else 1
        if (own + outer > 1 and times * growth > MAX_SIZE) or (source.big and others):
            raise self.fail(
                expr.total[0].start,
                "this reduce makes its total several times larger at each step; let the total stand once in its own "
                "formula",
            )
        marks = first.marks * growth + source.marks + int(outer * (times * growth if own + outer > 1 else 1))
        copies = source.size * result.copies if others else source.copies * max(result.copies, 1)
        return Value(
            "other", frozenset(), None, source.size * result.size * growth, source.big | others, marks, copies * growth
        )

    def _call(self, expr: Call, scope: Scope) -> Value:
        name = expr.name
        if name == "range":
            return self._range(expr, scope)
        if name in AGGREGATES:
            self.aggregated = True
        parts = [self.value(part, scope) for part in expr.parts]
        self._bounded_call(expr, parts, scope)
        if name in _NUMBERS:
            return PLAIN
        if name == "collect":
            return self._gathered(parts[0], scope.rows, expr.start)
        if name == "replace":
            return self._replace(expr, parts)
        if name in ("coalesce", "min", "max", "nullif"):
            return either(parts)
        if name in ("head", "last"):
            return parts[0].element() if parts[0].kind == "list" else parts[0]
        if name in ("tail", "reverse") or (name == "properties" and parts[0].kind not in ("node", "edge")):
            return parts[0]
        if name == "split":
            return replace(together(parts, "list", replace(parts[0], marks=0)), size=parts[0].size * UNIT)
        fixed = {
            "nodes": Value("list", inner=node(), size=10),
            "relationships": Value("list", inner=Value("edge", frozenset(types())), size=10),
            "startnode": node(),
            "endnode": node(),
            "labels": Value("list", inner=PLAIN, size=10),
            "properties": Value(size=10),
            "keys": Value("list", inner=PLAIN, size=max(10, parts[0].size)) if parts else PLAIN,
        }
        return fixed[name] if name in fixed else together(parts)

    def _bounded_call(self, expr: Call, parts: list[Value], scope: Scope) -> None:
        """Refuse what an engine would do for very long, or in very much memory, at one go."""
        name = expr.name
        if name == "round" and len(parts) > 1:
            digits = expr.parts[1]
            if not isinstance(digits, Literal) or digits.number is None or abs(digits.number) > _MAX_DIGITS:
                raise self.fail(
                    expr.start, f"round() takes its digits as a number written out, at most {_MAX_DIGITS}: round(x, 2)"
                )
        if name in _READ and any(part.big or part.size > _MATCHED for part in parts):
            raise self.fail(
                expr.start, f"{name} of a text that the query builds is refused; use it on a property or a short text"
            )
        if (expr.distinct or name.startswith("percentile")) and scope.rows * sum(
            part.size for part in parts
        ) > MAX_SIZE:
            raise self.fail(
                expr.start,
                f"this holds more than {MAX_SIZE:,} values in memory to compare them; UNWIND fewer, or smaller ones",
            )

    def _gathered(self, of: Value, rows: float, at: int) -> Value:
        """A list of one such value for each row."""
        if REPEATED in of.big:
            raise self.fail(
                at,
                "this collects a collected list once for each row; collect it before the rows multiply, or return rows",
            )
        return collected(of, rows)

    def _replace(self, expr: Call, parts: list[Value]) -> Value:
        instead = expr.parts[2]
        if not isinstance(instead, Literal) or len(instead.text) > UNIT:
            raise self.fail(
                expr.start, f"the third value of replace() must be a text of at most {UNIT} characters, written out"
            )
        # An empty text is found between all characters.
        search = len(re.sub(r"\\(.)", r"\1", expr.parts[1].text)) if isinstance(expr.parts[1], Literal) else 0
        grows = len(instead.text) > search or (search == 0 and len(instead.text) > 0)
        return replace(
            parts[0],
            size=parts[0].size * (len(instead.text) + 1 if grows else 1),
            marks=parts[0].marks * (2 if grows else 1),
        )

    def _range(self, expr: Call, scope: Scope) -> Value:
        """A range whose length the query says: numbers that are written out, or the size of something."""
        ends = [self._end(part, scope) for part in expr.parts]
        if any(end is None for end in ends) or (len(ends) == 3 and not isinstance(expr.parts[2], Literal)):
            raise self.fail(
                expr.start,
                "range() takes numbers that are written out, or size(...) and length(...); anything else could be too "
                "long",
            )
        low, high, step = (*(end or 0.0 for end in ends), 1.0)[:3]
        if step == 0 or abs(high - low) / abs(step) > MAX_RANGE:
            raise self.fail(
                expr.start,
                f"this range has more than {MAX_RANGE:,} numbers, or no step"
                if step
                else "a range needs a step other than 0",
            )
        big = any(not isinstance(part, Literal) for part in expr.parts)
        return Value(
            "list",
            inner=PLAIN,
            size=max((high - low) / step + 1, 1),
            big=frozenset((COLLECTED,)) if big else frozenset(),
        )

    def _end(self, expr: Expr, scope: Scope) -> float | None:
        """The number that a range's end is at most, None where nobody knows."""
        if isinstance(expr, Literal):
            return expr.number if expr.number is not None and math.isfinite(expr.number) else None
        if isinstance(expr, Call) and expr.name in ("size", "length", "char_length"):
            of = self.value(expr.parts[0], scope)
            return of.size * (1 if of.kind == "list" else UNIT)
        if isinstance(expr, Operation) and expr.sign in ("+", "-", "sign"):
            found = [self._end(part, scope) for part in expr.parts]
            return None if None in found else sum(abs(f or 0) for f in found)
        return None


def _branches(path: Path) -> float:
    """How many paths a pattern is taken to find from one node: a relationship that is named leads to fewer others."""
    found = 1.0
    for part in path.parts:
        if isinstance(part, Edge):
            found *= (_NAMED if part.types is not None else _ANY) ** (part.steps or (1, 1))[1]
        elif not isinstance(part, Node):
            found *= _branches(part.path) ** part.steps[1]
    return found
