"""BioRED: PubMed abstracts with genes, diseases, chemicals and eight kinds of relation marked by curators."""

from __future__ import annotations

from ingest.literature.annotated import read_corpus
from ingest.source import Source

SOURCE = Source(
    name="biored",
    title="BioRED",
    licence="public domain",
    url="https://ftp.ncbi.nlm.nih.gov/pub/lu/BioRED/",
    infores="infores:biored",
    commercial=True,
    patterns=("biored/*.pubtator*",),
    read=read_corpus,
    revision=2,
    # Abstracts are a sample of what is written: they cover nothing that they speak of.
    declares=("related_to",),
)
