"""NCBI gene_info: gene symbols, synonyms, full names and references."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import SourceError
from ingest.source import Inputs, Source
from kg.records import Node, Quarantined, Record, SameAs
from ontologies import curie
from ontologies.errors import CurieError
from ontologies.formats.lines import open_text

_COLUMNS = 15
_HUMAN = "9606"
_STAND_IN = "NEWENTRY"


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with open_text(path) as stream:
            yield from enumerate(stream, start=1)
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as problem:
        raise SourceError(f"{path}: cannot be read ({problem}); download the file again") from problem


def _parts(field: str) -> list[str]:
    return [] if field in ("-", "") else field.split("|")


def _xrefs(field: str) -> tuple[str, ...]:
    xrefs = []
    for text in _parts(field):
        try:
            xrefs.append(curie.normalise(text))
        except CurieError:
            continue  # databases that Galenic has no address for (HPRD, Vega) are of no use as references
    return tuple(xrefs)


def read(inputs: Inputs) -> Iterator[Record]:
    """One node a human gene; rows that are too short or repeat a gene go to quarantine.

    Of every other species, and of the entries that stand for no gene yet, one row of quarantine says how many there
    are.
    """
    for path in inputs.files:
        seen: set[str] = set()
        others: Counter[str] = Counter()
        stand_ins = 0
        for line, text in _lines(path):
            if text.startswith("#"):
                continue
            row = text.rstrip("\n").split("\t")
            if len(row) < _COLUMNS or not row[1].isdigit() or row[1] in seen:
                reason = (
                    "the gene stands twice"
                    if len(row) > 1 and row[1] in seen
                    else f"fewer than {_COLUMNS} columns or no GeneID"
                )
                yield Quarantined(inputs.shown(path), line, reason, text.strip())
                continue
            seen.add(row[1])
            if row[0] != _HUMAN:
                others[row[0]] += 1
                continue
            if row[2] == _STAND_IN:
                stand_ins += 1
                continue
            yield from _gene(row, path.name)
        for species, number in others.most_common():
            reason = f"{number} genes of the species NCBITaxon:{species}; only human ones (NCBITaxon:{_HUMAN}) are kept"
            yield Quarantined(inputs.shown(path), None, reason, species)
        if stand_ins:
            reason = f"{stand_ins} rows {_STAND_IN}, which stand for genes that NCBI has not recorded yet"
            yield Quarantined(inputs.shown(path), None, reason, _STAND_IN)


def _gene(row: list[str], origin: str) -> Iterator[Record]:
    """A gene with its names and references, and its identifier at HGNC."""
    full = row[11] if row[11] != "-" else row[8]
    synonyms = [f"{s}\tsymbol" for s in _parts(row[4])]
    if full not in ("-", row[2]):
        synonyms.insert(0, full)
    synonyms += [f"{s}\trelated" for s in _parts(row[13]) if s != full]
    facts = {"type": row[9], "chromosome": row[6], "location": row[7]}
    xrefs = _xrefs(row[5])
    yield Node(
        f"NCBIGene:{row[1]}",
        "biolink:Gene",
        row[2],
        tuple(synonyms),
        xrefs,
        {k: v for k, v in facts.items() if v != "-"},
    )
    for other in xrefs:
        if other.startswith("HGNC:"):
            yield SameAs(f"NCBIGene:{row[1]}", other, origin=origin)


SOURCE = Source(
    name="gene_info",
    title="NCBI Gene",
    licence="public domain",
    url="https://www.ncbi.nlm.nih.gov/gene",
    infores="infores:ncbi-gene",
    commercial=True,
    patterns=("genes/*gene_info*",),
    read=read,
    revision=3,
)
