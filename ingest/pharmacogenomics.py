"""Guidelines on drugs and genes, whoever publishes them: from JSON files to edges between genes and drugs."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.crosswalks.drugs import DrugCrosswalk
from ingest.crosswalks.genes import GeneCrosswalk
from ingest.errors import SourceError
from ingest.literature.documents import PLACEHOLDER
from ingest.source import Inputs
from kg.records import Citation, Edge, Node, Quarantined, Record


@dataclass(frozen=True, slots=True)
class Guideline:
    """A guideline on one drug: its names for drug and genes, what it recommends, and the papers that publish it."""

    drug: str
    rxnorm: str
    genes: tuple[str, ...]
    attributes: Mapping[str, Any]
    papers: tuple[Citation, ...] = ()


def guideline_records(
    inputs: Inputs, files: Sequence[Path], understood: Callable[[Any], Guideline]
) -> Iterator[Record]:
    """A `has_guideline_for` edge from every gene of a guideline to its drug.

    A guideline may say that the gene is no reason to change anything: that there is one does not say that it matters.

    `understood` reads the JSON of a file and raises `KeyError`, `TypeError` or `ValueError` where it is another. A
    broken file is put aside and the others go on; raises `SourceError` when it is the only one.
    """
    named, human = DrugCrosswalk(inputs), GeneCrosswalk(inputs)
    yield from (*named.problems, *human.problems)
    said: set[tuple[str, str]] = set()
    for path in files:
        shown = inputs.shown(path)
        try:
            guideline = understood(_json(path))
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as problem:
            reason = f"cannot be read as a guideline ({type(problem).__name__}: {problem}); fetch it again"
            if len(files) == 1:
                raise SourceError(f"{shown}: {reason}") from problem
            yield Quarantined(shown, None, reason)
            continue
        yield from _records(shown, guideline, (named, human), said)


def _json(path: Path) -> Any:
    raw = path.read_bytes()
    return json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)


def _records(
    shown: str, guideline: Guideline, by: tuple[DrugCrosswalk, GeneCrosswalk], said: set[tuple[str, str]]
) -> Iterator[Record]:
    named, human = by
    drug = named.of_rxnorm(guideline.rxnorm) or named.drug(guideline.drug)
    if drug is None:
        yield Quarantined(shown, None, "the drug is none, or no single one, of DrugBank", guideline.drug)
        return
    yield from guideline.papers
    yield Node(f"DRUGBANK:{drug}", "biolink:Drug", named.names.get(drug, guideline.drug), attributes=PLACEHOLDER)
    for symbol in guideline.genes:
        gene = human.gene(symbol)
        if gene is None:
            yield Quarantined(shown, None, "the gene is none, or no single one, of HGNC", symbol)
        elif (gene, drug) in said:
            yield Quarantined(shown, None, "the gene and the drug have a guideline already", f"{symbol}\t{drug}")
        else:
            said.add((gene, drug))
            yield human.node(gene)
            yield Edge(
                f"NCBIGene:{gene}",
                "has_guideline_for",
                f"DRUGBANK:{drug}",
                tier=1,
                publications=tuple(paper.id for paper in guideline.papers),
                attributes=guideline.attributes,
            )


def papers(rows: Any) -> tuple[Citation, ...]:
    """Citations of the papers that a guideline lists, those with a PMID."""
    return tuple(
        Citation(f"PMID:{row['pmid']}", row["title"], row.get("year"), tuple(row.get("authors") or ()), row["journal"])
        for row in rows or ()
        if str(row.get("pmid") or "").isdecimal()
    )
