"""Files of literature: opened safely, split into records, one broken file never losing the others."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from ingest.errors import SourceError, UnsafeFile
from ingest.literature.documents import Document, records
from ingest.source import Inputs
from kg.records import Deletion, Quarantined, Record
from ontologies.formats.lines import open_bytes

_BLOCK = 4 << 20
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(\[)?", re.IGNORECASE)
Item = Document | Deletion | Quarantined
Reader = Callable[[Path, str], Iterator[Item]]


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a plain or compressed file; raises `EOFError` or `OSError` for a gzip cut short."""
    with open_bytes(path) as stream:
        while block := stream.read(_BLOCK):
            yield block


def whole(path: Path) -> bytes:
    """All bytes of a plain or compressed file."""
    return b"".join(blocks(path))


def head(path: Path, size: int = 4096) -> bytes:
    """The first bytes of a file, empty for one that cannot be opened."""
    try:
        with open_bytes(path) as stream:
            return stream.read(size)
    except (OSError, EOFError, zlib.error):
        return b""


def refuse_entities(path: Path, prologue: bytes) -> None:
    """Raise `UnsafeFile` for a document type that declares anything: bombs and outside entities start there."""
    doctype = _DOCTYPE.search(prologue)
    if (doctype and doctype.group(1)) or b"<!ENTITY" in prologue or b"<!ATTLIST" in prologue:
        raise UnsafeFile(
            f"{path}: declares entities of its own, which is refused; remove the part in brackets of <!DOCTYPE ... "
            "[...]>"
        )


def parser() -> etree.XMLParser:
    """An XML parser that opens nothing beside the text it is given."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def parse_small(path: Path) -> etree._Element:
    """A whole XML file of moderate size; raises `SourceError` with the line of what is broken."""
    raw = whole(path)
    if not raw.strip():
        raise SourceError(f"{path}: is empty; fetch it again")
    refuse_entities(path, raw)
    try:
        return etree.fromstring(raw, parser())
    except etree.XMLSyntaxError as problem:
        raise SourceError(f"{path}:{problem.lineno}: {problem.msg}; fetch it again") from problem


def read_files(inputs: Inputs, paths: list[Path], reader: Reader) -> Iterator[Record]:
    """The records of many files: a file that fails is put into quarantine with its reason, unless it is the only one.

    What stood before the failing place has been read and stays. Of several records of one document the last counts, in
    the order of the files and in a file from top to bottom: it replaces the earlier ones whole. The last file is read
    first, so that what it replaces is passed over; memory holds the documents of one file.
    """
    later: set[str] = set()
    for path in reversed(paths):
        shown = inputs.shown(path)
        held: dict[str, Document] = {}
        failed: Quarantined | None = None
        try:
            for item in reader(path, shown):
                if isinstance(item, Document):
                    held[item.citation] = item
                # What was withdrawn and published again later is there.
                elif not (isinstance(item, Deletion) and item.citation in later):
                    yield item
        except UnsafeFile:
            raise
        except (SourceError, OSError, EOFError, zlib.error, UnicodeDecodeError) as problem:
            reason = str(problem).removeprefix(f"{path}: ") or type(problem).__name__
            if isinstance(problem, (EOFError, zlib.error)):
                reason = f"the gzip file is cut short or damaged ({problem}); fetch it again"
            if len(paths) == 1:
                raise SourceError(f"{path}: {reason}") from problem
            failed = Quarantined(shown, None, reason)
        for document in held.values():
            if document.citation not in later:
                yield from records(document)
        if failed:
            yield failed
        later.update(held)
