"""Shortest paths: shortestPath(...) and, written as such, the selectors ANY SHORTEST, SHORTEST 1 and ALL SHORTEST."""

from __future__ import annotations

from kg.cypher.pattern_grammar import PatternGrammar
from kg.cypher.tokens import Token
from kg.cypher.tree import Edge, Name, Node, Path

_FUNCTIONS = ("SHORTESTPATH", "ALLSHORTESTPATHS")
_HINT = "write shortestPath((a)-[:TYPE*..6]-(b)) or allShortestPaths(...)"


class ShortestGrammar(PatternGrammar):
    """The part of the grammar that reads shortest paths."""

    def shortest(self, name: Name | None) -> Path | None:
        """A path that must be a shortest one, if such a one comes next."""
        if self.ahead().word in _FUNCTIONS:
            return self._by_function(name)
        return self._selected(name) if self.ahead().word in ("SHORTEST", "ALL", "ANY") else None

    def _by_function(self, name: Name | None) -> Path:
        token = self.take()
        self.expect("(", token.text)
        parts = self._open_chain()
        self.expect(")", token.text)
        if [type(part) for part in parts] != [Node, Edge, Node]:
            raise self.fail(f"{token.text} takes two nodes and one relationship: (a)-[*..4]-(b)", token)
        return Path(parts, name, token.word.lower(), token.start)

    def _open_chain(self) -> tuple[Node | Edge, ...]:
        """The parts of a path whose length may stand open."""
        self.ends_open = True
        parts = tuple(part for part in self.chain() if isinstance(part, (Node, Edge)))
        self.ends_open = False
        return parts

    def _selected(self, name: Name | None) -> Path:
        """ANY SHORTEST (a)-[:TYPE]-+(b): shortestPath() means the same where the ends are two nodes for sure."""
        token = self.ahead()
        written = self._selector()
        first = self.ahead().start
        parts = self._open_chain()
        edge = parts[1] if [type(part) for part in parts] == [Node, Edge, Node] else None
        if not isinstance(edge, Edge) or not edge.steps or edge.steps[0] > 1 or edge.entries or edge.where:
            raise self.fail(f"a path with a selector runs where it is two nodes and one relationship; {_HINT}", token)
        last = parts[-1]
        assert isinstance(last, Node)
        self.edits[token.start, first], self.edits[last.end, last.end] = f"{written}(", ")"
        self.note(token.start, f"{' '.join(self.text[token.start : first].split())} runs as {written}(...)")
        return Path(parts, name, written.lower(), token.start, selected=True)

    def _selector(self) -> str:
        """The function that a selector stands for, the selector passed."""
        token = self.take()
        one = token.word == "SHORTEST" and self._one_follows()
        if not one and not (token.word != "SHORTEST" and self.found("SHORTEST")):
            raise self._no_selector(token)
        if not self.found("PATHS"):
            self.found("PATH")
        if self.ahead().word != "(":
            raise self._no_selector(token)
        return "allShortestPaths" if token.word == "ALL" else "shortestPath"

    def _one_follows(self) -> bool:
        return self.ahead().text == "1" and bool(self.take())

    def _no_selector(self, token: Token) -> Exception:
        return self.fail(f"of the path selectors ANY SHORTEST, SHORTEST 1 and ALL SHORTEST run; {_HINT}", token)
