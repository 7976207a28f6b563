"""Values: operators by rank, functions of the allow list, lists, maps, CASE, comprehensions, subqueries."""

from __future__ import annotations

import re

from kg.cypher.cursor import RESERVED
from kg.cypher.functions import AGGREGATES, NAMESPACES, PLAIN, nearest_function
from kg.cypher.regexes import why_slow
from kg.cypher.shortest_grammar import ShortestGrammar
from kg.cypher.tokens import Token
from kg.cypher.tree import (
    Access,
    At,
    Call,
    Expr,
    Items,
    Key,
    LabelTest,
    Literal,
    Match,
    Name,
    Operation,
    Over,
    Parameter,
    PatternOver,
    PatternTest,
    Projection,
    Query,
    Regex,
    Subquery,
)

# The higher, the closer it binds. NOT stands at 4, a sign before a number at 9.
_RANKS = {
    "OR": 1,
    "XOR": 2,
    "AND": 3,
    "=": 5,
    "<>": 5,
    "<": 5,
    ">": 5,
    "<=": 5,
    ">=": 5,
    "STARTS": 6,
    "ENDS": 6,
    "CONTAINS": 6,
    "IN": 6,
    "IS": 6,
    "=~": 6,
    "+": 7,
    "-": 7,
    "*": 8,
    "/": 8,
    "%": 8,
    "^": 10,
}
_NOT, _SIGN = 4, 9
_OVER = ("ALL", "ANY", "NONE", "SINGLE")
_SUBQUERIES = ("EXISTS", "COUNT", "COLLECT")


