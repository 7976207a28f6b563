"""A stream of XML cut into its records by byte search, so that one broken record costs nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from ingest.errors import SourceError
from ingest.literature.files import blocks, parser, refuse_entities

_PROLOGUE = 1 << 20


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that could not be parsed, with the line on which it begins."""

    line: int
    reason: str
    text: str


def split(path: Path, names: Sequence[str], *, nested: bool = False) -> Iterator[tuple[int, bytes, bool]]:
    """(line, bytes, whole) of every element of these names below the root; memory holds one block and one record.

    `nested` is for elements that may hold elements of their own name. Raises
    `SourceError` for a file without any, `UnsafeFile` for declared entities.
    """
    start = re.compile(rb"<(" + b"|".join(n.encode() for n in names) + rb")(?=[\s>/])[^>]*>")
    buffer, line, yielded, prologue = b"", 1, 0, False
    for block in blocks(path):
        buffer += block
        if not prologue:
            _check_prologue(path, buffer, start)
            prologue = True
        place = 0
        while True:
            opened = start.search(buffer, place)
            if opened is None:
                break
            end, whole = _end(buffer, opened, start, nested)
            if end < 0:
                break
            line += buffer.count(b"\n", place, opened.start())
            yield line, buffer[opened.start() : end], whole
            yielded += 1
            line += buffer.count(b"\n", opened.start(), end)
            place = end
        rest = opened.start() if opened is not None else max(place, len(buffer) - 256)
        line += buffer.count(b"\n", place, rest)
        buffer = buffer[rest:]
    if start.search(buffer):
        yield line, buffer, False
        yielded += 1
    if not prologue or (not yielded and b"</" not in buffer and b"/>" not in buffer):
        raise SourceError(f"{path}: holds no <{names[0]}>; it is empty, cut short or of another format")


def _check_prologue(path: Path, text: bytes, start: re.Pattern[bytes]) -> None:
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise SourceError(f"{path}: is UTF-16; convert it to UTF-8")
    first = start.search(text)
    refuse_entities(path, text[: first.start() if first else _PROLOGUE])


def _end(buffer: bytes, opened: re.Match[bytes], start: re.Pattern[bytes], nested: bool) -> tuple[int, bool]:
    """Where the record ends (-1: not yet in the buffer) and whether it is whole."""
    if opened.group().endswith(b"/>"):
        return opened.end(), True
    closing = b"</" + opened.group(1) + b">"
    place, depth = opened.end(), 1
    while True:
        closed = buffer.find(closing, place)
        if not nested:
            # The next record begins before this one is closed: this one is broken, the next one is not.
            again = buffer.find(b"<" + opened.group(1) + b">", opened.end(), closed if closed >= 0 else len(buffer))
            if again >= 0:
                return again, False
            return (closed + len(closing), True) if closed >= 0 else (-1, False)
        if closed < 0:
            return -1, False
        inner = sum(
            1
            for m in start.finditer(buffer, place, closed)
            if m.group(1) == opened.group(1) and not m.group().endswith(b"/>")
        )
        depth += inner - 1
        place = closed + len(closing)
        if depth == 0:
            return place, True


def elements(
    path: Path, names: Sequence[str], *, nested: bool = False
) -> Iterator[tuple[int, etree._Element] | Broken]:
    """(line, element) of every record, or why it is broken."""
    plain = parser()
    for line, raw, complete in split(path, names, nested=nested):
        if not complete:
            yield Broken(line, "the record is not closed", raw[:200].decode("utf-8", "replace"))
            continue
        try:
            yield line, etree.fromstring(raw, plain)
        except etree.XMLSyntaxError as problem:
            yield Broken(line, f"broken XML: {problem.msg}", raw[:200].decode("utf-8", "replace"))
