"""The gate for Cypher: plain reads pass, everything else is refused with a reason."""

from __future__ import annotations

import pytest

from kg.cypher.guard import parameters_of, require_read
from kg.errors import QueryRefused

READS = [
    "MATCH (d:Drug)-[r:TREATS]->(x:Disease {id: $id}) RETURN d.name, r.tier ORDER BY d.name LIMIT 5;",
    "MATCH (a)-[*1..3]-(b) WHERE a.id = 'DOID:1' AND NOT b.name CONTAINS 'set' RETURN count(DISTINCT b)",
    "UNWIND $ids AS i MATCH (n:Entity) WHERE n.id = i WITH n ORDER BY n.name RETURN collect(n.name)[0..3] // delete nothing",
    "MATCH (n) WHERE EXISTS { (n)-[:TREATS]->() } RETURN n.id, CASE WHEN n.name = 'x' THEN 1 ELSE 2 * 3 END AS k",
    "OPTIONAL MATCH (n:`Side Effect`) RETURN n.set, n.`create`, 'CREATE (n)' AS text",
]
REFUSED = [
    "", ";", "CREATE (n)", "MATCH (n) DELETE n", "MATCH (n) DETACH DELETE n", "MATCH (n) SET n.x = 1", "MATCH (n) REMOVE n.x", "MERGE (n)", "DROP INDEX x",
    "CALL db.labels()", "MATCH (n) CALL { CREATE (m) } RETURN n", "LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l", "MATCH (n) FOREACH (x IN [1] | CREATE (m))",
    "EXPLAIN MATCH (n) RETURN n", "PROFILE MATCH (n) RETURN n", "USE other MATCH (n) RETURN n", "MATCH (n) RETURN n; MATCH (m) DELETE m", "SHOW DATABASES",
    "MATCH (n) RETURN apoc.load.json('http://x')", "MATCH (n) RETURN `apoc.cypher.run`('x', {})", "MATCH (a)-[*]-(b) RETURN b", "MATCH (a)-[r*2..]-(b) RETURN b",
    "MATCH (a)-[:TREATS*]-(b) RETURN b", "MATCH (a)-[*1..99]-(b) RETURN b", "MATCH (n) /* */ SET n.x = 1", "MATCH (n) \\u0053ET n.x = 1", "MATCH (n) RETURN 'x",
    "MATCH (n) /* open", "MATCH (n) RETURN dbms.info()", "MATCH (n)\u200bDELETE n", "DELETE", "ALTER USER x", "x" * 30_000, "MATCH (n) YIELD x RETURN x", "BEGIN", "GRANT x",
    "USING PERIODIC COMMIT LOAD CSV FROM 'x' AS l CREATE (n)", "MATCH (n) RETURN randomUUID()", "START n=node(*) RETURN n", "INSERT (n)", "TERMINATE TRANSACTIONS 'x'",
]  # fmt: skip


@pytest.mark.parametrize("query", READS)
def test_reads_pass(query: str) -> None:
    assert require_read(query) is None


@pytest.mark.parametrize("query", REFUSED, ids=lambda q: q[:40])
def test_all_else_is_refused(query: str) -> None:
    with pytest.raises(QueryRefused):
        require_read(query)


def test_parameters_are_found_outside_texts() -> None:
    assert parameters_of("MATCH (n {id: $id}) WHERE n.name = '$no' RETURN $ more") == {"id", "more"}
