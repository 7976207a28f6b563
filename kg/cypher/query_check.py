"""The clauses of a query one after the other: which variables there are, and what each holds."""

from __future__ import annotations

from collections.abc import Iterator

from kg.cypher.functions import AGGREGATES
from kg.cypher.pattern_check import PatternCheck
from kg.cypher.tree import (
    Access,
    Call,
    Clause,
    Columns,
    Entries,
    Expr,
    Inner,
    Items,
    Key,
    Literal,
    Match,
    Name,
    Operation,
    Projection,
    Query,
    Unwind,
)
from kg.cypher.values import MAX_SIZE, Scope, Value, either


class QueryCheck(PatternCheck):
    """The part of the check that looks at clauses, and so the whole."""

    def whole(self, query: Query) -> None:
        """Check a query; raises `QueryRefused`. Notes, edits and parameters are in the attributes of these names."""
        for part in query.parts:
            self._part(part, Scope())

    def inner_query(self, query: Query, scope: Scope) -> tuple[dict[str, Value], float]:
        """The columns of a query in braces, which sees the variables around it, and the rows that it makes of one."""
        kept = self.aggregated
        filtering, self.filtering = self.filtering, False
        scopes = [Scope(scope.names) for _ in query.parts]
        found = [self._part(part, inside) for part, inside in zip(query.parts, scopes, strict=True)]
        self.aggregated, self.filtering = kept, filtering
        columns = {name: either([part[name] for part in found if name in part]) for name in found[0]}
        return columns, sum(inside.rows for inside in scopes)

    def _part(self, clauses: tuple[Clause, ...], scope: Scope) -> dict[str, Value]:
        columns: dict[str, Value] = {}
        for clause in clauses:
            match clause:
                case Match():
                    self.paths(clause, scope)
                    scope.multiply(1)
                case Unwind():
                    source = self.value(clause.source, scope)
                    scope.multiply(source.size if source.kind in ("list", "other") else 1)
                    scope.names[clause.variable.text] = source.element()
                case Inner():
                    self._inner(clause, scope)
                case Columns():
                    columns = self._columns(clause, scope)
        return columns

    def _inner(self, clause: Inner, scope: Scope) -> None:
        inside = scope
        if clause.imports is not None and [n.text for n in clause.imports] != ["*"]:
            inside = Scope({name.text: self.variable(name, scope) for name in clause.imports})
        found, rows = self.inner_query(clause.query, inside)
        scope.multiply(rows)
        scope.names.update(found)

    def _columns(self, clause: Columns, scope: Scope) -> dict[str, Value]:
        """The columns of WITH or RETURN; after WITH they are all that is left."""
        found = dict(scope.names) if clause.everything else {}
        summed = keys = 0
        named = {_path(item.value) for item in clause.items} - {None}
        for item in clause.items:
            self.aggregated = False
            value = self.value(item.value, scope)
            summed += self.aggregated
            keys += not (self.aggregated or isinstance(item.value, Literal))
            if item.alias is None and not clause.last and not isinstance(item.value, Name):
                raise self.fail(clause.start, f"{item.text[:40]} needs a name after WITH: WITH {item.text[:40]} AS x")
            if self.aggregated:
                self._grouped(item.value, named, clause.start)
            found[item.alias.text if item.alias else item.text] = value
        after = Scope({**scope.names, **found}, scope.rows)
        for part in (*clause.order, *clause.bounds):
            self.value(part, after)
        self.condition(clause.where, after)
        if summed and not keys and not clause.everything:
            scope.rows = 1
        elif (clause.distinct or clause.order or summed) and scope.rows * sum(
            v.size for v in found.values()
        ) > MAX_SIZE:
            raise self.fail(
                clause.start,
                f"this holds more than {MAX_SIZE:,} values in memory to sort, group or compare them; UNWIND fewer, or "
                "smaller ones",
            )
        scope.names = found
        return found

    def _grouped(self, expr: Expr, keys: set[tuple[str, ...] | None], start: int) -> None:
        """Refuse what stands beside count() and its like in one column without being a column of its own: engines
        disagree on it.
        """
        for part in _beside(expr):
            path = _path(part)
            if path and not any(path[:length] in keys for length in range(1, len(path) + 1)):
                shown = ".".join(path)[:60]
                raise self.fail(
                    start,
                    f"{shown} stands beside a count or sum in one column; take it in a WITH before, or make it a "
                    "column of its own",
                )


def _path(expr: Expr) -> tuple[str, ...] | None:
    """A variable or one of its properties as words."""
    if isinstance(expr, Name):
        return (expr.text,)
    if isinstance(expr, Access) and isinstance(expr.base, Name):
        return (expr.base.text, *(step.name for step in expr.steps if isinstance(step, Key)))
    return None


def _beside(expr: Expr) -> Iterator[Expr]:
    """The variables and properties of an expression that stand in no count() or its like."""
    match expr:
        case Name():
            yield expr
        case Access():
            if isinstance(expr.base, Name):
                yield expr
            else:
                yield from _beside(expr.base)
        case Call():
            if expr.name not in AGGREGATES:
                yield from (found for part in expr.parts for found in _beside(part))
        case Operation() | Items():
            yield from (found for part in expr.parts for found in _beside(part))
        case Entries():
            yield from (found for part in expr.values for found in _beside(part))
        case Projection():
            yield expr.of
            yield from (found for part in expr.values for found in _beside(part))
