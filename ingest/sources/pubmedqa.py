"""PubMedQA: PubMed abstracts with labelled sections, from its expert-labelled questions."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import SourceError
from ingest.literature.documents import Document
from ingest.literature.files import Item, read_files, whole
from ingest.source import Inputs, Source
from kg.records import Quarantined, Record


def documents(path: Path, shown: str) -> Iterator[Item]:
    """One document a question: its title is the question, its sections are the contexts; the conclusion is left out of
    the text.
    """
    try:
        rows = json.loads(whole(path))
    except (ValueError, gzip.BadGzipFile) as problem:
        raise SourceError(f"{path}: no JSON ({problem}); fetch it again") from problem
    for pmid, row in rows.items():
        contexts, labels = row.get("CONTEXTS"), row.get("LABELS") or []
        if not str(pmid).isdigit() or not isinstance(contexts, list) or "QUESTION" not in row:
            yield Quarantined(shown, None, f"entry {pmid!r} needs a PMID as key, QUESTION and CONTEXTS", str(pmid))
            continue
        names = [str(label).lower() for label in labels] + ["abstract"] * (len(contexts) - len(labels))
        year = str(row.get("YEAR") or "")
        mesh = row.get("MESHES") or []
        yield Document(
            f"PMID:{pmid}",
            " ".join(str(row["QUESTION"]).split()),
            tuple(zip(names, (str(c) for c in contexts), strict=False)),
            int(year) if year.isdigit() else None,
            attributes={"mesh_names": mesh} if mesh else {},
            file=shown,
        )


def read(inputs: Inputs) -> Iterator[Record]:
    """Every file of questions."""
    yield from read_files(inputs, list(inputs.files), documents)


SOURCE = Source(
    name="pubmedqa",
    title="PubMedQA",
    licence="MIT",
    url="https://pubmedqa.github.io",
    infores="infores:pubmedqa",
    commercial=True,
    patterns=("pubmedqa/*.json*",),
    read=read,
    revision=2,
)
