"""What is written in another way than it runs: each change is said, keeps the names of columns, and means the same."""

from __future__ import annotations

import json
import re

import pytest

from galenic.house import House
from kg.cypher.hetionet import labels, type_of
from kg.cypher.safe import SafeCypher, check
from kg.errors import QueryRefused
from kg.schema import schema
from tests.kg.drawn_columns import drawn

M = "MATCH (d:Drug)-[:TREATS]->(x:Disease) "


@pytest.mark.parametrize(
    ("query", "runs"),
    [
        ("MATCH (d:Compound) RETURN d", "MATCH (d:Drug) RETURN d"),
        ("MATCH (d:`Side Effect`) RETURN d.name", "MATCH (d:SideEffect) RETURN d.name"),
        ("MATCH (n) WHERE n:Compound RETURN n", "MATCH (n:Entity) WHERE n:Drug RETURN n"),
        ("MATCH (d:Drug)<-[:TREATS_CtD]-(x:Disease) RETURN d", "MATCH (d:Drug)-[:TREATS]->(x:Disease) RETURN d"),
        ("MATCH (a:Gene)-[:REGULATES_GrG]->(b) RETURN b.id", "MATCH (a:Gene)-[:REGULATES]->(b) RETURN b.id"),
        (
            "MATCH (d:Drug {identifier: $i}) RETURN d.identifier, d.identifier AS i",
            "MATCH (d:Drug {id: $i}) RETURN d.id AS `d.identifier`, d.id AS i",
        ),
        (
            "MATCH (d:Drug) WHERE d.identifier = 'DRUGBANK:DB00091' RETURN d {.name, .identifier} AS d",
            "MATCH (d:Drug) WHERE d.id = 'DRUGBANK:DB00091' RETURN d {.name, identifier: d.id} AS d",
        ),
        (
            "MATCH (d:Drug) WHERE NOT exists(d.name) OR EXISTS(d.xrefs) RETURN d",
            "MATCH (d:Drug) WHERE NOT (d.name IS NOT NULL) OR (d.xrefs IS NOT NULL) RETURN d",
        ),
        (
            "MATCH (d:Drug) RETURN size((d)--()), size( (d)<-[:TREATS]-(:Disease) ) AS n",
            "MATCH (d:Drug) RETURN COUNT { (d)--() } AS `size((d)--())`, COUNT {  (d)-[:TREATS]->(:Disease)  } AS n",
        ),
        (
            "MATCH (g:Gene) RETURN size([(:Disease)<-[:TREATS]-(d)-[r:BINDS {tier: 1}]->(g) | d.id]) AS n",
            "MATCH (g:Gene) RETURN size([(g)<-[r:BINDS {tier: 1}]-(d)-[:TREATS]->(:Disease) | d.id]) AS n",
        ),
        (
            "MATCH (x:Disease) RETURN [(d:Drug)<-[:TREATS]-(x) | d.name] AS n",
            "MATCH (x:Disease) RETURN [(x)<-[:TREATS]-(d:Drug) | d.name] AS n",
        ),
        (
            "MATCH (a:Drug)-[:BINDS]->(g)<-[:ASSOCIATES]-(b) USING JOIN ON g, b WHERE a.id = $i RETURN b",
            "MATCH (a:Drug)-[:BINDS]->(g)<-[:ASSOCIATES]-(b)  WHERE a.id = $i RETURN b",
        ),
        (
            "MATCH p = shortestPath((a:Drug)-[*]-(b:Disease)) RETURN p",
            "MATCH p = shortestPath((a:Drug)-[*1..6]-(b:Disease)) RETURN p",
        ),
        (
            "MATCH p = allShortestPaths((a:Drug)-[r:TREATS|PRESENTS*..20]-(b:Disease)) RETURN p",
            "MATCH p = allShortestPaths((a:Drug)-[r:TREATS|PRESENTS*1..6]-(b:Disease)) RETURN p",
        ),
        (
            "MATCH p = ANY SHORTEST (a:Drug)-[:TREATS]-{1,4}(b:Disease) WHERE b.id = $i RETURN p",
            "MATCH p = shortestPath((a:Drug)-[:TREATS*1..4]-(b:Disease)) WHERE b.id = $i RETURN p",
        ),
        (
            "MATCH p = SHORTEST 1 PATHS (a:Gene {id: 'A:1'})--+(b:Gene {id: 'A:2'}) RETURN p",
            "MATCH p = shortestPath((a:Gene {id: 'A:1'})-[*1..6]-(b:Gene {id: 'A:2'})) RETURN p",
        ),
        (
            "MATCH p = ALL SHORTEST (a:Drug)-->*(b:Disease) RETURN p",
            "MATCH p = allShortestPaths((a:Drug)-[*1..6]->(b:Disease)) RETURN p",
        ),
    ],
)
def test_what_others_write_runs_as_both_engines_read_it(query: str, runs: str) -> None:
    checked = check(query)
    assert checked.cypher == runs and checked.notes
    assert check(runs).cypher == runs


