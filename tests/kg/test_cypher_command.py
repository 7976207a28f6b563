"""`galenic cypher` says what it changed in a query, and where one is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

QUERY = "MATCH (x:Disease {id: $id})-[:TREATS]->(d:Drug) RETURN count(d) AS n"


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    known = {k: v for k, v in os.environ.items() if not k.startswith("GALENIC_")}
    command = [sys.executable, "-c", "from galenic.cli.main import run; run()", "cypher", *words]
    return subprocess.run(
        command,
        env={**known, "GALENIC_HOME": str(home), "GALENIC_IDLE_MINUTES": "2"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_turned_arrow_is_said_beside_the_rows(sample_home: Path) -> None:
    shown = run(sample_home, QUERY, "-p", "id=DOID:1612")
    assert (
        shown.returncode == 0
        and shown.stderr
        == "note: line 1, column 28: the arrow of TREATS was turned round, for TREATS goes from Drug to Disease\n"
    )
    document = json.loads(run(sample_home, QUERY, "-p", "id=DOID:1612", "--json").stdout)
    assert (
        document["rows"][0]["n"] > 5
        and document["cypher"].startswith("MATCH (x:Disease {id: $id})<-[:TREATS]-(d:Drug)")
        and len(document["notes"]) == 1
    )


def test_a_wrong_query_is_said_in_one_line(sample_home: Path, tmp_path: Path) -> None:
    for words, message in (
        (
            ("MATCH (d:Drug)-[:TREAT]->(x) RETURN d",),
            "galenic: line 1, column 18: there is no relationship TREAT; did you mean TREATS?",
        ),
        ((QUERY, "-p", "id=99999999999999999999999"), "$id holds a whole number beyond 64 bits"),
        ((QUERY, "-p", "id=[DOID:1612]"), "begins like JSON but is none"),
        ((QUERY, "-p", f"id={'[' * 3000}{']' * 3000}"), "is nested too deep to be read"),
        ((QUERY, "-p", f"id={'[' * 300}{']' * 300}"), "nests deeper than 40 levels"),
        ((QUERY,), "the query needs --param id=..."),
        (("MATCH (n) RETURN n.id", "--source", "hetionet"), "$sources"),
    ):
        done = run(sample_home, *words)
        assert (done.returncode, done.stderr.count("\n"), message in done.stderr) == (2, 1, True), done.stderr
    # A query is looked at before anything is opened.
    assert "CREATE writes" in run(tmp_path, "CREATE (n)").stderr
