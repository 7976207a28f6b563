"""Queries that would work for very long within one row, where no engine looks at its time limit, by how they try it.

Each stands with its parameters. The gate counts more steps than it lets through and refuses all of `LONG`; those of `SHORT` try the
same and are small enough: they pass, and the count says so.
"""

from __future__ import annotations

from typing import Any

Attempt = tuple[str, dict[str, Any]]
_T = {"t": "x" * 900_000}
_GENES = "MATCH (g:Gene) WITH collect(g.name) AS names "
_ALL = "MATCH (n:Entity) WITH collect(toLower(n.name)) AS names "
_R4 = "range(1, 4000)"
_LONG_TEXT = "x" * 15_000

REPORTED: list[Attempt] = [
    (f"RETURN any(a IN {_R4} WHERE any(b IN {_R4} WHERE toUpper($t) = 'y')) AS x", _T),
    (_GENES + "RETURN size([a IN names WHERE any(b IN names WHERE b <> a AND b STARTS WITH a)]) AS n", {}),
    (_ALL + "RETURN size([a IN names WHERE any(b IN names WHERE b <> a AND b CONTAINS a)]) AS n", {}),
    (f"RETURN any(a IN {_R4} WHERE any(b IN {_R4} WHERE toUpper('{_LONG_TEXT}') = 'y')) AS x", {}),
    ("RETURN any(i IN range(1, 100000) WHERE $t CONTAINS $u) AS x", {"t": "a" * 900_000, "u": "a" * 500 + "b"}),
    ("RETURN any(i IN range(1, 100000) WHERE size(split($t, 'a')) = 1) AS x", {"t": "a" * 90_000}),
]
# any, all, none, single in each other
_NESTED: list[Attempt] = [
    (_GENES + "RETURN all(a IN names WHERE none(b IN names WHERE b ENDS WITH a)) AS x", {}),
    (_GENES + "RETURN single(a IN names WHERE single(b IN names WHERE a = b)) AS x", {}),
    (_GENES + "RETURN size([a IN names WHERE a IN names]) AS n", {}),
    (_GENES + "RETURN size([a IN names WHERE NOT a IN tail(names)]) AS n", {}),
    (_GENES + "WITH names AS others, names RETURN none(a IN others WHERE any(b IN names WHERE a < b)) AS x", {}),
    (_GENES + "RETURN size([i IN range(0, size(names) - 1) WHERE names[i] IN names[i..]]) AS n", {}),
    (_GENES + "RETURN any(a IN names WHERE any(i IN range(1, 1000) WHERE a = toString(i))) AS x", {}),
    (_GENES + "RETURN any(a IN names WHERE any(b IN head([names]) WHERE a + b = 'x')) AS x", {}),
    (_GENES + "RETURN any(p IN [a IN names | {n: a}] WHERE any(q IN names WHERE q = p.n)) AS x", {}),
    ("MATCH (g:Gene) WITH collect({n: g.name}) AS ms RETURN any(a IN ms WHERE any(b IN ms WHERE a.n = b.n)) AS x", {}),
    ("MATCH (g:Gene) WITH collect(g) AS gs RETURN any(a IN gs WHERE any(b IN gs WHERE a.name = b.name)) AS x", {}),
    (
        "MATCH (g:Gene) WITH g ORDER BY g.name WITH collect(g.name) AS l RETURN any(a IN l WHERE any(b IN l WHERE a = b)) AS x",
        {},
    ),
    (
        "MATCH (g:Gene) WITH DISTINCT g.name AS n WITH collect(n) AS l RETURN any(a IN l WHERE any(b IN l WHERE a > b)) AS x",
        {},
    ),
    (
        "MATCH (n) WITH n.category AS c, collect(n.name) AS l RETURN c, any(a IN l WHERE any(b IN l WHERE a > b)) AS x",
        {},
    ),
    ("MATCH (d:Drug {id: 'X:1'}), (g:Gene) WITH d, collect(g.name) AS l RETURN any(a IN l WHERE a IN l) AS x", {}),
    (
        "MATCH (g:Gene) WITH collect(g.name) AS a MATCH (d:Disease) WITH a, collect(d.name) AS b RETURN any(x IN a WHERE any(y IN b WHERE x = y)) AS z",
        {},
    ),
    ("MATCH (a:Anatomy)-[:EXPRESSES]->(g:Gene) WITH collect(g.name) AS l RETURN size([x IN l WHERE x IN l]) AS n", {}),
    (
        "RETURN any(a IN COLLECT { MATCH (g:Gene) RETURN g.name } WHERE any(b IN COLLECT { MATCH (h:Gene) RETURN h.name } WHERE a = b)) AS x",
        {},
    ),
    ("CALL { MATCH (g:Gene) RETURN collect(g.name) AS l } RETURN any(a IN l WHERE any(b IN l WHERE a > b)) AS x", {}),
    (
        "MATCH (g:Gene) WHERE g.name CONTAINS 'A' WITH collect(g.name) AS l RETURN any(a IN l WHERE any(b IN l WHERE a > b)) AS x",
        {},
    ),
    ("RETURN any(a IN $l WHERE any(b IN $l WHERE a > b)) AS x", {"l": [0] * 6_000}),
    ("RETURN any(a IN $l WHERE any(b IN a WHERE any(c IN a WHERE b > c))) AS x", {"l": [[0] * 300] * 300}),
    (
        "MATCH (g:Gene) WITH collect(g.name) AS l UNWIND [1] AS i RETURN any(a IN l WHERE any(b IN l WHERE a > b)) AS x",
        {},
    ),
    (f"RETURN none(a IN {_R4} WHERE all(b IN {_R4} WHERE any(c IN [1, 2, 3] WHERE a + b = c))) AS x", {}),
]
# What looks as if it were few: a condition that asks for nothing, a name that comes again, a group that is none.
_FEW: list[Attempt] = (
    [
        (
            f"MATCH (g:Gene) WHERE {where} WITH collect(g.name) AS l RETURN any(a IN l WHERE any(b IN l WHERE a > b)) AS x",
            {},
        )
        for where in (
            "g.id = g.id",
            "g.id IN [g.id]",
            "g.id = toLower(g.id)",
            "g.id <> 'X:1'",
            "NOT g.id = 'X:1'",
            "g.id = 'X:1' OR true",
        )
    ]
    + [
        (f"{found} WITH collect(g.name) AS l RETURN any(a IN l WHERE any(b IN l WHERE a > b)) AS x", {})
        for found in (
            "MATCH (g:Gene {id: h.id}), (h:Gene {id: g.id})",
            "MATCH (d:Drug {id: 'X:1'}), (g:Gene {id: 'X:2'}) WITH d MATCH (g:Gene)",
            "MATCH (g:Gene {id: 'X:1'}) WITH g.id AS i MATCH (g:Gene)",
            "MATCH (d:Drug), (b:Gene) WITH d, b, count(*) AS c WITH d, c MATCH (b:Disease {id: 'X:1'}) WITH d, b, collect(c) AS m MATCH (g:Gene)",
            "MATCH (d:Drug {id: 'X:1'}) OPTIONAL MATCH (g:Gene)",
            "UNWIND [1] AS i MATCH (g:Gene)",
            "MATCH (g:Gene) WITH g SKIP 5",
            "CALL { MATCH (g:Gene {id: 'X:1'}) RETURN 1 AS one } MATCH (g:Gene)",
        )
    ]
    + [
        (_GENES + "RETURN any(a IN names[3..] WHERE any(b IN names[-9..] WHERE a > b)) AS x", {}),
        (_GENES + "RETURN any(a IN names WHERE a =~ '.*.*%' OR any(i IN range(1, 20) WHERE a =~ '.*.*%')) AS x", {}),
        ("MATCH (d:Disease) WITH collect(d) AS l RETURN any(a IN l WHERE any(b IN l WHERE a.name = b.name)) AS x", {}),
        (
            "MATCH (d:Drug) WITH d LIMIT 1500 WITH collect(d) AS l RETURN any(a IN l WHERE any(b IN l WHERE keys(a) = labels(b))) AS x",
            {},
        ),
        (
            "RETURN any(a IN range(1, 90000) WHERE any(b IN range(1, 9) WHERE date('2024-01-31') + duration('P1M') = a)) AS x",
            {},
        ),
        ("RETURN any(i IN range(1, 1000) WHERE $t =~ '.*.*%') AS x", {"t": "x" * 5_000}),
    ]
)
# reduce, comprehensions, lists of lists
_LISTS: list[Attempt] = [
    (_GENES + "RETURN reduce(n = 0, a IN names | n + size([b IN names WHERE b = a])) AS n", {}),
    (_GENES + "RETURN reduce(n = 0, a IN names | n + reduce(m = 0, b IN names | m + size(b))) AS n", {}),
    (_GENES + "RETURN size(reduce(s = '', a IN names | s + a)) AS n", {}),
    (_GENES + "RETURN size([a IN names | size([b IN names | b + a])]) AS n", {}),
    (_GENES + "RETURN [i IN range(0, size(names)) | size([j IN range(0, size(names)) | 1])][0] AS n", {}),
    (_GENES + "RETURN size([a IN names WHERE size(names + [a]) < 0]) AS n", {}),
    (_GENES + "RETURN size([a IN names WHERE head(reverse(names)) = a]) AS n", {}),
    (_GENES + "RETURN size([a IN names WHERE tail(names) = names]) AS n", {}),
    (_GENES + "RETURN size([a IN names WHERE names = [a]]) AS n", {}),
    (
        _GENES
        + "WITH [names, names, names] AS w RETURN [a IN w | [b IN a | size([c IN w[0] WHERE c = b])]][0][0] AS n",
        {},
    ),
    ("RETURN reduce(n = 0, i IN range(1, 100000) | n + size([j IN range(1, 300) WHERE i = j])) AS n", {}),
    ("RETURN [i IN range(1, 1000) | [j IN range(1, 1000) | size([k IN range(1, 30) WHERE k = j])]][0][0] AS n", {}),
    ("RETURN size(reduce(s = [], i IN range(1, 100000) | s + [i])) AS n", {}),
    ("RETURN reduce(s = '', i IN range(1, 90000) | s + 'abcdefghijklmnopqrstuvwxyz') = '' AS n", {}),
    ("RETURN reduce(m = {n: 0}, i IN range(1, 100000) | {n: m.n + size([j IN range(1, 400) | j])}) AS m", {}),
    ("RETURN size([i IN range(1, 100000) | [j IN $l WHERE j = i]]) AS n", {"l": list(range(400))}),
    ("RETURN any(i IN range(1, 100000) WHERE i IN $l) AS x", {"l": [-1] * 5_000}),
    ("RETURN any(i IN range(1, 100000) WHERE $l = $m) AS x", {"l": [1] * 5_000, "m": [1] * 4_999 + [2]}),
]
# Lists of paths
_PATHS: list[Attempt] = [
    ("MATCH (a:Drug {id: 'X:1'}) RETURN size([(a)-[*1..3]-(b) | b.id]) AS n", {}),
    ("MATCH (a:Drug {id: 'X:1'}) RETURN size([(a)--(b)--(c)--(d) WHERE d.name = 'x' | 1]) AS n", {}),
    ("MATCH (a:Gene {id: 'X:1'}) RETURN size([(a)-[:INTERACTS*1..4]-(b) | b.id]) AS n", {}),
    ("MATCH (a:Gene {id: 'X:1'}) RETURN size([p = (a)((x)-[:INTERACTS]-(y)){1,5}(b) | b.id]) AS n", {}),
    (
        "MATCH (a:Gene {id: 'X:1'}) RETURN [(a)-[:INTERACTS]-(b) | [(b)-[:INTERACTS]-(c) | [(c)-[:INTERACTS]-(d) | size([(d)-[:INTERACTS]-(e) | e.id])]]] AS n",
        {},
    ),
    (
        "MATCH (a:Gene {id: 'X:1'}) RETURN [(a)-[:INTERACTS]-(b) | any(x IN [(b)--(c) | c.name] WHERE any(y IN [(b)--(d) | d.name] WHERE x = y))] AS n",
        {},
    ),
    ("RETURN size([(a:Gene)-[:INTERACTS]-(b:Gene)-[:INTERACTS]-(c:Gene) | c.id]) AS n", {}),
    ("RETURN any(a IN [(x:Gene)--(y) | y.name] WHERE any(b IN [(x:Gene)--(y) | y.name] WHERE a = b)) AS x", {}),
    (
        "MATCH (a:Gene {id: 'X:1'}) WITH [(a)--(b) | b.name] AS l RETURN any(x IN l WHERE any(y IN l WHERE any(z IN l WHERE x + y = z))) AS n",
        {},
    ),
]
# Texts
_TEXTS: list[Attempt] = [
    ("RETURN any(i IN range(1, 100000) WHERE toLower($t) = 'y') AS x", _T),
    ("RETURN any(i IN range(1, 100000) WHERE replace($t, 'x', 'y') = 'y') AS x", _T),
    ("RETURN any(i IN range(1, 100000) WHERE substring($t, 1) = 'y') AS x", _T),
    ("RETURN any(i IN range(1, 100000) WHERE reverse($t) = 'y') AS x", _T),
    ("RETURN any(i IN range(1, 100000) WHERE $t + 'x' = 'y') AS x", _T),
    ("RETURN any(i IN range(1, 100000) WHERE $t = $u) AS x", {"t": "x" * 900_000, "u": "x" * 899_999 + "y"}),
    ("RETURN any(i IN range(1, 100000) WHERE $t ENDS WITH $t) AS x", _T),
    ("RETURN any(i IN range(1, 100000) WHERE trim($t) < $t) AS x", _T),
    ("RETURN any(i IN range(1, 1000) WHERE $t CONTAINS $u) AS x", {"t": "a" * 900_000, "u": "a" * 5_000 + "b"}),
    (f"RETURN any(i IN {_R4} WHERE any(j IN {_R4} WHERE size(split('{_LONG_TEXT}', 'x')) = j)) AS x", {}),
    (f"WITH '{_LONG_TEXT}' AS t WITH t + t + t + t AS u RETURN [i IN range(1, 100000) | toUpper(u) = 'x'][0] AS x", {}),
    ("WITH {a: $t} AS m RETURN any(i IN range(1, 100000) WHERE toUpper(m.a) = 'y') AS x", _T),
    ("UNWIND [$t] AS t RETURN any(i IN range(1, 100000) WHERE any(c IN split(t, 'x') WHERE c = 'y')) AS x", _T),
    (
        _GENES
        + "WITH names, reduce(s = '', i IN range(1, 900) | s + 'abcdefghij') AS t RETURN any(a IN names WHERE t CONTAINS a) AS x",
        {},
    ),
]
LONG = [*REPORTED, *_NESTED, *_FEW, *_LISTS, *_PATHS, *_TEXTS]

