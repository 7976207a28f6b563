"""The embedded engine's life: found again, killed, stopped, its port taken, its limits. On a home of its own: others ask the shared one."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from galenic.house import SAMPLE, House
from galenic.settings import Settings
from ingest.build import Plan
from kg.errors import QueryTimeout, StoreUnavailable
from kg.stores.arcade_launch import ServerSettings
from kg.stores.arcade_server import ArcadeServer


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built home whose server may be killed."""
    home = tmp_path_factory.mktemp("engine") / "home"
    House(Settings(home=home)).build(Plan(SAMPLE))
    return home


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    opened = House(Settings(home=home, idle_minutes=2))
    yield opened
    opened.close()
    opened.server.stop()


def kill(house: House) -> None:
    running = house.server.running()
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    time.sleep(0.5)


def test_one_server_serves_all_and_answers_on_loopback_only(house: House) -> None:
    release = house.release.id
    first, second = house.server.ensure(release), ArcadeServer(house.home / "graph").ensure(release)
    assert first == second
    listening = Path(f"/proc/{first.pid}/net/tcp").read_text() + Path(f"/proc/{first.pid}/net/tcp6").read_text()
    bound = {
        line.split()[1]
        for line in listening.splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{first.port:04X}")
    }
    assert bound and all(place.startswith(("0100007F", "0000000000000000FFFF00000100007F")) for place in bound)


def test_a_killed_server_is_started_again_and_a_dropped_connection_is_said(house: House) -> None:
    connection = house.connect()
    kill(house)
    with pytest.raises(StoreUnavailable, match="galenic doctor"):
        connection.run("RETURN 1 AS n", {})
    connection.close()
    assert house.store.release_id() == house.release.id


def test_a_server_that_dies_between_two_questions_costs_no_answer(house: House) -> None:
    question = "What drugs treat gout?"
    before = house.pipeline.ask(question)
    kill(house)
    after = house.pipeline.ask(question)
    assert after.status == "answered" and after.results == before.results


def test_threads_that_read_while_the_server_dies_all_get_their_rows(house: House) -> None:
    store, connected = house.store, list[int]()
    connect = store._connect
    store._connect = lambda ended: (connected.append(1), connect(ended))[1]  # type: ignore[func-returns-value]
    query = "MATCH (n:Entity) RETURN n.id AS id ORDER BY id"
    whole = store.run(query, {})
    gate = threading.Barrier(9)

    def read(number: int) -> list[bool]:
        gate.wait(timeout=60)
        return [store.run(query, {}) == whole for _ in range(40)]

    with ThreadPoolExecutor(8) as pool:
        reads = [pool.submit(read, n) for n in range(8)]
        gate.wait(timeout=60)
        time.sleep(0.1)
        kill(house)
        agreed = [same for future in reads for same in future.result()]
    # One of them connects again for all.
    assert all(agreed) and len(agreed) == 320 and len(connected) == 1


def test_a_release_is_asked_for_again_after_the_server_went_away(house: House) -> None:
    store = house.store
    kill(house)
    store.require(house.release.id)
    kill(house)
    assert store.release_id() == house.release.id


def test_a_server_in_use_is_not_idle(house: House) -> None:
    state = house.home / "graph" / "server.json"
    assert house.store.run("RETURN 1 AS n", {})
    os.utime(state, (0, 0))
    house.server.questions._noted = 0.0
    assert house.store.run("RETURN 1 AS n", {}) and time.time() - state.stat().st_mtime < 60
    # Noted once in some seconds, not with every read.
    os.utime(state, (0, 0))
    assert house.store.run("RETURN 1 AS n", {}) and state.stat().st_mtime == 0


def test_a_taken_port_and_a_graph_that_is_not_built_are_said(house: House, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="galenic build"):
        ArcadeServer(tmp_path).ensure(house.release.id)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StoreUnavailable, match=f"port {port} is taken"):
            ArcadeServer(house.home / "graph", ServerSettings(port=port)).ensure(house.release.id)
    assert house.server.ensure(house.release.id).pid


def test_a_runaway_is_stopped_at_its_limit(home: Path) -> None:
    quick = House(Settings(home=home, query_seconds=1, idle_minutes=2))
    try:
        with pytest.raises(QueryTimeout, match="longer than 1 s"):
            quick.store.run(
                "MATCH (a:Entity), (b:Entity), (c:Entity), (d:Entity) WHERE a.name < b.name AND b.name < c.name AND c.name < d.name RETURN count(*) AS n",
                {},
            )
    finally:
        quick.close()
        quick.server.stop()
