"""The schema: kinds of node and relations (relations.toml), attributes and indexes of a graph store (graph.toml), read
once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from kg.errors import SchemaError
from kg.records import KnowledgeLevel

# Along a relation's arrow, or against it.
Direction = Literal["in", "out"]
ANY = "biolink:NamedThing"
ARTICLE = "biolink:Article"
# Merging lets a node of the category on the right stand where a relation wants the one on the left.
STANDS_IN: Mapping[str, str] = {"biolink:Drug": "biolink:ChemicalEntity", "biolink:Gene": "biolink:GeneFamily"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of node: Biolink category, graph label, Hetionet's name if it has one, nouns.

    `narrower` are the relations by which a term of it stands for all terms below; none where it stands for itself.
    """

    category: str
    label: str
    singular: str
    plural: str
    hetionet: str | None = None
    narrower: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between two kinds; `type` is its relationship type in Cypher.

    `level` is what its edges are known by unless their source says otherwise. `wide` is how a person calls a relation
    that ties everything to everything and is not walked in search of paths, empty for all others. `usual`: what a
    question without a verb asks of its two kinds. `spoken`: whether a wording may mean it. `harmful`: no remedy.
    `section`: the section of product labels that tells of it in words.
    """

    name: str
    subject: str
    object: str
    predicate: str
    says: str
    passive: str
    plural: str
    those: str
    metaedge: str | None = None
    symmetric: bool = False
    qualifiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    level: KnowledgeLevel = "knowledge_assertion"
    wide: str = ""
    usual: bool = False
    spoken: bool = True
    harmful: bool = False
    section: str = ""

    @property
    def literary(self) -> bool:
        """Whether it ties papers to what they speak of, and says nothing of the things themselves."""
        return ARTICLE in (self.subject, self.object)

    @property
    def type(self) -> str:
        """The relationship type in the graph store.

        >>> schema().relation("treats").type
        'TREATS'
        """
        return self.name.upper()

    def source(self, direction: str) -> str:
        """The category that a hop starts from ('out' follows the arrow, 'in' goes against it)."""
        return self.subject if direction == "out" else self.object

    def target(self, direction: str) -> str:
        """The category that a hop ends at."""
        return self.object if direction == "out" else self.subject

    def back(self, direction: str) -> Direction:
        """The direction of the same hop from its other end; a symmetric relation keeps the one that was said."""
        return "out" if (direction == "out") == self.symmetric else "in"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of nodes that may be filtered: whose it is, 'text' or 'number', and whether it has several values."""

    name: str
    category: str
    value: str
    list: bool
    says: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A share from 0 to 1 that edges of a relation carry as a range, with the properties of a graph store for it."""

    name: str
    relation: str
    says: str

    @property
    def lower(self) -> str:
        """The property with the lower bound."""
        return f"{self.name}_lower"

    @property
    def upper(self) -> str:
        """The property with the upper bound."""
        return f"{self.name}_upper"

    @property
    def sources(self) -> str:
        """The property with the sources that state it."""
        return f"{self.name}_sources"


@dataclass(frozen=True, slots=True)
class Index:
    """An index of a graph store: 'unique' on a property, or 'fulltext'."""

    name: str
    label: str
    property: str
    kind: str


@dataclass(frozen=True, slots=True)
class Schema:
    """All kinds and relations, with look-ups by each of their names."""

    kinds: Mapping[str, Kind]
    relations: Mapping[str, Relation]
    attributes: Mapping[str, Attribute]
    amounts: Mapping[str, Amount]
    indexes: tuple[Index, ...]

    def kind(self, category: str) -> Kind:
        """The kind of a Biolink category; raises `SchemaError` for an unknown one."""
        try:
            return self.kinds[category]
        except KeyError:
            raise SchemaError(f"unknown category {category!r}; known: {', '.join(self.kinds)}") from None

    def relation(self, name: str) -> Relation:
        """The relation of that name; raises `SchemaError` for an unknown one."""
        try:
            return self.relations[name]
        except KeyError:
            raise SchemaError(f"unknown relation {name!r}; known: {', '.join(self.relations)}") from None

    @property
    def taxonomic(self) -> tuple[str, ...]:
        """The relations by which terms of any kind are narrower than others."""
        return tuple(dict.fromkeys(name for kind in self.kinds.values() for name in kind.narrower))

    def by_metaedge(self) -> dict[str, Relation]:
        """Relations by Hetionet's abbreviation (24 of them)."""
        return {r.metaedge: r for r in self.relations.values() if r.metaedge}

    def by_hetionet_kind(self) -> dict[str, Kind]:
        """Kinds by Hetionet's name (11 of them)."""
        return {k.hetionet: k for k in self.kinds.values() if k.hetionet}

    def between(self, source: str, target: str) -> list[tuple[Relation, Direction]]:
        """Relations and directions that lead from one category to another."""
        ways: list[tuple[Relation, Direction]] = []
        for relation in self.relations.values():
            if (relation.subject, relation.object) == (source, target):
                ways.append((relation, "out"))
            elif (relation.object, relation.subject) == (source, target):
                ways.append((relation, "in"))
        return ways

    def usual(self, source: str, target: str) -> tuple[Relation, Direction] | None:
        """The relation and direction that lead from one category to another where nothing says which, if there is one.

        >>> relation, direction = schema().usual("biolink:Disease", "biolink:Drug")
        >>> relation.name, direction
        ('treats', 'in')
        """
        return next(((r, d) for r, d in self.between(source, target) if r.usual), None)


@lru_cache(maxsize=1)
def schema() -> Schema:
    """The schema that ships with Galenic."""
    raw = tomllib.loads(files("kg.schema").joinpath("relations.toml").read_text("utf-8"))
    kinds = {
        k["category"]: Kind(
            k["category"], k["label"], k["noun"][0], k["noun"][1], k.get("kind"), tuple(k.get("narrower", ()))
        )
        for k in raw["kind"]
    }
    relations = {
        r["name"]: Relation(**{**r, "qualifiers": MappingProxyType(r.get("qualifiers", {}))}) for r in raw["relation"]
    }
    store = tomllib.loads(files("kg.schema").joinpath("graph.toml").read_text("utf-8"))
    attributes = {a["name"]: Attribute(**a) for a in store["attribute"]}
    return Schema(
        MappingProxyType(kinds),
        MappingProxyType(relations),
        MappingProxyType(attributes),
        MappingProxyType({a["name"]: Amount(**a) for a in store.get("amount", ())}),
        tuple(Index(**i) for i in store["index"]),
    )
