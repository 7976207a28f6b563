"""The grammar of a query that only reads: clauses, subqueries, UNION. What stands in no rule is refused.

query    = part (UNION [ALL | DISTINCT] part)*
part     = (match | unwind | with | call)* return
match    = [OPTIONAL] MATCH path (, path)* [WHERE value]
unwind   = UNWIND value AS name
with     = WITH columns [ORDER BY ...] [SKIP ...] [LIMIT ...] [WHERE value]
call     = CALL [(names)] { query }
return   = RETURN columns [ORDER BY ...] [SKIP ...] [LIMIT ...]
"""

from __future__ import annotations

from kg.cypher.cursor import MAX_EDGES
from kg.cypher.expression_grammar import ExpressionGrammar
from kg.cypher.tree import Clause, Columns, Edge, Expr, Inner, Item, Match, Name, Path, Query, Unwind

_FIRST = "MATCH, OPTIONAL MATCH, UNWIND, WITH, CALL { ... } or RETURN"
_REFUSED = {
    "EXPLAIN": "EXPLAIN is refused; a query is looked at before it runs anyway",
    "PROFILE": "PROFILE is refused; write the query alone",
    "USE": "USE is refused; there is one graph",
    "SHOW": "SHOW is refused; docs/reference/cypher.md names labels and relationships",
    "LOAD": "LOAD CSV reads files and addresses; it is refused",
    "USING": "USING is refused; the engine chooses its indexes",
    "YIELD": "procedures are refused",
    "FINISH": "FINISH returns nothing; end with RETURN",
}
MAX_CLAUSES = 200


