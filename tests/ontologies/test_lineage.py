"""Lineage: ancestors, descendants and is-a tests against a plain search; cycles are named."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ontologies.formats import read_terms
from ontologies.lineage import Lineage
from ontologies.term import Term


@st.composite
def hierarchies(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Random directed graphs without cycles: parents have smaller numbers."""
    size = draw(st.integers(1, 25))
    return {
        f"T:{n}": tuple(f"T:{p}" for p in draw(st.sets(st.integers(0, n - 1), max_size=3))) if n else ()
        for n in range(size)
    }


def search(parents: dict[str, tuple[str, ...]], start: str) -> set[str]:
    ancestors: set[str] = set()
    queue = list(parents[start])
    while queue:
        node = queue.pop()
        if node not in ancestors:
            ancestors.add(node)
            queue += parents[node]
    return ancestors


@settings(max_examples=60, deadline=None)
@given(hierarchies())
def test_agrees_with_a_plain_search(parents: dict[str, tuple[str, ...]]) -> None:
    lineage = Lineage.from_parents([(c, p) for c, ps in parents.items() for p in ps], parents)
    for node in parents:
        above = search(parents, node)
        assert set(lineage.ancestors(node)) - {node} == above
        assert all(lineage.is_a(node, a) for a in above)
        assert set(lineage.descendants(node)) - {node} == {m for m in parents if node in search(parents, m)}


def test_cycles_are_found_and_named() -> None:
    lineage = Lineage.from_parents([("T:1", "T:2"), ("T:2", "T:1"), ("T:3", "T:1")])
    assert {t for cycle in lineage.cycles for t in cycle} == {"T:1", "T:2"}


def test_real_ontology(data: Path) -> None:
    lineage = Lineage.from_terms(t for t in read_terms(data / "ontologies" / "doid-2016.obo.gz") if isinstance(t, Term))
    assert lineage.is_a("DOID:9352", "DOID:4")
    assert not lineage.is_a("DOID:4", "DOID:9352")
    assert lineage.information_content("DOID:9352") > lineage.information_content("DOID:4")
