"""Exploring: inputs of every kind, commands, notebooks, exports, and a chat model where one is set."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from galenic.errors import UsageError
from galenic.explore.commands import COMMANDS
from galenic.explore.completion import NameIndex, Suggester
from galenic.explore.notebook import read, written
from galenic.explore.page import Entry
from galenic.explore.prompt import prompt_session
from galenic.explore.reading import cleaned, inputs, is_open, is_whole, kind_of
from galenic.explore.replay import replay
from galenic.explore.session import Session
from galenic.explore.writer import Writer
from galenic.house import House
from galenic.questions.work import Scope
from llm.chat.errors import ChatUnavailable
from llm.chat.talk import Talk
from tests.fakes.chat import ScriptedChat
from tests.galenic.test_cli import run

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("MATCH (n) RETURN n", "cypher"),
        ("match (n:Drug) return n", "cypher"),
        ("OPTIONAL MATCH (n) RETURN n", "cypher"),
        ("return 1", "cypher"),
        ("UNWIND $ids AS i RETURN i", "cypher"),
        ("with 1 as x return x", "cypher"),
        ("// why\nMATCH (n) RETURN n", "cypher"),
        ("CREATE (n:Drug)", "cypher"),
        ("MERGE (n)", "cypher"),
        ("LOAD CSV FROM 'x' AS r RETURN r", "cypher"),
        ("CALL db.labels()", "cypher"),
        (":help", "command"),
        ("  :path a b", "command"),
        ("With which drugs is gout treated?", "question"),
        ("return all drugs that treat gout", "question"),
        ("Match the drugs with gout", "question"),
        ("Delete gout", "question"),
        ("What treats gout?", "question"),
        ("Show me drugs for gout", "question"),
        ("Call a doctor", "question"),
        ("", "question"),
    ],
)
def test_an_input_is_known_by_its_first_word(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_cypher_goes_on_until_it_is_whole() -> None:
    assert (
        not is_whole("MATCH (n)\nRETURN n") and is_whole("MATCH (n)\nRETURN n;") and is_whole("MATCH (n)\nRETURN n\n")
    )
    assert (
        not is_whole("MATCH (n {id: 'a;")
        and not is_whole("MATCH (n:Drug\n")
        and not is_whole("RETURN [1,\n\n")
        and not is_whole("RETURN /* ;")
    )
    assert is_whole("RETURN ')' AS x;") and is_whole("What treats gout?") and is_whole(":help")
    assert is_open("RETURN 'it") and not is_open("RETURN 'it\\'s'")
    piped = "What treats\n\nMATCH (n)\n RETURN n\n\n:help\nRETURN 1;\nMATCH (m)\nRETURN m"
    assert list(inputs(piped.splitlines(keepends=True))) == [
        "What treats",
        "MATCH (n)\n RETURN n",
        ":help",
        "RETURN 1",
        "MATCH (m)\nRETURN m",
    ]


@given(st.text(max_size=60))
def test_any_text_is_read_as_something(text: str) -> None:
    assert kind_of(text) in ("question", "cypher", "command")
    assert isinstance(is_whole(text), bool) and kind_of(cleaned(text)) in ("question", "cypher", "command")


@pytest.fixture
def session(house: House) -> Session:
    return Session(house)


@pytest.fixture(scope="module")
def suggester(house: House) -> Suggester:
    index = NameIndex(house.linker.store)
    return Suggester(lambda: index, lambda: {"focus": "DOID:13189", "results": []})


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("MATCH (d:Dr", "Drug"),
        ("MATCH (d:Drug)-[r:TREA", "TREATS"),
        ("MATCH (d)-[:TREATS|PALL", "PALLIATES"),
        ("MATCH (d) WHERE d.na", "name"),
        ("MATCH (d {na", "name"),
        ("MATCH (d:Drug)-[r]->() WHERE r.ti", "tier"),
        ("MATCH (d) WHERE d.id = $fo", "$focus"),
        ("MATCH (d) RET", "RETURN"),
        ("MATCH (d {id: 'DOID:1318", "DOID:13189'"),
        ("MATCH (d {id: 'allopuri", "DRUGBANK:DB00437'"),
        ("MATCH (d {name: 'allopuri", "Allopurinol'"),
        (":exp", ":explain"),
        (":expand allopuri", "Allopurinol"),
        (":path allopurinol chronic obs", '"chronic obstructive pulmonary disease"'),
        (":export pn", "png"),
        (":schema Dis", "Disease"),
        ("What does allopuri", "Allopurinol"),
        ("which drugs treat chronic obs", "chronic obstructive pulmonary disease"),
        ("which sympt", "symptoms"),
        ("what is DOID:1318", "DOID:13189"),
    ],
)
def test_completion_knows_the_place(suggester: Suggester, before: str, first: str) -> None:
    found = suggester.suggest(before)
    assert found and found[0].text == first, [s.text for s in found]
    assert before[len(before) - found[0].length :].casefold() in (
        found[0].text.casefold()[: found[0].length],
        "allopuri",
        "allopurinol chronic obs",
        "chronic obs",
    )


def test_completion_keeps_out_of_the_way(suggester: Suggester, house: House) -> None:
    for before in ("", "What drugs treat", "the", "MATCH (d) WHERE d.id = 'x", ":foo ", "zorb"):
        assert suggester.suggest(before) == [], before
    assert Suggester(lambda: None, dict).suggest("What does allopuri") == []


def test_questions_follow_ups_and_cypher_share_one_session(session: Session) -> None:
    first = session.run("What drugs treat gout?")
    assert (first.kind, first.status, len(first.rows), first.columns) == ("question", "answered", 9, ("id", "name"))
    rows = session.run(
        "MATCH (d:Drug)-[:TREATS]->(x) WHERE x.id = $focus AND d.id IN $results RETURN d.id AS id, d.name AS name ORDER BY name;"
    )
    assert rows.kind == "cypher" and {r[0] for r in rows.rows} == {r[0] for r in first.rows}
    assert session.run("which of them treat asthma?").status == "answered"
    assert session.last is not None and session.last.text == "which of them treat asthma?"
    session.run(":param n=2")
    assert session.run("RETURN $n AS n").rows == ((2,),)
    session.run("How are allopurinol and gout connected?")
    assert session.run("MATCH (d:Drug) WHERE d.id IN $results RETURN d.id").notes == (
        "$results was empty: the last answer lists no things.",
    )
    assert session.run(":schema  drug").text == ":schema drug"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (":foo", "unknown command :foo"),
        (":evidenze 1", "did you mean :evidence?"),
        (":evidence", "write it as `:evidence N`"),
        (":evidence x", "number of a result"),
        (":evidence 1", "nothing was answered yet"),
        (":expand 2", "lists no things, so there is no 2"),
        ("MATCH (n {id: $focus}) RETURN n", "with `:focus NAME`"),
        (":expand zorbloxinib", "no name in this release matches 'zorbloxinib'"),
        (":path gout", "write it as `:path A B`"),
        (":path zorb loxinib", "no name in this release"),
        (":save /nowhere/x.md", "nothing to save"),
        (":export csv x.csv", "nothing was answered"),
        (":export doc x", "unknown kind 'doc'"),
        (":results", "no results"),
        (":cypher", "nothing ran yet"),
        (":explain", "nothing was asked"),
        (":schema Planet", "unknown label 'Planet'"),
        (":param x", "NAME=VALUE"),
        (":help foo", "no command :foo"),
        (":focus zorbloxinib", "no name"),
        ("MATCH (n) DETACH DELETE n", ""),
        ("MATCH (n {id: $nothing}) RETURN n", "needs $nothing"),
        ("MATCH (n", "not closed"),
        ("MATCH (d:Drg) RETURN d", "Drug"),
        ("CALL db.labels()", ""),
        ("", "empty"),
    ],
)
def test_what_goes_wrong_is_one_line(session: Session, text: str, said: str) -> None:
    entry = session.run(text)
    assert entry.status in ("failed", "abstained") and said in entry.said and "\n" not in entry.said and entry.said


def test_evidence_opens_all_that_a_result_rests_on(session: Session) -> None:
    session.run("What drugs treat gout?")
    entry = session.run(":evidence 2")
    assert {(r[1], r[2], r[3]) for r in entry.rows} == {("hetionet", 2, "CC0-1.0"), ("pharmacotherapydb", 2, "CC0-1.0")}
    assert "there is no 10" in session.run(":evidence 10").said
    session.run("Which diseases are treated by drugs that palliate migraine?")
    answer = session.last
    assert answer is not None
    edges = session.house.release.read("edges", ["subject", "relation", "object", "negated"])
    pairs = {(s, r, o) for s, r, o, n in edges.iter_rows() if not n}
    drugs = {s for s, r, o in pairs if (r, o) == ("palliates", "DOID:6364")} & {
        s for s, r, o in pairs if (r, o) == ("treats", answer.rows[0][0])
    }
    entry = session.run(":evidence 1")
    assert len({r[0] for r in entry.rows}) == 2 * len(drugs) > 0
    session.run("How many drugs treat gout?")
    assert session.run(":evidence 1").rows[0][1] == "query"
    session.run(
        "MATCH (d:Drug)-[r:TREATS]->(x:Disease) WHERE x.id = 'DOID:13189' RETURN d.id AS id, r.id AS edge ORDER BY id LIMIT 1"
    )
    entry = session.run(":evidence 1")
    assert entry.rows and any("treats gout" in str(p) for p in entry.page)
    session.run("How are allopurinol and gout connected?")
    assert "Allopurinol treats gout." in session.run(":evidence 1").rows[0][0]


def test_expand_path_focus_and_explain(session: Session) -> None:
    entry = session.run(":expand allopurinol")
    assert (
        entry.rows[0][:3] == ("treats", "1 disease", "-[:TREATS]->(:Disease)")
        and "gout (curated, 2 sources)" in entry.rows[0][3]
    )
    assert session.run("what does it treat?").rows == (("DOID:13189", "gout"),)
    path = session.run(':path allopurinol "chronic obstructive pulmonary disease"')
    assert path.status == "answered" and path.turn is not None
    assert session.run(":path allopurinol to gout").rows[0][2] == 1
    session.run("What drugs treat gout?")
    session.run(":focus 2")
    assert "Colchicine" in session.run(":focus").said and session.run("what does it treat?").rows == (
        ("DOID:13189", "gout"),
    )
    session.run("Which drugs treat both asthma and COPD?")
    words = " ".join(getattr(p, "text", "") for p in session.run(":explain").page)
    assert (
        "asthma is asthma (DOID:2841), a disease: its name" in words
        and "From asthma follow TREATS against its arrow (Drug to Disease): 37 drugs that treat asthma" in words
    )
    session.run("RETURN 1 AS one")
    words = " ".join(getattr(p, "text", "") for p in session.run(":explain").page)
    assert "RETURN: give back" in words and "Checked to read only" in words


def test_a_scope_restricts_questions_and_must_stand_in_cypher(house: House) -> None:
    session = Session(house, Scope(frozenset(["pharmacotherapydb"])))
    session.run("What drugs treat gout?")
    assert {r[1] for r in session.run(":evidence 1").rows} == {"pharmacotherapydb"}
    assert "WHERE any(s IN r.sources WHERE s IN $sources)" in session.run("MATCH (d:Drug) RETURN d.id LIMIT 1").said
    assert (
        session.run(
            "MATCH (d:Drug)-[r:TREATS]->() WHERE any(s IN r.sources WHERE s IN $sources) RETURN count(r) AS n"
        ).rows[0][0]
        > 0
    )


def test_results_are_exported_as_rows_and_as_the_graph_they_rest_on(session: Session, tmp_path: Path) -> None:
    session.run("What drugs treat gout?")
    for kind, name in (("csv", "a.csv"), ("parquet", "a.parquet"), ("kgx", "kgx"), ("png", "a.png")):
        assert session.run(f":export {kind} {tmp_path / name}").status == "answered"
    with (tmp_path / "a.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 9 and rows[0] == {"id": "DRUGBANK:DB00437", "name": "Allopurinol"}
    assert pl.read_parquet(tmp_path / "a.parquet")["id"].to_list() == [r["id"] for r in rows]
    nodes = pl.read_csv(tmp_path / "kgx" / "galenic_nodes.tsv", separator="\t", quote_char=None)
    edges = pl.read_csv(tmp_path / "kgx" / "galenic_edges.tsv", separator="\t", quote_char=None)
    assert set(nodes["id"]) == {r["id"] for r in rows} | {"DOID:13189"}
    assert {(s, r, o) for s, r, o in edges.select("subject", "relation", "object").iter_rows()} == {
        (r["id"], "treats", "DOID:13189") for r in rows
    }
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG") and not list(tmp_path.glob(".*"))
    other = Session(session.house)
    other.run("What drugs treat gout?")
    assert "is there already" in other.run(f":export csv {tmp_path / 'a.csv'}").said
    assert "there is no folder" in other.run(f":export csv {tmp_path / 'no' / 'a.csv'}").said


def test_a_drawing_has_no_label_on_another_and_says_what_it_leaves_out(session: Session, tmp_path: Path) -> None:
    from galenic.explore.drawing import layout
    from galenic.explore.subgraph import part_of

    entry = session.run("What drugs treat asthma?")
    part = part_of(session, entry)
    found = layout(part)
    places = [(n.column, n.row) for n in found.nodes.values()]
    assert len(set(places)) == len(places) and all(
        abs(a[1] - b[1]) >= 1 for a in places for b in places if a != b and a[0] == b[0]
    )
    assert found.left_out == len(part.nodes) - len(found.nodes) > 0 and found.nodes["DOID:2841"].column == 0
    assert {r[0] for r in entry.rows[:5]} <= set(found.nodes)


def test_lists_are_cut_with_a_mark_and_counts_agree_with_their_nouns(session: Session, tmp_path: Path) -> None:
    session.run("What drugs treat gout?")
    rows = dict(session.run(":param").page[0].rows)  # type: ignore[union-attr, arg-type]
    assert rows["$results"].startswith("9 values: [") and rows["$results"].endswith(" …")
    assert session.run(f":save '{tmp_path}/a b.md'").page[0].text.startswith("1 entry in ")  # type: ignore[union-attr]
    assert session.run(":evidence 1").said == "1 statement"
    session.run("MATCH (d:Drug)-[r:TREATS]->(x) WHERE x.name = 'gout' RETURN d, r ORDER BY d.name LIMIT 1")
    assert session.run(":results").page[0].rows == (("1", "Allopurinol (DRUGBANK:DB00437)", "[TREATS]"),)  # type: ignore[union-attr]
    assert session.run(f":export png {tmp_path / 'b.png'}").said.startswith("a drawing of 2 nodes")
    session.run("MATCH (d:Drug)-[r:TREATS]->(x) WHERE x.name = 'gout' RETURN d, type(r) AS r ORDER BY d.name LIMIT 1")
    assert session.run(f":export png {tmp_path / 'a.png'}").said.endswith(
        "the rows name no edge: return r.id of relationships to have them"
    )
    session.run(":foo")
    assert session.run(":history").page[0].rows[-1][2].startswith("failed: unknown command")  # type: ignore[union-attr]


def test_enter_runs_what_tab_completed_when_nothing_else_fits(suggester: Suggester) -> None:
    with create_pipe_input() as source:
        prompt = prompt_session(suggester, InMemoryHistory(), lambda: "", source, DummyOutput())
        for seconds, text in ((0.3, ":rel"), (0.8, "\t"), (1.3, "\r")):
            threading.Timer(seconds, source.send_text, [text]).start()
        assert prompt.prompt() == ":release"


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
    ("change", "line", "said"),
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
    tmp_path: Path, change: tuple[str, str], line: int, said: str
) -> None:
    file = tmp_path / "book.md"
    file.write_text(GOOD.replace(*change))
    with pytest.raises(UsageError) as problem:
        read(file)
    assert (
        str(problem.value).startswith(f"{file}:{line}: ")
        and said in str(problem.value)
        and "\n" not in str(problem.value)
    )


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    for name, content in (("none.md", None), ("bad.md", b"\xff\xfe\x00")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(UsageError, match=name):
            read(tmp_path / name)


def with_model(house: House, *replies: Any) -> tuple[Session, ScriptedChat]:
    session, model = Session(house), ScriptedChat(replies=list(replies), asked=[])
    session.__dict__["writer"] = Writer(Talk(model, "fake-model"), lambda: house.store, house.asker.linker.marks)
    return session, model


OPEN_QUESTION = "Compare gout with every other disease"
CYPHER = (
    "MATCH (d:Drug)-[:TREATS]->(x:Disease) WHERE x.id = $e1 RETURN d.id AS id, d.name AS name ORDER BY name LIMIT 2"
)


def test_a_model_writes_cypher_for_what_no_form_covers(house: House) -> None:
    summary = {
        "sentences": [
            {"text": "Allopurinol and Colchicine treat gout.", "rows": [1, 2]},
            {"text": "Colchicine cures all.", "rows": [1]},
        ]
    }
    session, model = with_model(house, {"cypher": CYPHER}, summary)
    entry = session.run(OPEN_QUESTION)
    assert (entry.status, [r[1] for r in entry.rows], entry.said) == (
        "answered",
        ["Allopurinol", "Colchicine"],
        "Allopurinol and Colchicine treat gout.",
    )
    assert entry.draft is not None and entry.draft.summary is not None and entry.draft.summary.dropped == 1
    assert "$e1 is gout" in model.asked[0] and "DOID:13189" not in model.asked[0]
    assert session.run("which of them treat asthma?").status == "answered"
    assert not model.replies


def test_a_model_is_not_asked_what_forms_answer_or_what_must_not_be_answered(house: House) -> None:
    session, model = with_model(house)
    for question in (
        "What drugs treat gout?",
        "How much allopurinol should I take?",
        "Delete gout",
        "Does zorbloxinib treat gout?",
        "only the approved ones",
    ):
        session.run(question)
    assert model.asked == []


def test_a_model_that_asks_back_fails_or_is_gone_is_told_apart_from_nothing_found(house: House) -> None:
    session, _ = with_model(
        house,
        {"ask_back": ["one way", "another way"]},
        {"cannot": "no such data"},
        ChatUnavailable("the language model is gone"),
    )
    first, second, third = (session.run(OPEN_QUESTION) for _ in range(3))
    assert first.status == "abstained" and "one way; another way" in first.said
    assert second.status == "abstained" and "no such data" in second.said
    assert third.status == "failed" and "does not answer" in third.said and third.rows == ()
    session, _ = with_model(house, {"cypher": CYPHER}, ChatUnavailable("gone"))
    entry = session.run(OPEN_QUESTION)
    assert (
        entry.status == "answered"
        and len(entry.rows) == 2
        and entry.draft is not None
        and "does not answer" in entry.draft.trouble
    )


def test_without_a_model_it_says_what_it_cannot_do(session: Session) -> None:
    entry = session.run("Order the planets of the sun by weight")
    assert (
        entry.status == "abstained"
        and entry.turn is not None
        and any("no language model is set" in n for n in entry.turn.answer.notes)
    )


def piped(home: Path, text: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {k: v for k, v in os.environ.items() if not k.startswith("GALENIC_")}
    command = [sys.executable, "-c", "from galenic.cli.main import run; run()", "explore", *words]
    return subprocess.run(
        command,
        input=text,
        env={**known, "GALENIC_HOME": str(home), "GALENIC_IDLE_MINUTES": "2", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_piped_input_runs_without_prompt_or_escape_codes(sample_home: Path, tmp_path: Path) -> None:
    book = tmp_path / "book.md"
    done = piped(
        sample_home,
        f"What drugs treat gout?\n:evidence 1\nMATCH (d:Drug)\nWHERE d.id = 'DRUGBANK:DB00437'\nRETURN d.name AS name\n\n:save {book}\n:quit\nnever read\n",
    )
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout and "galenic>" not in done.stdout and "never read" not in done.stdout
    assert (
        "> What drugs treat gout?" in done.stdout
        and "list(hop(treats, in, entity(DOID:13189)))" in done.stdout
        and "1  Allopurinol" in done.stdout
    )
    assert read(book).entries[2].rows == (("Allopurinol",),)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", 0), ("does zorbloxinib treat gout?\n", 3), ("MATCH (n) DELETE n;\n", 1), ("MATCH (n", 1), (":foo\n", 1)],
)
def test_the_exit_code_of_a_pipe_is_that_of_its_worst_input(sample_home: Path, text: str, code: int) -> None:
    done = piped(sample_home, text)
    assert done.returncode == code and "Traceback" not in done.stderr + done.stdout


def test_a_missing_model_server_is_one_line_in_a_pipe(sample_home: Path) -> None:
    done = piped(
        sample_home,
        "Order the planets of the sun by weight\n",
        GALENIC_CHAT_MODEL="fake",
        GALENIC_CHAT_URL="http://127.0.0.1:9/v1",
        GALENIC_CHAT_SECONDS="2",
    )
    assert (
        done.returncode == 1
        and "the language model fake does not answer" in done.stdout
        and "Traceback" not in done.stderr
    )


def test_wrong_words_are_one_line(sample_home: Path, tmp_path: Path) -> None:
    for words, said in (
        (("--source", "nothing"), "unknown source nothing"),
        (("--replay", str(tmp_path / "no.md")), "no.md cannot be read"),
    ):
        done = piped(sample_home, "", *words)
        assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1


def test_every_command_is_documented_with_its_words() -> None:
    page = (ROOT / "docs" / "how-to" / "explore.md").read_text("utf-8")
    assert [
        c.name
        for c in COMMANDS.values()
        if f"`:{c.name}{f' {c.usage}' if c.usage else ''}`" not in page.replace("\\|", "|")
    ] == []