SHORT: list[Attempt] = [
    (f"RETURN any(a IN {_R4} WHERE any(b IN {_R4} WHERE a + b < 0)) AS x", {}),
    (
        "MATCH (g:Gene) WITH g LIMIT 1000 WITH collect(g.name) AS l RETURN any(a IN l WHERE any(b IN l WHERE a > b)) AS x",
        {},
    ),
    (
        "MATCH (d:Drug) WITH collect(d.name) AS l RETURN any(a IN l WHERE any(b IN l WHERE b STARTS WITH a AND a <> b)) AS x",
        {},
    ),
    (_GENES + "RETURN [a IN names WHERE a STARTS WITH 'TP' | toLower(a)][..5] AS x", {}),
    (_GENES + "RETURN any(a IN names WHERE a IN ['TP53', 'BRCA1']) AS x", {}),
    (
        "MATCH (x:Disease)-[:ASSOCIATES]->(g:Gene) WITH x, collect(g.name) AS l RETURN x.name, any(a IN l WHERE any(b IN l WHERE a > b)) AS y",
        {},
    ),
    (
        "MATCH (x:Disease {id: $i})-[:ASSOCIATES]->(g) WITH collect(g.name) AS l RETURN any(a IN l WHERE any(b IN l WHERE a > b)) AS x",
        {"i": "DOID:1612"},
    ),
    ("RETURN any(i IN range(1, 100) WHERE toUpper($t) = 'y') AS x", _T),
    ("MATCH (d:Drug) RETURN any(i IN d.synonyms WHERE toLower(i) CONTAINS $q) AS x", {"q": "aspirin"}),
    ("RETURN reduce(s = 0, a IN range(1, 100000) | s + a) AS x", {}),
    (_GENES + "RETURN [a IN names[..50] WHERE any(b IN names[10..60] WHERE a = b)] AS x", {}),
    (
        "MATCH (d:Drug {id: 'X:1'}) MATCH (g:Gene {id: d.id}) WITH collect(g.name) AS l RETURN any(a IN l WHERE a IN l) AS x",
        {},
    ),
    ("MATCH (n:Entity) WITH collect(n.name) AS l RETURN size([a IN l WHERE a =~ '(?i).*kinase.*']) AS n", {}),
]
