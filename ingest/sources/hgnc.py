"""HGNC: the approved symbol and name of every human gene, its aliases, former symbols and identifiers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, Line, lines
from kg.records import Node, Quarantined, Record, SameAs

_LAYOUT = Layout(
    (
        "hgnc_id",
        "symbol",
        "name",
        "status",
        "alias_symbols",
        "previous_symbols",
        "ncbi_gene_id",
        "uniprot_ids",
        "ensembl_gene_id",
        "locus_type",
    )
)
_APPROVED = "Approved"


def read(inputs: Inputs) -> Iterator[Record]:
    """One gene a row, under its NCBI number where it has one; withdrawn entries only point on, if anywhere."""
    for path in inputs.files:
        seen: set[str] = set()
        for row in lines(inputs, path, _LAYOUT):
            if isinstance(row, Quarantined):
                yield row
                continue
            known = row["hgnc_id"].startswith("HGNC:") and row["symbol"]
            if not known or row["hgnc_id"] in seen:
                reason = "the gene stands twice" if known else "a gene needs hgnc_id and symbol"
                yield Quarantined(inputs.shown(path), row.number, reason, row.text())
                continue
            seen.add(row["hgnc_id"])
            if row["status"] == _APPROVED:
                yield from _gene(row, path.name)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("|", ",").split(",") if part.strip()]


def _gene(row: Line, origin: str) -> Iterator[Record]:
    gene = f"NCBIGene:{row['ncbi_gene_id']}" if row["ncbi_gene_id"].isdigit() else row["hgnc_id"]
    codes = [f"UniProtKB:{p}" for p in _parts(row["uniprot_ids"])]
    codes += [f"ENSEMBL:{row['ensembl_gene_id']}"] if row["ensembl_gene_id"] else []
    synonyms = [row["name"]] if row["name"] and row["name"] != row["symbol"] else []
    synonyms += [f"{s}\tsymbol" for s in _parts(row["alias_symbols"])]
    synonyms += [f"{s}\tformer" for s in _parts(row["previous_symbols"])]
    facts = {"type": row["locus_type"]} if row["locus_type"] else {}
    yield Node(gene, "biolink:Gene", row["symbol"], tuple(dict.fromkeys(synonyms)), (row["hgnc_id"], *codes), facts)
    # A protein that several genes encode is the code of none: the merge sees that.
    for code in (*([row["hgnc_id"]] if gene != row["hgnc_id"] else []), *codes):
        yield SameAs(gene, code, origin=origin)


SOURCE = Source(
    name="hgnc",
    title="HGNC",
    licence="CC0-1.0",
    url="https://www.genenames.org",
    infores="infores:hgnc",
    commercial=True,
    patterns=("genes/hgnc*.tsv*",),
    read=read,
)
