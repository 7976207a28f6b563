"""Queries that mean harm, by what they try. FILE and PORT stand for a planted file and a listening socket.

All but those of `RUNS` must be refused by the gate; those run, and their limit, the row cap or a harmless answer ends them.
"""

from __future__ import annotations

WRITES = [
    "CREATE (n)", "CREATE (n:Drug {id: 'X:1'})", "MATCH (n) DELETE n", "MATCH (n) DETACH DELETE n", "MATCH (n) NODETACH DELETE n", "MATCH (n:Drug) SET n.name = 'x'",
    "MATCH (n:Drug) SET n += {name: 'x'}", "MATCH (n:Drug) SET n = {}", "MATCH (n:Drug) SET n:Disease RETURN n", "MATCH (n:Drug) REMOVE n.name", "MATCH (n:Drug) REMOVE n:Drug",
    "MERGE (n:Drug {id: 'X:1'})", "MERGE (n:Disease {id: 'DOID:1612'}) RETURN n.name", "MERGE (n:Disease {id: 'DOID:1612'}) ON MATCH SET n.name = 'x'",
    "MATCH (a:Drug), (b:Disease) CREATE (a)-[:TREATS]->(b)", "MATCH (a:Drug), (b:Disease) MERGE (a)-[:TREATS]->(b)", "MATCH ()-[r:TREATS]->() DELETE r RETURN count(*) AS n",
    "MATCH ()-[r:TREATS]->() SET r.tier = 0", "MATCH (n) FOREACH (x IN [1] | CREATE (m))", "MATCH (n) FOREACH (x IN [1] | SET n.name = 'x') RETURN n",
    "UNWIND [1] AS x CREATE (n {id: x}) RETURN n", "WITH 1 AS x CREATE (n) RETURN x", "RETURN 1 AS x CREATE (n)", "OPTIONAL MATCH (n:Drug) DETACH DELETE n",
    "MATCH (n:Drug) RETURN n.name AS name DELETE n", "MATCH (n:Drug) WHERE n.name = 'x' SET n.name = 'y' RETURN n.name", "INSERT (n:Drug {id: 'X:1'})",
    "MATCH (n:Drug) WITH n LIMIT 1 DETACH DELETE n", "CREATE (n) FINISH", "MATCH (n:Drug) SET n['name'] = 'x'", "MATCH (n:Drug) SET n.$('name') = 'x'", "MATCH (n:Drug) SET n:$('Evil')",
]  # fmt: skip
NESTED = [
    "MATCH (n) CALL { CREATE (m) } RETURN n", "MATCH (n:Drug) CALL (n) { DETACH DELETE n } RETURN 1 AS x", "CALL { MATCH (n) DETACH DELETE n } RETURN 1 AS x",
    "MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS", "MATCH (n) CALL (n) { SET n.name = 'x' } IN TRANSACTIONS OF 10 ROWS RETURN count(*) AS n",
    "MATCH (n) CALL (n) { DELETE n } IN CONCURRENT TRANSACTIONS RETURN 1 AS x", "CALL { CALL { CALL { CREATE (n) } } } RETURN 1 AS x",
    "CALL { RETURN 1 AS x UNION CREATE (n) RETURN 2 AS x } RETURN x", "RETURN 1 AS x UNION CREATE (n) RETURN 2 AS x", "RETURN 1 AS x UNION ALL MATCH (n) DETACH DELETE n RETURN 2 AS x",
    "MATCH (n) WHERE EXISTS { CREATE (m) RETURN m } RETURN n", "MATCH (n) WHERE EXISTS { MATCH (n) SET n.name = 'x' RETURN n } RETURN n", "RETURN COUNT { CREATE (m) RETURN m } AS x",
    "RETURN COLLECT { MERGE (m:Drug {id: 'X:1'}) RETURN m.id } AS x", "MATCH (n) WHERE COUNT { MATCH (m) DETACH DELETE m RETURN 1 AS y } > 0 RETURN n",
    "RETURN [x IN [1] | CREATE (n)] AS x", "RETURN reduce(s = 0, x IN [1] | SET s.x = 1) AS x", "RETURN CASE WHEN true THEN CREATE (n) END AS x",
    "OPTIONAL CALL (*) { CREATE (n) } RETURN 1 AS x", "CALL (*) { CREATE (n) RETURN n } RETURN 1 AS x", "MATCH (n:Drug) CALL (n) { WITH n SET n.name = 'x' RETURN n AS m } RETURN m",
]  # fmt: skip
SCHEMA = [
    "CREATE INDEX evil FOR (n:Disease) ON (n.evil)", "CREATE FULLTEXT INDEX evil FOR (n:Disease) ON EACH [n.name]", "CREATE CONSTRAINT evil FOR (n:Disease) REQUIRE n.evil IS UNIQUE",
    "DROP INDEX entity_name", "DROP CONSTRAINT entity_id", "DROP INDEX ON :Entity(name)", "EXPLAIN CREATE INDEX evil FOR (n:Disease) ON (n.evil)", "EXPLAIN DROP CONSTRAINT entity_id",
    "PROFILE CREATE (n)", "EXPLAIN MATCH (n) DETACH DELETE n", "PROFILE MATCH (n) SET n.name = 'x'", "EXPLAIN LOAD CSV FROM 'file://FILE' AS l RETURN l",
    "CALL db.createLabel('Evil')", "CALL db.createProperty('evil')", "CALL db.createRelationshipType('EVIL')", "CREATE VERTEX TYPE Evil", "CREATE DOCUMENT TYPE Evil",
]  # fmt: skip
ACCOUNTS = [
    "CREATE USER eve SET PASSWORD 'abcdefgh'", "ALTER USER eve SET PASSWORD 'abcdefgh'", "ALTER CURRENT USER SET PASSWORD FROM 'no' TO 'abcdefgh'", "DROP USER eve", "RENAME USER eve TO mallory",
    "GRANT ROLE admin TO eve", "GRANT ALL ON DATABASE * TO eve", "DENY READ {*} ON GRAPH * TO eve", "REVOKE ROLE admin FROM eve", "SHOW USERS", "SHOW CURRENT USER", "SHOW PRIVILEGES",
    "SHOW DATABASES", "SHOW SETTINGS", "SHOW INDEXES", "SHOW CONSTRAINTS", "SHOW FUNCTIONS", "SHOW PROCEDURES", "SHOW TRANSACTIONS", "SHOW SERVERS", "SHOW ALIASES FOR DATABASE",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'", "TERMINATE TRANSACTION 'x' YIELD message RETURN message", "CREATE DATABASE evil", "DROP DATABASE evil", "STOP DATABASE evil", "START DATABASE evil",
    "ALTER DATABASE evil SET ACCESS READ WRITE", "CREATE ALIAS evil FOR DATABASE neo4j", "USE system SHOW USERS", "USE system CREATE USER eve SET PASSWORD 'abcdefgh'",
    "USE other MATCH (n) RETURN n", "CALL { USE system RETURN 1 AS x } RETURN x", "ENABLE SERVER 'x'", "DEALLOCATE DATABASES FROM SERVER 'x'", "REALLOCATE DATABASES",
    "BEGIN", "COMMIT", "ROLLBACK", "SHOW USERS YIELD user RETURN user AS x UNION RETURN 1 AS x",
]  # fmt: skip
PROCEDURES = [
    "CALL db.labels()", "CALL db.labels() YIELD label RETURN label", "CALL db.relationshipTypes()", "CALL db.propertyKeys()", "CALL db.schema.visualization()", "CALL db.indexes()",
    "CALL db.index.fulltext.queryNodes('entity_name', 'gout') YIELD node RETURN node", "CALL dbms.listConfig()", "CALL dbms.setConfigValue('dbms.security.auth_enabled', 'false')",
    "CALL dbms.killConnection('bolt-999999')", "CALL dbms.killQuery('query-0')", "CALL dbms.listConnections()", "CALL dbms.queryJmx('*:*')", "CALL dbms.components()", "CALL dbms.info()",
    "CALL dbms.security.createUser('eve', 'abcdefgh')", "CALL dbms.security.changePassword('abcdefgh')", "CALL db.clearQueryCaches()", "CALL db.checkpoint()", "CALL tx.setMetaData({a: 1})",
    "CALL dbms.cluster.routing.getRoutingTable({})", "CALL dbms.upgrade()", "CALL db.ping()", "CALL `db`.`labels`()", "CALL db . labels ( )", "CALL/**/db.labels()",
    "MATCH (n:Drug) CALL db.labels() YIELD label RETURN n, label", "CALL { CALL db.labels() YIELD label RETURN label } RETURN label", "OPTIONAL CALL db.labels() YIELD label RETURN label",
    "CALL apoc.load.json('http://127.0.0.1:PORT/x')", "CALL apoc.load.csv('file://FILE')", "CALL apoc.cypher.run('CREATE (n)', {})", "CALL apoc.cypher.doIt('CREATE (n)', {})",
    "CALL apoc.cypher.runFile('file://FILE')", "CALL apoc.export.csv.all('FILE.out', {})", "CALL apoc.periodic.iterate('MATCH (n) RETURN n', 'DELETE n', {})",
    "CALL apoc.trigger.add('x', 'CREATE (n)', {})", "CALL apoc.util.sleep(100000)", "CALL apoc.systemdb.graph()", "CALL apoc.refactor.rename.label('Drug', 'Evil')",
    "CALL load.csv('file://FILE')", "CALL sql('DROP TYPE Drug')", "CALL algo.list()", "CALL gds.graph.drop('x')", "CALL com.example.evil()", "CALL system.exec('id')",
    "RETURN apoc.load.json('http://127.0.0.1:PORT/x') AS x", "RETURN apoc.cypher.runFirstColumnSingle('CREATE (n)', {}) AS x", "RETURN `apoc.cypher.run`('x', {}) AS x",
    "RETURN `apoc`.`cypher`.`run`('x', {}) AS x", "RETURN apoc . version ( ) AS x", "RETURN randomUUID() AS x", "RETURN file() AS x", "RETURN linenumber() AS x", "RETURN graph.names() AS x",
    "RETURN db.nameFromElementId('x') AS x", "RETURN genai.vector.encode('x', 'OpenAI', {}) AS x", "RETURN vector.similarity.cosine([1.0], [1.0]) AS x", "RETURN user.function() AS x",
    "WITH 'db.labels' AS p CALL $p() RETURN p", "CALL $procedure()", "RETURN $f(1) AS x",
]  # fmt: skip
FILES = [
    "LOAD CSV FROM 'file://FILE' AS l RETURN l", "LOAD CSV WITH HEADERS FROM 'file://FILE' AS l RETURN l", "LOAD CSV FROM 'http://127.0.0.1:PORT/x' AS l RETURN l",
    "LOAD CSV FROM 'http://localhost:PORT/x' AS l RETURN l", "LOAD CSV FROM 'http://[::1]:PORT/x' AS l RETURN l", "LOAD CSV FROM 'ftp://127.0.0.1:PORT/x' AS l RETURN l",
    "LOAD CSV FROM 'https://127.0.0.1:PORT/x' AS l RETURN l", "LOAD CSV FROM 'jar:file://FILE!/x' AS l RETURN l", "LOAD CSV FROM 'FILE' AS l RETURN l",
    "LOAD CSV FROM 'netdoc:FILE' AS l RETURN l", "LOAD CSV FROM 'http://2130706433:PORT/x' AS l RETURN l", "load csv from 'file://FILE' as l return l", "LoAd\tCsV FROM 'file://FILE' AS l RETURN l",
    "LOAD/**/CSV FROM 'file://FILE' AS l RETURN l", "LOAD CSV FROM 'fi' + 'le://FILE' AS l RETURN l", "LOAD CSV FROM $url AS l RETURN l", "LOAD CSV FROM 'file://FILE' AS l FIELDTERMINATOR ';' RETURN l",
    "USING PERIODIC COMMIT LOAD CSV FROM 'file://FILE' AS l CREATE (n)", "USING PERIODIC COMMIT 100 LOAD CSV FROM 'file://FILE' AS l CREATE (n {x: l})",
    "MATCH (n:Drug) LOAD CSV FROM 'http://127.0.0.1:PORT/' + n.name AS l RETURN l", "MATCH (n:Drug) WITH collect(n.name) AS names LOAD CSV FROM 'http://127.0.0.1:PORT/?' + names[0] AS l RETURN l",
    "CALL { LOAD CSV FROM 'file://FILE' AS l RETURN l } RETURN l", "CALL () { LOAD CSV FROM 'http://127.0.0.1:PORT/x' AS l RETURN l } RETURN l",
    "RETURN COLLECT { LOAD CSV FROM 'file://FILE' AS l RETURN l } AS x", "MATCH (n) WHERE EXISTS { LOAD CSV FROM 'http://127.0.0.1:PORT/x' AS l RETURN l } RETURN n",
    "RETURN 1 AS x UNION LOAD CSV FROM 'file://FILE' AS x RETURN x", "IMPORT DATABASE file://FILE", "EXPORT DATABASE file://FILE.out", "BACKUP DATABASE",
]  # fmt: skip
TRICKS = [
    "MATCH (n) RETURN n; MATCH (m) DETACH DELETE m", "RETURN 1 AS x;; CREATE (n)", ";CREATE (n)", "RETURN 1 AS x; // \nCREATE (n)", "RETURN 1 AS x /* ; */ ; CREATE (n)",
    "MATCH (n) /* */ SET n.name = 'x'", "MATCH (n) /* RETURN n */ DETACH DELETE n", "MATCH (n) // RETURN n\nDETACH DELETE n", "MATCH (n:Drug) // x\rDETACH DELETE n", "MATCH (n) // x\u2028DETACH DELETE n",
    "MATCH (n) // x\x85DETACH DELETE n", "MATCH (n) // x\x0bDETACH DELETE n", "MATCH (n) // x\x0cDETACH DELETE n", "MATCH (n) DE/**/LETE n", "MATCH (n) SE/* */T n.name = 1", "CRE\\u0041TE (n)", "\\u0043REATE (n)",
    "MATCH (n) \\u0053ET n.name = 1", "RETURN '\\u0027 AS x CREATE (n) //' AS y", "MATCH (n) WHERE n.name = 'x\\u0027 DETACH DELETE n //' RETURN n", "MATCH (n) RETURN n.name AS `x\\u0060 CREATE (m)`", "\\U00000043REATE (n)",
    "/*/ RETURN 1 AS x /*/ CREATE (n)", "/* /* */ CREATE (n) /* */ */", "RETURN 1 AS x /* open", "RETURN 'x", 'RETURN "x', "RETURN `x", "RETURN 'x' 'y' AS z", "RETURN 'it''s' AS x", "RETURN 'x\\' AS x CREATE (n)",
    "RETURN \"x' AS y CREATE (n) //\" AS z CREATE (m)", "MATCH (n:`Drug`) SET n.`name` = 'x'", "MATCH (n:`Drug``) DETACH DELETE n //`) RETURN n", "MATCH (n:Drug {`name`: 'x'}) DELETE n",
    "MATCH (n)\u200bDETACH DELETE n", "MATCH (n)\u00a0DETACH\u00a0DELETE\u00a0n", "MATCH\u2003(n) DELETE n", "MATCH (n) DELETE\u3000n", "MATCH (n)\ufeff DELETE n", "\ufeffCREATE (n)", "MATCH (n) RETURN n\u202e.name", "CREATE\x00 (n)",
    "MATCH (n) \uff33\uff25\uff34 n.name = 1", "MATCH (n) \u017fET n.name = 1", "MATCH (n) DEL\u0130TE n", "MATCH (n) REMO\u0475E n.name", "MATCH (n:\u0044rug\u200d) RETURN n", "cReAtE (n)", "mAtCh (n) dElEtE n",
    "\n\n\tCREATE\n(n)", "CREATE(n)", "MATCH(n)DETACH DELETE(n)", "MATCH (n)SET n.name=1", "MATCH (n) WITH n DELETE n RETURN 1 AS x", "MATCH (delete) DELETE delete", "MATCH (n) RETURN n.name ORDER BY n.name DELETE n", "MATCH (n) RETURN n LIMIT 1 DELETE n",
    "MATCH (n) WHERE n.name = 1 DELETE n", "WITH 1 AS create CREATE (n) RETURN create", "UNWIND [1] AS x DELETE x RETURN x", "MATCH (n) USING INDEX n:Entity(id) WHERE n.id = 'x' RETURN n", "MATCH (n) USING SCAN n:Drug RETURN n",
    "CYPHER 5 CREATE (n)", "CYPHER runtime=interpreted CREATE (n)", "CYPHER 25 MATCH (n) DETACH DELETE n", "EXPLAIN MATCH (n) RETURN n", "PROFILE MATCH (n) RETURN n", "START n=node(*) RETURN n", "START n=node(*) DELETE n",
    "MATCH (n:$('Drug')) RETURN n", "WITH 'Drug' AS l MATCH (n:$(l)) RETURN n", "MATCH (n:$any(['Drug'])) RETURN n", "MATCH (n:$all(['Drug'])) RETURN n", "MATCH ()-[r:$('TREATS')]->() RETURN r", "MATCH (n:$label) RETURN n",
    "MATCH (n $props) RETURN n", "RETURN $`x` AS x", "RETURN $ x AS x", "{sql} DROP TYPE Drug", "sql:DROP TYPE Drug UNSAFE", "DROP TYPE Drug UNSAFE", "SELECT FROM Drug", "DELETE FROM Drug", "DELETE", "TRUNCATE TYPE Drug", "g.V().drop()",
    "MATCH (n) RETURN n LIMIT 1 UNION CREATE (n) RETURN n", "LET x = 1 RETURN x", "FILTER true RETURN 1 AS x", "FINISH", "MATCH (n) FINISH", "MATCH (n)", "RETURN", "WITH", "", ";", "x", "(n)", "MATCH (n) YIELD n RETURN n",
    "MATCH (n) RETURN n ELSE CREATE (m)", "WHEN true THEN CREATE (n)", "NEXT CREATE (n)", "RETURN 1 AS x NEXT CREATE (n)", "MATCH (n) CALL { WITH n RETURN 1 AS x } SET n.name = 'x' RETURN x", "INSERT INTO Drug SET name = 'x'",
]  # fmt: skip
_DOUBLING = " ".join("WITH a + a AS a" for _ in range(40))
_BOMBS = [
    "RETURN range(1, 1000000000) AS x", "RETURN size(range(1, 100000000)) AS x", "UNWIND range(1, 1000000000) AS x RETURN collect(x) AS x", "RETURN range(0, 9223372036854775807, 1) AS x",
    "WITH 1000000000 AS n RETURN range(1, n) AS x", "RETURN range(1, 100000 * 100000) AS x", "RETURN range(1, 10 ^ 9) AS x", "RETURN range(-1000000000, 0) AS x", "RETURN range(1, toInteger('1000000000')) AS x",
    "RETURN [x IN range(1, 100000) | range(1, 100000)] AS x", "RETURN [x IN range(1, 10000) | [y IN range(1, 10000) | [z IN range(1, 10000) | z]]] AS x", "RETURN reduce(s = 'x', i IN range(1, 60) | s + s) AS x",
    "RETURN reduce(s = [1], i IN range(1, 60) | s + s) AS x", "RETURN reduce(s = [1], i IN range(1, 60) | [s, s]) AS x", "RETURN reduce(s = 'x', i IN range(1, 60) | replace(s, 'x', 'xxxxxxxxxx')) AS x",
    "RETURN reduce(s = [1], i IN range(1, 60) | [x IN s | s]) AS x", f"WITH ['x'] AS a {_DOUBLING} RETURN a", f"WITH 'x' AS a {_DOUBLING} RETURN size(a) AS x", "WITH [1] AS a " + " ".join("WITH [a, a, a] AS a" for _ in range(30)) + " RETURN a",
    "WITH {a: 1} AS a " + " ".join("WITH {a: a, b: a} AS a" for _ in range(60)) + " RETURN a", "MATCH (n) WITH collect(n.name) AS l RETURN [x IN l | l] AS x", "MATCH (n) WITH collect(n.name) AS l RETURN [x IN l | [y IN l | [z IN l | z]]] AS x",
    "MATCH (n) WITH collect(n) AS l UNWIND l AS x RETURN collect(l) AS x", "MATCH (n) WITH collect(n) AS l RETURN reduce(s = [], x IN l | s + l) AS x", "RETURN replace('xxxxxxxxxx', 'x', replace('xxxxxxxxxx', 'x', 'xxxxxxxxxx')) AS x",
    "WITH 'xxxxxxxxxx' AS a RETURN replace(a, 'x', a) AS x", "MATCH (a)-[*]-(b) RETURN count(*) AS n", "MATCH (a)-[*1..]-(b) RETURN count(*) AS n", "MATCH (a)-[r:TREATS*]-(b) RETURN b", "MATCH (a)-[*1..99]-(b) RETURN b", "MATCH (a)-[*7]-(b) RETURN b",
    "MATCH (a)-->+(b) RETURN b", "MATCH (a)-->*(b) RETURN b", "MATCH (a)-->{2,}(b) RETURN b", "MATCH (a)-->{1,50}(b) RETURN b", "MATCH ((a)-->(b))+ RETURN a", "MATCH ((a)-->(b)){1,100} RETURN a", "MATCH ((a)-->(b)-->(c)){1,6} RETURN a",
    "MATCH ((a)-[*1..6]-(b)){1,6} RETURN a", "MATCH p = shortestPath((a:Drug)-[*]-(b:Disease)) RETURN p", "MATCH p = allShortestPaths((a:Drug)-[*..50]-(b:Disease)) RETURN p", "MATCH p = SHORTEST 1 (a)-->+(b) RETURN p", "MATCH p = ALL SHORTEST (a)-->+(b) RETURN p",
    "MATCH (a), (b), (c), (d), (e) RETURN count(*) AS n", "MATCH (a:Drug), (b:Drug), (c:Drug), (d:Drug), (e:Drug), (f:Drug) RETURN a, b, c, d, e, f", "RETURN " + "[" * 5000 + "]" * 5000 + " AS x", "RETURN " + "(" * 9000 + "1" + ")" * 9000 + " AS x",
    "RETURN " + "{a:" * 3000 + "1" + "}" * 3000 + " AS x", "RETURN 1" + " + 1" * 6000 + " AS x", "x" * 30_000, "RETURN '" + "x" * 30_000 + "' AS x", "MATCH (n) WHERE " + "(" * 2000 + "n.name = 1" + ")" * 2000 + " RETURN n", "RETURN " + "CASE WHEN true THEN " * 900 + "1" + " END" * 900 + " AS x",
    "RETURN " + "NOT " * 300 + "(" * 60 + "true" + ")" * 60 + " AS x", " UNION ".join("RETURN 1 AS x" for _ in range(3000)), "CALL { " * 100 + "RETURN 1 AS x" + " } RETURN x" * 100,
]  # fmt: skip
# What hides how large a value is: in a map, in a list of one, in a subquery, in a total within a total.
_R = "range(1, 100000)"
HIDDEN = [
    "RETURN reduce(s = 'xx', i IN range(1, 60) | properties({k: s}).k + properties({k: s}).k) AS x", "RETURN reduce(s = 'x', i IN range(1, 60) | replace(s, '', 'y')) AS x",
    "WITH {a: 'x'} AS m " + "WITH {a: m.a + m.a} AS m WITH m {.a} AS m " * 60 + "RETURN m", "WITH {a: 'x'} AS m " + "WITH {a: m.a + m.a} AS m WITH m {.*} AS m " * 60 + "RETURN m",
    "WITH 'x' AS a " + "WITH replace(a, '', 'y') AS a " * 60 + "RETURN a", "WITH 'x' AS a " + "CALL (a) { RETURN 'x' AS b UNION ALL RETURN a + a AS b } WITH b AS a " * 60 + "RETURN a",
    "RETURN reduce(s = 'x', i IN range(1, 60) | reduce(t = '', x IN [1] | s) + reduce(t = '', x IN [1] | s)) AS x", "RETURN reduce(s = 'xx', i IN range(1, 60) | reduce(t = s, x IN [1, 2, 3] | t + t)) AS x",
    "WITH 'x' AS s " + "WITH reduce(s = s, i IN [1, 2, 3] | s + s) AS s " * 12 + "RETURN s", f"RETURN [i IN [1] + {{a: {_R}}} | [j IN i.a | i.a]] AS x",
    "MATCH (n) WITH [collect(n.name)] AS w RETURN [x IN w[0] | w[0]] AS x", "MATCH (n) WITH collect(n.name) AS l UNWIND [l] AS x RETURN [y IN x | x] AS x",
    "MATCH (n) WITH collect(n.name) AS l RETURN [x IN head([l]) | head([l])] AS x", "MATCH (n) WITH [{a: collect(n.name)}] AS l RETURN [k IN l[0].a | l[0].a] AS x",
    "MATCH (n) WITH {a: collect(n.name)} AS l MATCH (m) RETURN collect(l.a) AS x", "MATCH (n) WITH collect(n.name) AS l RETURN [x IN range(1, 100000) | l + x] AS x",
    "MATCH (n) WITH collect(n.name) AS l " + "WITH l + l AS l " * 15 + "RETURN l", "MATCH (n) WITH collect(n.name) AS l RETURN reduce(s = [], i IN range(1, 2000) | s + l) AS x",
    f"UNWIND [{_R}] AS x RETURN [i IN x | [j IN x | [k IN x | 1]]] AS x", f"RETURN [xs IN [{_R}] | [i IN xs | [j IN xs | j]]] AS x", f"RETURN [i IN {{a: [{_R}]}}.a | [j IN i | i]] AS x",
    f"CALL {{ UNWIND {_R} AS x RETURN x }} CALL {{ UNWIND {_R} AS y RETURN y }} RETURN collect(x) AS x", f"RETURN COLLECT {{ UNWIND {_R} AS x UNWIND {_R} AS y RETURN x }} AS x",
    f"RETURN COLLECT {{ UNWIND {_R} AS x RETURN {_R} AS y }} AS x", f"UNWIND {_R} AS a UNWIND {_R} AS b WITH a, b ORDER BY a + b RETURN count(*) AS n", f"UNWIND {_R} AS a UNWIND {_R} AS b WITH DISTINCT a, b RETURN count(*) AS n",
    f"UNWIND {_R} AS a WITH a, {_R} AS l ORDER BY a RETURN count(*) AS n", f"UNWIND {_R} AS a UNWIND {_R} AS b RETURN percentileCont(a * b, 0.5) AS n", f"UNWIND {_R} AS a UNWIND {_R} AS b RETURN count(DISTINCT a * 100000 + b) AS n",
    f"UNWIND {_R} AS a UNWIND {_R} AS b RETURN a * 100000 + b AS k, count(*) AS n",
    "MATCH (n) WITH collect(n.name) AS l RETURN COLLECT { MATCH (m) RETURN l } AS x", "MATCH (n) WITH collect(n.name) AS l RETURN [(a:Drug)-[:TREATS]->(b) | l] AS x",
    "RETURN reduce(s = \"'\", i IN range(1, 60) | replace(s, '\\'', \"''\")) AS x",
]  # fmt: skip
# What one row works on for hours: engines look at their limit between rows.
LOOPS = [
    f"RETURN any(a IN {_R} WHERE any(b IN {_R} WHERE any(c IN {_R} WHERE a + b + c < 0))) AS x", f"RETURN [a IN {_R} | size([b IN {_R} | size([c IN {_R} | c])])] AS x", f"RETURN [a IN {_R} WHERE all(b IN {_R} WHERE a = b)] AS x",
    f"RETURN reduce(s = 0, a IN {_R} | s + size([b IN {_R} | b])) AS x", "MATCH (n) WITH collect(n.name) AS l RETURN any(a IN l WHERE any(b IN l WHERE any(c IN l WHERE a + b = c))) AS x",
    "RETURN " + ", ".join(f"any(a IN {_R} WHERE a < 0) AS x{i}" for i in range(400)), "RETURN round(1.5, 100000000) AS x", "RETURN round(1.5, $n) AS x", "MATCH (n:Drug) RETURN round(1.5, n.half_life_hours) AS x",
    "MATCH (d:Drug {id: 'DRUGBANK:DB00331'}) RETURN size([(d)-[*1..4]-(x) | x.id]) AS n", "MATCH (d:Drug {id: 'DRUGBANK:DB00331'}) RETURN size([(d)-[*1..3]-(x) | x.id]) AS n",
    "MATCH (d:Drug) RETURN size([(d)--(x) | size([(x)--(y) | size([(y)--(z) | z.id])])]) AS n", "MATCH (d:Drug) RETURN [(d)--(a)--(b)--(c) | c.id] AS x", "MATCH (d:Drug) RETURN [(d)((a)--(b)){1,3}(e) | e.id] AS x",
    f"RETURN toInteger(reduce(s = '', i IN range(1, 9000) | s + '{'1' * 9000}')) AS x", f"RETURN size(reduce(s = '', i IN {_R} | s + '{'1' * 600}')) AS x", f"RETURN range(1, size(reduce(s = '', i IN range(1, 900) | s + '{'x' * 9900}'))) AS x",
    f"RETURN toInteger('{'1' * 15_000}') AS x", "MATCH (a:Drug)" + "-[:DRUG_RESEMBLES]-(:Drug)" * 40 + " RETURN a.id AS x",
    "MATCH (a:Drug {id: 'X:1'})" + ", (a)-[:DRUG_RESEMBLES]-(:Drug)" * 40 + " RETURN a.id AS x",
]  # fmt: skip
# Matching cannot be interrupted once it runs: Neo4j goes on for minutes after the limit.
REGEXES = [
    f"RETURN '{'a' * 38}' =~ '(.*a){{20}}b' AS x", f"RETURN '{'a' * 38}' =~ '(a+)+b' AS x", f"RETURN '{'a' * 38}' =~ '(a|aa)+b' AS x", f"RETURN '{'a' * 38}' =~ '{'a?' * 38}{'a' * 38}' AS x",
    f"RETURN '{'a' * 38}' =~ '{'(a|aa)' * 30}b' AS x", "MATCH (n:Entity) WHERE n.name =~ '(.*)*(.*)*(.*)*x' RETURN n", "MATCH (n:Entity) WHERE n.name =~ $q RETURN n", "MATCH (n:Entity) WHERE n.name =~ '(' + '.*a){20}b' RETURN n",
    "MATCH (n:Entity) WHERE n.name =~ '.*a.*b.*c.*d' RETURN n", "RETURN 'aa' =~ '(a)\\\\1*' AS x", "RETURN 'aa' =~ '(?=a*)*b' AS x", "RETURN 'aa' =~ '[a-z&&[^b]]*b' AS x", "RETURN 'aa' STARTS WITH 'a' =~ '(a+)+b' AS x",
    "WITH '" + "a" * 15_000 + "' AS t RETURN t =~ '.*.*b' AS x", "MATCH (n) WITH collect(n.name) AS l RETURN reduce(s = '', x IN l | s + x) =~ '.*.*b' AS x", r"MATCH (n:Entity) WHERE n.name =~ '[\\Q]\\E(a+)+]' RETURN n", "RETURN NOT 'aa' =~ '(a{1,9}){1,9}b' AS x",
]  # fmt: skip
# Reads that nobody can tell from honest ones before they run: the time limit or the row cap ends them, or they are harmless.
RUNS = [
    "MATCH (a:Entity), (b:Entity), (c:Entity) WHERE a.name < b.name AND b.name < c.name RETURN count(*) AS n", "MATCH (a)-[*1..6]-(b) RETURN count(*) AS n", "MATCH (a), (b), (c) RETURN a.name, b.name, c.name",
    "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(*) AS n",
    "MATCH (a:Drug), (b:Drug), (c:Drug), (d:Drug) RETURN a.name + b.name + c.name + d.name AS x ORDER BY x", "MATCH (a:Entity), (b:Entity) WITH a, b ORDER BY a.name + b.name DESC RETURN count(*) AS n",
    "MATCH (a:Entity), (b:Entity), (c:Entity) RETURN count(DISTINCT a.name + b.name + c.name) AS n", "MATCH (n:Entity) WHERE n.name =~ '.*.*x' RETURN count(n) AS n",
    "MATCH p = (a:Disease)-[:PRESENTS|LOCALIZES*1..6]-(b:Disease) RETURN count(p) AS n", "UNWIND range(1, 100000) AS x RETURN x",
    "MATCH (a:Drug) MATCH (b:Drug) MATCH (c:Drug) MATCH (d:Drug) RETURN count(*) AS n",
    "RETURN 'CREATE (n)' AS x", "RETURN 'LOAD CSV FROM \"file://FILE\" AS l' AS x", "MATCH (n:Drug) WHERE n.name = '\\' DETACH DELETE n //' RETURN n.name", "MATCH (n:Drug) RETURN n.name AS `DETACH DELETE n` LIMIT 1",
    "RETURN {delete: 1, `create`: 2} AS x", "MATCH (n:Drug) /* DETACH DELETE n */ RETURN count(n) AS n // SET n.name = 1",
]  # fmt: skip
BOMBS = [*_BOMBS, *HIDDEN, *LOOPS]
REFUSED = [*WRITES, *NESTED, *SCHEMA, *ACCOUNTS, *PROCEDURES, *FILES, *TRICKS, *BOMBS, *REGEXES]
