"""MeSH: descriptors with their tree, sorted into diseases, symptoms, chemicals, anatomy and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.identity import XREF
from ingest.ontology_records import term_records
from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, lines
from kg.records import Quarantined, Record, SameAs
from ontologies.term import Term

_TREES = (
    ("C23.888", "biolink:PhenotypicFeature"),
    ("C", "biolink:Disease"),
    ("F03", "biolink:Disease"),
    # Chemical actions and uses: what chemicals do, not what they are.
    ("D27", "biolink:ChemicalRole"),
    ("D", "biolink:ChemicalEntity"),
    ("A", "biolink:AnatomicalEntity"),
)


def category(term: Term) -> str | None:
    """The category by the first tree that fits; descriptors of no such tree (geography, health care) are left out.

    Supplementary concepts, which have no tree, are chemicals here: the list holds those of drugs alone.
    """
    if term.id.startswith("MESH:C"):
        return "biolink:ChemicalEntity"
    trees = (term.namespace or "").split("|")
    return next((kind for start, kind in _TREES if any(t.startswith(start) for t in trees)), None)


def read(inputs: Inputs) -> Iterator[Record]:
    """Descriptors and supplementary concepts with their CAS numbers; beside an older list the tree numbers are read.

    Lists with entry terms supersede the older ones, which hold names alone.
    """
    listed = [f for f in inputs.files if "descriptors" in f.name or f.name.startswith("desc")]
    old = [] if listed else [f for f in inputs.files if f.name.startswith("mesh-terms")]
    further = [f for f in inputs.files if "supplementary" in f.name]
    for path in (*listed, *old, *further):
        yield from term_records(inputs, path, category)
    for path in inputs.files:
        if "mesh-cas" in path.name:
            yield from _numbers(inputs, path)


def _numbers(inputs: Inputs, path: Path) -> Iterator[Record]:
    """CAS numbers, of which one may stand for several records."""
    for row in lines(inputs, path, Layout(("mesh_id", "cas"))):
        if isinstance(row, Quarantined):
            yield row
        elif not row["mesh_id"] or not row["cas"]:
            yield Quarantined(inputs.shown(path), row.number, "a row needs mesh_id and cas", row.text())
        else:
            yield SameAs(f"MESH:{row['mesh_id']}", f"CAS:{row['cas']}", XREF, path.name)


SOURCE = Source(
    name="mesh",
    title="MeSH",
    licence="public domain",
    url="https://www.nlm.nih.gov/mesh",
    infores="infores:mesh",
    commercial=True,
    patterns=(
        "mesh/mesh-descriptors*.tsv*",
        "mesh/mesh-supplementary-*.tsv*",
        "mesh/mesh-cas*.tsv*",
        "ontologies/mesh-*.tsv*",
        "ontologies/desc*.xml*",
    ),
    revision=2,
    read=read,
)
