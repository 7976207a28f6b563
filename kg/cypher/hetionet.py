"""Hetionet's own names in Cypher, and what they are called here: Compound, TREATS_CtD."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from kg.schema import schema

# The property that holds an identifier there; here it is `id`, a CURIE.
IDENTIFIER = "identifier"


@lru_cache(maxsize=1)
def labels() -> Mapping[str, str]:
    """The labels of Hetionet's graph that have another name here, with it.

    >>> labels()["Compound"]
    'Drug'
    """
    found: dict[str, str] = {}
    for name, kind in schema().by_hetionet_kind().items():
        found |= {written: kind.label for written in (name, name.replace(" ", "")) if written != kind.label}
    return MappingProxyType(found)


def type_of(name: str) -> str:
    """The relationship type here of one of Hetionet's graph, or '': a verb and the metaedge's abbreviation.

    >>> type_of("TREATS_CtD"), type_of("REGULATES_GrG"), type_of("TREATS_CbG")
    ('TREATS', 'REGULATES', '')
    """
    verb, _, abbreviation = name.rpartition("_")
    relation = _metaedges().get(abbreviation, "")
    return relation if verb and verb in relation.split("_") else ""


@lru_cache(maxsize=1)
def _metaedges() -> Mapping[str, str]:
    return {name.replace(">", ""): relation.type for name, relation in schema().by_metaedge().items()}
