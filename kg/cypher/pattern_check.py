"""Patterns against the schema: which labels a relationship joins, and arrows that point the wrong way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from kg.cypher import vocabulary
from kg.cypher.path_rewrites import PathRewrites
from kg.cypher.rows import Found, asked_for, flat
from kg.cypher.tokens import place
from kg.cypher.tree import (
    Access,
    Edge,
    Entries,
    Expr,
    Group,
    Labels,
    LabelTest,
    Match,
    Name,
    Node,
    Operation,
    Parameter,
    Path,
    name_end,
)
from kg.cypher.values import Scope, Value, node
from kg.errors import QueryRefused
from kg.schema import schema
from kg.schema.relations import STANDS_IN

Kinds = frozenset[str]
_TURNED = {"out": "in", "in": "out", "both": "both"}
MAX_APART = 4


class PatternCheck(PathRewrites):
    """The part of the check that looks at patterns."""

    def paths(self, match: Match, scope: Scope) -> None:
        """Bind the variables of a MATCH with the labels that it says, its condition's too; then look at its
        relationships.
        """
        before = dict(scope.names)
        asked = dict(self._asked(match.where))
        found = [self._bind(path, scope, asked) for path in match.paths]
        self._apart(match, set(before))
        for path, kinds in zip(match.paths, found, strict=True):
            self._edges(path, kinds, scope, match.where, before)
            self.selected(path, kinds, match.where)
        self.condition(match.where, scope)
        if match.optional:
            # What is asked of a node here does not hold where nothing is found.
            scope.names |= before

    def pattern(self, path: Path, scope: Scope) -> None:
        """Bind the variables of one path and look at its relationships."""
        before = set(scope.names)
        kinds = self._bind(path, scope, {})
        self._edges(path, kinds, scope, None, before)
        self.selected(path, kinds, None)

    def _asked(self, where: Expr | None) -> Iterator[tuple[str, Kinds]]:
        """Labels that a condition demands of variables: WHERE n:Drug AND ..."""
        parts = where.parts if isinstance(where, Operation) and where.sign == "AND" else (where,)
        for part in parts:
            if (
                isinstance(part, Access)
                and isinstance(part.base, Name)
                and isinstance(part.steps[0], LabelTest)
                and len(part.steps) == 1
            ):
                labels = part.steps[0].labels
                if not _names_type(labels):
                    yield part.base.text, self.node_labels(labels)

    def _apart(self, match: Match, before: set[str]) -> None:
        """Refuse many patterns side by side that share no variable: their rows multiply."""
        groups: list[set[str]] = []
        for path in match.paths:
            names = {part.name.text for part in flat(path) if part.name} | ({path.name.text} if path.name else set())
            if names & before or any(part.entries for part in path.parts if isinstance(part, Node)):
                continue
            touching = [g for g in groups if g & names]
            groups = [g for g in groups if not g & names] + [names.union(*touching)]
        if len(groups) > MAX_APART:
            raise self.fail(
                match.start,
                f"more than {MAX_APART} patterns stand side by side without a variable in common, so their rows "
                "multiply; join them",
            )

    def _bind(self, path: Path, scope: Scope, asked: dict[str, Kinds], inner: bool = False) -> list[Kinds]:
        """The labels that each part of a path can have (nothing for relationships), its variables bound."""
        if not inner:
            self._anchor(path, scope)
        found: list[Kinds] = []
        for part in path.parts:
            found.append(self._bind_node(part, scope, asked) if isinstance(part, Node) else frozenset())
            if isinstance(part, Group):
                self._bind_group(part, scope, inner or len(path.parts) > 1)
        if path.name:
            scope.names[path.name.text] = Value("path")
        return found

    def _anchor(self, path: Path, scope: Scope) -> None:
        """Let a path that demands no label start from an Entity: beside these lies what is being loaded, and serves
        nobody yet.
        """
        nodes = [part for part in path.parts if isinstance(part, Node)]
        if not nodes or any(
            (n.name and n.name.text in scope.names) or (n.labels is not None and _demands(n.labels)) for n in nodes
        ):
            return
        first = nodes[0]
        if first.labels is None:
            self.edits[first.stop, first.stop] = ":Entity" if self.text[first.stop] == ")" else ":Entity "
        else:
            self.edits[first.labels.start, first.labels.start] = "Entity&("
            self.edits[first.stop, first.stop] = ")"

    def _bind_node(self, part: Node, scope: Scope, asked: dict[str, Kinds]) -> Kinds:
        among = self.node_labels(part.labels)
        if part.name is None:
            return self._not_empty(among, part.start, "a node")
        bound = scope.names.get(part.name.text)
        if bound is None and part.labels is None and part.name.text in vocabulary.everything():
            self.note(
                f"{part.name.text} is a variable here, so any node fits; a label stands after a colon: "
                f"(:{part.name.text})"
            )
        if bound is not None and bound.kind in ("edge", "path", "list"):
            raise self.fail(
                part.start,
                f"{part.name.text} is no node here but a {'relationship' if bound.kind == 'edge' else bound.kind}",
            )
        if bound is not None and bound.kind == "node":
            if not bound.among & among:
                raise self.fail(
                    part.start,
                    f"{part.name.text} is {_any_of(bound.among)} above and {_any_of(among)} here; no node is both",
                )
            among = bound.among & among
        among = self._not_empty(among & asked.get(part.name.text, among), part.start, part.name.text)
        scope.names[part.name.text] = node(among)
        return among

    def _not_empty(self, among: Kinds, at: int, what: str) -> Kinds:
        if not among:
            raise self.fail(
                at,
                f"{what} cannot exist: every node has one label besides Entity; for one of several write "
                ":Drug|Chemical",
            )
        return among

    def _bind_group(self, group: Group, scope: Scope, inner: bool) -> None:
        inside = scope.copy()
        self._edges(group.path, self._bind(group.path, inside, {}, inner), inside)
        self.condition(group.where, inside)
        for part in flat(group.path):
            if part.name and part.name.text not in scope.names:
                scope.names[part.name.text] = Value("list", inner=inside.names[part.name.text])

    def _edges(
        self, path: Path, kinds: list[Kinds], scope: Scope, where: Expr | None = None, before: Collection[str] = ()
    ) -> None:
        """Look at the relationships of a path from left to right; what one says of a node holds for the next. `before`
        are the variables that were known before the MATCH.
        """
        types: dict[int, Kinds] = {}
        for at, part in enumerate(path.parts):
            if isinstance(part, Node):
                if part.name:
                    kinds[at] = scope.names[part.name.text].among
                self._entries(part.entries, node(kinds[at]), scope)
                self.condition(part.where, scope)
            elif isinstance(part, Edge):
                left, right = path.parts[at - 1], path.parts[at + 1]
                assert isinstance(left, Node) and isinstance(right, Node)
                kinds[at - 1], kinds[at + 1] = self._edge(
                    part, (_now(left, kinds[at - 1], scope), _now(right, kinds[at + 1], scope)), scope
                )
                types[at] = self.edge_types(part.types)
                for end, among in ((left, kinds[at - 1]), (right, kinds[at + 1])):
                    if end.name:
                        scope.names[end.name.text] = node(among)
        known = frozenset(before)
        conditions = (where, *(part.where for part in path.parts if isinstance(part, Node)))
        asked: dict[str, float] = {}
        for condition in conditions:
            for name, nodes in asked_for(condition, known, lambda listed: self.value(listed, scope).whole):
                asked[name] = min(nodes, asked.get(name, nodes))
        scope.graph = scope.graph.joined(Found(path, tuple(kinds), types, asked, known))

    def _entries(self, entries: Entries | Parameter | None, of: Value, scope: Scope) -> None:
        if isinstance(entries, Parameter):
            self._given_entries(entries, of)
        elif entries is not None:
            for key, value in zip(entries.keys, entries.values, strict=True):
                name = self.key(key.text, key.start, of)
                if name != key.text:
                    self.edits[key.start, name_end(self.text, key)] = name
                    self.curie(value, key.start)
            self.value(entries, scope)

    def _given_entries(self, entries: Parameter, of: Value) -> None:
        """Write out a map of properties that is a parameter: its keys must be names like all others."""
        self.parameter(entries.name)
        given = self.bound.get(entries.name)
        if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
            raise self.fail(
                entries.start,
                "a parameter for all properties of a pattern runs where its value is given, and is a map; write "
                "{id: $id}",
            )
        for key in given:
            self.key(key, entries.start, of, renamed=False)
        written = ", ".join(f"{key}: ${entries.name}.{key}" for key in given)
        self.edits[entries.start, entries.start + len(entries.name) + 1] = f"{{{written}}}"

    def _edge(self, edge: Edge, ends: tuple[Kinds, Kinds], scope: Scope) -> tuple[Kinds, Kinds]:
        """The labels that both ends can have once the relationship is known."""
        types = self.edge_types(edge.types, lambda: _joining(*ends))
        if not types:
            raise self.fail(edge.start, "no relationship has two types; for one of several write :TREATS|PALLIATES")
        if edge.name and edge.types is None and edge.name.text in vocabulary.types():
            self.note(
                f"{edge.name.text} is a variable here, so any relationship fits; a type stands after a colon: "
                f"[:{edge.name.text}]"
            )
        value = Value("edge", types)
        if edge.name:
            bound = scope.names.get(edge.name.text)
            if bound is not None and bound.kind in ("node", "path"):
                raise self.fail(edge.start, f"{edge.name.text} is no relationship here but a {bound.kind}")
            scope.names[edge.name.text] = Value("list", inner=value) if edge.steps else value
        self._entries(edge.entries, value, scope)
        self.condition(edge.where, scope)
        return self._directed(edge, types, ends)

    def _directed(self, edge: Edge, types: Kinds, ends: tuple[Kinds, Kinds]) -> tuple[Kinds, Kinds]:
        steps = edge.steps or (1, 1)
        direction = edge.direction
        there = _reach(ends[0], types, direction, steps) & ends[1]
        if not there:
            turned = _TURNED[direction]
            there = _reach(ends[0], types, turned, steps) & ends[1]
            if direction == "both" or not there or not all(map(vocabulary.known, ends)):
                raise self._no_way(edge, types, ends, bool(there))
            self._turn(edge, types)
            direction = turned
        elif direction != "both" and edge.types is not None and all(vocabulary.types()[t].symmetric for t in types):
            name = " and ".join(sorted(types))
            self.note(
                f"{name} has no direction and each pair stands once: -[:{'|'.join(sorted(types))}]- without an arrow "
                "finds all, this query about half"
            )
        back = _reach(ends[1], types, _TURNED[direction], steps) & ends[0]
        return back or ends[0], there

    def _turn(self, edge: Edge, types: Kinds) -> None:
        """Turn an arrow round in the text that will run."""
        signs = {"out": ("<-", "-"), "in": ("-", "->")}[edge.direction]
        self.edits[edge.left], self.edits[edge.right] = signs
        self.note(
            f"{place(self.text, edge.start)}: the arrow of {'|'.join(sorted(types))} was turned round, for "
            f"{'|'.join(sorted(types))} {_reads(types)}"
        )

    def _no_way(self, edge: Edge, types: Kinds, ends: tuple[Kinds, Kinds], turned: bool) -> QueryRefused:
        """The error for a relationship that never joins its ends."""
        named = f"{'|'.join(sorted(types)[:4])} {_reads(types)}" if edge.types is not None else "no relationship"
        if turned:
            return self.fail(edge.start, f"{named}; turn the arrow round")
        if not all(map(vocabulary.known, ends)):
            return self.fail(
                edge.start,
                f"{named}, and never touches {_any_of(ends[0] if vocabulary.known(ends[0]) else ends[1])} here",
            )
        joins = ", ".join(_shown(*ends)) or "none"
        return self.fail(
            edge.start,
            f"{named}, so it does not join {_any_of(ends[0])} with {_any_of(ends[1])}; between these there are: "
            f"{joins}",
        )


def _demands(labels: Labels) -> bool:
    """Whether a node must have some label that is named, to fit."""
    if labels.sign == "&":
        return any(map(_demands, labels.parts))
    return labels.sign == "is" or (labels.sign == "|" and all(map(_demands, labels.parts)))


def _now(part: Node, kinds: Kinds, scope: Scope) -> Kinds:
    return scope.names[part.name.text].among if part.name else kinds


def _names_type(labels: Labels) -> bool:
    """Whether a label test speaks of a relationship's type: WHERE r:TREATS."""
    return labels.name in vocabulary.types() if labels.sign == "is" else any(map(_names_type, labels.parts))


