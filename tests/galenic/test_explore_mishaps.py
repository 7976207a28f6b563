"""What a session survives: odd values, odd numbers, faults of the program; and what it never does silently."""

from __future__ import annotations

import csv
import io
import logging
from pathlib import Path

import polars as pl
import pytest

from galenic.explore.entries import Entry
from galenic.explore.notebook import read
from galenic.explore.reading import inputs
from galenic.explore.session import Session
from galenic.explore.showing import show_page
from galenic.explore.subgraph import part_of
from galenic.house import House
from galenic.reports.console import PlainConsole
from galenic.reports.page import Grid


@pytest.fixture
def session(house: House) -> Session:
    return Session(house)


def test_dates_are_text_in_rows_and_files(session: Session, tmp_path: Path) -> None:
    [row] = session.run(
        "RETURN date('2024-02-01') AS d, duration('P1D') AS u, [date('2024-02-01')] AS l, {a: date('2024-02-01')} AS m, {} AS e, 1 AS n, ['x'] AS t"
    ).rows
    assert row == ("2024-02-01", "P1D", ["2024-02-01"], {"a": "2024-02-01"}, {}, 1, ["x"])
    assert (
        session.run(f":export parquet {tmp_path / 'a.parquet'}").status
        == session.run(f":export csv {tmp_path / 'a.csv'}").status
        == "answered"
    )
    assert pl.read_parquet(tmp_path / "a.parquet").rows() == [
        ("2024-02-01", "P1D", ["2024-02-01"], '{"a": "2024-02-01"}', "{}", 1, ["x"])
    ]
    with (tmp_path / "a.csv").open(newline="") as stream:
        assert list(csv.reader(stream))[1][:2] == ["2024-02-01", "P1D"]


def test_values_that_parquet_knows_nothing_of_are_text(session: Session, tmp_path: Path) -> None:
    session.entries.append(
        Entry("RETURN 1", "cypher", "answered", columns=("o", "m"), rows=((object, {"a": 1}), (1, {"b": 2})))
    )
    assert session.run(f":export parquet {tmp_path / 'a.parquet'}").status == "answered"
    assert pl.read_parquet(tmp_path / "a.parquet").rows() == [("<class 'object'>", '{"a": 1}'), ("1", '{"b": 2}')]


@pytest.mark.parametrize("value", ["99999999999999999999999", '[1, {"a": [-9223372036854775809]}]'])
def test_whole_numbers_beyond_the_graph_are_refused(session: Session, value: str) -> None:
    session.run(f":param x={value}")
    entry = session.run("RETURN $x AS x")
    assert entry.status == "failed" and "$x holds a whole number beyond 64 bits" in entry.said
    session.run(":param x=-9223372036854775808")
    assert session.run("RETURN $x AS x").rows == ((-(2**63),),)


def test_a_parameter_is_json_as_it_stands(session: Session) -> None:
    session.run(':param ids=["DRUGBANK:DB00328","DRUGBANK:DB00437"]')
    assert session.given["ids"] == ["DRUGBANK:DB00328", "DRUGBANK:DB00437"]
    assert session.run("MATCH (d:Drug) WHERE d.id IN $ids RETURN d.name AS name ORDER BY name").rows == (
        ("Allopurinol",),
        ("Indomethacin",),
    )
    for text, value in (
        ('{"a": "b  c"}', {"a": "b  c"}),
        ('"x"', "x"),
        ("Crohn's disease", "Crohn's disease"),
        ("'a b'", "a b"),
        ("a=b", "a=b"),
        ("true", True),
        ("", ""),
    ):
        session.run(f":param p = {text}")
        assert session.given["p"] == value
    for text in ("[DRUGBANK:DB00328]", "['a']", '{"a": 1', '"x'):
        entry = session.run(f":param ids={text}")
        assert (
            entry.status == "failed" and "begins like JSON but is none" in entry.said and len(session.given["ids"]) == 2
        )


def test_digits_are_numbers_of_results_and_never_names(session: Session) -> None:
    for text in (":expand 3", ":focus 1", ":path 1 2"):
        entry = session.run(text)
        assert entry.status == "failed" and "the last answer lists no things, so there is no" in entry.said
    session.run("What drugs treat gout?")
    assert "the last answer has 9 results, not 10" in session.run(":focus 10").said
    for text in (":evidence ²", ":focus ²", ":expand ²", f":evidence {'9' * 5000}", f":focus {'9' * 5000}"):
        entry = session.run(text)
        assert entry.status == "failed" and "fault" not in entry.said, entry.said


