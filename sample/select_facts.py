"""Select the sample's facts from the full public files: `python sample/select_facts.py DATA_FOLDER`."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import polars as pl

from ontologies.formats import Problem, read_terms
from ontologies.term import Term

HERE = Path(__file__).resolve().parent
DISEASES = (
    "DOID:10763 DOID:9352 DOID:2841 DOID:3083 DOID:13189 DOID:6364 DOID:2377 DOID:1826 DOID:7148 DOID:10652 DOID:1612 "
    "DOID:8893 DOID:12930 DOID:3312"
    " DOID:14330 DOID:5419 DOID:11476 DOID:8778"
).split()
# Metaedges whose own source is in the public domain (PharmacotherapyDB, MEDLINE co-occurrence, STARGEO).
METAEDGES = ("CtD", "CpD", "DpS", "DlA", "DrD", "DuG", "DdG")


def main(data: Path) -> None:
    """Write the sample's tables beside this file."""
    edges = pl.read_csv(data / "hetionet/hetionet-v1.0-edges.sif.gz", separator="\t", quote_char=None)
    nodes = pl.read_csv(data / "hetionet/hetionet-v1.0-nodes.tsv.gz", separator="\t", quote_char=None)
    diseases = [f"Disease::{d}" for d in DISEASES]
    chosen = edges.filter(
        pl.col("metaedge").is_in(METAEDGES) & (pl.col("source").is_in(diseases) | pl.col("target").is_in(diseases))
    )
    both = pl.col("source").is_in(diseases) & pl.col("target").is_in(diseases)
    chosen = chosen.filter((pl.col("metaedge") != "DrD") | both)
    genes = (
        chosen.filter(pl.col("metaedge").is_in(["DuG", "DdG"]))["target"]
        .value_counts()
        .filter(pl.col("count") >= 3)["target"]
    )
    chosen = chosen.filter(~pl.col("metaedge").is_in(["DuG", "DdG"]) | pl.col("target").is_in(genes.implode())).sort(
        "metaedge", "source", "target"
    )
    indications = _indications(data)
    ends = {*chosen["source"], *chosen["target"], *(f"Compound::{d}" for d in indications["drugbank_id"])}
    nodes.filter(pl.col("id").is_in(list(ends))).sort("id").write_csv(
        HERE / "hetionet/sample-nodes.tsv", separator="\t"
    )
    chosen.write_csv(HERE / "hetionet/sample-edges.sif", separator="\t")
    _genes(data, {e.removeprefix("Gene::") for e in ends if e.startswith("Gene::")})
    _terms(data)


def _indications(data: Path) -> pl.DataFrame:
    rows = pl.read_csv(data / "pharmacotherapydb/catalog_indications.tsv", separator="\t", quote_char=None)
    rows = rows.filter(pl.col("doid_id").is_in(DISEASES))
    rows.write_csv(HERE / "pharmacotherapydb/catalog_indications.tsv", separator="\t")
    return rows


def _genes(data: Path, ids: set[str]) -> None:
    with gzip.open(data / "genes/Homo_sapiens.gene_info.gz", "rt", encoding="utf-8") as stream:
        kept = [line for n, line in enumerate(stream) if n == 0 or line.split("\t")[1] in ids]
    (HERE / "genes/Homo_sapiens.gene_info").write_text("".join(kept), "utf-8")


def _terms(data: Path) -> None:
    terms = {t.id: t for t in read_terms(data / "ontologies/doid-2016.obo.gz") if not isinstance(t, Problem)}
    wanted: dict[str, Term] = {}
    queue = list(DISEASES)
    while queue:
        term = terms[queue.pop()]
        if term.id not in wanted:
            wanted[term.id] = term
            queue += term.parents
    text = ["format-version: 1.2", "ontology: doid", "remark: a part of the Disease Ontology (CC0)", ""]
    for identifier in sorted(wanted):
        term = wanted[identifier]
        text += ["[Term]", f"id: {term.id}", f"name: {term.name}"]
        text += [f'synonym: "{s.text}" EXACT []' for s in term.synonyms if s.scope == "exact" and '"' not in s.text]
        text += [f"is_a: {p}" for p in term.parents] + [""]
    (HERE / "ontologies/doid-sample.obo").write_text("\n".join(text), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
