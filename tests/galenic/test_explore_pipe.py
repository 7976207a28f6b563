"""Explore in a pipe: no prompt, no escape codes, and an exit code that tells how it went."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from galenic.explore.notebook import read


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
    for words, message in (
        (("--source", "nothing"), "unknown source nothing"),
        (("--replay", str(tmp_path / "no.md")), "no.md cannot be read"),
    ):
        done = piped(sample_home, "", *words)
        assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1
