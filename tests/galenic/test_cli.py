"""The command line: output, exit codes, one clear line for what goes wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import jsonschema
import pytest

from galenic.reports.console import PlainConsole
from galenic.reports.document import answer_schema
from galenic.reports.terminal import numbered

COMMANDS = (
    "ask",
    "build",
    "cypher",
    "doctor",
    "down",
    "evaluate",
    "explain",
    "explore",
    "export",
    "link",
    "models",
    "parse",
    "rank",
    "releases",
    "search",
    "serve",
    "sources",
    "status",
)


def run(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {k: v for k, v in os.environ.items() if not k.startswith("GALENIC_")}
    command = [sys.executable, "-c", "from galenic.cli.main import run; run()", *words]
    return subprocess.run(
        command,
        env={**known, "GALENIC_HOME": str(home), "GALENIC_IDLE_MINUTES": "2", "GALENIC_PARSER": "rules", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, command, "--help")
    assert done.returncode == 0 and f"Example: galenic {command}" in " ".join(done.stdout.split())


def test_ask_says_the_answer_its_evidence_and_how_it_was_found(sample_home: Path) -> None:
    done = run(sample_home, "ask", "What drugs treat gout?")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("9 drugs that treat gout: Allopurinol, Colchicine,")
    assert "Evidence, the same for all: Hetionet, curated; PharmacotherapyDB, curated" in done.stdout
    assert "Read as: drugs that treat gout.  gout = gout (DOID:13189)" in done.stdout
    assert "list(hop(" not in done.stdout
    how = run(sample_home, "ask", "--how", "What drugs treat gout?").stdout
    assert "list(hop(treats, in, entity(DOID:13189)))" in how and "MATCH" in how and "nearest-wording" in how
    brief = run(sample_home, "ask", "--brief", "What drugs treat gout?").stdout
    assert brief.count("\n") <= 2 and "Evidence" not in brief
    rows = list(csv.DictReader(io.StringIO(run(sample_home, "ask", "--csv", "What drugs treat gout?").stdout)))
    assert len(rows) == 9 and rows[0] == {"id": "DRUGBANK:DB00437", "name": "Allopurinol", "value": ""}
    assert "- Allopurinol treats gout." in run(sample_home, "ask", "--markdown", "What drugs treat gout?").stdout
    assert run(sample_home, "ask", "--csv", "--json", "What drugs treat gout?").returncode == 2
    assert run(sample_home, "ask", "Does zorbloxinib treat gout?").returncode == 3


def test_a_pipe_gets_lines_without_colours_and_without_blanks_at_their_ends(sample_home: Path) -> None:
    for words in (
        ("ask", "What drugs treat gout?"),
        ("link", "gout"),
        ("cypher", "MATCH (d:Drug) RETURN d.id, d.name ORDER BY d.id LIMIT 3"),
        ("sources",),
    ):
        lines = run(sample_home, *words).stdout.splitlines()
        assert (
            len(lines) > 1 and "\x1b" not in "".join(lines) and [line for line in lines if line != line.rstrip()] == []
        )


def test_what_does_not_fit_a_line_goes_on_below_the_text() -> None:
    out = PlainConsole(file=StringIO(), width=30)
    numbered(out, 7, "Allopurinol treats gout; Colchicine treats gout.", 3)
    assert out.file.getvalue() == "  7. Allopurinol treats gout; \n     Colchicine treats gout.\n"  # type: ignore[attr-defined]


def test_a_batch_answers_line_for_line_and_loses_none(sample_home: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        '{"id": "a", "question": "What drugs treat gout?"}\nno json\n{"id": 3, "question": "Which drugs"}\n{"id": 4}\n'
    )
    done = run(sample_home, "ask", "--batch", str(source), "--out", str(target))
    answers = [json.loads(line) for line in target.read_text().splitlines()]
    assert [(a["id"], a["status"]) for a in answers] == [
        ("a", "answered"),
        (None, "failed"),
        (3, "abstained"),
        (4, "failed"),
    ]
    for answer in answers:
        jsonschema.validate({**answer, "id": answer["id"] or 0}, answer_schema())
    assert (
        done.returncode == 1
        and f"{source}:2: no JSON" in done.stderr
        and f'{source}:4: no text under "question"' in done.stderr
    )


def test_link_search_parse_and_cypher(sample_home: Path, tmp_path: Path) -> None:
    linked = json.loads(run(sample_home, "link", "COPD", "--json").stdout)
    assert linked["candidates"][0]["id"] == "DOID:3083"
    assert run(sample_home, "link", "zorbloxinib").returncode == 3
    batch = tmp_path / "names.jsonl"
    batch.write_text('{"id": 1, "mention": "gout"}\n{"id": 2, "mention": "zorbloxinib"}\n')
    lines = [json.loads(line) for line in run(sample_home, "link", "--batch", str(batch)).stdout.splitlines()]
    assert [(row["id"], len(row["candidates"]) > 0) for row in lines] == [(1, True), (2, False)]
    hits = json.loads(run(sample_home, "search", "how to read an indication", "--json", "--top", "2").stdout)["hits"]
    assert len(hits) == 2 and hits[0]["citation"] == "NOTE:reading-indications"
    parsed = run(sample_home, "parse", "What drugs treat gout?")
    assert "list(hop(treats, in, entity(DOID:13189)))" in parsed.stdout and "MATCH" in parsed.stdout
    rows = json.loads(
        run(
            sample_home,
            "cypher",
            "MATCH (d:Drug)-[:TREATS]->(x {id: $id}) RETURN count(d) AS n",
            "-p",
            "id=DOID:13189",
            "--json",
        ).stdout
    )
    assert rows["rows"][0]["n"] > 5
    refused = run(sample_home, "cypher", "MATCH (n) DETACH DELETE n")
    assert refused.returncode == 2 and refused.stderr.startswith("galenic: ") and refused.stderr.count("\n") == 1


def test_what_is_here_and_how_it_fares(sample_home: Path, tmp_path: Path) -> None:
    assert (
        "Hetionet" in run(sample_home, "sources", "--release").stdout
        or "hetionet" in run(sample_home, "sources", "--release").stdout
    )
    assert json.loads(run(sample_home, "status", "--json").stdout)["tables"]["passages"] == 5
    covered = json.loads(run(sample_home, "status", "--coverage", "--json").stdout)
    assert {"relation", "source", "side", "category", "covered", "whole"} == set(covered[0])
    assert " drugs" in run(sample_home, "status", "--coverage").stdout
    doctor = run(sample_home, "doctor", "--json")
    assert doctor.returncode == 0, doctor.stdout
    assert len(run(sample_home, "releases", "--json").stdout) > 10
    out = run(sample_home, "export", "--kgx", str(tmp_path / "kgx"))
    assert out.returncode == 0 and len(list((tmp_path / "kgx").iterdir())) == 4


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("ask", "What drugs treat gout?"), 1, "galenic build"),
        (("doctor",), 1, "galenic build"),
        (("ask",), 2, "give one question"),
        (("build", "--data", "/nowhere"), 1, "no data folder /nowhere"),
        (("build", "/nowhere.toml"), 2, "/nowhere.toml"),
        (("export",), 2, "galenic export --kgx"),
        (("link", "x", "--category", "planet"), 2, "unknown category 'planet'"),
        (("ask", "--batch", "/nowhere.jsonl"), 1, "galenic build"),
    ],
)
def test_an_empty_home_and_wrong_words_get_one_line(
    tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    done = run(tmp_path, *words)
    assert (done.returncode, message in done.stderr + done.stdout) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "status", GALENIC_QUERY_SECONDS="-1")
    assert done.returncode == 2 and "query_seconds" in done.stderr
