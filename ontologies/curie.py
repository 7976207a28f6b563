"""Compact identifiers (CURIEs) and the prefixes that Galenic knows."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ontologies.errors import CurieError
from ontologies.prefixes import PREFIXES, SPELLINGS, WIDTHS

_CURIE = re.compile(r"^([A-Za-z][A-Za-z0-9_.\-]*):(\S+)$")


class Curie(NamedTuple):
    """A prefix with the spelling of Biolink and the local identifier.

    >>> str(parse("MSH:D011625"))
    'MESH:D011625'
    """

    prefix: str
    local: str

    def __str__(self) -> str:
        return f"{self.prefix}:{self.local}"


@lru_cache(maxsize=65536)
def parse(text: str) -> Curie:
    """Read a CURIE and spell its prefix as Biolink does.

    Raises `CurieError` when the text has no prefix or the prefix is unknown.

    >>> parse("ncbigene:7157").prefix
    'NCBIGene'
    >>> str(parse("hp:822"))
    'HP:0000822'
    """
    match = _CURIE.match(text.strip())
    if not match:
        raise CurieError(f"{text!r} is no CURIE; write PREFIX:identifier, for example DOID:9352")
    prefix, local = match.groups()
    known = SPELLINGS.get(prefix.casefold())
    if prefix.casefold() in ("http", "https"):
        raise CurieError(f"{text!r} is a web address; write {_from_address(text) or 'PREFIX:identifier'} in its place")
    if known is None:
        raise CurieError(f"{text!r} has the unknown prefix {prefix!r}; add it to ontologies/prefixes.py")
    if local.casefold().startswith(known.casefold() + ":"):
        local = local[len(known) + 1 :]
    if local.isdecimal():
        local = local.zfill(WIDTHS.get(known, 0))
    return Curie(known, local)


def _from_address(text: str) -> str:
    """The CURIE of an address that `uri` gives; empty for another."""
    found = [p for p, address in PREFIXES.items() if text.startswith(address) and len(text) > len(address)]
    prefix = max(found, key=lambda p: len(PREFIXES[p]), default="")
    return f"{prefix}:{text[len(PREFIXES[prefix]) :]}" if prefix else ""


def normalise(text: str) -> str:
    """The text of `parse(text)`, for records that keep identifiers as strings."""
    return str(parse(text))


def uri(curie: Curie) -> str:
    """The web address under which a person can open the identifier.

    >>> uri(parse("PMID:123"))
    'https://pubmed.ncbi.nlm.nih.gov/123'
    """
    return PREFIXES[curie.prefix] + curie.local
