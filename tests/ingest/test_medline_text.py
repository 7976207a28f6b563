"""MEDLINE text: tagged lines become documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.literature import medline_text
from ingest.literature.documents import Document
from ingest.literature.files import Item, read_files
from ingest.source import Inputs
from kg.records import Quarantined

FIRST = """PMID- 99999901
DP  - 2002 Sep
TI  - A title that goes on
      over two lines.
AB  - AIM: To see. RESULTS: We
      saw.
AU  - Doe J
AU  - Roe R
JT  - Journal of Nothing
PT  - Journal Article
MH  - *Made-up Topic
PMC - PMC99999
AID - 10.9999/x [doi]
"""


def read(folder: Path, text: str) -> list[Item]:
    path = folder / "one.txt"
    path.write_bytes(text.encode())
    assert medline_text.can_read(path)
    return list(medline_text.read(path, "one.txt"))


def only(items: list[Item]) -> Document:
    assert len(items) == 1 and isinstance(items[0], Document)
    return items[0]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_fields_and_continued_lines(tmp_path: Path, newline: str) -> None:
    document = only(read(tmp_path, "\n" + FIRST.replace("\n", newline)))
    assert (document.citation, document.title) == ("PMID:99999901", "A title that goes on over two lines.")
    assert document.sections == (("aim", "To see."), ("results", "We saw."))
    assert (document.year, document.authors, document.journal, document.retracted) == (
        2002,
        ("Doe J", "Roe R"),
        "Journal of Nothing",
        False,
    )
    assert "DOI:10.9999/x" in document.xrefs


def test_headings_and_the_pmc_id_are_kept(tmp_path: Path) -> None:
    document = only(read(tmp_path, FIRST))
    assert (document.attributes["mesh_names"], document.xrefs) == (["Made-up Topic"], ("DOI:10.9999/x", "PMC:99999"))


def test_a_plain_abstract_is_one_section(tmp_path: Path) -> None:
    assert only(read(tmp_path, "PMID- 99999901\nTI  - T\nAB  - Plain words: none.\n")).sections == (
        ("abstract", "Plain words: none."),
    )


@pytest.mark.parametrize("line", ["PT  - Retracted Publication", "RIN - Nowhere. 2001. PMID: 99999909"])
def test_retractions(tmp_path: Path, line: str) -> None:
    assert only(read(tmp_path, FIRST + line + "\n")).retracted


def test_records_are_told_apart_and_bad_lines_quarantined_with_their_number(tmp_path: Path) -> None:
    items = read(tmp_path, FIRST + "\nPMID- 99999902\nTI  - Second\nthis line is lost\n\nPMID- none\nTI  - Third\n")
    assert [i.citation for i in items if isinstance(i, Document)] == ["PMID:99999901", "PMID:99999902"]
    assert [i.line for i in items if isinstance(i, Quarantined)] == [17, 19]


def test_a_separator_inside_a_line_does_not_break_it(tmp_path: Path) -> None:
    assert only(read(tmp_path, "PMID- 99999901\nTI  - One\u2028two\n")).title == "One\u2028two"


def test_another_encoding_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_bytes("PMID- 99999901\nTI  - caf\xe9\n".encode("latin-1"))
    with pytest.raises(SourceError, match=r"one\.txt.*utf-8"):
        list(read_files(Inputs(tmp_path, (path,)), [path], medline_text.read))
