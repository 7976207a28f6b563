"""Which literature files belong to which source: by what stands in them, not by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ingest.errors import SourceError
from ingest.literature import bioc, jats, medline_text, pubmed_xml
from ingest.literature.files import Item, read_files
from ingest.source import Inputs
from kg.records import Record


class Format(Protocol):
    """What every module of a format offers."""

    def can_read(self, path: Path) -> bool:
        """Whether the file looks like this format."""
        ...

    def read(self, path: Path, shown: str) -> Iterator[Item]:
        """Its documents, and what could not be read."""
        ...


_ALL: tuple[Format, ...] = (pubmed_xml, jats, bioc, medline_text)


def read_own(inputs: Inputs, own: Sequence[Format], folder: str) -> Iterator[Record]:
    """The records of all files of a source's own formats, and a complaint about files in its own folder that no format
    knows.
    """

    def belongs(path: Path) -> bool:
        format_ = next((f for f in _ALL if f.can_read(path)), None)
        return format_ in own if format_ is not None else inputs.shown(path).startswith(folder)

    yield from read_files(inputs, [p for p in inputs.files if belongs(p)], _read)


def _read(path: Path, shown: str) -> Iterator[Item]:
    reader = next((f for f in _ALL if f.can_read(path)), None)
    if reader is None:
        raise SourceError(
            f"{path}: is empty, cut short or of no format that is known here; fetch it again or take it out of the "
            "folder"
        )
    yield from reader.read(path, shown)
