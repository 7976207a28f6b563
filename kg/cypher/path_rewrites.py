"""Paths that run as another text: lists of paths that start at the wrong end, and selectors of shortest paths."""

from __future__ import annotations

from kg.cypher.tokens import place
from kg.cypher.tree import Edge, Entries, Expr, Group, Literal, Name, Node, Path, within
from kg.cypher.value_check import ValueCheck
from kg.cypher.values import Scope

Kinds = frozenset[str]


class PathRewrites(ValueCheck):
    """The part of the check that writes paths anew."""

    def selected(self, path: Path, kinds: list[Kinds], where: Expr | None) -> None:
        """Refuse a selector such as ANY SHORTEST where shortestPath() means another thing: its ends can be one node,
        or a condition speaks of the path, which the selector looks at afterwards.
        """
        if not path.selected:
            return
        first, edge, last = path.parts
        assert isinstance(first, Node) and isinstance(edge, Edge) and isinstance(last, Node)
        names = {named.text for named in (path.name, edge.name) if named}
        spoken = any(isinstance(part, Name) and part.text in names for part in within(where))
        if spoken or (kinds[0] & kinds[2] and not _told_apart(first, last)):
            why = "its condition speaks of the path" if spoken else "its ends can be one node"
            raise self.fail(
                path.start,
                f"this selector cannot run as shortestPath(), for {why}; write MATCH (a:Drug {{id: $a}}), "
                "(b:Disease {id: $b}) MATCH p = shortestPath((a)-[:TYPE*..6]-(b))",
            )

    def turn_round(self, path: Path, scope: Scope) -> None:
        """Let a list of paths start from a node that is known: the embedded engine begins at the first."""
        first, last = path.parts[0], path.parts[-1]
        if path.name or not isinstance(first, Node) or not isinstance(last, Node) or len(path.parts) < 3:
            return
        if (first.name and first.name.text in scope.names) or not (last.name and last.name.text in scope.names):
            return
        if any(isinstance(part, Group) or (isinstance(part, Edge) and part.name and part.steps) for part in path.parts):
            return
        turned = []
        for part in reversed(path.parts):
            if isinstance(part, Node):
                turned.append(self.moved(part.start, part.end))
            elif isinstance(part, Edge):
                inside = self.moved(part.left[1], part.right[0])
                left, right = self.moved(*part.left), self.moved(*part.right)
                turned.append(f"{'<-' if '>' in right else '-'}{inside}{'->' if '<' in left else '-'}")
        self.edits[first.start, last.end] = "".join(turned)
        self.note(f"{place(self.text, first.start)}: the path was turned round, so that it starts at {last.name.text}")


def _told_apart(first: Node, last: Node) -> bool:
    """Whether two nodes are asked for by different values of one property."""
    if not isinstance(first.entries, Entries) or not isinstance(last.entries, Entries):
        return False
    mine, other = ({k.text: v for k, v in zip(e.keys, e.values, strict=True)} for e in (first.entries, last.entries))
    return any(
        isinstance(mine[key], Literal) and isinstance(other[key], Literal) and mine[key] != other[key]
        for key in mine.keys() & other.keys()
    )
