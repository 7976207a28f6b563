"""Exploring: inputs of every kind, commands, notebooks, exports, and a chat model where one is set."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from galenic.explore.commands import COMMANDS
from galenic.explore.completion import NameIndex, Suggester
from galenic.explore.session import Session
from galenic.house import House
from kg.evidence.permitted import Permitted

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def session(house: House) -> Session:
    return Session(house)


@pytest.fixture(scope="module")
def suggester(house: House) -> Suggester:
    index = NameIndex(house.linker.store)
    return Suggester(lambda: index, lambda: {"focus": "DOID:13189", "results": []})


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
    ("text", "message"),
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
def test_what_goes_wrong_is_one_line(session: Session, text: str, message: str) -> None:
    entry = session.run(text)
    assert entry.status in ("failed", "abstained") and message in entry.said and "\n" not in entry.said and entry.said


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
    session = Session(house, Permitted(frozenset(["pharmacotherapydb"])))
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
    drawing = layout(part)
    places = [(n.column, n.row) for n in drawing.nodes.values()]
    assert len(set(places)) == len(places) and all(
        abs(a[1] - b[1]) >= 1 for a in places for b in places if a != b and a[0] == b[0]
    )
    assert drawing.left_out == len(part.nodes) - len(drawing.nodes) > 0 and drawing.nodes["DOID:2841"].column == 0
    assert {r[0] for r in entry.rows[:5]} <= set(drawing.nodes)


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


def test_every_command_is_documented_with_its_words() -> None:
    page = (ROOT / "docs" / "how-to" / "explore.md").read_text("utf-8")
    assert [
        c.name
        for c in COMMANDS.values()
        if f"`:{c.name}{f' {c.usage}' if c.usage else ''}`" not in page.replace("\\|", "|")
    ] == []
