"""SciFact: abstracts of biomedical papers under Semantic Scholar's identifiers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ingest.literature.documents import Document
from ingest.literature.files import Item, read_files
from ingest.source import Inputs, Source
from kg.records import Quarantined, Record
from ontologies.formats.lines import open_text


def documents(path: Path, shown: str) -> Iterator[Item]:
    """One document a line: `_id` or `doc_id`, `title`, and `text` or `abstract` (a text or a list of sentences)."""
    with open_text(path) as stream:
        for number, line in enumerate(stream, 1):
            try:
                row = json.loads(line)
                identifier = str(row.get("_id") or row["doc_id"])
                text = row.get("text") or row.get("abstract") or ""
                title = str(row["title"])
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                reason = f"a line must be a JSON object with _id, title and text ({type(problem).__name__}: {problem})"
                yield Quarantined(shown, number, reason, line[:200])
                continue
            whole = text if isinstance(text, str) else " ".join(s.strip() for s in text)
            yield Document(f"S2:{identifier}", " ".join(title.split()), (("abstract", whole.strip()),), file=shown)


def read(inputs: Inputs) -> Iterator[Record]:
    """Every corpus file."""
    yield from read_files(inputs, list(inputs.files), documents)


SOURCE = Source(
    name="scifact",
    title="SciFact corpus",
    licence="CC-BY-NC-2.0",
    url="https://github.com/allenai/scifact",
    infores="infores:scifact",
    patterns=("scifact/corpus.jsonl*",),
    read=read,
    revision=2,
)
