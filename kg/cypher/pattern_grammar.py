"""Patterns: nodes, relationships with bounds, quantified paths, shortestPath, label expressions."""

from __future__ import annotations

import itertools

from kg.cypher.cursor import MAX_EDGES, MAX_STEPS, Cursor
from kg.cypher.tree import Edge, Entries, Expr, Group, Labels, Name, Node, Path

_SHORTEST = ("SHORTESTPATH", "ALLSHORTESTPATHS")


class PatternGrammar(Cursor):
    """The part of the grammar that reads patterns."""

    def pattern_follows(self, at: int) -> bool:
        """Whether the bracket at a place opens a node with a relationship after it, not a value in brackets."""
        if self.tokens[at].word != "(":
            return False
        inside, after = self.tokens[at + 1], self.closing(at) + 1
        if inside.kind in ("word", "name"):
            inside = self.tokens[at + 2]
        signs = tuple(t.word for t in self.tokens[after : after + 3])
        starts = signs[:2] in (("-", "["), ("-", "-")) or signs[:3] in (("<", "-", "["), ("<", "-", "-"))
        return starts and inside.word in (":", ")", "{", "WHERE")

    def path(self, named: bool = True) -> Path:
        """A path, with a name before it where one may stand."""
        self.enter()
        start = self.ahead().start
        name = None
        if named and self.names_follow() and self.ahead(1).word == "=":
            name = self.name("a path's name")
            self.take()
        if self.ahead().word in _SHORTEST:
            found = self._shortest(name)
        else:
            if self.ahead().word in ("SHORTEST", "ALL", "ANY"):
                raise self.fail(
                    "path selectors are refused; write shortestPath((a)-[*..4]-(b)) or allShortestPaths(...)"
                )
            found = Path(tuple(self._chain()), name, "", start)
        self.leave()
        return found

    def _shortest(self, name: Name | None) -> Path:
        token = self.take()
        self.expect("(", token.text)
        parts = tuple(self._chain())
        self.expect(")", token.text)
        shapes = [type(part) for part in parts]
        if shapes != [Node, Edge, Node]:
            raise self.fail(f"{token.text} takes two nodes and one relationship: (a)-[*..4]-(b)", token)
        return Path(parts, name, token.word.lower(), token.start)

    def _chain(self) -> list[Node | Edge | Group]:
        parts: list[Node | Edge | Group] = []
        while self.ahead().word == "(":
            parts.append(self._group() if self._group_follows() else self._node())
            while self.ahead().word in ("-", "<"):
                if not isinstance(parts[-1], Node):
                    raise self.fail("a node must stand between a quantified path and a relationship")
                parts += [self._edge(), self._node()]
        if sum(isinstance(part, Edge) for part in parts) > MAX_EDGES:
            raise self.fail(f"a path is written with at most {MAX_EDGES} relationships")
        if not parts:
            raise self.unexpected("a pattern such as (a:Drug)-[:TREATS]->(b:Disease)")
        for one, other in itertools.pairwise(parts):
            if isinstance(one, Node) and isinstance(other, Node):
                raise self.fail("two nodes need a relationship between them: (a)-[r]->(b)")
        return parts

    def _group_follows(self) -> bool:
        return self.ahead(1).word == "(" or (self.ahead(1).kind in ("word", "name") and self.ahead(2).word == "=")

    def _group(self) -> Group:
        self.expect("(", "a quantified path")
        self.enter()
        path = Path(tuple(self._chain()), None, "", self.ahead().start)
        where = self.expression() if self.found("WHERE") else None
        self.expect(")", "a quantified path")
        steps = self._quantifier()
        if steps is None:
            raise self.fail("a path in brackets needs its number of repeats: ((a)-[:TYPE]->(b)){1,3}")
        edges = sum(isinstance(part, Edge) for part in path.parts)
        if steps[1] * max(edges, 1) > MAX_STEPS or any(
            isinstance(part, Group) or (isinstance(part, Edge) and part.steps) for part in path.parts
        ):
            raise self.fail(f"a quantified path has at most {MAX_STEPS} steps in all, and nothing repeated inside it")
        self.leave()
        return Group(path, where, steps)

    def _quantifier(self) -> tuple[int, int] | None:
        if self.ahead().word in ("+", "*"):
            raise self.fail(f"a path of any length is refused; give it an end of at most {MAX_STEPS}: {{1,3}}")
        if self.ahead().word != "{":
            return None
        self.take()
        low = self._whole() if self.ahead().kind == "number" else None
        high = low
        if self.found(","):
            high = self._whole() if self.ahead().kind == "number" else None
        self.expect("}", "a quantifier")
        return self._bounded(low or 0, high)

    def _whole(self) -> int:
        token = self.take()
        if not token.text.isdecimal() or len(token.text) > 9:
            raise self.fail("a number of steps is a whole number", token)
        return int(token.text)

    def _bounded(self, low: int, high: int | None) -> tuple[int, int]:
        if high is None or high > MAX_STEPS:
            raise self.fail(
                f"a path of any length is refused; give it an end of at most {MAX_STEPS}: -[*1..3]- or {{1,3}}"
            )
        if low > high:
            raise self.fail(f"a path of {low} to {high} steps cannot be; the smaller number stands first")
        return low, high

    def _node(self) -> Node:
        start = self.expect("(", "a node").start
        name = self.name("a node's name") if self.names_follow() else None
        labels = self.labels() if self.found(":") else None
        stop = self.ahead().start
        entries = self._entries()
        where = self.expression() if self.found("WHERE") else None
        self.expect(")", "a node")
        return Node(name, labels, entries, where, start, stop)

    def _entries(self) -> Entries | None:
        """The map of a pattern: {id: $id}. A whole map as a parameter could hide names, so it is refused."""
        if self.ahead().kind == "parameter":
            raise self.fail("a parameter for all properties of a pattern is refused; write {id: $id}")
        return self.map() if self.ahead().word == "{" else None

    def _edge(self) -> Edge:
        start = self.ahead().start
        inward = self.found("<")
        left = (start, self.expect("-", "a relationship").end)
        name = types = entries = where = steps = None
        if self.found("["):
            name = self.name("a relationship's name") if self.names_follow() else None
            types = self.labels() if self.found(":") else None
            if self.found("*"):
                steps = self._star()
            entries = self._entries()
            where = self.expression() if self.found("WHERE") else None
            self.expect("]", "a relationship")
        dash = self.expect("-", "a relationship such as -[:TYPE]->")
        outward = self.ahead().word == ">"
        right = (dash.start, self.take().end if outward else dash.end)
        if inward and outward:
            raise self.fail(
                "an arrow with two heads is refused; leave both away for either direction: (a)-[r]-(b)", dash
            )
        quantifier = self._quantifier() if self.ahead().word in ("{", "+", "*") else None
        if steps and quantifier:
            raise self.fail("a relationship has either a star or a quantifier, not both", dash)
        direction = "in" if inward else "out" if outward else "both"
        return Edge(name, types, entries, where, steps or quantifier, direction, start, left, right)

    def _star(self) -> tuple[int, int]:
        low = self._whole() if self.ahead().kind == "number" else None
        high = low
        if self.found(".."):
            high = self._whole() if self.ahead().kind == "number" else None
        return self._bounded(1 if low is None else low, high)

    def map(self) -> Entries:
        """A map of values; also a value of its own."""
        self.expect("{", "a map")
        keys: list[Name] = []
        values: list[Expr] = []
        while not self.found("}"):
            if keys:
                self.expect(",", "a map")
            keys.append(self.key("a key"))
            self.expect(":", "a map")
            values.append(self.expression())
        return Entries(tuple(keys), tuple(values))

    def labels(self) -> Labels:
        """A label expression after its colon: A, A|B, A&B, !A, (A|B)&C, %, and the older A:B and A|:B."""
        parts = [self._all_of()]
        start = parts[0].start
        while self.found("|"):
            self.found(":")
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else Labels("|", "", tuple(parts), start)

    def _all_of(self) -> Labels:
        parts = [self._label()]
        while self.ahead().word in ("&", ":"):
            self.take()
            parts.append(self._label())
        return parts[0] if len(parts) == 1 else Labels("&", "", tuple(parts), parts[0].start)

    def _label(self) -> Labels:
        start, turned = self.ahead().start, False
        while self.found("!"):
            turned = not turned
        if self.found("("):
            self.enter()
            found = self.labels()
            self.expect(")", "a label expression")
            self.leave()
        elif self.found("%"):
            found = Labels("%", "", (), start)
        elif self.ahead().word == "$" or self.ahead().kind == "parameter":
            raise self.fail("labels and types that are computed are refused; write the name")
        else:
            name = self.key("a label or type")
            found = Labels("is", name.text, (), name.start)
        return Labels("!", "", (found,), start) if turned else found