@pytest.mark.parametrize(
    ("query", "runs"),
    [
        (
            M + "RETURN x.name, count(d) AS n, 100 * count(d) / toFloat(size(x.name)) AS odd LIMIT 2",
            M + "WITH x.name AS x_name, count(d) AS n RETURN x_name AS `x.name`, n AS n, "
            "100 * n / toFloat(size(x_name)) AS odd LIMIT 2",
        ),
        (
            M + "RETURN x, size(x.name) * count(*) AS v ORDER BY v DESC, x.name",
            M + "WITH x, count(*) AS counted RETURN x, size(x.name) * counted AS v ORDER BY v DESC, x.name",
        ),
        (
            M + "RETURN DISTINCT x.name AS k, max(d.name) CONTAINS 'a' ORDER BY x.name, count(DISTINCT d) DESC SKIP 1",
            M + "WITH x.name AS k, max(d.name) AS counted, count(DISTINCT d) AS counted2 RETURN  k AS k, "
            "counted CONTAINS 'a' AS `max(d.name) CONTAINS 'a'` ORDER BY k, counted2 DESC SKIP 1",
        ),
        (
            M + "WITH x, NOT count(d) > 3 AS few WHERE few RETURN x.name",
            M + "WITH x, count(d) AS counted WITH x, NOT counted > 3 AS few WHERE few RETURN x.name",
        ),
        (
            "MATCH (x:Disease) WITH count(x) AS total MATCH (:Drug)-[:TREATS]->(x) RETURN count(x) * 1.0 / total AS v",
            "MATCH (x:Disease) WITH count(x) AS total MATCH (:Drug)-[:TREATS]->(x) "
            "WITH total, count(x) AS counted RETURN counted * 1.0 / total AS v",
        ),
    ],
)
def test_a_count_that_goes_on_in_one_column_is_taken_in_two_steps(query: str, runs: str) -> None:
    checked = check(query)
    assert checked.cypher == runs
    assert any("counted in a WITH first" in note for note in checked.notes)
    assert check(runs).cypher == runs


@pytest.mark.parametrize(
    "query",
    [
        M + "RETURN x.name, count(d) * 2 AS v, toString(count(d)) + x.name AS t ORDER BY count(d) * 2",
        M + "RETURN x.name AS k, size(collect(DISTINCT d.name)) > 2 AS v, collect(d.name)[..3] AS some",
        M + "RETURN x.name AS k, count(d) AS n ORDER BY count(d) DESC, k",
        M + "RETURN x.name AS k, CASE WHEN count(d) > 2 THEN 'many' ELSE 'few' END AS v",
    ],
)
def test_what_the_engines_work_out_alike_stays_as_it_is(query: str) -> None:
    assert "WITH" not in check(query.replace(" ORDER BY count(d) * 2", "")).cypher


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (M + "RETURN x.name + count(*) AS v", "column of its own: WITH x.name AS x_name, count(*) AS counted RETURN"),
        (M + "RETURN x.name AS k ORDER BY count(d)", "write WITH x, count(*) AS n RETURN x ORDER BY n"),
        (M + "RETURN *, count(d) > 2 AND true AS v", "columns that are named, not with *"),
        (M + "RETURN x.id AS k, count(d) IS NULL AS v ORDER BY d.name", "d.name is no column"),
        (
            M + "RETURN x AS y, count(d) + size([()<-[:PRESENTS]-(x) | 1]) > 2 AND true AS v",
            "x stands beside a count; name it in a WITH before",
        ),
        (M + "RETURN x, d.id AS n, {c: count(d) > 2 AND true, m: x {.id, d}} AS v", "stands beside a count"),
        ("MATCH p = ANY SHORTEST (a:Gene)--+(b:Gene) RETURN p", "its ends can be one node; write MATCH (a:Drug"),
        ("MATCH p = ANY SHORTEST (a:Drug)--+(b:Gene) WHERE length(p) > 2 RETURN p", "its condition speaks of the path"),
        ("MATCH p = SHORTEST 2 (a:Drug)--+(b:Gene) RETURN p", "ANY SHORTEST, SHORTEST 1 and ALL SHORTEST run"),
        ("MATCH p = ANY SHORTEST (a:Drug)-->(c)-->+(b:Gene) RETURN p", "two nodes and one relationship"),
        ("MATCH p = ANY SHORTEST (a:Drug)--{2,3}(b:Gene) RETURN p", "two nodes and one relationship"),
        ("MATCH (d:Drug)-[:BINDS*]->(g) RETURN g", "give it an end of at most 6"),
        ("MATCH (d:Drug $given) RETURN d", "runs where its value is given, and is a map"),
    ],
)
def test_what_means_another_thing_is_refused_with_the_text_that_works(query: str, message: str) -> None:
    with pytest.raises(QueryRefused) as problem:
        check(query)
    assert message in str(problem.value)


