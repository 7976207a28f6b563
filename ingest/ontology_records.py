"""Ontology terms and mappings as records, for every source that reads an ontology."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ingest.errors import SourceError
from ingest.identity import REPLACED, XREF
from ingest.source import Inputs
from ingest.versions import newest_first
from kg.records import Edge, Node, Quarantined, Record, SameAs
from ontologies.errors import FormatError
from ontologies.formats import Problem, read_terms
from ontologies.lineage import Lineage
from ontologies.term import Term

Categorise = Callable[[Term], str | None]


# Vocabularies of which a reference may mean the same thing; one to one, that joins.
_IDENTITY = frozenset(("DOID", "MONDO", "MESH", "OMIM", "ORPHANET", "UMLS", "HP", "UBERON"))


def ontology_records(inputs: Inputs, paths: Sequence[Path], category: Categorise) -> Iterator[Record]:
    """Records of several files of one ontology, the newest first: it names a term and says what is above it."""
    settled: set[str] = set()
    for path in newest_first(tuple(paths)):
        yield from term_records(inputs, path, category, settled)


def term_records(inputs: Inputs, path: Path, category: Categorise, settled: set[str] | None = None) -> Iterator[Record]:
    """Nodes and is_a / part_of edges of an ontology file.

    `category` gives a term's Biolink category, or None for a term to leave out.
    Obsolete terms become no nodes; what replaces one, or holds it as an alternative id, stands for it, so that old
    annotations still find their way. A reference to another vocabulary is a candidate for a join. What is above the
    `settled` terms has been said by a newer file; those of this one are added, but for terms whose parents stand
    elsewhere.
    """
    replaced: dict[str, list[str]] = {}
    live: dict[str, tuple[Term, str]] = {}
    try:
        for term in read_terms(path):
            if isinstance(term, Problem):
                yield Quarantined(inputs.shown(path), term.line, term.reason, term.text)
                continue
            for target in term.replaced_by if term.obsolete else ():
                replaced.setdefault(target, []).append(term.id)
            kind = category(term)
            if not term.obsolete and term.name.strip() and kind:
                live[term.id] = (term, kind)
    except FormatError as problem:
        raise SourceError(f"{problem}; download the file again") from problem
    for term, kind in live.values():
        synonyms = tuple(dict.fromkeys(s.text if s.scope == "exact" else f"{s.text}\t{s.scope}" for s in term.synonyms))
        xrefs = tuple(dict.fromkeys((*term.xrefs, *term.alt_ids, *replaced.get(term.id, ()))))
        yield Node(
            term.id,
            kind,
            term.name.strip(),
            synonyms,
            xrefs,
            {"definition": term.definition} if term.definition else {},
        )
        former = (o for o in (*term.alt_ids, *replaced.get(term.id, ())) if o not in live and o != term.id)
        yield from (SameAs(other, term.id, REPLACED, path.name) for other in former)
        for other in term.xrefs:
            if other.partition(":")[0] in _IDENTITY:
                yield SameAs(term.id, other, XREF, path.name)
    old = frozenset(settled or ())
    for relation in ("subclass_of", "part_of"):
        yield from _hierarchy(
            relation,
            [(t.id, p) for t, _ in live.values() if t.id not in old for p in _above(t, relation) if p in live],
            inputs.shown(path),
        )
    if settled is not None:
        settled.update(t.id for t, _ in live.values() if t.parents and all(p in live for p in t.parents))


def _above(term: Term, relation: str) -> Iterator[str]:
    yield from dict.fromkeys(term.parents if relation == "subclass_of" else term.part_of)


def _hierarchy(relation: str, pairs: list[tuple[str, str]], shown: str) -> Iterator[Record]:
    """The edges of a hierarchy; the one that closes a cycle goes to quarantine, with the cycle named."""
    cycles: list[tuple[str, ...]] = [(child, child) for child, parent in pairs if child == parent]
    cycles += Lineage.from_parents(pairs).cycles
    for cycle in cycles:
        yield Quarantined(
            shown,
            None,
            f"closes a cycle of {relation}: {' -> '.join(cycle)}; this edge is left out",
            f"{cycle[-2]}\t{cycle[-1]}",
        )
    closing = {(cycle[-2], cycle[-1]) for cycle in cycles}
    yield from (Edge(child, relation, parent) for child, parent in pairs if (child, parent) not in closing)
