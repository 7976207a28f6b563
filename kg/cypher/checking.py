"""What all checks share: the query's text, what was changed in it, and errors that name the nearest right word."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from kg.cypher import hetionet, vocabulary
from kg.cypher.sizes import Sizes, usual
from kg.cypher.tokens import applied, refusal
from kg.cypher.tree import Expr, Items, Labels, Literal, Match, Name, Parameter, Path, Query, name_end
from kg.cypher.values import Scope, Value, given
from kg.errors import QueryRefused


class Checking(ABC):
    """The state of one check; each part of it is a class on top."""

    def __init__(self, text: str, bound: Mapping[str, object] | None = None, sizes: Sizes | None = None) -> None:
        self.text = text
        self.bound = bound or {}
        self.sizes = sizes or usual()
        self.given: dict[str, Value] = {}
        self.edits: dict[tuple[int, int], str] = {}
        self.notes: list[str] = []
        self.parameters: set[str] = set()
        self.aggregated = False
        self.filtering = False
        # How often what is looked at now is worked out in one row, and all that together.
        self.steps = self.work = 1.0

    def parameter(self, name: str) -> Value:
        """What is known of a parameter: all where its value is given, else that it is a small one."""
        self.parameters.add(name)
        if name not in self.given:
            self.given[name] = given(self.bound[name]) if name in self.bound else Value(size=10)
        return self.given[name]

    def fail(self, at: int, message: str) -> QueryRefused:
        """The error to raise for a place in the text."""
        return refusal(self.text, at, message)

    def note(self, message: str) -> None:
        """Tell the reader, once."""
        if message not in self.notes:
            self.notes.append(message)

    def called(self, start: int, old: str, new: str) -> None:
        """Write a name that another graph has as it is called here, and say so."""
        self.edits[start, name_end(self.text, Name(old, start))] = new
        self.note(f"{old} is called {new} here")

    def moved(self, start: int, end: int) -> str:
        """A part of the text as it runs, to stand elsewhere: its edits go with it."""
        text = applied(self.text, self.edits, start, end)
        self.edits = {span: edit for span, edit in self.edits.items() if not (start <= span[0] and span[1] <= end)}
        return text

    def variable(self, name: Name, scope: Scope) -> Value:
        """What a variable holds; raises `QueryRefused` where there is none of that name."""
        found = scope.names.get(name.text)
        if found is None:
            meant = vocabulary.nearest(name.text, scope.names)
            here = ", ".join(sorted(scope.names)[:10]) or "none"
            raise self.fail(
                name.start,
                f"there is no variable {name.text} here"
                + (f"; did you mean {meant}?" if meant else f"; known here: {here}"),
            )
        return found

    def node_labels(self, labels: Labels | None) -> frozenset[str]:
        """The labels of all nodes that fit a label expression."""
        if labels is None:
            return vocabulary.everything()
        if labels.sign == "is":
            return self._label(labels)
        if labels.sign == "%":
            return vocabulary.everything()
        parts = [self.node_labels(part) for part in labels.parts]
        if labels.sign == "!":
            return vocabulary.everything() - parts[0]
        return frozenset.union(*parts) if labels.sign == "|" else frozenset.intersection(*parts)

    def _label(self, labels: Labels) -> frozenset[str]:
        if labels.name == vocabulary.ENTITY:
            return vocabulary.kinds()
        if labels.name in vocabulary.everything():
            return frozenset((labels.name,))
        if (label := hetionet.labels().get(labels.name)) is not None:
            self.called(labels.start, labels.name, label)
            return frozenset((label,))
        meant = vocabulary.nearest(
            labels.name, vocabulary.everything() | {vocabulary.ENTITY}, vocabulary.other_labels()
        )
        end = f"; did you mean {meant}?" if meant else f"; there are {', '.join(sorted(vocabulary.kinds()))}"
        raise self.fail(labels.start, f"there is no label {labels.name}{end}")

    def edge_types(self, types: Labels | None, fitting: Callable[[], frozenset[str]] = frozenset) -> frozenset[str]:
        """The types of all relationships that fit a type expression; of wrong names the nearest among the `fitting` is
        said first, which are asked for only then.
        """
        names = vocabulary.types()
        if types is None or types.sign == "%":
            return frozenset(names)
        if types.sign == "is":
            if types.name in names:
                return frozenset((types.name,))
            if type_ := hetionet.type_of(types.name):
                self.called(types.start, types.name, type_)
                return frozenset((type_,))
            raise self._no_type(types, fitting())
        parts = [self.edge_types(part, fitting) for part in types.parts]
        if types.sign == "!":
            return frozenset(names) - parts[0]
        return frozenset.union(*parts) if types.sign == "|" else frozenset.intersection(*parts)

    def _no_type(self, types: Labels, fitting: frozenset[str]) -> QueryRefused:
        meant = vocabulary.nearest(types.name, fitting) or vocabulary.nearest(
            types.name, vocabulary.types(), vocabulary.other_types()
        )
        if meant:
            return self.fail(types.start, f"there is no relationship {types.name}; did you mean {meant}?")
        named = sorted(fitting) or [t for t in vocabulary.types() if not t.startswith("NOT_")]
        return self.fail(types.start, f"there is no relationship {types.name}; there are {', '.join(named)}")

    def key(self, name: str, at: int, of: Value, renamed: bool = True) -> str:
        """A property as it is called here; raises `QueryRefused` for one that nodes or relationships of this kind do
        not have.
        """
        if of.kind == "edge":
            keys, what = vocabulary.EDGE_KEYS, "a relationship"
        elif of.kind == "node":
            keys, what = (
                vocabulary.node_keys(of.among),
                " or ".join(sorted(of.among)[:3]) if vocabulary.known(of.among) else "a node",
            )
        else:
            return name
        if name in keys:
            return name
        if renamed and name == hetionet.IDENTIFIER and of.kind == "node" and "id" in keys:
            self.note(f"{name} is called id here, and holds CURIEs such as DRUGBANK:DB00091 or NCBIGene:672")
            return "id"
        if (owner := vocabulary.owner(name)) is not None and of.kind == "node":
            raise self.fail(at, f"{name} is a property of {owner}, not of {what}")
        meant = vocabulary.nearest(name, keys)
        raise self.fail(
            at,
            f"{what} has no property {name}"
            + (f"; did you mean {meant}?" if meant else f"; there are {', '.join(sorted(keys))}"),
        )

    def curie(self, value: Expr, at: int) -> None:
        """Refuse what can be no identifier here, where one of another graph is asked for."""
        for part in value.parts if isinstance(value, Items) else (value,):
            known = self.bound.get(part.name) if isinstance(part, Parameter) else None
            text = part.text if isinstance(part, Literal) else known
            if text is not None and ":" not in str(text):
                raise self.fail(
                    at,
                    f"no node has the identifier {str(text)[:40]} here: id holds CURIEs; write {{id: "
                    "'DRUGBANK:DB00091'}, {id: 'NCBIGene:672'}, {id: 'UMLS:C0018681'} or {id: 'MESH:D006261'}",
                )

    @abstractmethod
    def value(self, expr: Expr, scope: Scope) -> Value:
        """What is known of a value; the values' part of the check says how."""

    def condition(self, expr: Expr | None, scope: Scope) -> None:
        """Look at what stands after WHERE, the one place where a pattern can be a value."""
        if expr is not None:
            kept, self.filtering = self.filtering, True
            self.value(expr, scope)
            self.filtering = kept

    @abstractmethod
    def paths(self, match: Match, scope: Scope) -> None:
        """Check the paths and condition of a MATCH and bind their variables; the patterns' part of the check says
        how.
        """

    @abstractmethod
    def pattern(self, path: Path, scope: Scope) -> None:
        """Check one path and bind its variables; the patterns' part of the check says how."""

    @abstractmethod
    def inner_query(self, query: Query, scope: Scope) -> tuple[dict[str, Value], float, float]:
        """Check a query in braces, its columns and the rows that it makes of one; the clauses' part of the check says
        how.
        """

    @abstractmethod
    def turn_round(self, path: Path, scope: Scope) -> None:
        """Let a list of paths start from a node that is known; the patterns' part of the check says how."""
