"""Loading a release into a running Neo4j when things go wrong: each says in one line what and how to mend it, and nothing is lost.

A server of its own, since it is killed, filled and configured here.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from galenic.house import House
from kg.cypher.safe import SafeCypher
from kg.errors import ReleaseMismatch, StoreBusy, StoreError, StoreUnavailable
from kg.release.release import Release
from kg.stores.bolt import BoltStore
from kg.stores.lasting import LastingStore
from kg.stores.neo4j_load import Neo4jLoader
from kg.stores.rows import facts
from tests.conftest import required
from tests.galenic.test_cli import run
from tests.neo4j.own import COUNT, Own, load, one_line
from tests.neo4j.server import NoNeo4j
from tests.neo4j.variants import variant

NOBODY = "bolt://127.0.0.1:1"


def wait_for(done: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something has happened, at most so long: what it was to be is for the test to say."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    """The module's Neo4j; it also speaks TLS."""
    server = Own(tmp_path_factory.mktemp("own")).speaks_tls()
    try:
        server.up()
    except NoNeo4j as problem:
        required(str(problem))
    yield server
    server.kill()


@pytest.fixture
def server(own: Own) -> Own:
    """The server, running and empty."""
    own.up().query("MATCH (n) DETACH DELETE n")
    return own


@pytest.fixture(scope="module")
def old(house: House) -> Release:
    return house.release


