"""BC5CDR: PubMed abstracts with chemicals, diseases and chemical-induced diseases marked by curators."""

from __future__ import annotations

from ingest.literature.annotated import read_corpus
from ingest.source import Source

SOURCE = Source(
    name="bc5cdr",
    title="BioCreative V CDR corpus",
    licence="free for research",
    url="https://biocreative.bioinformatics.udel.edu/tasks/biocreative-v/track-3-cdr/",
    infores="infores:bc5cdr",
    patterns=("bc5cdr/*.pubtator*",),
    read=read_corpus,
    revision=2,
    # Abstracts are a sample of what is written: they cover nothing that they speak of.
    declares=("related_to",),
)
