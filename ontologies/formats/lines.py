"""Files, plain or compressed, opened by what their first bytes say; lines of text, with errors that name the place."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from ontologies.errors import FormatError

_GZIP = b"\x1f\x8b"
# The sign of bzip2 with that of its first block, or of an empty file's end: a text may begin with the letters 'BZh'.
_BZIP2 = (b"1AY&SY", b"\x17rE8P\x90")


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked when it is gzip or bzip2, whatever its name says."""
    with path.open("rb") as probe:
        first = probe.read(10)
    if first.startswith(_GZIP):
        return cast(IO[bytes], gzip.open(path, "rb"))
    if first.startswith(b"BZh") and first[4:] in _BZIP2:
        return cast(IO[bytes], bz2.open(path, "rb"))
    return path.open("rb")


def open_text(path: Path, newline: str | None = None) -> IO[str]:
    """The file's UTF-8 text, with or without a byte order mark, unpacked when it is compressed."""
    return io.TextIOWrapper(open_bytes(path), "utf-8-sig", newline=newline)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1; raises `FormatError` for a cut or mis-encoded or empty file."""
    number = 0
    try:
        with open_bytes(path) as stream:
            for raw in stream:
                number += 1
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError as problem:
        raise FormatError(path, number, f"is not UTF-8 ({problem.reason}); save it as UTF-8") from problem
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise FormatError(
            path, number, f"the gzip stream ends early or is broken ({problem}); download the file again"
        ) from problem
    except FileNotFoundError:
        raise FormatError(path, None, "is missing") from None
    if number == 0:
        raise FormatError(path, None, "is empty; download the file again")


def beginning(path: Path, size: int = 4096) -> bytes:
    """The first bytes of a file, unpacked; as many as can be read before a stream breaks off."""
    head = b""
    try:
        with open_bytes(path) as stream:
            while len(head) < size and (block := stream.read(min(512, size - len(head)))):
                head += block
    except (OSError, EOFError, zlib.error):
        pass
    return head
