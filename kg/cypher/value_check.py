"""Values before they run: properties against the schema, variables, and what would grow without end."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from kg.cypher import hetionet
from kg.cypher.call_check import MATCHED, NUMBERS, CallCheck
from kg.cypher.rows import Rows
from kg.cypher.tree import (
    Access,
    At,
    Call,
    Entries,
    Expr,
    Items,
    Key,
    LabelTest,
    Literal,
    Name,
    Operation,
    Over,
    Parameter,
    PatternOver,
    PatternTest,
    Projection,
    Regex,
    Subquery,
    name_end,
    start_of,
)
from kg.cypher.values import (
    MAX_SIZE,
    PLAIN,
    UNIT,
    Scope,
    Value,
    collected,
    either,
    listed,
    mapped,
    together,
)

MAX_COPIES = 1000
# What a property that is a list or JSON is taken to hold, for those that loop over it.
_LISTS = 30
_LISTED = frozenset("synonyms xrefs sources publications groups categories atc_codes attributes detail".split())
# Totals of the reduces around one count so much within it, so that they are told from its own.
_OUTER = 1_000_000


class ValueCheck(CallCheck):
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
                return self.function(expr, scope)
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
            if self.key(key.name, key.start, of) == key.name:
                continue
            # The key of the map keeps the name that was asked for.
            dot = self.text.rindex(".", 0, key.start)
            of_name = self.text[expr.of.start : name_end(self.text, expr.of)]
            self.edits[dot, name_end(self.text, key)] = f"{key.name}: {of_name}.id"
        parts = [self.value(part, scope) for part in expr.values]
        if of.kind in ("node", "edge"):
            return together([Value(size=1 + len(expr.keys)), *parts])
        return together([*(of.field(key.name) for key in expr.keys), *([of] if expr.everything else []), *parts])

    def _pattern_value(self, expr: PatternOver | PatternTest | Subquery, scope: Scope) -> Value:
        inside = scope.copy()
        if isinstance(expr, Subquery):
            columns, rows, many = self.inner_query(expr.query, inside)
            gathers = expr.kind == "COLLECT"
            return self.gathered(either(columns.values()), rows, expr.start, many) if gathers else PLAIN
        if isinstance(expr, PatternTest) and not (self.filtering or expr.path.shortest):
            raise self.fail(
                expr.path.start,
                "a pattern stands as a value in WHERE alone; elsewhere write EXISTS { (a)-[:TYPE]->(b) }",
            )
        inside.graph = Rows(before=frozenset(inside.names))
        self.pattern(expr.path, inside)
        if isinstance(expr, PatternTest):
            return Value("path") if expr.path.shortest else PLAIN
        ways = inside.graph.count(self.sizes)
        before = self.branches(expr.path, ways)
        if expr.where is not None:
            self.value(expr.where, inside)
        inside.multiply(1)
        found = self.gathered(self.value(expr.result, inside), 1, expr.path.start, ways)
        self.steps = before
        self.turn_round(expr.path, scope)
        return found

    def _operation(self, expr: Operation, scope: Scope) -> Value:
        if expr.sign == "CASE":
            _tests, *results = [self.value(part, scope) for part in expr.parts]
            return either(results)
        parts = [self.value(part, scope) for part in expr.parts]
        for part in expr.parts:
            if isinstance(part, Regex) and any(v.big or v.size > MATCHED for v in parts):
                raise self.fail(
                    part.start,
                    "a regular expression on a text that the query builds is refused; match it against a property",
                )
        if expr.sign in ("AND", "OR"):
            return PLAIN
        self._identifiers(expr, scope)
        self.compare(start_of(expr), expr.sign, parts)
        if expr.sign not in ("+", "-"):
            return PLAIN
        if all(part.kind != "list" for part in parts):
            return together(parts)
        return together(
            parts, "list", replace(either([part.element() if part.kind == "list" else part for part in parts]), marks=0)
        )

    def _identifiers(self, expr: Operation, scope: Scope) -> None:
        """Refuse identifiers of another graph that a node's is compared with."""
        for part in expr.parts:
            match part:
                case Access(Name(text), (Key(hetionet.IDENTIFIER, start),)):
                    if scope.names[text].kind == "node":
                        for other in expr.parts:
                            self.curie(other, start)

    def _access(self, expr: Access, scope: Scope) -> Value:
        found = self.value(expr.base, scope)
        for step in expr.steps:
            if isinstance(step, Key):
                key = self.key(step.name, step.start, found)
                if key != step.name:
                    self.edits[step.start, name_end(self.text, step)] = key
                if found.kind in ("node", "edge"):
                    self.read(step.start)
                    found = _property(key)
                else:
                    found = found.field(key)
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
                self.key(part.text, step.start, found, renamed=False)
        if step.slice:
            return self._sliced(step, found)
        if found.kind == "list":
            return found.element()
        return Value() if found.kind in ("node", "edge") else found

    def _sliced(self, step: At, found: Value) -> Value:
        """A part of a list: no more than its ends say, where they are written out."""
        ends = [part.number for part in step.parts if isinstance(part, Literal) and part.number is not None]
        if found.kind != "list" or not ends or len(ends) < len(step.parts) or min(ends) < 0:
            return found
        # Of [3..] nobody knows where it ends; [..3] and [1..3] end at the last number.
        opened = self.text[: self.text.index("]", step.start)].rstrip().endswith("..")
        return found if opened else replace(found, many=min(found.many, max(ends)) or 1)

    def _over(self, expr: Over, scope: Scope) -> Value:
        source = self.value(expr.source, scope)
        inside, loop = scope.copy(), expr.variable.start
        inside.names[expr.variable.text] = source.element(loop)
        before = self.begin_loop(expr, source)
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
        gathered = collected(result, source.size, source.big | others, source.many)
        return replace(gathered, copies=copies, marks=source.marks + 2 * result.marks)

    def _reduce(self, expr: Over, scope: Scope) -> Value:
        """The total of a reduce. `own` and `outer`: how often this total and those around it stand in its formula."""
        assert expr.total is not None and expr.result is not None
        source, first = self.value(expr.source, scope), self.value(expr.total[1], scope)
        loop = expr.variable.start
        inside = Scope(
            {name: replace(value, marks=value.marks * _OUTER) for name, value in scope.names.items()}, scope.rows
        )
        inside.names[expr.variable.text] = replace(source.element(loop), marks=source.marks * _OUTER)
        inside.names[expr.total[0].text] = Value(size=first.size, big=first.big, marks=1, many=first.many)
        before = self.begin_loop(expr, source)
        result = self.value(expr.result, inside)
        numbers = {expr.total[0].text, *([expr.variable.text] if _is_range(expr.source) else [])}
        if not _is_number(expr.result, numbers):
            # A text is written anew at each step.
            self.count(expr.variable.start, self.steps * source.whole * result.size / UNIT)
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
        size, big = source.size * result.size * growth, source.big | others
        many = source.many * (result.many if others else 1)
        return Value("other", frozenset(), None, size, big, marks, copies * growth, many=many)


def _is_range(source: Expr) -> bool:
    return isinstance(source, Call) and source.name == "range"


def _is_number(expr: Expr, names: Collection[str]) -> bool:
    """Whether a value is a number for sure, where these variables are."""
    match expr:
        case Literal():
            return expr.number is not None
        case Name():
            return expr.text in names
        case Call():
            return expr.name in NUMBERS
        case Operation():
            return expr.sign in ("*", "/", "%", "^") or (
                expr.sign in ("+", "-", "sign") and all(_is_number(part, names) for part in expr.parts)
            )
    return False


def _property(key: str) -> Value:
    """What a property of the graph holds: a short text or a number, some a list or JSON."""
    return Value(many=_LISTS if key in _LISTED else 1)
