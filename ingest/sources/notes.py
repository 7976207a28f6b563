"""Your own notes: Markdown or text files, each a document whose paragraphs are passages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import SourceError
from ingest.literature.documents import pieces
from ingest.source import Inputs, Source
from kg.records import Citation, Passage, Quarantined, Record

_BREAK = re.compile(r"\n\s*\n")


def read(inputs: Inputs) -> Iterator[Record]:
    """One citation `NOTE:<file name>` a file; headings become the section of what follows them."""
    for path in inputs.files:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError as problem:
            reason = f"not UTF-8 at byte {problem.start}; save the file as UTF-8"
            if len(inputs.files) == 1:
                raise SourceError(f"{path}: {reason}") from problem
            yield Quarantined(inputs.shown(path), None, reason)
            continue
        if not text.strip():
            yield Quarantined(inputs.shown(path), None, "the file is empty")
            continue
        yield from _document(path, text)


def _document(path: Path, text: str) -> Iterator[Record]:
    identifier = "NOTE:" + re.sub(r"[^A-Za-z0-9_.-]+", "-", path.stem)
    first = text.lstrip().splitlines()[0]
    yield Citation(identifier, first.lstrip("# ").strip(), journal="own note")
    section, number = "note", 0
    for start, block in _blocks(text):
        if block.startswith("#"):
            section = block.splitlines()[0].lstrip("# ").strip() or section
            continue
        for begin, piece in pieces(block):
            yield Passage(f"{identifier}#{number}", identifier, section, piece, start + begin)
            number += 1


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs with the offset at which each begins."""
    start = 0
    for match in [*_BREAK.finditer(text), None]:
        end = match.start() if match else len(text)
        block = text[start:end]
        if block.strip():
            lead = len(block) - len(block.lstrip())
            yield start + lead, block.strip()
        start = match.end() if match else end


SOURCE = Source(
    name="notes",
    title="Own notes",
    licence="own",
    url="file:notes",
    infores="infores:own-notes",
    commercial=True,
    patterns=("notes/*.md", "notes/*.txt"),
    read=read,
    revision=2,
    notes="Texts that the person who builds the release wrote; no published source stands behind them.",
)
