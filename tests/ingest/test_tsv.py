"""Tables of cells: every row is given or put aside with its line, and a file that cannot be used is named."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.source import Inputs
from ingest.tables.tsv import Layout, Line, lines, spared
from kg.records import Quarantined

LAYOUT = Layout(("a", "b"))


def read(folder: Path, content: bytes, layout: Layout = LAYOUT) -> list[Line | Quarantined]:
    path = folder / "t.tsv"
    path.write_bytes(content)
    return list(lines(Inputs(folder, (path,)), path, layout))


@pytest.mark.parametrize("packed", [False, True])
def test_rows_come_with_their_line_whatever_the_file_is_called(tmp_path: Path, packed: bool) -> None:
    content = b"b\tx\ta\r\n2\t \t 1\r\n\r\n4\t\t3\r\n"
    rows = read(tmp_path, gzip.compress(content) if packed else content)
    assert [(r.number, r["a"], r["b"]) for r in rows if isinstance(r, Line)] == [(2, "1", "2"), (4, "3", "4")]


@pytest.mark.parametrize(
    ("row", "reason"), [("1", "1 cells under 2"), ("1\t2\t3", "3 cells"), ("1\t2", "stands twice")]
)
def test_a_row_that_breaks_the_layout_is_put_aside_with_its_line(tmp_path: Path, row: str, reason: str) -> None:
    first, bad, last = read(tmp_path, f"a\tb\n1\t2\n{row}\n5\t6\n".encode())
    assert isinstance(first, Line) and isinstance(last, Line) and isinstance(bad, Quarantined)
    assert (bad.file, bad.line, bad.row) == ("t.tsv", 3, row) and reason in bad.reason


def test_a_quote_is_a_sign_like_any_other_unless_the_layout_says_so(tmp_path: Path) -> None:
    content = b'a\tb\n"1\t2"\n'
    assert [r["a"] for r in read(tmp_path, content) if isinstance(r, Line)] == ['"1']
    (whole,) = read(tmp_path, b'a,b\n"1,\n1",2\n', Layout(("a", "b"), ",", quoted=True))
    assert isinstance(whole, Line) and whole["a"] == "1,\n1"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"a\tc\n1\t2\n", r"t\.tsv:1: has no column 'b'; it has a, c"),
        ("a\tb\né\t2\n".encode("latin-1"), "is not UTF-8"),
        (gzip.compress(b"a\tb\n" + b"1\t2\n" * 9)[:-6], "cannot be read after line"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_mend(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said) as raised:
        read(tmp_path, content)
    assert "t.tsv" in str(raised.value) and "fetch" in str(raised.value)


def test_one_broken_file_of_several_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_bytes(b"wrong\n")
    inputs = Inputs(tmp_path, (path,))
    rows = (r for r in lines(inputs, path, LAYOUT) if isinstance(r, Quarantined))
    (bad,) = spared(inputs, path, rows)
    assert isinstance(bad, Quarantined) and "has no column" in bad.reason
