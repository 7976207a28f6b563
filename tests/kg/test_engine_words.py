"""What an engine reports reaches nobody as it is where it names the engine's own settings."""

from __future__ import annotations

import pytest
from neo4j.exceptions import Neo4jError

from galenic.house import House
from kg.errors import QueryRefused, QueryTimeout, StoreError
from kg.stores.bolt import _translated

REPORTED = {
    "the command exceeded the arcadedb.command.timeout of 20000ms": QueryTimeout,
    "Limit of allowed groups for in-heap GROUP BY in a single query exceeded (500000). You can set `arcadedb.queryMaxHeapElementsAllowedPerOp` to increase this limit": StoreError,
    "Query exceeded its budget. Set arcadedb.queryMaxHeapBytes to increase the budget": StoreError,
    "Expression nested too deep (2000 levels). This protects the server against a stack overflow; raise 'arcadedb.cypher.maxExpressionDepth' if this is a legitimate query.": QueryRefused,
    "Regular expression operation aborted (arcadedb.command.regexTimeout): pattern 'x'": QueryTimeout,
    "LOAD CSV file:/// URLs are disabled. Set arcadedb.opencypher.loadCsv.allowFileUrls=true to enable.": StoreError,
    "The allocation of an extra 2.0 MiB would use more than the limit 250.0 MiB. dbms.memory.transaction.total.max threshold reached": StoreError,
    "The shortest path algorithm does not work when the start and end nodes are the same. To disable this set `dbms.cypher.forbid_shortestpath_common_nodes` to false.": StoreError,
    "Cannot execute command on a read only database": StoreError,
    "Division by zero. See arcadedb.some.thing": StoreError,
}


@pytest.mark.parametrize(("message", "kind"), REPORTED.items())
def test_no_error_names_a_setting_of_an_engine(message: str, kind: type[StoreError]) -> None:
    problem = Neo4jError._hydrate_neo4j(code="Neo.DatabaseError.General.UnknownError", message=message)
    told = _translated(problem, 10.0)
    assert type(told) is kind
    assert not any(word in str(told) for word in ("arcadedb.", "dbms.", "read only database"))
    assert "\n" not in str(told) and len(str(told)) > 30


def test_a_path_from_a_node_to_itself_is_said_in_our_words(engines: dict[str, House]) -> None:
    query = "MATCH (a:Disease {id: 'DOID:1612'}) MATCH p = shortestPath((a)-[*..3]-(a)) RETURN length(p) AS n"
    with pytest.raises(StoreError, match="add WHERE a <> b before it"):
        engines["neo4j"].store.run(query, {})
