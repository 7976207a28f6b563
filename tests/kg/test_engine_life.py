"""An engine cannot outlive its record: interrupted starts, killed keepers, lost and copied records, full disks, idleness."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from galenic.house import SAMPLE, House
from galenic.settings import Settings
from ingest.build import Plan
from kg.errors import StoreUnavailable
from kg.stores import keeper
from kg.stores.engine import Engine

# A process that speaks Bolt as far as anybody asks whether it does.
_SPEAKS = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    while True:
        link, _ = server.accept()
        link.recv(20)
        link.sendall(bytes((0, 0, 4, 4)))
        link.close()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built home whose engine may be killed."""
    home = tmp_path_factory.mktemp("life") / "home"
    House(Settings(home=home)).build(Plan(SAMPLE))
    return home


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    opened = House(Settings(home=home, idle_minutes=2))
    yield opened
    opened.close()
    opened.server.stop()


def engines_of(home: Path) -> list[int]:
    """Processes of the engine's program that were started for a home."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            line = (process / "cmdline").read_bytes().decode("utf-8", "replace") if process.name.isdigit() else ""
        except OSError:
            continue
        if "ArcadeDBServer" in line and f"{home}/" in line:
            found.append(int(process.name))
    return found


def until(holds: Callable[[], bool], seconds: float = 30.0) -> bool:
    last = time.monotonic() + seconds
    while not holds() and time.monotonic() < last:
        time.sleep(0.02)
    return holds()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_start_leaves_a_home_that_answers(house: House, home: Path, number: int) -> None:
    drawn = random.Random(number)
    starts = (
        "from kg.stores.arcade_server import ArcadeServer; import pathlib, sys; print('on', flush=True); "
        "ArcadeServer(pathlib.Path(sys.argv[1])).ensure(sys.argv[2])"
    )
    for _ in range(3):
        house.server.stop()
        command = [sys.executable, "-c", starts, str(home / "graph"), house.release.id]
        asked = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert asked.stdout is not None and asked.stdout.readline() == b"on\n"
        time.sleep(drawn.uniform(0, 1.5))
        asked.send_signal(number)
        asked.communicate()
        assert house.server.ensure(house.release.id).pid in engines_of(home)
        assert until(lambda: len(engines_of(home)) == 1)
    assert house.server.stop() and engines_of(home) == []


def test_who_kills_the_keeper_kills_the_engine(house: House, home: Path) -> None:
    running = house.server.ensure(house.release.id)
    os.kill(running.keeper, signal.SIGKILL)
    assert until(lambda: not engines_of(home) and house.server.questions.places[0].holders() is None)
    assert house.server.running() is None and not house.server.stop()
    assert house.server.ensure(house.release.id).pid != running.pid


@pytest.mark.parametrize("text", [None, "", "{", '{"pid": 1}', "[]"])
def test_an_engine_is_found_by_what_it_holds_when_its_record_is_lost(
    house: House, home: Path, text: str | None
) -> None:
    house.server.ensure(house.release.id)
    state = home / "graph" / "server.json"
    state.unlink()
    if text is not None:
        state.write_text(text)
    assert house.server.running() is None and engines_of(home)
    assert house.server.stop() and engines_of(home) == []


def test_a_lost_record_is_mended_by_the_next_question(house: House, home: Path) -> None:
    first = house.server.ensure(house.release.id)
    (home / "graph" / "server.json").unlink()
    second = house.server.ensure(house.release.id)
    assert second.pid != first.pid and engines_of(home) == [second.pid]


def test_a_copied_home_has_no_engine_and_ends_none(house: House, home: Path, tmp_path: Path) -> None:
    running = house.server.ensure(house.release.id)
    copied = House(Settings(home=tmp_path / "copy", idle_minutes=2))
    shutil.copytree(home, copied.home)
    assert (copied.home / "graph" / "server.json").exists()
    assert copied.server.running() is None and not copied.server.stop()
    assert house.server.running() == running
    own = copied.server.ensure(copied.release.id)
    assert own.pid != running.pid and house.server.running() == running
    assert copied.server.stop() and house.server.running() == running


def test_a_killed_engine_is_no_longer_held(house: House, home: Path) -> None:
    running = house.server.ensure(house.release.id)
    os.kill(running.pid, signal.SIGKILL)
    assert until(lambda: house.server.questions.places[0].holders() is None)
    assert not (home / "graph" / "server.json").exists() and house.server.running() is None


def full() -> None:
    """No file may grow any more, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def kept(place: Path, before: Callable[[], None] | None = None, **more: Any) -> subprocess.Popen[bytes]:
    """A keeper of a process that only speaks."""
    port = 20_000 + random.Random(str(place)).randrange(20_000)
    job = {
        "record": {"port": port, "release": "sha256:0"},
        "command": [sys.executable, "-c", _SPEAKS, str(port)],
        "folder": str(place),
        "log": str(place / "out"),
        "state": str(place / "server.json"),
        "lock": str(place / "server.lock"),
        "start_lock": os.open(place / "server.start", os.O_RDWR | os.O_CREAT),
        "idle_minutes": 30,
        "nice": 0,
        **more,
    }
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(keeper.__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(job["start_lock"],),
        preexec_fn=before,  # noqa: PLW1509
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(job).encode())
    process.stdin.close()
    os.close(job["start_lock"])
    return process


