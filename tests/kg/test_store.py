"""The graph store: what every engine must do. Runs on a real server with the sample's graph."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from galenic.house import House
from galenic.settings import Settings
from kg.errors import QueryRefused, QueryTimeout, ReleaseMismatch, StoreError, StoreUnavailable
from kg.logic.evidence import Explainer
from kg.logic.execute import Executor
from kg.logic.forms import All, And, Entity, Having, Hop, Minus, Or, TopForm
from kg.stores.arcade_server import ArcadeServer, ServerSettings
from kg.stores.bolt import BoltStore

GOUT = Entity("DOID:13189", "biolink:Disease")
ASTHMA = Entity("DOID:2841", "biolink:Disease")


@pytest.fixture(scope="module")
def store(house: House) -> BoltStore:
    return house.store


def test_it_holds_the_whole_release(store: BoltStore, house: House) -> None:
    tables = house.release.manifest["tables"]
    assert store.run("MATCH (n:Entity) RETURN count(n) AS n", {})[0]["n"] == tables["nodes"]["rows"]
    assert store.run("MATCH ()-[r]->() RETURN count(r) AS n", {})[0]["n"] == tables["edges"]["rows"]
    assert store.release_id() == house.release.id
    with pytest.raises(ReleaseMismatch, match="galenic build"):
        store.require("sha256:other")


def test_set_operations_agree_with_plain_sets(store: BoltStore, house: House) -> None:
    edges = house.release.read("edges", ["subject", "relation", "object", "negated"]).filter(~house.release.read("edges", ["negated"])["negated"])

    def drugs(relation: str, disease: str) -> set[str]:
        return {s for s, r, o, _ in edges.iter_rows() if (r, o) == (relation, disease)}

    run = Executor(store).nodes
    one, two = Hop("treats", "in", GOUT), Hop("treats", "in", ASTHMA)
    a, b = drugs("treats", GOUT.id), drugs("treats", ASTHMA.id)
    assert set(run(one)) == a and a and b
    assert set(run(And((one, two)))) == a & b
    assert set(run(Or((one, two)))) == a | b
    assert set(run(Minus(one, two))) == a - b
    treated = {o for s, r, o, _ in edges.iter_rows() if r == "treats" and s in a}
    assert set(run(Hop("treats", "out", one))) == treated
    many = {s for s in {s for s, r, _, _ in edges.iter_rows() if r == "treats"} if sum(x == s and r == "treats" for x, r, _, _ in edges.iter_rows()) >= 4}
    assert set(run(Having(All("biolink:Drug"), "treats", "out", "at_least", 4))) == many


def test_the_most_keeps_ties(store: BoltStore) -> None:
    top = Executor(store).top(TopForm(3, All("biolink:Disease"), "treats", "in"))
    counts = [int(f.value or 0) for f in top]
    assert len(top) >= 3 and counts == sorted(counts, reverse=True) and counts[-1] == counts[2]


def test_a_source_restricts_what_counts(store: BoltStore) -> None:
    hop = Hop("treats", "in", GOUT)
    assert set(Executor(store, ["hetionet"]).nodes(hop)) == set(Executor(store).nodes(hop))
    assert Executor(store, ["gene_info"]).nodes(hop) == {}


def test_every_hit_shows_the_edges_it_rests_on(store: BoltStore) -> None:
    executor = Executor(store)
    expr = Hop("treats", "in", GOUT)
    ids = list(executor.nodes(expr))
    edges = Explainer(executor).explain(expr, ids)
    assert set(edges) == set(ids)
    assert all(hit.object == GOUT.id and hit.assertions for hits in edges.values() for hit in hits)


@pytest.mark.parametrize("query", ["CREATE (n:Entity {id: 'x'})", "MATCH (n:Entity) SET n.name = 'x'", "MATCH (n:Entity) DETACH DELETE n"])
def test_the_reader_cannot_write(store: BoltStore, query: str) -> None:
    before = store.run("MATCH (n:Entity) RETURN count(n) AS n", {})
    with pytest.raises((QueryRefused, StoreError)):
        store.run(query, {})
    assert store.run("MATCH (n:Entity) RETURN count(n) AS n", {}) == before


def test_too_many_rows_are_an_error_and_never_a_part(store: BoltStore) -> None:
    with pytest.raises(StoreError, match="more than 10 rows"):
        store.run("MATCH (n:Entity) RETURN n.id", {}, rows=10)


def test_a_broken_query_reports_the_engines_words(store: BoltStore) -> None:
    with pytest.raises(StoreError, match="the graph reports"):
        store.run("MATCH (n RETURN n", {})


def test_one_server_serves_all_and_answers_on_loopback_only(house: House) -> None:
    release = house.release.id
    first, second = house.server.ensure(release), ArcadeServer(house.home / "graph").ensure(release)
    assert first == second
    listening = Path(f"/proc/{first.pid}/net/tcp").read_text() + Path(f"/proc/{first.pid}/net/tcp6").read_text()
    bound = {line.split()[1] for line in listening.splitlines()[1:] if line.split()[3] == "0A" and line.split()[1].endswith(f":{first.port:04X}")}
    assert bound and all(place.startswith(("0100007F", "0000000000000000FFFF00000100007F")) for place in bound)


def test_a_killed_server_is_started_again_and_a_dropped_connection_is_said(sample_home: Path, house: House) -> None:
    own = House(Settings(home=sample_home, idle_minutes=2))
    store = own.store
    running = own.server.running()
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    time.sleep(0.5)
    with pytest.raises(StoreUnavailable, match="galenic doctor"):
        store.run("RETURN 1 AS n", {})
    again = House(Settings(home=sample_home, idle_minutes=2))
    assert again.store.release_id() == again.release.id
    again.close()
    own.close()
    house.close()
    house.__dict__.pop("store", None)


def test_a_taken_port_and_a_graph_that_is_not_built_are_said(sample_home: Path, house: House, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="galenic build"):
        ArcadeServer(tmp_path).ensure(house.release.id)
    house.close()
    house.__dict__.pop("store", None)
    house.server.stop()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StoreUnavailable, match=f"port {port} is taken"):
            ArcadeServer(sample_home / "graph", ServerSettings(port=port)).ensure(house.release.id)
    assert house.server.ensure(house.release.id).pid


def test_a_runaway_is_stopped_at_its_limit(sample_home: Path, house: House) -> None:
    house.server.stop()
    quick = House(Settings(home=sample_home, query_seconds=1, idle_minutes=2))
    try:
        with pytest.raises(QueryTimeout, match="longer than 1 s"):
            quick.store.run("MATCH (a:Entity), (b:Entity), (c:Entity) WHERE a.name < b.name AND b.name < c.name RETURN count(*) AS n", {})
    finally:
        quick.close()
        quick.server.stop()
