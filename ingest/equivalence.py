"""Classes of identifiers that mean one thing, grown pair by pair, and what speaks against each union."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

# A chemical of a literature vocabulary and the drug that it is; all other kinds keep to themselves.
_MEET = frozenset(("biolink:Drug", "biolink:ChemicalEntity"))
DIFFERENT_KINDS = "different kinds"
# The first two blocks of an InChIKey: connectivity and stereochemistry; the last letter is protonation.
_SKELETON = 25


@dataclass(slots=True)
class _Class:
    """One class: members that are nodes, other identifiers of the same thing, and what unions look at."""

    members: list[str]
    categories: set[str]
    vocabularies: set[str]
    structures: set[str]
    parents: set[str]
    apart: set[str]
    whole: int
    retired: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Thing:
    """What is known of an identifier: its category, parents, structure, and whether an integrated graph alone holds it.

    An identifier without a category is a code (CAS, UNII, InChIKey, a retired id): no source describes a node of it.
    """

    id: str
    category: str = ""
    parents: tuple[str, ...] = ()
    integrated: bool = False


def vocabulary(identifier: str) -> str:
    """The vocabulary of a CURIE: its prefix, and for MeSH whether it is a heading or a supplementary concept.

    >>> vocabulary("MESH:C000002"), vocabulary("DOID:9352")
    ('MESH:C', 'DOID')
    """
    prefix, _, local = identifier.partition(":")
    return "MESH:C" if prefix == "MESH" and local.startswith("C") else prefix


class Classes:
    """Equivalence classes over identifiers; `unite` joins two of them unless something speaks against it.

    >>> classes = Classes([Thing("DOID:1", "biolink:Disease"), Thing("MONDO:2", "biolink:Disease")], ())
    >>> classes.unite("DOID:1", "MONDO:2", "a mapping")
    ''
    >>> classes.unite("DOID:1", "DOID:3", "a mapping")
    ''
    >>> sorted(classes.of("MONDO:2"))
    ['DOID:1', 'DOID:3', 'MONDO:2']
    """

    def __init__(self, things: Iterable[Thing], apart: Iterable[tuple[str, str]]) -> None:
        self._things = {t.id: t for t in things}
        self._root: dict[str, str] = {}
        self._classes: dict[str, _Class] = {}
        self.origins: dict[str, str] = {}
        self._apart: dict[str, set[str]] = {}
        for a, b in apart:
            self._apart.setdefault(a, set()).add(b)
            self._apart.setdefault(b, set()).add(a)

    def root(self, identifier: str) -> str:
        """The identifier that stands for the class while it grows."""
        root = self._root.get(identifier, identifier)
        while (above := self._root.get(root, root)) != root:
            root = above
        if root != identifier:
            self._root[identifier] = root
        return root

    def of(self, identifier: str) -> list[str]:
        """All identifiers of the class."""
        root = self.root(identifier)
        return list(self._classes[root].members) if root in self._classes else [identifier]

    def every(self) -> Iterator[tuple[list[str], set[str]]]:
        """Each class of two or more, and which of its members are retired."""
        for found in self._classes.values():
            if len(found.members) > 1:
                yield found.members, found.retired

    def known(self, identifier: str) -> bool:
        """Whether a source describes a node of this identifier."""
        return identifier in self._things

    def category(self, identifier: str) -> str:
        """The category of a node, empty for a code."""
        thing = self._things.get(identifier)
        return thing.category if thing else ""

    def integrated(self, identifier: str) -> bool:
        """Whether only a graph that its maker has already joined holds the node."""
        thing = self._things.get(identifier)
        return bool(thing and thing.integrated)

    def _class(self, identifier: str) -> tuple[str, _Class]:
        root = self.root(identifier)
        if root not in self._classes:
            thing = self._things.get(root)
            key = root.partition(":")[2][:_SKELETON] if root.startswith("INCHIKEY:") else ""
            self._classes[root] = _Class(
                [root],
                {thing.category} if thing else set(),
                {vocabulary(root)} if thing else set(),
                {key} if key else set(),
                set(thing.parents) if thing else set(),
                set(self._apart.get(root, ())),
                int(bool(thing and thing.integrated)),
            )
        return root, self._classes[root]

    def against(self, a: str, b: str) -> str:
        """What speaks against one class for two identifiers; empty when nothing does."""
        (root, one), (other_root, two) = self._class(a), self._class(b)
        if root == other_root:
            return ""
        if one.apart & set(two.members):
            return "kept apart by merges.toml or a mapping that says so"
        both = one.categories | two.categories
        if len(both) > 1 and not both <= _MEET:
            return DIFFERENT_KINDS
        if shared := one.vocabularies & two.vocabularies:
            return f"two identifiers of {min(shared)}"
        if one.structures and two.structures and not one.structures & two.structures:
            return "different structures (InChIKey)"
        if self._kin(one, other_root) or self._kin(two, root):
            return "one is a kind of the other"
        return ""

    def _kin(self, one: _Class, root: str) -> bool:
        return any(self.root(parent) == root for parent in one.parents)

    def unite(self, a: str, b: str, origin: str, *, retired: str = "", forced: bool = False) -> str:
        """Join the classes of two identifiers; returns what spoke against it, empty when they are one.

        `retired` names one of the two as replaced by the other: then both may be of one vocabulary. `forced` overrides
        all.
        """
        problem = self.against(a, b)
        if problem and not forced and not (retired and problem.startswith("two identifiers")):
            return problem
        (root, one), (other_root, two) = self._class(a), self._class(b)
        if retired:
            (one if retired in one.members else two).retired.add(retired)
        for identifier in (a, b):
            self.origins.setdefault(identifier, origin)
        if root == other_root:
            return ""
        if len(one.members) < len(two.members):
            root, one, other_root, two = other_root, two, root, one
        self._root[other_root] = root
        del self._classes[other_root]
        one.members += two.members
        one.whole += two.whole
        for name in ("categories", "vocabularies", "structures", "parents", "apart", "retired"):
            getattr(one, name).update(getattr(two, name))
        return ""


def canonical(members: Iterable[str], rank: Mapping[str, int], retired: Iterable[str] = ()) -> str:
    """The identifier that names a class: the best vocabulary of its kind, then the smaller number; never a retired one.

    >>> canonical(["MONDO:2", "DOID:10", "DOID:9"], {"DOID": 0, "MONDO": 1})
    'DOID:9'
    """
    out = set(retired)
    return min(members, key=lambda i: (i in out, rank.get(vocabulary(i), rank.get(i.partition(":")[0], 99)), len(i), i))