def reply(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    with process.stdout as stream:
        return stream.readline().decode().strip()


def test_a_record_that_cannot_be_written_starts_no_engine(tmp_path: Path) -> None:
    process = kept(tmp_path, full)
    assert reply(process).startswith("failed ") and process.wait(timeout=60) == 1
    assert not (tmp_path / "out").exists()


def test_an_engine_that_ends_at_once_is_said_with_its_last_words(tmp_path: Path) -> None:
    process = kept(tmp_path, command=[sys.executable, "-c", "import sys; sys.exit('no such luck')"])
    assert reply(process) == "failed no such luck" and process.wait(timeout=60) == 1
    assert not (tmp_path / "server.json").exists()


def test_a_second_engine_is_not_started_beside_the_first(tmp_path: Path) -> None:
    first = kept(tmp_path)
    assert reply(first) == "ready"
    second = kept(tmp_path)
    assert "another engine of this home still runs" in reply(second) and second.wait(timeout=60) == 1
    assert json.loads((tmp_path / "server.json").read_text())["keeper"] == first.pid
    first.terminate()
    assert first.wait(timeout=60) == 0 and not (tmp_path / "server.json").exists()


@pytest.mark.parametrize("how", ["unused", "deleted"])
def test_an_engine_that_is_idle_or_whose_home_was_deleted_is_ended(tmp_path: Path, how: str) -> None:
    process = kept(tmp_path, idle_minutes=0.01)
    assert reply(process) == "ready"
    pid = json.loads((tmp_path / "server.json").read_text())["pid"]
    if how == "deleted":
        (tmp_path / "server.json").unlink()
    assert process.wait(timeout=60) == 0 and keeper.began(pid) == ""


def test_a_lock_that_nobody_holds_and_what_its_text_says(tmp_path: Path, house: House) -> None:
    engine = Engine(tmp_path, "server", house.server.settings)
    assert engine.holders() is None and not (tmp_path / "server.lock").exists()
    (tmp_path / "server.lock").write_text(f"{os.getpid()} {keeper.began(os.getpid())}\n")
    # Its text names this process, yet nobody holds it.
    assert engine.holders() is None and not engine.end()


def test_an_engine_of_another_release_goes_on_beside_a_new_one(house: House, home: Path) -> None:
    engines = house.server.questions
    databases = house.server.folder(house.release.id) / "databases"
    old, new = engines.ensure("sha256:old", databases), engines.ensure("sha256:new", databases)
    assert old.pid != new.pid and set(engines_of(home)) == {old.pid, new.pid}
    assert engines.ensure("sha256:old", databases) == old and engines.running("sha256:new") == new
    # A third one takes the place that was unused for longest.
    os.utime(home / "graph" / "server-2.json", (1, 1))
    third = engines.ensure("sha256:third", databases)
    assert set(engines_of(home)) == {old.pid, third.pid}
    assert engines.end("sha256:old") and engines_of(home) == [third.pid]
    assert engines.end() and not engines.end() and engines_of(home) == []


def test_a_loopback_interface_that_is_down_is_said_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*words: object, **more: object) -> None:
        raise OSError("Network is unreachable")

    house.server.stop()
    monkeypatch.setattr("kg.stores.engine.socket.create_server", down)
    with pytest.raises(StoreUnavailable, match=r"nothing can be reached on 127\.0\.0\.1"):
        house.server.ensure(house.release.id)