def test_a_map_of_properties_is_written_out_and_its_keys_are_looked_at() -> None:
    checked = check("MATCH (d:Drug $given) RETURN d", {"given": {"name": "x", "id": "y"}})
    assert checked.cypher == "MATCH (d:Drug {name: $given.name, id: $given.id}) RETURN d"
    for given in ({"nmae": 1}, {"a b": 1}, {"x: 1}) DETACH DELETE d //": 1}, [1], "x"):
        with pytest.raises(QueryRefused):
            check("MATCH (d:Drug $given) RETURN d", {"given": given})


def test_all_names_of_hetionet_are_known() -> None:
    kinds = schema().by_hetionet_kind()
    assert len(kinds) == 11 and len(schema().by_metaedge()) == 24
    known = labels()
    assert {known.get(name.replace(" ", ""), name.replace(" ", "")) for name in kinds} == {
        kind.label for kind in kinds.values()
    }
    verbs = "ASSOCIATES BINDS CAUSES COVARIES DOWNREGULATES EXPRESSES INCLUDES INTERACTS LOCALIZES PALLIATES PARTICIPATES PRESENTS REGULATES RESEMBLES TREATS UPREGULATES"
    for metaedge, relation in schema().by_metaedge().items():
        (verb,) = [verb for verb in verbs.split() if verb in relation.type.split("_")]
        assert type_of(f"{verb}_{metaedge.replace('>', '')}") == relation.type
        assert not re.fullmatch(r"[A-Z_]+", f"{verb}_{metaedge}")


@pytest.mark.parametrize(
    ("other", "usual"),
    [
        (
            M
            + "RETURN x.name AS k, 'Cyclosporine' IN collect(d.name) AS v, count(d) > 3 AND count(d) < 9 AS w ORDER BY k",
            M
            + "WITH x.name AS k, collect(d.name) AS names, count(d) AS n RETURN k, 'Cyclosporine' IN names AS v, n > 3 AND n < 9 AS w ORDER BY k",
        ),
        (
            M + "RETURN DISTINCT x.name AS k, count(d) % 2 = 0 OR false AS v ORDER BY count(*) DESC, k LIMIT 4",
            M + "WITH x.name AS k, count(d) AS n RETURN k, n % 2 = 0 OR false AS v ORDER BY n DESC, k LIMIT 4",
        ),
        (
            M + "RETURN x.name, size([()-[:TREATS]->(x) | 1]) AS n ORDER BY x.name",
            M + "WITH DISTINCT x RETURN x.name, COUNT { (x)<-[:TREATS]-() } AS n ORDER BY x.name",
        ),
    ],
)
def test_a_rewritten_query_gives_what_was_meant(engine: House, other: str, usual: str) -> None:
    safe = SafeCypher(engine.store)
    rows = [tuple(row.items()) for row in safe.run(other).rows]
    meant = [tuple(row.items()) for row in safe.run(usual).rows]
    assert list(dict.fromkeys(rows)) == meant and len(meant) > 3


def test_drawn_columns_with_counts_give_the_same_rows_on_both_engines(engines: dict[str, House]) -> None:
    differ, written = [], 0
    for seed in range(150):
        query = drawn(seed)
        ran = [SafeCypher(house.store).run(query) for house in engines.values()]
        rows = [json.loads(json.dumps(one.rows), parse_float=lambda text: round(float(text), 9)) for one in ran]
        written += bool(ran[0].notes)
        if rows[0] != rows[1] or [list(row) for row in rows[0]] != [list(row) for row in rows[1]]:
            differ.append((query, ran[0].cypher))
    assert differ == [] and written > 50
