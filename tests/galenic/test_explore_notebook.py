"""Notebooks of explore: what is saved is read back, and replays the same or says what changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galenic.errors import UsageError
from galenic.explore.entries import Entry
from galenic.explore.notebook import read, written
from galenic.explore.replay import replay
from galenic.explore.session import Session
from galenic.house import House
from tests.galenic.test_cli import run


def explored(house: House, *texts: str) -> Session:
    session = Session(house)
    for text in texts:
        session.run(text)
    return session


TEXTS = (
    "What drugs treat gout?",
    "why the second one?",
    "MATCH (d:Drug)-[:TREATS]->(x:Disease)\nWHERE x.id = $focus\nRETURN d.name AS name, '| \\\\ x' AS odd ORDER BY name LIMIT 2",
    ":expand allopurinol",
    "does zorbloxinib treat gout?",
    ":help",
    "How many drugs treat asthma?",
    "MATCH (n) DELETE n",
    ":evidence 1",
)


def test_a_notebook_is_read_back_and_replays_the_same(house: House, tmp_path: Path) -> None:
    session = explored(house, *TEXTS)
    file = tmp_path / "book.md"
    assert session.run(f":save {file}").status == "answered"
    notebook = read(file)
    kept = [e for e in session.entries if e.kept]
    assert [s.text for s in notebook.entries] == [e.text for e in kept] and [s.status for s in notebook.entries] == [
        e.status for e in kept
    ]
    assert notebook.release == house.release.id and ":help" not in [s.text for s in notebook.entries]
    outcomes = list(replay(Session(house), notebook))
    assert [o.changes for o in outcomes] == [()] * len(kept)


def test_a_replay_says_what_changed(house: House, tmp_path: Path) -> None:
    file = tmp_path / "book.md"
    explored(
        house,
        "What drugs treat gout?",
        "Which drugs treat asthma?",
        "How many drugs treat gout?",
        "does zorbloxinib treat gout?",
    ).run(f":save {file}")
    text = file.read_text()
    lines = text.splitlines()
    gout = next(n for n, line in enumerate(lines) if "| Colchicine |" in line)
    lines[gout] = "| DRUGBANK:DB99901 | Fakedrug |"
    asthma = [n for n, line in enumerate(lines) if "| Aminophylline |" in line or "| Arformoterol |" in line]
    lines[asthma[0]], lines[asthma[1]] = lines[asthma[1]], lines[asthma[0]]
    lines = [
        line.replace("abstained: Unknown", "answered: Unknown").replace("abstained: No name", "answered: No name")
        for line in lines
    ]
    lines[3] = "- release: sha256:0000"
    file.write_text("\n".join(lines))
    changes = [o.changes for o in replay(Session(house), read(file))]
    assert changes[:3] == [("1 row added", "1 row removed"), ("rows in another order",), ()]
    assert len(changes[3]) == 1 and changes[3][0].startswith("now refused: ")
    done = run(house.home, "explore", "--replay", str(file))
    assert (
        done.returncode == 1
        and "on release 0000; this is release" in " ".join(done.stdout.split())
        and "1 of 4 entries are the same" in done.stdout
    )
    file.write_text(text)
    done = run(house.home, "explore", "--replay", str(file))
    assert done.returncode == 0 and "All 4 entries are the same." in done.stdout


cells = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=8).map(
    lambda s: s.strip(" ")
) | st.sampled_from(["|", "\\", "a|b", "x\\|y", "a\nb", "\\n"])


@given(
    st.lists(st.tuples(cells, cells), max_size=4),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20).filter(str.strip),
)
def test_any_rows_and_input_survive_a_notebook(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], text: str
) -> None:
    file = tmp_path_factory.mktemp("books") / "book.md"
    entry = Entry(text.strip(), "question", "answered", "said", ("a", "b|c") if rows else (), tuple(rows))
    file.write_text(written([entry], "sha256:0", None), "utf-8")
    [saved] = read(file).entries
    assert saved.text == text.strip() and [tuple(c.strip() for c in r) for r in saved.rows] == [
        tuple(c.strip() for c in r) for r in rows
    ]


GOOD = "# Galenic notebook\n\n- format: galenic.notebook/1\n- release: sha256:0\n- date: 2026-01-01\n\n## 1\n\n```question\nWhat?\n```\n\nanswered: x\n\n| id | name |\n| --- | --- |\n| a | b |\n"


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("# Galenic notebook", "# Notes"), 1, "no Galenic notebook"),
        (("notebook/1", "notebook/9"), 3, "the format must be"),
        (("- release: sha256:0\n", ""), 4, "no line '- release"),
        (("```question\n", ""), 9, "an input must stand here"),
        (("```\n\nans", "\n\nans"), 9, "not closed"),
        (("What?\n", ""), 10, "the input is empty"),
        (("answered: x", "all went well"), 13, "how it ended"),
        (("| a | b |", "| a |"), 17, "the row has 1 cells, the table 2"),
        (("## 1\n", ""), 16, "holds no entry"),
    ],
)
def test_a_broken_notebook_is_one_line_with_file_and_line(
    tmp_path: Path, change: tuple[str, str], line: int, message: str
) -> None:
    file = tmp_path / "book.md"
    file.write_text(GOOD.replace(*change))
    with pytest.raises(UsageError) as problem:
        read(file)
    assert (
        str(problem.value).startswith(f"{file}:{line}: ")
        and message in str(problem.value)
        and "\n" not in str(problem.value)
    )


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    for name, content in (("none.md", None), ("bad.md", b"\xff\xfe\x00")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(UsageError, match=name):
            read(tmp_path / name)
