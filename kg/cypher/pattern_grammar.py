"""Patterns: nodes, relationships with bounds, quantified paths, shortestPath, label expressions."""

from __future__ import annotations

import itertools
from abc import abstractmethod

from kg.cypher.cursor import MAX_EDGES, MAX_STEPS, Cursor
from kg.cypher.tree import Edge, Entries, Expr, Group, Labels, Name, Node, Parameter, Path


class PatternGrammar(Cursor):
    """The part of the grammar that reads patterns."""

    # Whether a path of any length is taken for one as long as may be: of shortest paths the rest is seldom missed.
    ends_open = False

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
        found = self.shortest(name) or Path(tuple(self.chain()), name, "", start)
        self.leave()
        return found

    @abstractmethod
    def shortest(self, name: Name | None) -> Path | None:
        """A path that must be a shortest one, if such a one comes next."""

    def chain(self) -> list[Node | Edge | Group]:
        """Nodes, relationships and groups one after the other."""
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
        path = Path(tuple(self.chain()), None, "", self.ahead().start)
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
        if self.ends_open and self.ahead().word in ("+", "*"):
            start = self.ahead().start
            return self._bounded(int(self.take().word == "+"), self.at_most(start, None))
        if self.ahead().word in ("+", "*"):
            raise self.fail(f"a path of any length is refused; give it an end of at most {MAX_STEPS}: {{1,3}}")
        if self.ahead().word != "{":
            return None
        start = self.take().start
        low = self._whole() if self.ahead().kind == "number" else None
        high = low
        if self.found(","):
            high = self._whole() if self.ahead().kind == "number" else None
        self.expect("}", "a quantifier")
        return self._bounded(low or 0, self.at_most(start, high))

    def _whole(self) -> int:
        token = self.take()
        if not token.text.isdecimal() or len(token.text) > 9:
            raise self.fail("a number of steps is a whole number", token)
        return int(token.text)

    def at_most(self, start: int, high: int | None) -> int | None:
        """The end of a path's length; where it may stand open, the most that runs."""
        if not self.ends_open or (high is not None and high <= MAX_STEPS):
            return high
        self.note(start, f"a shortest path is looked for within {MAX_STEPS} steps; longer ones are not found")
        return MAX_STEPS

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
        entries = self._node_entries()
        where = self.expression() if self.found("WHERE") else None
        end = self.expect(")", "a node").end
        return Node(name, labels, entries, where, start, stop, end)

    def _node_entries(self) -> Entries | Parameter | None:
        """The map of a node, or a parameter that holds it."""
        if self.ahead().kind == "parameter":
            return Parameter(self.ahead().text, self.take().start)
        return self._entries()

    def _entries(self) -> Entries | None:
        """The map of a pattern: {id: $id}."""
        if self.ahead().kind == "parameter":
            raise self.fail("a parameter for all properties of a relationship is refused; write {tier: $tier}")
        return self.map() if self.ahead().word == "{" else None

    def _edge(self) -> Edge:
        start = self.ahead().start
        inward = self.found("<")
        left = (start, self.expect("-", "a relationship").end)
        name = types = entries = where = steps = None
        inside = left[1]
        if bracketed := self.found("["):
            name = self.name("a relationship's name") if self.names_follow() else None
            types = self.labels() if self.found(":") else None
            if self.found("*"):
                steps = self._star()
            entries = self._entries()
            where = self.expression() if self.found("WHERE") else None
            inside = self.expect("]", "a relationship").start
        dash = self.expect("-", "a relationship such as -[:TYPE]->")
        outward = self.ahead().word == ">"
        right = (dash.start, self.take().end if outward else dash.end)
        if inward and outward:
            raise self.fail(
                "an arrow with two heads is refused; leave both away for either direction: (a)-[r]-(b)", dash
            )
        after = self.ahead().start
        quantifier = self._quantifier() if self.ahead().word in ("{", "+", "*") else None
        if quantifier and self.ends_open:
            # shortestPath() has its number of steps in the brackets.
            steps_written = f"*{max(quantifier[0], 1)}..{quantifier[1]}"
            self.edits[inside, inside] = steps_written if bracketed else f"[{steps_written}]"
            self.edits[after, self.tokens[self.at - 1].end] = ""
        if steps and quantifier:
            raise self.fail("a relationship has either a star or a quantifier, not both", dash)
        direction = "in" if inward else "out" if outward else "both"
        return Edge(name, types, entries, where, steps or quantifier, direction, start, left, right)

    def _star(self) -> tuple[int, int]:
        start = self.tokens[self.at - 1].start
        low = self._whole() if self.ahead().kind == "number" else None
        high = low
        if self.found(".."):
            high = self._whole() if self.ahead().kind == "number" else None
        first = 1 if low is None else low
        steps = self._bounded(first, self.at_most(start, high))
        if steps[1] != high:
            self.edits[start, self.tokens[self.at - 1].end] = f"*{first}..{steps[1]}"
        return steps

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
