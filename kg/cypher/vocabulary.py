"""The names that a query may use: labels, relationship types with their ends, properties; and the nearest one to a
wrong name.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from kg.schema import schema
from kg.schema.relations import ANY, STANDS_IN

ENTITY, RELEASE = "Entity", "Release"
# What every node and every relationship carries, as `kg.stores.rows` writes them, and what the node of the release
# says.
NODE_KEYS = frozenset(("id", "name", "category", "synonyms", "xrefs", "sources", "attributes"))
EDGE_KEYS = frozenset(
    [
        *("id", "tier", "rank", "sources", "publications", "qualifiers", "detail", "year"),
        *(key for amount in schema().amounts.values() for key in (amount.lower, amount.upper, amount.sources)),
    ]
)
RELEASE_KEYS = frozenset(("id", "checksum", "nodes", "edges", "revision"))


class Ends(NamedTuple):
    """The labels between which a relationship type leads, and whether its direction says nothing."""

    sources: frozenset[str]
    targets: frozenset[str]
    symmetric: bool


@lru_cache(maxsize=1)
def kinds() -> frozenset[str]:
    """The label of every kind of entity; each of these nodes carries `Entity` too."""
    return frozenset(kind.label for kind in schema().kinds.values())


@lru_cache(maxsize=1)
def everything() -> frozenset[str]:
    """All that an unlabelled node can be."""
    return kinds() | {RELEASE}


@lru_cache(maxsize=1)
def types() -> Mapping[str, Ends]:
    """Every relationship type with its ends.

    >>> sorted(types()["TREATS"].targets)
    ['Disease']
    """
    found = {}
    for relation in schema().relations.values():
        ends = Ends(_labels(relation.subject), _labels(relation.object), relation.symmetric)
        found[relation.type] = found[f"NOT_{relation.type}"] = ends
    return MappingProxyType(found)


def _labels(category: str) -> frozenset[str]:
    if category == ANY:
        return kinds()
    # Chemicals that are no drugs of DrugBank's stand where drugs do.
    return frozenset(schema().kind(one).label for one in (category, STANDS_IN.get(category)) if one)


@lru_cache(maxsize=1)
def _declared() -> Mapping[str, str]:
    """Properties of one kind of node alone, with its label."""
    return {a.name: schema().kind(a.category).label for a in schema().attributes.values()}


@lru_cache(maxsize=256)
def node_keys(among: frozenset[str]) -> frozenset[str]:
    """The properties of nodes that are one of these labels.

    >>> "half_life_hours" in node_keys(frozenset({"Drug"})), "half_life_hours" in node_keys(frozenset({"Gene"}))
    (True, False)
    """
    own = {name for name, label in _declared().items() if label in among}
    return frozenset(own | (NODE_KEYS if among & kinds() else set()) | (RELEASE_KEYS if RELEASE in among else set()))


def owner(key: str) -> str | None:
    """The label of the only nodes that have such a property."""
    return _declared().get(key)


def known(among: frozenset[str]) -> bool:
    """Whether these labels say more than that a node is one of the graph's."""
    return not kinds() <= among


def nearest(word: str, among: Iterable[str], also: Mapping[str, str] | None = None) -> str:
    """The name that was probably meant, or '': other spellings first, then other words for the same, then the most
    similar.

    >>> nearest("treat", types())
    'TREATS'
    """
    word = word[:60]
    options = sorted(among)
    plain = {_plain(option): option for option in options}
    if found := plain.get(_plain(word)) or (also or {}).get(_plain(word)):
        return found
    close = difflib.get_close_matches(_plain(word), plain, 1, 0.7)
    return plain[close[0]] if close else _part(word, options)


def _part(word: str, options: list[str]) -> str:
    """A name that holds the word whole, say DRUG_UPREGULATES for UPREGULATES."""
    holds = [o for o in options if len(word) > 3 and _plain(word) in _plain(o) and not o.startswith("NOT_")]
    return " or ".join(holds[:3])


def _plain(word: str) -> str:
    return word.replace("_", "").replace(" ", "").casefold()


@lru_cache(maxsize=1)
def other_labels() -> Mapping[str, str]:
    """What others call a kind, in small letters: Hetionet's name, Biolink's, the noun."""
    found: dict[str, str] = {}
    for kind in schema().kinds.values():
        for name in (kind.singular, kind.plural, kind.category.split(":")[1], kind.hetionet or kind.label):
            found.setdefault(_plain(name), kind.label)
    return found


@lru_cache(maxsize=1)
def other_types() -> Mapping[str, str]:
    """What others call a relation: Hetionet's abbreviation, Biolink's predicate where it is of one relation only, the
    verb.
    """
    found: dict[str, str] = {}
    twice = set()
    for relation in schema().relations.values():
        for name in {
            _plain(n)
            for n in (
                relation.metaedge or relation.type,
                relation.predicate.split(":")[1],
                relation.says,
                relation.plural,
            )
        }:
            twice |= {name} & set(found)
            found[name] = relation.type
    return {name: type_ for name, type_ in found.items() if name not in twice}