class ExpressionGrammar(ShortestGrammar):
    """The part of the grammar that reads values."""

    def expression(self) -> Expr:
        """A value."""
        return self._ranked(1)

    def _ranked(self, least: int) -> Expr:
        """A value whose operators all bind at least so close. Operators of one rank make one flat operation."""
        self.enter()
        found = self._prefixed()
        while (rank := _RANKS.get(self.ahead().word, 0)) >= least:
            sign, parts = self.ahead().word, [found]
            while _RANKS.get(self.ahead().word) == rank:
                parts += self._operand(rank)
            found = Operation(sign, tuple(parts))
        self.leave()
        return found

    def _operand(self, rank: int) -> list[Expr]:
        """What stands after an operator, the operator passed; nothing after IS NULL."""
        token = self.take()
        if token.word == "IS":
            self.found("NOT")
            if not self.found("NULL"):
                raise self.unexpected("NULL after IS")
            return []
        if token.word == "=~":
            return [self._regex()]
        if token.word in ("STARTS", "ENDS"):
            self.expect("WITH", f"{token.word} WITH")
        return [self._ranked(rank + 1)]

    def _regex(self) -> Expr:
        token = self.ahead()
        value = self._ranked(_RANKS["=~"] + 1)
        if not isinstance(value, Literal) or token.kind != "text":
            raise self.fail(
                "a regular expression is written out as one text; for a parameter use CONTAINS or STARTS WITH", token
            )
        if problem := why_slow(re.sub(r"\\(.)", r"\1", value.text)):
            raise self.fail(f"this regular expression could take very long: {problem}", token)
        return Regex(value.text, token.start)

    def _prefixed(self) -> Expr:
        if self.comes("NOT"):
            while self.found("NOT"):
                pass
            return Operation("NOT", (self._ranked(_NOT),))
        if self.ahead().word in ("-", "+"):
            signs = 0
            while self.ahead().word in ("-", "+"):
                signs += self.take().word == "-"
            value = self._ranked(_SIGN)
            if isinstance(value, Literal) and value.number is not None:
                return Literal(value.text, -value.number if signs % 2 else value.number)
            return Operation("sign", (value,))
        return self._with_steps(self._primary())

    def _with_steps(self, base: Expr) -> Expr:
        steps: list[Key | At | LabelTest] = []
        while True:
            if self.found("."):
                key = self.key("a property's name")
                if self.ahead().word == "(":
                    raise self.fail(f"there is no function {key.text!r} here; properties are read without brackets")
                steps.append(Key(key.text, key.start))
            elif self.ahead().word == "[":
                steps.append(self._place())
            elif self.comes(":") and not steps and isinstance(base, Name):
                self.take()
                steps.append(LabelTest(self.labels()))
                if self.ahead().word in (".", "[", "("):
                    raise self.fail(
                        "nothing is taken from a label test; before a bar it stands in brackets: [n IN nodes(p) WHERE "
                        "(n:Drug) | n.name]"
                    )
            else:
                return Access(base, tuple(steps)) if steps else base

    def _place(self) -> At:
        start = self.expect("[", "a list's place").start
        parts: list[Expr] = []
        sliced = False
        if self.ahead().word != "..":
            parts.append(self.expression())
        if self.found(".."):
            sliced = True
            if self.ahead().word != "]":
                parts.append(self.expression())
        self.expect("]", "a list's place")
        return At(tuple(parts), sliced, start)

    def _primary(self) -> Expr:
        token = self.ahead()
        if token.kind == "number":
            self.take()
            return Literal(token.text, float(token.text))
        if token.kind == "text":
            self.take()
            return Literal(token.text)
        if token.kind == "parameter":
            self.take()
            return Parameter(token.text, token.start)
        if token.word == "(":
            return self._in_brackets()
        if token.word == "[":
            return self._in_square_brackets()
        if token.word == "{":
            return self.map()
        if token.word in ("TRUE", "FALSE", "NULL"):
            self.take()
            return Literal(token.text)
        if token.word == "CASE":
            return self._case()
        return self._named(token)

    def _in_brackets(self) -> Expr:
        if self.pattern_follows(self.at):
            return PatternTest(self.path(named=False))
        self.take()
        found = self.expression()
        self.expect(")", "a value in brackets")
        return found

    def _named(self, token: Token) -> Expr:
        """What begins with a word: a function, a subquery, a map projection, a variable."""
        after = self.ahead(1).word
        if token.word in _SUBQUERIES and after == "{":
            self.take()
            return Subquery(token.word, self.subquery(token.word), token.start)
        if after == "(" and token.kind in ("word", "name"):
            if token.kind == "name":
                raise self.fail(f"the function {token.text!r} is refused; functions are written without back-ticks")
            return self._call(token)
        if after == "." and self.ahead(2).kind in ("word", "name") and self.ahead(3).word in ("(", "."):
            self._check_namespace(token)
            if f"{token.text}.{self.ahead(2).text}".casefold() in NAMESPACES and self.ahead(3).word == "(":
                return self._namespaced()
        name = self.name("a value")
        return self._projection(name) if self.comes("{") else name

    def _check_namespace(self, token: Token) -> None:
        """Refuse a.b.c( and a.b( unless listed; a.b.c without a bracket is a property."""
        count, text = 1, token.text
        while self.ahead(count).word == "." and self.ahead(count + 1).kind in ("word", "name"):
            text += "." + self.ahead(count + 1).text
            count += 2
        if self.ahead(count).word == "(" and text.casefold() not in NAMESPACES:
            raise self.fail(f"the function {text!r} is refused; plain functions of Cypher alone are let through")

    def _namespaced(self) -> Expr:
        token, _, last = self.take(), self.take(), self.take()
        name = f"{token.text}.{last.text}".lower()
        return self._arguments(token, name, NAMESPACES[name])

    def _call(self, token: Token) -> Expr:
        if token.word in _OVER:
            return self._quantified()
        if token.word == "REDUCE":
            return self._reduce()
        if token.word in ("SHORTESTPATH", "ALLSHORTESTPATHS"):
            return PatternTest(self.path(named=False))
        if token.word == "EXISTS":
            return self._exists()
        name = token.text.lower()
        if name not in PLAIN:
            if token.word in ("CALL", "LOAD", "FOREACH"):
                raise self.unexpected("a value")
            raise self.fail(
                f"the function {token.text!r} is refused; plain functions of Cypher alone are let "
                f"through{nearest_function(name)}"
            )
        if self.ahead(2).word == "(" and self.pattern_follows(self.at + 2):
            if name == "size":
                return self._size_of_pattern()
            raise self.fail(f"{token.text} of a pattern is refused; write COUNT {{ (a)-[:TYPE]->(b) }}")
        self.take()
        return self._arguments(token, name, PLAIN[name])

    def _arguments(self, token: Token, name: str, number: tuple[int, int]) -> Call:
        self.expect("(", name)
        if self.comes("*", ")"):
            if name != "count":
                raise self.fail("the star stands in count(*) alone")
            self.at += 2
            return Call(name, (), token.start, end=self.tokens[self.at - 1].end)
        distinct = self.found("DISTINCT")
        if not distinct and name in AGGREGATES and self.comes("ALL") and self._all_follows():
            self.take()
        parts: list[Expr] = []
        while not self.found(")"):
            if parts:
                self.expect(",", name)
            parts.append(self.expression())
        fewest, most = number
        if not fewest <= len(parts) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise self.fail(f"{name} takes {wanted} values, not {len(parts)}", token)
        return Call(name, tuple(parts), token.start, distinct, self.tokens[self.at - 1].end)

    def _all_follows(self) -> bool:
        """Whether ALL says that count() takes all, and is no variable and no all(...)."""
        after = self.ahead(1)
        return after.kind not in ("sign", "end") and after.word not in RESERVED and after.word not in _RANKS

    def _exists(self) -> Expr:
        token = self.take()
        has_pattern = self.pattern_follows(self.at + 1)
        opening = self.expect("(", "exists")
        if not has_pattern:
            return self._property_exists(token, opening)
        path = self.path(named=False)
        self.expect(")", "exists")
        return Subquery("EXISTS", Query(((Match(False, (path,), None, token.start),),)), token.start)

    def _property_exists(self, token: Token, opening: Token) -> Expr:
        """exists(n.name), as it was written before IS NOT NULL."""
        value = self.expression()
        closing = self.expect(")", "exists")
        if not isinstance(value, Access) or isinstance(value.steps[-1], LabelTest):
            raise self.fail("exists() takes a pattern; for a property write n.name IS NOT NULL", token)
        self.edits[token.start, opening.end], self.edits[closing.start, closing.end] = "(", " IS NOT NULL)"
        self.note(token.start, f"{self.text[token.start : closing.end]} runs as IS NOT NULL, which both engines read")
        return Operation("IS", (value,))

    def _size_of_pattern(self) -> Expr:
        """size((n)-->()), as it was written before COUNT { }."""
        token, opening = self.take(), self.take()
        path = self.path(named=False)
        closing = self.expect(")", "size")
        self.edits[token.start, opening.end], self.edits[closing.start, closing.end] = "COUNT { ", " }"
        self.note(token.start, "size of a pattern runs as COUNT { ... }, which both engines read")
        return Subquery("COUNT", Query(((Match(False, (path,), None, token.start),),)), token.start)

    def _quantified(self) -> Expr:
        token = self.take()
        self.expect("(", token.text)
        variable = self.name("a variable")
        self.expect("IN", token.text)
        source = self.expression()
        self.expect("WHERE", token.text)
        where = self.expression()
        self.expect(")", token.text)
        return Over(token.word, variable, source, where, None)

    def _reduce(self) -> Expr:
        self.take()
        self.expect("(", "reduce")
        total = self.name("reduce's total")
        self.expect("=", "reduce")
        first = self.expression()
        self.expect(",", "reduce")
        variable = self.name("a variable")
        self.expect("IN", "reduce")
        source = self.expression()
        self.expect("|", "reduce")
        result = self.expression()
        self.expect(")", "reduce")
        return Over("REDUCE", variable, source, None, result, (total, first))

    def _in_square_brackets(self) -> Expr:
        named = self.ahead(1).kind in ("word", "name")
        if self.pattern_follows(self.at + 1) or (
            named and self.ahead(2).word == "=" and self.tokens[self.at + 3].word == "("
        ):
            return self._pattern_comprehension()
        self.take()
        if named and self.ahead(1).word == "IN":
            return self._list_comprehension()
        parts: list[Expr] = []
        while not self.found("]"):
            if parts:
                self.expect(",", "a list")
            parts.append(self.expression())
        return Items(tuple(parts))

    def _list_comprehension(self) -> Expr:
        variable = self.name("a variable")
        self.expect("IN", "a list comprehension")
        source = self.expression()
        where = self.expression() if self.found("WHERE") else None
        result = self.expression() if self.found("|") else None
        self.expect("]", "a list comprehension")
        return Over("LIST", variable, source, where, result)

    def _pattern_comprehension(self) -> Expr:
        self.take()
        path = self.path()
        where = self.expression() if self.found("WHERE") else None
        self.expect("|", "a pattern comprehension")
        result = self.expression()
        self.expect("]", "a pattern comprehension")
        return PatternOver(path, where, result)

    def _projection(self, of: Name) -> Expr:
        self.expect("{", "a map projection")
        keys: list[Key] = []
        values: list[Expr] = []
        count, everything = 0, False
        while not self.found("}"):
            if count:
                self.expect(",", "a map projection")
            count += 1
            if self.found("."):
                if self.found("*"):
                    everything = True
                else:
                    key = self.key("a property's name")
                    keys.append(Key(key.text, key.start))
            elif self.ahead(1).word == ":":
                self.key("a key")
                self.take()
                values.append(self.expression())
            else:
                values.append(self.name("a variable"))
        return Projection(of, tuple(keys), tuple(values), everything)

    def _case(self) -> Expr:
        self.take()
        tests: list[Expr] = []
        results: list[Expr] = []
        if not self.comes("WHEN"):
            tests.append(self.expression())
        while self.found("WHEN"):
            tests.append(self.expression())
            self.expect("THEN", "CASE")
            results.append(self.expression())
        if not results:
            raise self.unexpected("WHEN in CASE")
        if self.found("ELSE"):
            results.append(self.expression())
        self.expect("END", "CASE")
        return Operation("CASE", (Operation("tests", tuple(tests)), *results))
