"""The graph store: what every engine must do. Runs on real servers of both engines with the sample's graph."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from galenic.house import House
from kg.errors import QueryRefused, QueryTimeout, ReleaseMismatch, StoreError, StoreUnavailable
from kg.evidence.permitted import Permitted
from kg.logic.execute import Executor
from kg.logic.explain import Explainer
from kg.logic.forms import All, And, Entity, Having, Hop, Minus, Or, TopForm
from kg.stores.lasting import LastingStore

GOUT = Entity("DOID:13189", "biolink:Disease")
ASTHMA = Entity("DOID:2841", "biolink:Disease")


@pytest.fixture(scope="module")
def store(engine: House) -> LastingStore:
    return engine.store


def test_it_holds_the_whole_release(store: LastingStore, engine: House) -> None:
    tables = engine.release.manifest["tables"]
    assert store.run("MATCH (n:Entity) RETURN count(n) AS n", {})[0]["n"] == tables["nodes"]["rows"]
    assert store.run("MATCH ()-[r]->() RETURN count(r) AS n", {})[0]["n"] == tables["edges"]["rows"]
    assert store.release_id() == engine.release.id
    with pytest.raises(ReleaseMismatch, match="galenic build"):
        store.require("sha256:other")


def test_set_operations_agree_with_plain_sets(store: LastingStore, engine: House) -> None:
    edges = engine.release.read("edges", ["subject", "relation", "object", "negated"]).filter(
        ~engine.release.read("edges", ["negated"])["negated"]
    )

    def drugs(relation: str, disease: str) -> set[str]:
        return {s for s, r, o, _ in edges.iter_rows() if (r, o) == (relation, disease)}

    run = Executor(store).nodes
    treats_gout, treats_asthma = Hop("treats", "in", GOUT), Hop("treats", "in", ASTHMA)
    a, b = drugs("treats", GOUT.id), drugs("treats", ASTHMA.id)
    assert set(run(treats_gout)) == a and a and b
    assert set(run(And((treats_gout, treats_asthma)))) == a & b
    assert set(run(Or((treats_gout, treats_asthma)))) == a | b
    assert set(run(Minus(treats_gout, treats_asthma))) == a - b
    treated = {o for s, r, o, _ in edges.iter_rows() if r == "treats" and s in a}
    assert set(run(Hop("treats", "out", treats_gout))) == treated
    many = {
        s
        for s in {s for s, r, _, _ in edges.iter_rows() if r == "treats"}
        if sum(x == s and r == "treats" for x, r, _, _ in edges.iter_rows()) >= 4
    }
    assert set(run(Having(All("biolink:Drug"), "treats", "out", "at_least", 4))) == many


def test_the_most_keeps_ties(store: LastingStore) -> None:
    top = Executor(store).top(TopForm(3, All("biolink:Disease"), "treats", "in"))
    counts = [int(f.value or 0) for f in top]
    assert len(top) >= 3 and counts == sorted(counts, reverse=True) and counts[-1] == counts[2]


def test_a_source_restricts_what_counts(store: LastingStore) -> None:
    hop = Hop("treats", "in", GOUT)
    assert set(Executor(store, Permitted(frozenset(["hetionet"]))).nodes(hop)) == set(Executor(store).nodes(hop))
    assert Executor(store, Permitted(frozenset(["gene_info"]))).nodes(hop) == {}


def test_every_hit_shows_the_edges_it_rests_on(store: LastingStore) -> None:
    executor = Executor(store)
    expr = Hop("treats", "in", GOUT)
    ids = list(executor.nodes(expr))
    edges = Explainer(executor).explain(expr, ids)
    assert set(edges) == set(ids)
    assert all(hit.object == GOUT.id and hit.assertions for hits in edges.values() for hit in hits)


@pytest.mark.parametrize(
    "query", ["CREATE (n:Entity {id: 'x'})", "MATCH (n:Entity) SET n.name = 'x'", "MATCH (n:Entity) DETACH DELETE n"]
)
def test_the_reader_cannot_write(store: LastingStore, query: str) -> None:
    before = store.run("MATCH (n:Entity) RETURN count(n) AS n", {})
    with pytest.raises((QueryRefused, StoreError)):
        store.run(query, {})
    assert store.run("MATCH (n:Entity) RETURN count(n) AS n", {}) == before


def test_too_many_rows_are_an_error_and_never_a_part(store: LastingStore) -> None:
    with pytest.raises(StoreError, match="more than 10 rows"):
        store.run("MATCH (n:Entity) RETURN n.id", {}, rows=10)


def test_a_query_that_is_cut_off_disturbs_no_other(store: LastingStore, engine: House) -> None:
    runaway = "MATCH (a:Entity), (b:Entity), (c:Entity), (d:Entity) WHERE a.name < b.name AND b.name < c.name AND c.name < d.name RETURN count(*) AS n"
    nodes = engine.release.manifest["tables"]["nodes"]["rows"]
    ended = threading.Event()

    def innocent(seconds: float | None) -> int:
        reads = 0
        while not ended.is_set():
            assert len(store.run("MATCH (n:Entity) RETURN n.id", {}, seconds=seconds)) == nodes
            reads += 1
        return reads

    def cut(number: int) -> None:
        with pytest.raises(QueryTimeout, match="took longer than"):
            store.run(runaway, {}, seconds=0.5)

    with ThreadPoolExecutor(6) as pool:
        reads = [pool.submit(innocent, seconds) for seconds in (None, None, 8.0, 8.0)]
        try:
            list(pool.map(cut, range(2)))
        finally:
            ended.set()
        assert all(future.result() > 1 for future in reads)


@pytest.mark.parametrize(
    "query",
    [
        "RETURN datetime('2024-02-01T10:00:00Z') AS t",
        "RETURN [{t: date('2024-02-01')}] AS t",
        "MATCH (d:Drug) RETURN d, date('2024-02-01') AS t LIMIT 1",
    ],
)
def test_times_come_as_text(store: LastingStore, query: str) -> None:
    assert "2024-02-01" in json.dumps(store.run(query, {}))


def test_a_broken_query_reports_the_engines_words(store: LastingStore) -> None:
    with pytest.raises(StoreError, match="the graph reports"):
        store.run("MATCH (n RETURN n", {})


def test_a_closed_connection_is_not_made_again(engine: House) -> None:
    store = LastingStore(lambda ended: engine.connect())
    assert store.run("RETURN 1 AS one", {}) == [{"one": 1}]
    store.close()
    with pytest.raises(StoreUnavailable, match="was closed"):
        store.run("RETURN 1 AS one", {})
