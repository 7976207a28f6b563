"""The clauses of a query one after the other: which variables there are, and what each holds."""

from __future__ import annotations

from kg.cypher.aggregate_check import AggregateCheck, counts
from kg.cypher.rows import Rows, groups, pinned
from kg.cypher.tree import (
    Clause,
    Columns,
    Expr,
    Inner,
    Literal,
    Match,
    Name,
    Parameter,
    Query,
    Unwind,
)
from kg.cypher.values import MAX_SIZE, Scope, Value, either


class QueryCheck(AggregateCheck):
    """The part of the check that looks at clauses, and so the whole."""

    def whole(self, query: Query) -> None:
        """Check a query; raises `QueryRefused`. Notes, edits and parameters are in the attributes of these names."""
        for part in query.parts:
            self._part(part, Scope())

    def inner_query(self, query: Query, scope: Scope) -> tuple[dict[str, Value], float, float]:
        """The columns of a query in braces, which sees the variables around it, and the rows that it makes of one:
        those of the query itself, and how many times that the graph gives.
        """
        kept = self.aggregated
        filtering, self.filtering = self.filtering, False
        scopes = [Scope(scope.names) for _ in query.parts]
        found = [self._part(part, inside) for part, inside in zip(query.parts, scopes, strict=True)]
        self.aggregated, self.filtering = kept, filtering
        columns = {name: either([part[name] for part in found if name in part]) for name in found[0]}
        many = sum(inside.graph.count(self.sizes) for inside in scopes)
        return columns, sum(inside.rows for inside in scopes), many

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
                    scope.graph = scope.graph.multiplied(source.many)
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
        found, rows, many = self.inner_query(clause.query, inside)
        scope.multiply(rows)
        scope.graph = scope.graph.multiplied(many)
        scope.names.update(found)

    def _columns(self, clause: Columns, scope: Scope) -> dict[str, Value]:
        """The columns of WITH or RETURN; after WITH they are all that is left."""
        found = dict(scope.names) if clause.everything else {}
        summed = keys = 0
        known = pinned(tuple(item.value for item in clause.items if not counts(item.value)))
        scope.group = scope.graph.count(self.sizes, known | (frozenset(scope.names) if clause.everything else set()))
        for item in clause.items:
            self.aggregated = False
            value = self.value(item.value, scope)
            summed += self.aggregated
            keys += not (self.aggregated or isinstance(item.value, Literal))
            if item.alias is None and not clause.last and not isinstance(item.value, Name):
                raise self.fail(clause.start, f"{item.text[:40]} needs a name after WITH: WITH {item.text[:40]} AS x")
            found[item.alias.text if item.alias else item.text] = value
        after = Scope({**scope.names, **found}, scope.rows)
        self.aggregated = False
        for part in (*clause.order, *clause.bounds):
            self.value(part, after)
        sorted_by_count = self.aggregated
        self.condition(clause.where, after)
        if summed or sorted_by_count:
            self.aggregates(clause, scope)
        self._name_columns(clause)
        self._graph_rows(clause, scope, bool(summed), bool(keys))
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

    def _name_columns(self, clause: Columns) -> None:
        """Let a column without a name keep the one it has as it was written, where its value runs as another text."""
        for item in clause.items if clause.last else ():
            changed = any(item.start <= start and end <= item.end for start, end in self.edits)
            if item.alias is None and changed and "`" not in item.text:
                self.edits[item.end, item.end] = f" AS `{item.text}`"

    def _graph_rows(self, clause: Columns, scope: Scope, summed: bool, keys: bool) -> None:
        """What the graph gives after WITH: one row for all that is counted, one for each of what is counted by, or as
        many as before, and never more than LIMIT says.
        """
        columns = {item.alias.text if item.alias else item.text for item in clause.items if not counts(item.value)}
        names = columns | (set(scope.names) if clause.everything else set())
        constant = {item.text for item in clause.items if item.text in scope.constant}
        if summed and not keys and not clause.everything:
            constant = {item.alias.text if item.alias else item.text for item in clause.items}
        most = min(map(self._most, clause.bounds[-1:]), default=float("inf")) if clause.limited else float("inf")
        # A name that is left out could come again for another thing, so what it had found is counted first.
        kept = all(isinstance(item.value, Name) and item.alias is None for item in clause.items) and names >= set(
            scope.names
        )
        if summed and not keys and not clause.everything:
            scope.graph, scope.constant = Rows(before=frozenset(constant)), frozenset(constant)
            return
        values: dict[str, float] = {}
        if summed or clause.distinct or not kept or most < float("inf"):
            unique = frozenset(names) if summed or clause.distinct else None
            total = min(scope.graph.count(self.sizes), most / scope.rows if scope.rows else most)
            if summed and not clause.everything:
                by = tuple(item.value for item in clause.items if not counts(item.value))
                total = min(total, groups(scope.graph, by, self.sizes))
                for item in clause.items:
                    key = () if counts(item.value) else (item.value,)
                    values[item.alias.text if item.alias else item.text] = (
                        groups(scope.graph, key, self.sizes) if key else total
                    )
            after: set[str] = names | {item.alias.text if item.alias else item.text for item in clause.items}
            scope.graph = Rows(base=max(total, 1), unique=unique, before=frozenset(after), values=values)
        scope.constant = frozenset(constant)

    def _most(self, bound: Expr) -> float:
        """The rows that LIMIT lets through, as far as the text says."""
        if isinstance(bound, Literal) and bound.number is not None:
            return bound.number
        value = self.bound.get(bound.name) if isinstance(bound, Parameter) else None
        return float(value) if isinstance(value, int) else float("inf")
