"""NCBI gene_info: gene symbols, synonyms, full names and references."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import SourceError
from ingest.source import Inputs, Source
from kg.records import Node, Quarantined, Record, SameAs
from ontologies import curie
from ontologies.errors import CurieError
from ontologies.formats.lines import open_text

_COLUMNS = 15


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
    """One node a gene; rows that are too short or repeat a gene go to quarantine."""
    for path in inputs.files:
        seen: set[str] = set()
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
                    yield SameAs(f"NCBIGene:{row[1]}", other, origin=path.name)


SOURCE = Source(
    name="gene_info",
    title="NCBI Gene",
    licence="public domain",
    url="https://www.ncbi.nlm.nih.gov/gene",
    infores="infores:ncbi-gene",
    commercial=True,
    patterns=("genes/*gene_info*",),
    read=read,
    revision=2,
)