class Grammar(ExpressionGrammar):
    """The part of the grammar that reads clauses, and so the whole."""

    def whole(self) -> Query:
        """The query; raises `QueryRefused` unless it is one that only reads, to its last token.

        >>> len(Grammar("MATCH (n) RETURN n.name UNION RETURN 'none' AS name").whole().parts)
        2
        """
        if len(self.tokens) == 1:
            raise self.fail("the query is empty; write for example MATCH (d:Drug) RETURN d.name LIMIT 5")
        query = self._query()
        while self.found(";"):
            pass
        if self.ahead().kind != "end":
            more = self.tokens[self.at - 1].word == ";"
            raise (
                self.fail("one query at a time: more than one statement is refused")
                if more
                else self.unexpected("the end of the query")
            )
        return query

    def _query(self, kind: str = "") -> Query:
        parts = [self._part(kind)]
        kinds: set[bool] = set()
        while self.found("UNION"):
            kinds.add(self.found("ALL"))
            if len(kinds) > 1:
                raise self.fail("UNION and UNION ALL cannot stand side by side; write one of the two throughout")
            if kinds == {False}:
                self.found("DISTINCT")
            parts.append(self._part(kind))
        return Query(tuple(parts))

    def _part(self, kind: str) -> tuple[Clause, ...]:
        """One row of clauses. In EXISTS and COUNT it may end without RETURN, all others end with it."""
        clauses: list[Clause] = []
        while True:
            if len(clauses) > MAX_CLAUSES:
                raise self.fail(f"the query has more than {MAX_CLAUSES} clauses")
            token = self.ahead()
            if self.found("RETURN"):
                clauses.append(self._columns(token.start, last=True))
                return tuple(clauses)
            if (
                kind in ("EXISTS", "COUNT")
                and token.word in ("}", "UNION")
                and clauses
                and isinstance(clauses[-1], Match)
            ):
                return tuple(clauses)
            clauses.append(self._clause())

    def _clause(self) -> Clause:
        start = self.ahead().start
        if self.found("MATCH"):
            return self._match(start, optional=False)
        if self.found("OPTIONAL", "MATCH"):
            return self._match(start, optional=True)
        if self.found("UNWIND"):
            source = self.expression()
            self.expect("AS", "UNWIND")
            return Unwind(source, self.name("a variable"))
        if self.found("WITH"):
            return self._columns(start, last=False)
        if self.ahead().word == "CALL":
            return self._call_clause()
        if self.ahead().word in _REFUSED:
            raise self.fail(_REFUSED[self.ahead().word])
        if self.ahead().kind == "end" and self.at:
            raise self.fail("the query has no RETURN at its end")
        raise self.unexpected(_FIRST)

    def _match(self, start: int, optional: bool) -> Match:
        paths: list[Path] = [self.path()]
        while self.found(","):
            paths.append(self.path())
        if sum(isinstance(part, Edge) for path in paths for part in path.parts) > MAX_EDGES:
            raise self.fail(f"one MATCH takes at most {MAX_EDGES} relationships; split it by WITH")
        if self.ahead().word == "USING":
            self._hint()
        where = self.expression() if self.found("WHERE") else None
        return Match(optional, tuple(paths), where, start)

    def _hint(self) -> None:
        """USING JOIN ON n, as Hetionet's own queries have it: it changes no row, so it is left out."""
        start = self.ahead().start
        if [self.ahead(at).word for at in (1, 2)] != ["JOIN", "ON"]:
            raise self.fail(_REFUSED["USING"])
        self.at += 3
        self.name("a node's name")
        while self.found(","):
            self.name("a node's name")
        self.edits[start, self.tokens[self.at - 1].end] = ""
        self.note(start, "USING JOIN is left out; the engine chooses where it joins")

    def _call_clause(self) -> Inner:
        start = self.take().start
        imports = self._imports() if self.found("(") else None
        if self.ahead().word != "{":
            raise self.fail("procedures are refused; CALL takes a query in braces: CALL (x) { MATCH ... RETURN ... }")
        query = self.subquery("CALL")
        if self.ahead().word == "IN":
            raise self.fail("IN TRANSACTIONS is for writing; this command only reads")
        return Inner(imports, query, start)

    def _imports(self) -> tuple[Name, ...]:
        """The variables in brackets after CALL, the first bracket passed."""
        if self.comes("*", ")"):
            star = self.take()
            self.take()
            return (Name("*", star.start),)
        found: list[Name] = []
        while not self.found(")"):
            if found:
                self.expect(",", "CALL")
            found.append(self.name("a variable"))
        return tuple(found)

    def _columns(self, start: int, last: bool) -> Columns:
        distinct = self.found("DISTINCT")
        everything = self.found("*")
        items: list[Item] = []
        if not everything or self.found(","):
            items.append(self._item())
            while self.found(","):
                items.append(self._item())
        order = self._order() if self.found("ORDER", "BY") else ()
        bounds: list[Expr] = []
        if self.found("SKIP") or self.found("OFFSET"):
            bounds.append(self.expression())
        if limited := self.found("LIMIT"):
            bounds.append(self.expression())
        where = self.expression() if not last and self.found("WHERE") else None
        end = self.tokens[self.at - 1].end
        return Columns(last, distinct, everything, tuple(items), order, tuple(bounds), limited, where, start, end)

    def _item(self) -> Item:
        first = self.ahead().start
        value = self.expression()
        end = self.tokens[self.at - 1].end
        alias = self.name("a column's name") if self.found("AS") else None
        return Item(value, alias, self.text[first:end], first)

    def _order(self) -> tuple[Expr, ...]:
        found = []
        while True:
            found.append(self.expression())
            if self.ahead().word in ("ASC", "ASCENDING", "DESC", "DESCENDING"):
                self.take()
            if not self.found(","):
                return tuple(found)

    def subquery(self, kind: str) -> Query:
        """A query in braces; EXISTS and COUNT take a bare pattern too."""
        self.expect("{", kind)
        self.enter()
        bare = kind in ("EXISTS", "COUNT") and (
            self.ahead().word == "(" or (self.names_follow() and self.ahead(1).word == "=")
        )
        if bare:
            query = Query(((self._match(self.ahead().start, optional=False),),))
        else:
            query = self._query(kind)
        self.expect("}", kind)
        self.leave()
        return query