@pytest.fixture(scope="module")
def new(old: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The same without its last 300 edges."""
    return variant(old, tmp_path_factory.mktemp("new") / "release", edges=old.read("edges").head(-300))


@pytest.fixture(scope="module")
def third(old: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return variant(old, tmp_path_factory.mktemp("third") / "release", edges=old.read("edges").head(-10))


def test_a_wrong_account_or_database_is_named(server: Own, old: Release) -> None:
    wrong = (
        (replace(server.address, password="wrong"), "GALENIC_GRAPH_PASSWORD"),
        (replace(server.address, database="nowhere"), "GALENIC_GRAPH_DATABASE"),
    )
    for address, mend in wrong:
        with Neo4jLoader(address, retry_seconds=0) as loader, pytest.raises(StoreUnavailable) as raised:
            loader.stage(old)
        assert mend in one_line(raised)
        with BoltStore(address) as store, pytest.raises(StoreUnavailable) as raised:
            store.require(old.id)
        assert mend in one_line(raised)


def test_tls_with_a_certificate_that_is_not_trusted(server: Own, old: Release) -> None:
    for scheme in ("bolt+s", "neo4j+s"):
        address = replace(server.address, uri=server.address.uri.replace("bolt", scheme))
        with Neo4jLoader(address, retry_seconds=0) as loader, pytest.raises(StoreUnavailable) as raised:
            loader.stage(old)
        assert "certificate" in one_line(raised) and "+ssc://" in one_line(raised)
    with Neo4jLoader(replace(server.address, uri=server.address.uri.replace("bolt", "bolt+ssc"))) as loader:
        loader.stage(old)
        loader.publish(old)
    server.serves(old)


def test_an_empty_and_a_foreign_database(server: Own, old: Release) -> None:
    with BoltStore(server.address) as store:
        with pytest.raises(ReleaseMismatch) as raised:
            store.require(old.id)
        assert f"galenic build --graph {server.address.uri}" in one_line(raised)
        # Labels of ours alone do not make a graph ours.
        for labels in ("Person", "Entity", "Release", "Entity:Retired", "Staged"):
            server.query("MATCH (n) DETACH DELETE n")
            server.query(
                f"CREATE (:{labels} {{id: 'theirs', name: 'theirs'}})-[:KNOWS]->(:{labels} {{id: 'theirs too'}})"
            )
            with (
                Neo4jLoader(server.address) as loader,
                pytest.raises(StoreError, match="give Galenic an empty database") as raised,
            ):
                loader.stage(old)
            assert one_line(raised)
            with pytest.raises(ReleaseMismatch, match="give Galenic an empty database"):
                store.require(old.id)
            assert server.query("MATCH (n)-[r]->(m) RETURN labels(n) AS l, n.id AS a, type(r) AS r, m.id AS b") == [
                {"l": labels.split(":"), "a": "theirs", "r": "KNOWS", "b": "theirs too"}
            ]


def test_a_graph_of_another_release_is_refused_and_loading_again_mends_it(
    server: Own, old: Release, new: Release, tmp_path: Path
) -> None:
    load(server, old)
    with BoltStore(server.address) as store, pytest.raises(ReleaseMismatch, match="run `galenic build`"):
        store.require(new.id)
    load(server, new)
    server.serves(new)
    # Other passages, the same graph: nothing is written again, only the id.
    words = variant(new, tmp_path / "words", passages=new.read("passages").head(1))
    with Neo4jLoader(server.address) as loader:
        assert loader.stage(words).nodes == 0
        loader.publish(words)
    server.serves(words)


def test_the_old_release_serves_untouched_until_the_switch_and_no_reader_sees_a_half(
    server: Own, old: Release, new: Release
) -> None:
    load(server, old)
    seen: set[tuple[str, int, int]] = set()
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            for release in (old, new):
                with contextlib.suppress(StoreUnavailable, ReleaseMismatch), BoltStore(server.address) as store:
                    store.require(release.id)
                    while not ended.is_set():
                        row = store.run(COUNT, {})[0]
                        seen.add((release.id, row["nodes"], row["edges"]))

    reader = threading.Thread(target=read)
    reader.start()
    with Neo4jLoader(server.address) as loader:
        loader.stage(new)
        wait_for(lambda: bool(seen))
        assert {release for release, _, _ in seen} == {old.id}
        loader.publish(new)
    wait_for(lambda: len(seen) > 1)
    ended.set()
    reader.join()
    assert seen == {(r.id, facts(r)["nodes"], facts(r)["edges"]) for r in (old, new)}
    server.serves(new)


def test_what_is_staged_is_seen_by_no_query_and_cleared_when_the_old_release_is_built_again(
    server: Own, old: Release, new: Release
) -> None:
    load(server, old)
    queries = (
        "MATCH ()-[r:TREATS]->() RETURN count(r) AS n",
        "MATCH (n) RETURN count(n) AS n",
        "MATCH (n {id: 'DOID:13189'}) RETURN count(n) AS n",
        "MATCH (a)-[:TREATS]->(b) RETURN count(*) AS n",
        "MATCH (n:!Drug) RETURN count(n) AS n",
        "MATCH (d:Drug) WHERE EXISTS { (x)-[:TREATS]->(y {id: 'DOID:13189'}) } RETURN count(d) AS n",
    )
    with BoltStore(server.address) as store, Neo4jLoader(server.address, stale_seconds=0) as loader:
        store.require(old.id)
        before = [SafeCypher(store).run(query).rows for query in queries]
        loader.stage(new)
        assert server.query("MATCH (n:Staged) RETURN count(n) AS n")[0]["n"] == facts(new)["nodes"]
        assert [SafeCypher(store).run(query).rows for query in queries] == before
        time.sleep(0.01)
        assert loader.stage(old).nodes == 0
    server.serves(old)


def test_a_switch_whose_answer_was_lost_is_repeated_and_changes_nothing(
    server: Own, old: Release, new: Release
) -> None:
    load(server, old)
    load(server, new)
    with (
        GraphDatabase.driver(server.address.uri, auth=(server.address.user, server.address.password)) as driver,
        driver.session() as session,
    ):
        session.execute_write(Neo4jLoader._switch, facts(new))
    server.serves(new)


def test_a_switch_that_died_is_waited_for_and_ended_by_the_same_command(
    server: Own, old: Release, new: Release
) -> None:
    load(server, old)
    server.query("MATCH (r:Release) SET r.epoch = r.epoch + 1, r.since = timestamp()")
    with BoltStore(server.address) as store:
        with pytest.raises(StoreUnavailable, match="is being switched to another release; try again") as raised:
            store.require(old.id)
        assert one_line(raised)
        server.query("MATCH (r:Release) SET r.since = r.since - 700000")
        store.require(old.id)
        assert store.run(COUNT, {})[0]["edges"] == facts(old)["edges"]
        load(server, new)
        with pytest.raises(StoreUnavailable, match="switched to another release during the query; ask again"):
            store.run(COUNT, {})
    server.serves(new)


def test_of_two_writers_one_is_told_to_wait_and_a_dead_ones_claim_is_taken_over(
    server: Own, old: Release, new: Release, third: Release
) -> None:
    def second(done: int, total: int) -> None:
        with (
            Neo4jLoader(server.address) as other,
            pytest.raises(StoreBusy, match="wait for it, or try again in") as raised,
        ):
            other.stage(new)
        assert one_line(raised)

    load(server, old, progress=second)
    server.serves(old)

    def overtaken(done: int, total: int) -> None:
        time.sleep(0.01)
        load(server, third, stale_seconds=0)

    with Neo4jLoader(server.address, overtaken) as slow, pytest.raises(StoreBusy, match="took this graph over"):
        slow.stage(new)
    server.serves(third)
    # A writer that staged all, and whose claim was taken before it published.
    with Neo4jLoader(server.address) as late:
        late.stage(new)
        with Neo4jLoader(server.address, stopping_after(3), stale_seconds=0) as other, pytest.raises(Stopped):
            other.stage(old)
        with pytest.raises(StoreBusy, match="run the same command again"):
            late.publish(new)
        server.query("MATCH (l:Loading) SET l.owner = 'gone', l.writer = 'elsewhere:1', l.beat = timestamp() - 61000")
        late.stage(new)
        late.publish(new)
    server.serves(new)


class Stopped(Exception):
    """What ends a load in its middle."""


def stopping_after(batches: int) -> Callable[[int, int], None]:
    seen: list[int] = []

    def progress(done: int, total: int) -> None:
        seen.append(done)
        if len(seen) == batches:
            raise Stopped

    return progress


def test_a_stopped_load_is_gone_on_with_and_one_of_another_release_starts_anew(
    server: Own, old: Release, new: Release
) -> None:
    with Neo4jLoader(server.address, stopping_after(4)) as loader, pytest.raises(Stopped):
        loader.stage(new)
    with Neo4jLoader(server.address) as loader:
        again = loader.stage(new)
        assert again.resumed > 0 and again.resumed + again.nodes + again.edges == int(facts(new)["nodes"]) + int(
            facts(new)["edges"]
        )
    load(server, old, stale_seconds=0)
    server.serves(old)
    # Staged rows that someone has removed are found out, and the same command mends it.
    with Neo4jLoader(server.address, stopping_after(4)) as loader, pytest.raises(Stopped):
        loader.stage(new)
    server.query("MATCH (n:Staged) WITH n LIMIT 5 DETACH DELETE n")
    with Neo4jLoader(server.address) as loader, pytest.raises(StoreError, match="run the same command again"):
        loader.stage(new)
    load(server, new)
    server.serves(new)


def test_a_server_that_dies_in_mid_load(server: Own, old: Release, new: Release) -> None:
    load(server, old)
    batches: list[int] = []

    def dies(done: int, total: int) -> None:
        batches.append(done)
        if len(batches) == 5:
            server.kill()

    with (
        Neo4jLoader(server.address, dies, retry_seconds=1) as loader,
        pytest.raises(StoreUnavailable, match="the same command goes on from there") as raised,
    ):
        loader.stage(new)
    assert one_line(raised)
    # Without TLS from here on, for the next test.
    server.configure()
    server.up()
    with BoltStore(server.address) as store:
        store.require(old.id)
        assert store.run(COUNT, {})[0]["edges"] == facts(old)["edges"]
    with pytest.raises(StoreBusy, match="try again in"):
        load(server, new)
    with Neo4jLoader(server.address, stale_seconds=0) as loader:
        assert loader.stage(new).resumed >= batches[-1]
        loader.publish(new)
    server.serves(new)


def test_tls_where_there_is_none(server: Own, old: Release) -> None:
    for scheme in ("bolt+s", "bolt+ssc", "neo4j+s"):
        with (
            Neo4jLoader(
                replace(server.address, uri=server.address.uri.replace("bolt", scheme)), retry_seconds=0
            ) as loader,
            pytest.raises(StoreUnavailable) as raised,
        ):
            loader.stage(old)
        assert "does not speak TLS" in one_line(raised) and f"write {scheme.split('+')[0]}://" in one_line(raised)


def test_the_command_line_says_each_in_one_line(server: Own, old: Release, sample_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(sample_home, home, ignore=shutil.ignore_patterns("models", "graph", "*.lock"))
    (home / "models").symlink_to(sample_home / "models")
    right = {"GALENIC_GRAPH_PASSWORD": server.address.password}
    made = run(home, "build", "--graph", server.address.uri, **right)
    assert made.returncode == 0, made.stderr
    server.serves(old)
    served = {"GALENIC_GRAPH": server.address.uri, **right}
    asked = run(home, "ask", "What drugs treat gout?", **served)
    assert asked.returncode == 0 and "9 drugs that treat gout: Allopurinol" in asked.stdout
    assert run(home, "doctor", **served).returncode == 0
    server.query("CREATE (:Person {name: 'theirs'})")
    for uri, more, message in (
        (NOBODY, right, "does not answer"),
        (server.address.uri, {"GALENIC_GRAPH_PASSWORD": "wrong"}, "GALENIC_GRAPH_PASSWORD"),
        ("localhost", right, "write bolt://host:7687"),
        (server.address.uri, right, "give Galenic an empty database"),
        (server.address.uri.replace("bolt", "neo4j+s"), right, "does not speak TLS"),
    ):
        done = run(home, "build", "--graph", uri, **more)
        assert (done.returncode, message in done.stderr, "Traceback" in done.stderr) == (1, True, False), done.stderr
        assert [line.startswith("galenic: ") for line in done.stderr.splitlines()].index(True) == done.stderr.count(
            "\n"
        ) - 1, done.stderr
    gone = run(home, "ask", "What drugs treat gout?", GALENIC_GRAPH=NOBODY)
    assert gone.returncode == 1 and "does not answer" in gone.stdout and "Traceback" not in gone.stderr


def test_a_server_that_dies_in_mid_query(server: Own, old: Release) -> None:
    load(server, old)
    store = LastingStore(lambda ended: BoltStore(server.address, seconds=30))
    killer = threading.Timer(1, server.kill)
    killer.start()
    with pytest.raises(StoreUnavailable, match="galenic doctor") as raised:
        store.run(
            "MATCH (a:Entity), (b:Entity), (c:Entity), (d:Entity) WHERE a.name < b.name AND b.name < c.name AND c.name < d.name RETURN count(*) AS n",
            {},
        )
    assert one_line(raised)
    killer.join()
    server.start("-DreadOnly=true", heap="512m")
    again = LastingStore(lambda ended: BoltStore(server.address))
    again.require(old.id)
    again.close()
    store.close()


def test_a_read_only_database_is_read_and_not_written(own: Own, old: Release, new: Release) -> None:
    with BoltStore(own.address) as store:
        if store.release_id() != old.id:
            pytest.skip("needs the server that the test before it started read-only")
    with Neo4jLoader(own.address) as loader, pytest.raises(StoreError, match="is read-only; allow writing") as raised:
        loader.stage(new)
    assert one_line(raised)
    own.serves(old)
    own.kill()
