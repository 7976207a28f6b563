"""What a release can be restricted by: values of attributes ('approved', 'chromosome 7'), sources, licences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kg.logic.reading import Vocabulary
from kg.release.release import Release
from kg.schema import schema
from kg.topology.lineage import Lineage

_DRUG = "biolink:Drug"
# By category: a value in lower case, and the attributes that have it.
Values = Mapping[str, Mapping[str, tuple[str, ...]]]


def values_of(release: Release) -> Values:
    """Every value of every text attribute that the schema declares, by category of node."""
    known: dict[str, dict[str, tuple[str, ...]]] = {
        a.category: {} for a in schema().attributes.values() if a.value == "text"
    }
    for category, attribute, value in release.read("values", ["category", "attribute", "value"]).iter_rows():
        attributes = known.setdefault(category, {})
        attributes[value] = tuple(sorted({*attributes.get(value, ()), attribute}))
    return known


def vocabulary_of(release: Release, lineage: Lineage, is_in_names: Callable[[str], bool]) -> Vocabulary:
    """All that a set of this release can be restricted by."""
    known = release.sources
    titles = {name: str(source["title"]) for name, source in known.items()}
    licences = frozenset(str(s["licence"]) for s in known.values())
    return Vocabulary(
        values_of(release), titles, licences, lambda node: lineage.stands_for_any(node, _DRUG), is_in_names
    )
