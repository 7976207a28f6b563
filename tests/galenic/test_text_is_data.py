"""Names, titles and columns are data at every door: they steer no terminal, run in no spreadsheet, are no markup."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from pathlib import Path

import pytest

from galenic.explore.entries import Entry
from galenic.explore.exports import export
from galenic.explore.notebook import read, written
from galenic.explore.showing import show_entry
from galenic.explore.state import State
from galenic.house import House
from galenic.questions.answer import Answer, Note
from galenic.reports.console import PlainConsole, PlainText
from galenic.reports.document import document
from galenic.reports.files import csv_of, markdown_of
from galenic.reports.plain import code_span, json_text, plain, spreadsheet_cell
from galenic.reports.terminal import Shown, show_answer, show_rows
from kg.evidence.claims import Claim, QuerySupport
from kg.evidence.results import Found
from kg.logic.reading import Linked

ROOT = Path(__file__).resolve().parents[2]
EVIL = (
    "\x1b[31mRED\x1b[0m\x1b]0;pwned\x07",
    "\x9b31mC1RED",
    "[/bold]closing",
    "[link=http://evil]x[/link]",
    '=HYPERLINK("http://evil","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    "-2+3",
    "<script>alert(1)</script>",
    "a|b`c``` d",
    "\u202egpj.exe",
    "\x1b[2J\x1b[H\x08\x08gone",
    "half \ud800 character",
    "line\u2028separator",
    "[click](javascript:alert(1))",
)
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def answer_of(text: str) -> Answer:
    query = QuerySupport("sha256:0", (f"MATCH (n) RETURN {text!r}",), "list(entity(X:1))", (text,))
    return Answer(
        text,
        "answered",
        "sha256:0",
        message=f"1 drug: {text}.",
        read_as=text,
        entities=(Linked(text, "X:1", text, "biolink:Drug", 1.0),),
        results=(Found(text, text),),
        claims=(Claim(f"{text} treats {text}.", ("q1",)), Claim(f"{text} binds {text}.", ("q1",))),
        supports={"q1": query},
        notes=(Note("retracted", {"citations": [text]}),),
        form=f"literature({text!r})",
        cypher=(text,),
        query=text,
    )


def shown(answer: Answer, **more: object) -> str:
    out = PlainConsole(file=io.StringIO(), width=200, **more)
    show_answer(answer, out, Shown(all=True, how=True))
    return out.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("text", EVIL)
def test_a_terminal_gets_no_control_but_its_own_styles(text: str) -> None:
    assert not STEERS.search(shown(answer_of(text)))
    styled = shown(answer_of(text), force_terminal=True, color_system="standard")
    assert not STEERS.search(re.sub(r"\x1b\[[0-9;]*m", "", styled))
    # Nothing of it is lost, taken for markup, or cut where its width was measured wrongly.
    assert f"1 drug: {plain(text)}." in shown(answer_of(text))


def test_rows_and_their_columns_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows([{column: value for column in EVIL[:4]} for value in EVIL])
    printed = capsys.readouterr().out
    assert not STEERS.search(printed) and "[/bold]closing" in printed and r"\x1b[31mRED" in printed


@pytest.mark.parametrize("text", EVIL)
def test_markdown_and_json_and_csv(text: str) -> None:
    told = markdown_of(answer_of(text))
    assert not STEERS.search(told)
    outside = re.sub(r"Form: .*", "", told)
    assert "<script>" not in outside and not re.search(r"(?<!\\)\]\(javascript", outside)
    packed = json_text(document(answer_of(text)))
    assert not STEERS.search(packed) and json.loads(packed)["results"][0]["name"] == text
    for raw in (False, True):
        rows = list(csv.reader(io.StringIO(csv_of(answer_of(text), raw))))
        assert rows[1][1] == (text if raw else spreadsheet_cell(text))
    assert not spreadsheet_cell(text).startswith(("=", "+", "-", "@"))


def test_numbers_stay_numbers_in_a_spreadsheet() -> None:
    assert [spreadsheet_cell(v) for v in (-2.5, 3, "-2.5", "+1e-5", None, "-2+3")] == [
        "-2.5",
        "3",
        "-2.5",
        "+1e-5",
        "",
        "'-2+3",
    ]


def test_a_notebook_holds_everything_and_is_no_html(tmp_path: Path) -> None:
    entry = Entry("RETURN 1", "cypher", "answered", EVIL[0], columns=(EVIL[8],), rows=tuple((t,) for t in EVIL))
    text = written([entry], "sha256:0", None)
    assert not STEERS.search(text) and "<script>" not in text and not re.search(r"(?<!\\)\]\(javascript", text)
    (tmp_path / "n.md").write_text(text, "utf-8")
    [saved] = read(tmp_path / "n.md").entries
    assert [row[0] for row in saved.rows] == [plain(t) for t in EVIL]
    out = PlainConsole(file=io.StringIO(), width=200)
    show_entry(entry, out)
    assert not STEERS.search(out.file.getvalue())  # type: ignore[attr-defined]


def test_exports_quote_formulas_unless_told_not_to(house: House, tmp_path: Path) -> None:
    session = State(house)
    session.entries.append(
        Entry("RETURN 1", "cypher", "answered", "", columns=("=a",), rows=tuple((t,) for t in EVIL[:12]))
    )
    export(session, "csv", str(tmp_path / "a.csv"))
    export(session, "csv", str(tmp_path / "b.csv"), "--raw")
    for name, of in (("a.csv", spreadsheet_cell), ("b.csv", str)):
        with (tmp_path / name).open(encoding="utf-8", newline="") as stream:
            assert [row[0] for row in csv.reader(stream)] == [of("=a"), *map(of, EVIL[:12])]


def test_a_span_of_code_holds_any_backticks() -> None:
    assert [code_span(t) for t in ("a", "a`b", "`", "a\x1b")] == ["`a`", "``a`b``", "`` ` ``", r"`a\x1b`"]


def test_plain_text_is_plain_before_it_is_measured() -> None:
    assert PlainText("a\x1bb").plain == r"a\x1bb"


def test_only_the_plain_console_and_the_plain_texts_print() -> None:
    """No door prints past what makes texts plain."""
    free = {"galenic/reports/console.py", "galenic/reports/plain.py", "galenic/cli/house.py", "galenic/cli/main.py"}
    wrong = []
    for path in sorted((ROOT / "galenic").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        imports = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module in ("rich.text", "rich.markup")
            for alias in node.names
        }
        calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        if name not in free and (imports & {"Text", "escape"} or calls & {"Console", "print"}):
            wrong.append(name)
    assert wrong == []