def _reach(start: Kinds, types: Iterable[str], direction: str, steps: tuple[int, int]) -> Kinds:
    """The labels at the other end of so many steps."""
    ends = [vocabulary.types()[t] for t in types]
    found: Kinds = start if steps[0] == 0 else frozenset()
    here = start
    for step in range(1, steps[1] + 1):
        there: set[str] = set()
        for end in ends:
            if (direction != "in" or end.symmetric) and here & end.sources:
                there |= end.targets
            if (direction != "out" or end.symmetric) and here & end.targets:
                there |= end.sources
        here = frozenset(there)
        if step >= steps[0]:
            found |= here
    return found


def _joining(left: Kinds, right: Kinds) -> Kinds:
    """The types that join two labels in either direction, but those that join all with all; none of unknown labels."""
    if not (vocabulary.known(left) and vocabulary.known(right)):
        return frozenset()
    return frozenset(
        t
        for t, ends in vocabulary.types().items()
        if not t.startswith("NOT_") and _special(ends) and _reach(left, (t,), "both", (1, 1)) & right
    )


def _special(ends: vocabulary.Ends) -> bool:
    return vocabulary.known(ends.sources) or vocabulary.known(ends.targets)


def _shown(left: Kinds, right: Kinds) -> Iterator[str]:
    every = [t for t in vocabulary.types() if not t.startswith("NOT_")]
    narrow = _joining(left, right)
    for name in sorted(narrow) + sorted(t for t in every if not _special(vocabulary.types()[t])):
        ends = vocabulary.types()[name]
        if ends.symmetric or not _special(ends):
            yield f"-[:{name}]-"
        else:
            yield f"-[:{name}]->" if _reach(left, (name,), "out", (1, 1)) & right else f"<-[:{name}]-"


def _reads(types: Kinds) -> str:
    """Between which labels a relationship leads, as a person says it."""
    ends = vocabulary.types()[min(types)]
    if len(types) > 1 and any(vocabulary.types()[t][:2] != ends[:2] for t in types):
        return "lead between other labels"
    return f"{'goes' if len(types) == 1 else 'go'} from {_any_of(ends.sources)} to {_any_of(ends.targets)}"


def _any_of(among: Kinds) -> str:
    if not vocabulary.known(among):
        return "any node"
    # Chemicals that stand where drugs do would only distract.
    aside = {
        schema().kind(other).label for category, other in STANDS_IN.items() if schema().kind(category).label in among
    }
    names = sorted(among - aside) or sorted(among)
    return " or ".join(names) if len(names) < 4 else f"{names[0]}, {names[1]} and {len(names) - 2} others"
