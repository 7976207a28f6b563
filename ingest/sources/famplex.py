"""FamPlex: protein families and complexes with their names and members."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import SourceError
from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, lines
from kg.records import Alias, Edge, Node, Quarantined, Record
from ontologies.errors import FormatError
from ontologies.formats import lines as text

_HGNC = Layout(("hgnc_id", "symbol", "status", "ncbi_gene_id"))
_RELATIONS = {"isa": "subclass_of", "partof": "part_of"}


def read(inputs: Inputs) -> Iterator[Record]:
    """Families with their names, then who is a kind or a part of them; genes are found by HGNC's symbols."""
    relations = [f for f in inputs.files if "relations" in f.name]
    groundings = [f for f in inputs.files if "grounding" in f.name]
    if not relations:
        raise SourceError("genes/: famplex-relations is missing beside the other FamPlex files; put it there")
    genes = _genes(inputs)
    families: dict[str, dict[str, None]] = {}
    edges: list[Record] = []
    for path in relations:
        for record in _relations(inputs, path, genes, families):
            edges.append(record)
    for path in groundings:
        yield from _names(inputs, path, families)
    for family, names in families.items():
        called = family.replace("_", " ")
        yield Node(f"FPLX:{family}", "biolink:GeneFamily", called, tuple(n for n in names if n != called))
    yield from edges


def _rows(inputs: Inputs, path: Path, least: int) -> Iterator[tuple[int, list[str]] | Quarantined]:
    """Rows of a comma-separated file without a heading."""
    try:
        for number, line in text.lines(path):
            cells = [c.strip() for c in next(csv.reader([line]), [])]
            if len(cells) < least or not all(cells[:least]):
                yield Quarantined(inputs.shown(path), number, f"a row needs {least} cells that are not empty", line)
            else:
                yield number, cells
    except (FormatError, csv.Error) as problem:
        raise SourceError(f"{problem}; fetch the file again") from problem


def _genes(inputs: Inputs) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in inputs.files:
        if path.name.startswith("hgnc"):
            for row in lines(inputs, path, _HGNC):
                if not isinstance(row, Quarantined) and row["ncbi_gene_id"].isdigit() and row["status"] == "Approved":
                    found[row["symbol"]] = f"NCBIGene:{row['ncbi_gene_id']}"
    return found


def _relations(
    inputs: Inputs, path: Path, genes: dict[str, str], families: dict[str, dict[str, None]]
) -> Iterator[Record]:
    for row in _rows(inputs, path, 5):
        if isinstance(row, Quarantined):
            yield row
            continue
        number, (space, member, relation, other, family, *_) = row
        if relation not in _RELATIONS or other != "FPLX":
            yield Quarantined(
                inputs.shown(path), number, "a row needs isa or partof and a FPLX family", ",".join(row[1])
            )
            continue
        families.setdefault(family, {})
        if space == "FPLX":
            families.setdefault(member, {})
            yield Edge(f"FPLX:{member}", _RELATIONS[relation], f"FPLX:{family}")
        elif space == "HGNC" and member in genes:
            yield Edge(genes[member], _RELATIONS[relation], f"FPLX:{family}")
        else:
            reason = f"{space} {member} is no human gene by HGNC's symbols"
            yield Quarantined(inputs.shown(path), number, reason, ",".join(row[1]))


def _names(inputs: Inputs, path: Path, families: dict[str, dict[str, None]]) -> Iterator[Record]:
    """Names of families; proteins are called so by their genes, and chemicals and processes have names elsewhere."""
    for row in _rows(inputs, path, 1):
        if isinstance(row, Quarantined):
            yield row
            continue
        name, spaces = row[1][0], dict(zip(row[1][1::2], row[1][2::2], strict=False))
        if spaces.get("FPLX") and len(spaces) - ("" in spaces) == 1:
            families.setdefault(spaces["FPLX"], {}).setdefault(name)
        elif set(spaces) - {""} == {"UP"}:
            yield Alias(name, f"UniProtKB:{spaces['UP']}", "symbol", "biolink:Gene")


SOURCE = Source(
    name="famplex",
    title="FamPlex",
    licence="CC0-1.0",
    url="https://github.com/sorgerlab/famplex",
    infores="infores:famplex",
    commercial=True,
    patterns=("genes/famplex-*.csv*",),
    beside=("genes/hgnc*.tsv*",),
    read=read,
)
