"""HPO annotations: which phenotypic features a disease shows, with reference, frequency and onset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import SourceError
from ingest.literature.documents import PLACEHOLDER
from ingest.source import Inputs, Source
from ingest.versions import newest_first
from kg.records import Edge, Node, Quarantined, Record
from ontologies.curie import normalise
from ontologies.errors import CurieError, FormatError
from ontologies.formats import hpoa
from ontologies.term import Problem

# Aspects: P (O in the old layout) is a feature; inheritance, modifier, course and past history are none.
_NO_FEATURE = {"I", "M", "C", "H"}
_OMIM_NUMBER = re.compile(r"^[#%*+^]?\d{6}\s+")
_MOVED = re.compile(r"MOVED TO (\d{6})")
_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9-]{1,9}$")


def read(inputs: Inputs) -> Iterator[Record]:
    """One `has_phenotype` edge an annotation, negated for NOT; the disease stands under the name in the file.

    What OMIM has moved to another entry is said of that entry, with the former id as `moved_from`.
    The newest file of several decides for the diseases that it annotates: what an older one says of them is counted in
    one row of quarantine. One of several files that cannot be read is quarantined; raises `SourceError` when it is the
    only one.
    """
    named: set[str] = set()
    decided: frozenset[str] = frozenset()
    for path in newest_first(inputs.files):
        try:
            yield from _file(path, inputs.shown(path), named, decided)
            decided = frozenset(named)
        except FormatError as problem:
            if len(inputs.files) == 1:
                raise SourceError(f"{problem}; download the file again") from problem
            yield Quarantined(inputs.shown(path), problem.line, problem.problem)


def _file(path: Path, shown: str, named: set[str], decided: frozenset[str]) -> Iterator[Record]:
    number = superseded = 0
    for row in hpoa.read(path):
        number += 1
        if isinstance(row, Problem):
            yield Quarantined(shown, row.line, row.reason, row.text)
            continue
        if row.aspect in _NO_FEATURE:
            continue
        text = f"{row.disease}\t{row.name}\t{row.phenotype}"
        try:
            disease, feature = normalise(row.disease), normalise(row.phenotype)
        except CurieError as problem:
            yield Quarantined(shown, row.line, str(problem), text)
            continue
        if not feature.startswith("HP:"):
            yield Quarantined(shown, row.line, f"{feature} is no HP term", text)
            continue
        if disease in decided:
            superseded += 1
            continue
        called = _OMIM_NUMBER.sub("", row.name).strip()
        moved = _MOVED.match(called)
        details: dict[str, object] = {
            "evidence": row.evidence,
            "frequency": row.frequency,
            "onset": row.onset,
            "sex": row.sex,
            "modifier": row.modifier,
        }
        if moved and disease.startswith("OMIM:"):
            details["moved_from"], disease = disease, f"OMIM:{moved[1]}"
            if disease not in named:
                yield Node(disease, "biolink:Disease", disease, attributes=PLACEHOLDER)
        elif disease not in named:
            named.add(disease)
            yield _disease(disease, called)
        papers, further = _references(row.reference)
        details["references"] = further
        yield Edge(
            disease,
            "has_phenotype",
            feature,
            negated=row.negated,
            publications=papers,
            attributes={k: v for k, v in details.items() if v},
            agent_type="automated_agent" if row.evidence == "IEA" else "manual_agent",
        )
    if superseded:
        yield Quarantined(shown, None, f"{superseded:,} annotations of diseases that a newer file annotates")
    if number == 0:
        raise FormatError(path, None, "holds no annotation")


def _disease(identifier: str, name: str) -> Node:
    """The disease with the names in the file: OMIM's old titles hold several, `NAME; ABBREVIATION;;OTHER NAME`."""
    first, *others = [part.strip() for part in re.split(r";+", name) if part.strip()] or [identifier]
    synonyms = dict.fromkeys(f"{o}\tabbreviation" if _ABBREVIATION.match(o) else o for o in others if o != first)
    return Node(identifier, "biolink:Disease", first, tuple(synonyms))


def _references(text: str) -> tuple[tuple[str, ...], list[str]]:
    """Citations, and references that are no identifier of ours (books, web pages)."""
    papers: dict[str, None] = {}
    further = []
    for part in re.split(r"[;,]", text):
        try:
            papers[normalise(part)] = None
        except CurieError:
            if part.strip():
                further.append(part.strip())
    return tuple(papers), further


SOURCE = Source(
    name="hpo_annotations",
    title="HPO annotations",
    licence="HPO licence",
    url="https://hpo.jax.org/data/annotations",
    infores="infores:hpo-annotations",
    commercial=True,
    patterns=("ontology_names/*.hpoa*", "ontologies/*.hpoa*", "ontologies/phenotype_annotation*.tab*"),
    read=read,
    revision=4,
    notes="Modes of inheritance, clinical modifiers and courses are no features and are left out.",
)