def test_a_fault_of_the_program_is_one_line_and_costs_nothing_else(
    session: Session, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    session.run("What drugs treat gout?")
    session.__dict__["dialogue"] = None
    with caplog.at_level(logging.ERROR, "galenic.explore.session"):
        entry = session.run("What drugs treat asthma?")
    assert (
        entry.status == "failed" and "a fault of Galenic's own (AttributeError" in entry.said and "\n" not in entry.said
    )
    assert "Traceback" in caplog.text
    assert session.run(f":save {tmp_path / 'book.md'}").status == "answered"


def test_no_file_of_a_kgx_export_is_written_over(session: Session, tmp_path: Path) -> None:
    session.run("What drugs treat gout?")
    (tmp_path / "galenic_edges.tsv").write_text("mine")
    assert "galenic_edges.tsv is there already" in session.run(f":export kgx {tmp_path}").said
    assert [f.name for f in tmp_path.iterdir()] == ["galenic_edges.tsv"] and (
        tmp_path / "galenic_edges.tsv"
    ).read_text() == "mine"


def test_a_line_feed_alone_ends_a_line_of_a_notebook(session: Session, tmp_path: Path) -> None:
    odd = "a\x0cb\x85c\u2028d"
    session.entries.append(Entry(f"RETURN '{odd}' AS x", "cypher", "answered", columns=("x",), rows=((odd,),)))
    assert session.run(f":save {tmp_path / 'book.md'}").status == "answered"
    [saved] = read(tmp_path / "book.md").entries
    # An input is kept as it was typed; of a result what steers a terminal is written out.
    assert saved.text == f"RETURN '{odd}' AS x" and saved.rows == ((r"a\x0cb\x85c\u2028d",),)


def test_in_a_pipe_a_broken_query_swallows_nothing(session: Session) -> None:
    piped = "MATCH (d:Drug RETURN d;\nRETURN 'it;\nRETURN /* ;\n no */ 1;\n:quit\n"
    assert list(inputs(piped.splitlines(keepends=True))) == [
        "MATCH (d:Drug RETURN d",
        "RETURN 'it",
        "RETURN /* ;\n no */ 1",
        ":quit",
    ]
    assert (
        session.run("MATCH (d:Drug)\nWHERE (d.id = 'x' RETURN d").said
        == "line 2, column 7: the ( that stands here is not closed"
    )
    assert "line 1, column 8: the ' that" in session.run("RETURN 'it").said


def test_a_drawing_of_yes_or_no_shows_what_it_rests_on(session: Session) -> None:
    for question, edges in (("Does colchicine treat gout?", 1), ("Does colchicine treat asthma?", 0)):
        part = part_of(session, session.run(question))
        assert (len(part.nodes), len(part.edges)) == (2, edges), question


def test_every_pattern_is_whole_at_the_usual_width(session: Session) -> None:
    out = PlainConsole(width=80, record=True, file=io.StringIO())
    entry = session.run(":expand gout")
    show_page(entry.page, out)
    shown = out.export_text()
    assert all(row[2] in shown for row in entry.rows)


@pytest.mark.parametrize("width", [80, 100])
def test_a_pattern_is_not_broken_where_it_fits(width: int) -> None:
    rows = (
        (
            "is chemically similar to",
            "356 side effects",
            "-[:DRUG_RESEMBLES]-(:Drug)",
            "Musculoskeletal discomfort (curated, 1 source), Nilotinib (curated, 1 source)",
        ),
        ("treats", "1 disease", "<-[:ANATOMY_UPREGULATES]-(:Anatomy)", "hematologic cancer (curated, 2 sources)"),
    )
    out = PlainConsole(width=width, record=True, file=io.StringIO())
    show_page((Grid(("relation", "neighbours", "pattern", "best evidence"), rows),), out)
    shown = out.export_text()
    assert all(row[2] in shown for row in rows) and max(map(len, shown.splitlines())) <= width
    assert "hematologic" in shown and " ".join(shown.split()).count("(curated,") == 3


def test_the_example_of_the_guide_works(house: House) -> None:
    page = (Path(__file__).resolve().parent.parent.parent / "docs" / "how-to" / "explore.md").read_text("utf-8")
    session = Session(house)
    lines = [line.removeprefix("galenic> ") for line in page.splitlines() if line.startswith("galenic> ")]
    lines = [
        line.replace("targets of imatinib", "drugs that treat gout")
        for line in lines
        if "chromosome" not in line and "bind" not in line
    ]
    assert len(lines) == 4 and [session.run(line).status for line in lines] == ["answered"] * 4
