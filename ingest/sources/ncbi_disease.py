"""The NCBI disease corpus: PubMed abstracts with diseases marked by curators."""

from __future__ import annotations

from ingest.literature.annotated import read_corpus
from ingest.source import Source

SOURCE = Source(
    name="ncbi_disease",
    title="NCBI disease corpus",
    licence="public domain",
    url="https://www.ncbi.nlm.nih.gov/CBBresearch/Dogan/DISEASE/",
    infores="infores:ncbi-disease",
    commercial=True,
    patterns=("ncbi_disease/*.pubtator*",),
    read=read_corpus,
    revision=2,
)
