"""Honest reads: each passes the check and gives the same rows on both engines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from galenic.house import House
from kg.cypher.safe import SafeCypher, check
from kg.errors import QueryRefused

READS = [
    line
    for line in Path(__file__).with_name("reads.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
BOUND: dict[str, Any] = {
    "id": "DOID:1612",
    "drug": "DRUGBANK:DB00091",
    "ids": ["DOID:1612", "DOID:8893", "DOID:7148"],
    "q": "cancer",
    "n": 5,
    "sources": ["hetionet"],
    "m": {"a": 1, "b": [1, 2]},
}


@pytest.mark.parametrize("query", READS, ids=lambda q: q[:60])
def test_a_read_passes_unchanged(query: str) -> None:
    checked = check(query)
    assert not checked.notes and checked.parameters <= set(BOUND)
    assert bare(checked.cypher) == bare(query.strip(";")) or "/*" in query or ":!" in query


def bare(cypher: str) -> str:
    """A query without the label that a path is given which demands none."""
    return re.sub(r"(MATCH |p = |\()\((\w*)(?::Entity| :Entity(?= ?[{W]))", r"\1(\2", cypher)


def test_there_are_many_of_them() -> None:
    assert len(set(READS)) == len(READS) >= 80


def test_both_engines_give_the_same_rows(engines: dict[str, House]) -> None:
    differ = []
    for query in READS:
        rows = [SafeCypher(house.store).run(query, BOUND).rows for house in engines.values()]
        assert rows[0], query
        if rows[0] != rows[1]:
            differ.append((query, rows))
    assert differ == []


def test_a_turned_arrow_finds_what_was_meant(engine: House) -> None:
    safe = SafeCypher(engine.store)
    meant = safe.run("MATCH (d:Drug)-[:TREATS]->(x:Disease {id: $id}) RETURN d.id AS id ORDER BY id", BOUND)
    turned = safe.run("MATCH (x:Disease {id: $id})-[:TREATS]->(d:Drug) RETURN d.id AS id ORDER BY id", BOUND)
    assert turned.rows == meant.rows and len(meant.rows) > 5
    assert turned.cypher == "MATCH (x:Disease {id: $id})<-[:TREATS]-(d:Drug) RETURN d.id AS id ORDER BY id"
    assert (
        turned.notes
        == ("line 1, column 28: the arrow of TREATS was turned round, for TREATS goes from Drug to Disease",)
        and meant.notes == ()
    )


@pytest.mark.parametrize("depth", [41, 300, 3_000])
def test_a_parameter_that_nests_deep_is_refused_and_not_sent(house: House, depth: int) -> None:
    lists: Any = 1
    maps: Any = 1
    for _ in range(depth):
        lists, maps = [lists], {"a": maps}
    for value in (lists, maps):
        for query in ("RETURN $x AS x", "MATCH (n:Drug $x) RETURN n", "RETURN 1 AS x"):
            with pytest.raises(QueryRefused, match="nests deeper than 40 levels"):
                SafeCypher(house.store).run(query, {"x": value})


def test_a_parameter_without_a_value_is_named_and_others_are_left_out(engine: House) -> None:
    safe = SafeCypher(engine.store)
    with pytest.raises(QueryRefused, match=r"needs a value for \$a, \$b$"):
        safe.run("RETURN $b AS b, $a AS a", {"c": 1})
    assert safe.run("RETURN $a AS a", {"a": 1, "b": object()}).rows == [{"a": 1}]
