"""The real prompt in a real terminal (a pty): typing, completion, several lines, Ctrl-C, Ctrl-D, history, NO_COLOR."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from galenic.explore.loop import Stopped, interruptible

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])")


class Terminal:
    """`galenic explore` behind a pty."""

    def __init__(self, home: Path, **environment: str) -> None:
        known = {k: v for k, v in os.environ.items() if not k.startswith("GALENIC_") and k != "NO_COLOR"}
        self.child = pexpect.spawn(
            sys.executable,
            ["-c", "from galenic.cli.main import run; run()", "explore"],
            dimensions=(40, 120),
            encoding="utf-8",
            timeout=25,
            env={
                **known,
                "GALENIC_HOME": str(home),
                "GALENIC_IDLE_MINUTES": "2",
                "TERM": "xterm-256color",
                "PROMPT_TOOLKIT_NO_CPR": "1",
                **environment,
            },
        )
        self.child.expect("Ctrl-D ends")
        self.ready()

    def ready(self) -> None:
        """Wait until the prompt stands and asks the terminal nothing more."""
        self.child.expect("galenic> ")
        time.sleep(0.3)

    def say(self, text: str, wanted: str) -> str:
        """Type a line and Enter; what came up to and with `wanted`."""
        self.child.send(text)
        time.sleep(0.3)
        self.child.send("\r")
        self.child.expect(wanted)
        return _ESCAPES.sub("", str(self.child.before) + str(self.child.after))

    def end(self) -> Any:
        """Ctrl-D at an empty prompt; the exit code."""
        self.child.sendeof()
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus


@pytest.fixture
def terminal(sample_home: Path) -> Iterator[Terminal]:
    opened = Terminal(sample_home)
    yield opened
    opened.child.close(force=True)


def test_a_session_at_a_terminal(terminal: Terminal, sample_home: Path) -> None:
    screen = terminal.say("What drugs treat gout?", r"[0-9a-f]{16}, \d")
    assert (
        "9 drugs that treat gout" in screen
        and "Evidence, the same for all: Hetionet, curated; PharmacotherapyDB, curated" in screen
        and "list(hop(treats, in, entity(DOID:13189)))" in screen
    )
    terminal.ready()
    assert "Read as: whether Colchicine is among" in terminal.say("why the second one?", "because of these facts")
    terminal.ready()
    # Enter does not end Cypher that is not whole; an empty line does.
    terminal.child.send("MATCH (d:Drug) WHERE d.id = 'DRUGBANK:DB00437'\r")
    terminal.child.send("RETURN d.name AS name\r")
    time.sleep(0.3)
    terminal.child.send("\r")
    terminal.child.expect("Allopurinol")
    terminal.child.expect("1 row")
    terminal.ready()
    assert "did you mean :evidence?" in terminal.say(":evidense 1", "lists them")
    terminal.ready()
    assert terminal.end() == 0
    # Nothing that was asked is kept.
    assert not (sample_home / "explore_history").exists()


def test_history_is_kept_where_the_setting_says_so(sample_home: Path) -> None:
    opened = Terminal(sample_home, GALENIC_HISTORY="true")
    opened.say("What drugs treat gout?", r"[0-9a-f]{16}, \d")
    opened.ready()
    assert opened.end() == 0
    history = sample_home / "explore_history"
    assert "+What drugs treat gout?" in history.read_text() and history.stat().st_mode & 0o077 == 0
    history.unlink()


def test_completion_and_a_dropped_line(terminal: Terminal) -> None:
    terminal.child.send("MATCH (d:Dr")
    terminal.child.expect("Drug")
    terminal.child.sendintr()
    terminal.ready()
    terminal.child.send(":expand allopuri")
    terminal.child.expect("DB00437")
    terminal.child.send("\t")
    time.sleep(0.3)
    terminal.child.send("\r\r")
    terminal.child.expect("now in focus")
    terminal.ready()
    # Up brings the last input back.
    terminal.child.send("\x1b[A")
    time.sleep(0.3)
    terminal.child.send("\r")
    terminal.child.expect("now in focus")
    terminal.ready()
    terminal.child.setwinsize(20, 60)
    assert "gout" in terminal.say("what does it treat?", r"[0-9a-f]{16}, \d")
    terminal.ready()
    assert terminal.end() == 0


def test_ctrl_c_stops_what_runs_and_not_the_program(terminal: Terminal) -> None:
    heavy = "MATCH (a:Entity), (b:Entity), (c:Entity), (d:Entity) WHERE a.name < b.name AND b.name < c.name AND c.name < d.name RETURN count(*) AS n;"
    terminal.child.send(heavy)
    time.sleep(0.5)
    terminal.child.send("\r")
    time.sleep(1.5)
    terminal.child.sendintr()
    match = terminal.child.expect(["Stopped", r"1 row", "was stopped; narrow it", "memory"])
    terminal.ready()
    assert match == 0
    assert "9 drugs that treat gout" in terminal.say("What drugs treat gout?", r"[0-9a-f]{16}, \d")


def test_no_color_takes_the_colours_away(sample_home: Path) -> None:
    terminal = Terminal(sample_home, NO_COLOR="1")
    terminal.child.send(":foo\r")
    terminal.child.expect("unknown command")
    terminal.ready()
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", str(terminal.child.before))
    assert terminal.end() == 0


def test_work_that_is_stopped_gives_the_thread_back_and_errors_come_through() -> None:
    def interrupted() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)

    started = time.monotonic()
    with pytest.raises(Stopped):
        interruptible(interrupted)
    assert time.monotonic() - started < 30
    assert interruptible(lambda: 7) == 7
    with pytest.raises(ValueError, match="broken"):
        interruptible(lambda: (_ for _ in ()).throw(ValueError("broken")))
