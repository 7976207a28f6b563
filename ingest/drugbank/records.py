"""The DrugBank XML cut into its top-level <drug> records, so that a broken one costs nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from ingest.errors import SourceError
from ingest.literature.files import blocks, parser, refuse_entities

# A drug of the top level carries a type; the <drug> elements inside its pathways carry no attribute.
_START = re.compile(rb"<drug\s[^<>]*\btype\s*=[^<>]*>")
_END = b"</drugbank>"
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.-]+)[\"']")
_PLACE = re.compile(r",? line \d+(, column \d+)?")
_LONGEST_TAG = 4096
LONGEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be used, with the line on which it begins."""

    line: int
    reason: str
    text: str


def pieces(path: Path, stream: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """(line, bytes) of a file's stream from each top-level drug's start up to the next one's, or to the end of the
    root.

    Memory holds one block and one record. What stands before the first drug comes
    first, as line 1. Raises `SourceError` for a file without a drug or in another
    encoding than UTF-8, `UnsafeFile` for a file that declares a document type of its own.
    """
    buffer, line, first, searched = b"", 1, True, 0
    for block in stream:
        buffer += block
        start, place = 0, searched
        while match := _START.search(buffer, max(place, start)):
            if first:
                _check(path, buffer[: match.start()])
                first = False
            if match.start() > start:
                yield line, buffer[start : match.start()]
                line += buffer.count(b"\n", start, match.start())
            start, place = match.start(), match.end()
        if first and len(buffer) > LONGEST // 16:
            break
        if len(buffer) - start > LONGEST:
            yield line, buffer[start:]
            line += buffer.count(b"\n", start)
            start = len(buffer)
        buffer = buffer[start:]
        searched = max(place - start, len(buffer) - _LONGEST_TAG, 0)
    if first:
        _check(path, buffer)
        raise SourceError(
            f"{path}: holds no <drug type=...>; it is empty, cut short or no DrugBank XML; download it again"
        )
    yield line, buffer


def _check(path: Path, prologue: bytes) -> None:
    """Raise for a prologue that declares entities, is no DrugBank's or names another encoding."""
    if prologue[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise SourceError(f"{path}: is UTF-16; convert it to UTF-8")
    refuse_entities(path, prologue)
    encoding = _ENCODING.search(prologue)
    if encoding and encoding.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise SourceError(
            f"{path}:1: is written in {encoding.group(1).decode('ascii', 'replace')}; convert it to UTF-8"
        )


def drugs(path: Path) -> Iterator[tuple[int, etree._Element] | Broken | bytes]:
    """The prologue (bytes) first, then (line, element) of every top-level drug, or why it is broken."""
    plain = parser()
    last, ended = 1, False
    for number, (line, raw) in enumerate(pieces(path, blocks(path))):
        if number == 0 and not raw.startswith(b"<drug "):
            yield raw
            continue
        last = line
        text, ending, _ = raw.partition(_END)
        ended = bool(ending)
        yield from _parse(text.rstrip(), line, plain)
    if not ended:
        yield Broken(last, "the file ends without </drugbank>: drugs may be missing; download it again", "")


def _parse(text: bytes, line: int, plain: etree.XMLParser) -> Iterator[tuple[int, etree._Element] | Broken]:
    """The drug of one piece; what follows its end tag is a drug whose own start tag is broken."""
    try:
        yield line, etree.fromstring(text, plain)
        return
    except etree.XMLSyntaxError as problem:
        # The parser counts lines from the drug's own start: its numbers would mislead in a file of millions of lines.
        what = _PLACE.sub("", problem.msg)
        broken = Broken(line, f"broken XML at line {line + max((problem.lineno or 1) - 1, 0)}: {what}", _shown(text))
    end = text.find(b"\n</drug>") + 1 + len(b"</drug>")
    rest = text[end:].lstrip()
    if end < 9 or not rest:
        yield broken
        return
    yield from _parse(text[:end], line, plain)
    yield Broken(
        line + text.count(b"\n", 0, len(text) - len(rest)),
        "broken XML: a drug without a proper start tag",
        _shown(rest),
    )


def _shown(text: bytes) -> str:
    return text[:200].decode("utf-8", "replace")
