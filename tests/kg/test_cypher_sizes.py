"""The gate counts what one row works on, by how much the graph holds: long work is refused, ordinary reads are not."""

from __future__ import annotations

import pytest

from galenic.house import House
from kg.cypher.grammar import Grammar
from kg.cypher.query_check import QueryCheck
from kg.cypher.safe import SafeCypher, check
from kg.cypher.sizes import Sizes
from kg.cypher.work import MAX_WORK
from kg.errors import QueryRefused
from tests.kg.one_row import LONG, REPORTED, SHORT, Attempt
from tests.kg.test_cypher_ordinary import LARGE
from tests.kg.test_cypher_reads import BOUND, READS

WAY = "in one row, and no time limit ends a row; write UNWIND and MATCH on rows instead"


def counted(attempt: Attempt, sizes: Sizes) -> float:
    """The steps that the gate counts for one row; raises `QueryRefused` beyond its most."""
    query, parameters = attempt
    checked = QueryCheck(query, parameters, sizes)
    checked.whole(Grammar(query).whole())
    return checked.work


def test_there_are_many_of_them() -> None:
    assert len({query for query, _ in LONG}) == len(LONG) >= len(REPORTED) + 60


@pytest.mark.parametrize("attempt", LONG, ids=lambda a: str(a)[:70])
def test_long_work_in_one_row_is_refused_with_the_way_that_works(attempt: Attempt) -> None:
    with pytest.raises(QueryRefused) as problem:
        counted(attempt, LARGE)
    assert WAY in str(problem.value) and "\n" not in str(problem.value)


@pytest.mark.parametrize("attempt", SHORT, ids=lambda a: str(a)[:70])
def test_short_work_of_the_same_kinds_passes(attempt: Attempt) -> None:
    assert 1 < counted(attempt, LARGE) <= MAX_WORK


@pytest.mark.parametrize("query", READS, ids=lambda q: q[:60])
def test_an_honest_read_passes_in_a_large_graph(query: str) -> None:
    assert check(query, BOUND, LARGE).cypher == check(query, BOUND).cypher


@pytest.mark.parametrize(
    ("found", "steps"),
    [
        ("MATCH (g:Gene) WITH collect(g.name) AS l", 57_000),
        ("MATCH (g:Gene) WITH g LIMIT 70 WITH collect(g.name) AS l", 70),
        ("MATCH (g:Gene) WITH g ORDER BY g.name SKIP 3 LIMIT $n WITH collect(g.name) AS l", 80),
        ("MATCH (g:Gene {id: $i}) WITH collect(g.name) AS l", 1),
        ("MATCH (g:Gene) WHERE g.id = $i WITH collect(g.name) AS l", 1),
        ("MATCH (g:Gene) WHERE g.id IN $ids WITH collect(g.name) AS l", 3),
        ("MATCH (g:Gene|Drug) WITH collect(g.name) AS l", 60_000),
        ("MATCH (d:Drug {id: $i})-[:BINDS]->(g:Gene) WITH collect(g.name) AS l", 200),
        ("MATCH (d:Drug)-[:TREATS]->(x:Disease) WITH collect(x.name) AS l", 120_000),
        ("MATCH (d:Drug)-[:TREATS]->(x:Disease) WITH d, collect(x.name) AS l", 200),
        ("MATCH (d:Drug), (x:Disease) WITH d, collect(x.name) AS l", 19_000),
        ("MATCH (d:Drug) WITH count(d) AS n MATCH (x:Disease) WITH n, collect(x.name) AS l", 19_000),
        (
            "MATCH (d:Drug) WITH count(d) AS n MATCH (a:Gene) WITH n, collect(a.id) AS s MATCH (x:Disease) WITH n, s, collect(x.id) AS l",
            19_000,
        ),
        ("MATCH (d:Drug) CALL (d) { MATCH (g:Gene) RETURN g } WITH d, collect(g.name) AS l", 57_000),
        ("WITH COLLECT { MATCH (g:Gene) RETURN g.name } AS l", 57_000),
        ("MATCH (g:Gene) WITH collect(g) AS gs WITH [g IN gs | g.name] AS l", 57_000 * 2.5),
    ],
)
def test_the_length_of_a_list_is_that_of_what_the_graph_gives(found: str, steps: int) -> None:
    bound = {"i": "X:1", "n": 80, "ids": ["X:1", "X:2", "X:3"]}
    work = counted((f"{found} RETURN any(a IN l WHERE a = 'x') AS x", bound), LARGE)
    assert round(work - 1) == steps


def test_the_sizes_of_a_release_are_those_of_its_graph(house: House) -> None:
    sizes = Sizes.of(house.release)
    labels = house.store.run("MATCH (n:Entity) RETURN n.category AS c, labels(n) AS labels, count(*) AS n", {})
    assert {next(iter(set(row["labels"]) - {"Entity"})): row["n"] for row in labels} == dict(sizes.nodes)
    types = house.store.run("MATCH ()-[r]->() RETURN type(r) AS type, count(*) AS n", {})
    assert {row["type"]: row["n"] for row in types} == dict(sizes.edges)


def test_what_a_small_graph_can_do_a_large_one_refuses(house: House) -> None:
    query = "MATCH (d:Disease) WITH collect(d.name) AS l RETURN size([a IN l WHERE any(b IN l WHERE b <> a AND b CONTAINS a)]) AS n"
    assert SafeCypher(house.store, Sizes.of(house.release)).run(query).rows[0]["n"] >= 0
    with pytest.raises(QueryRefused, match="in one row"):
        SafeCypher(house.store, LARGE).run(query)
