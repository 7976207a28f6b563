"""A list of retracted publications: PMIDs that no answer may rest on unmarked."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from ingest.errors import SourceError
from ingest.source import Inputs, Source
from kg.records import Quarantined, Record, Retraction
from ontologies.formats.lines import open_text


def read(inputs: Inputs) -> Iterator[Record]:
    """One retraction a row; the first column holds the PMID, under the heading `pmid`."""
    for path in inputs.files:
        shown = inputs.shown(path)
        try:
            with open_text(path) as stream:
                heading = stream.readline().rstrip("\r\n").split("\t")[0].casefold()
                if heading != "pmid":
                    raise SourceError(f"{shown}:1: the first column is {heading!r}; it must be 'pmid'")
                for line, row in enumerate(stream, 2):
                    pmid = row.rstrip("\r\n").split("\t")[0].strip().removeprefix("PMID:")
                    if pmid.isdecimal():
                        yield Retraction(f"PMID:{pmid}")
                    elif row.strip():
                        yield Quarantined(shown, line, "no PMID", row.rstrip("\r\n"))
        except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as problem:
            raise SourceError(f"{shown}: cannot be read ({problem}); fetch it again") from problem


SOURCE = Source(
    name="retractions",
    title="Retracted publications in PubMed",
    licence="public domain",
    url="https://pubmed.ncbi.nlm.nih.gov",
    infores="infores:pubmed",
    commercial=True,
    patterns=("retractions/*.tsv*",),
    read=read,
    notes="Later retractions are known only from notices in the literature that is read.",
)
