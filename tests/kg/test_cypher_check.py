"""The check of Cypher: the grammar, the schema, what is turned and what is said."""

from __future__ import annotations

import json
import sys

import pytest

from galenic.house import House
from kg.cypher.functions import NAMESPACES, PLAIN
from kg.cypher.safe import check
from kg.cypher.vocabulary import EDGE_KEYS, NODE_KEYS, RELEASE_KEYS, types
from kg.errors import QueryRefused
from kg.schema import schema
from kg.stores.rows import edge_rows, facts, node_rows

TREATS = "the arrow of TREATS was turned round, for TREATS goes from Drug to Disease"


def refusal(query: str) -> str:
    with pytest.raises(QueryRefused) as problem:
        check(query)
    return str(problem.value)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "MATCH (d:Drug)-[:TREAT]->(x:Disease) RETURN d",
            "line 1, column 18: there is no relationship TREAT; did you mean TREATS?",
        ),
        ("MATCH (d:Drug)-[:treats]->(x) RETURN d", "there is no relationship treats; did you mean TREATS?"),
        ("MATCH (d:Drug)-[:CtD]->(x) RETURN d", "there is no relationship CtD; did you mean TREATS?"),
        (
            "MATCH (d:Drug)-[:UPREGULATES]->(g:Gene) RETURN d",
            "there is no relationship UPREGULATES; did you mean DRUG_UPREGULATES?",
        ),
        ("MATCH (d:Disease)-[:UPREGULATES]->(g:Gene) RETURN d", "did you mean DISEASE_UPREGULATES?"),
        (
            "MATCH (d:Drug)-[:XYZZY]->(g:Disease) RETURN d",
            "there is no relationship XYZZY; there are CONTRAINDICATED, FORM_OF, IN_CLINICAL_TRIALS_FOR, PALLIATES, TREATS,",
        ),
        (
            "RETURN 1 AS x UNION RETURN 2 AS x UNION ALL RETURN 3 AS x",
            "UNION and UNION ALL cannot stand side by side; write one of the two throughout",
        ),
        ("MATCH (d:drug) RETURN d", "line 1, column 10: there is no label drug; did you mean Drug?"),
        ("MATCH (d:Compounds) RETURN d", "there is no label Compounds; there are Anatomy,"),
        ("MATCH (d:Drug)-[:TREATS_CbG]->(x) RETURN d", "there is no relationship TREATS_CbG; did you mean"),
        ("MATCH (d:Drug {identifier: 'DB00091'}) RETURN d", "no node has the identifier DB00091 here"),
        ("MATCH (g:Gene) WHERE g.identifier IN [672, 675] RETURN g", "no node has the identifier 672 here"),
        ("MATCH ()-[r:TREATS {identifier: 1}]->() RETURN r", "a relationship has no property identifier"),
        ("MATCH (d:Planet) RETURN d", "there is no label Planet; there are Anatomy, Article,"),
        ("MATCH (d) WHERE d:Diseases RETURN d", "there is no label Diseases; did you mean Disease?"),
        ("MATCH (d:Drug)\nRETURN d.nmae", "line 2, column 10: Drug has no property nmae; did you mean name?"),
        ("MATCH (d:Drug) RETURN d.chromosome", "chromosome is a property of Gene, not of Drug"),
        ("MATCH (d:Drug {nam: 'x'}) RETURN d", "Drug has no property nam; did you mean name?"),
        ("MATCH (d:Drug) RETURN d {.id, .nmae}", "Drug has no property nmae"),
        ("MATCH (d:Drug) RETURN d['nmae']", "Drug has no property nmae"),
        ("MATCH (d:Drug) WITH d AS x RETURN x.nmae", "Drug has no property nmae"),
        ("MATCH (d:Drug) WITH collect(d) AS all UNWIND all AS x RETURN x.nmae", "Drug has no property nmae"),
        ("MATCH (d:Drug) WITH collect(d) AS all RETURN [x IN all | x.nmae]", "Drug has no property nmae"),
        (
            "MATCH ()-[r:TREATS]->() RETURN r.score",
            "a relationship has no property score; there are detail, frequency_lower,",
        ),
        ("MATCH ()-[r:TREATS {tiers: 1}]->() RETURN r", "a relationship has no property tiers; did you mean tier?"),
        (
            "MATCH ()-[rs:TREATS*1..2]->() RETURN [r IN rs | r.source]",
            "a relationship has no property source; did you mean sources?",
        ),
        ("MATCH (d:Drug) RETURN dd.name", "there is no variable dd here; known here: d"),
        ("MATCH (drug:Drug) WITH drug.name AS name RETURN drug.id", "there is no variable drug here"),
        (
            "MATCH (d:Drug) RETURN lenght(d.name)",
            "the function 'lenght' is refused; plain functions of Cypher alone are let through; did you mean length?",
        ),
        ("MATCH (d:Drug) RETURN substring(d.name)", "substring takes 2 to 3 values, not 1"),
        ("MATCH (d:Drug) RETURN length((d)-->())", "write COUNT { (a)-[:TYPE]->(b) }"),
        ("MATCH (d:Drug) WHERE exists(d) RETURN d", "write n.name IS NOT NULL"),
        ("MATCH (n:`a\nb`) RETURN n", "there is no label a b;"),
        ("MATCH (d:Drug) WITH d.name\nOR\ntrue RETURN 1 AS x", "WITH d.name OR true AS x"),
        ("MATCH (d:Drug) WITH d.name RETURN 1 AS x", "needs a name after WITH: WITH d.name AS x"),
        ("MATCH (d:Drug) RETURN d.name + count(*) AS x", "stands beside a count or sum in one column"),
        ("MATCH (d:Drug) RETURN (d)-[:TREATS]->() AS x", "elsewhere write EXISTS { (a)-[:TYPE]->(b) }"),
        ("MATCH (d:Drug) WHERE d.name != 'x' RETURN d", "not equal is written <>"),
        ("MATCH (d:Drug) WHERE d.name == 'x' RETURN d", "equal is written with one ="),
        ("MATCH (d:Drug) WHERE d.id NOT IN $ids RETURN d", "line 1, column 27: 'NOT' where"),
        ("MATCH (d:Drug) WHERE d.id NOT IN $ids RETURN d", "NOT stands first: NOT n.id IN $ids"),
        ("MATCH (d:Drug) WHERE d.name LIKE 'x' RETURN d", "write n.name CONTAINS"),
        ("MATCH (d:Drug) RETURN d LIMIT 5 SKIP 2", "SKIP stands before LIMIT"),
        ("MATCH (d:Drug)->(x) RETURN d", "an arrow is written -[:TYPE]-> or -->"),
        ("MATCH (d:Drug) RETURN d.name AS order", "'order' where a column's name is expected; put it in back-ticks"),
        (
            "MATCH p = (d:Drug)-->() RETURN [n IN nodes(p) WHERE n:Drug | n.name] AS x",
            "it stands in brackets: [n IN nodes(p) WHERE (n:Drug) | n.name]",
        ),
        ("RETURN round(1.5, 100000000) AS x", "round() takes its digits as a number written out, at most 20"),
        ("MATCH (d:Drug) WITH {d: d} AS m RETURN m.d.nmae", "Drug has no property nmae"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest_right_one(query: str, message: str) -> None:
    assert message in refusal(query)


@pytest.mark.parametrize(
    ("query", "cypher"),
    [
        ("MATCH (x:Disease)-[:TREATS]->(d:Drug) RETURN d", "MATCH (x:Disease)<-[:TREATS]-(d:Drug) RETURN d"),
        (
            "MATCH (d:Drug)<-[r:TREATS {tier: 1}]-(x:Disease) RETURN d",
            "MATCH (d:Drug)-[r:TREATS {tier: 1}]->(x:Disease) RETURN d",
        ),
        (
            "MATCH (x:Disease) WITH x AS y MATCH (d:Drug) < /* in */ - [ :TREATS ] - (y) RETURN d",
            "MATCH (x:Disease) WITH x AS y MATCH (d:Drug) - [ :TREATS ] -> (y) RETURN d",
        ),
        (
            "MATCH (x)-[:TREATS|PALLIATES]->(d:Drug) WHERE x:Disease AND d.id = $id RETURN x",
            "MATCH (x)<-[:TREATS|PALLIATES]-(d:Drug) WHERE x:Disease AND d.id = $id RETURN x",
        ),
        (
            "MATCH (d:Drug) WHERE EXISTS { (d)<-[:TREATS]-(:Disease) } RETURN d",
            "MATCH (d:Drug) WHERE EXISTS { (d)-[:TREATS]->(:Disease) } RETURN d",
        ),
        (
            "MATCH (d:Drug) WHERE (d)<-[:TREATS]-(:Disease) RETURN d",
            "MATCH (d:Drug) WHERE (d)-[:TREATS]->(:Disease) RETURN d",
        ),
        (
            "MATCH (d:Drug) RETURN [(d)<-[:TREATS]-(x:Disease) | x.name] AS x",
            "MATCH (d:Drug) RETURN [(d)-[:TREATS]->(x:Disease) | x.name] AS x",
        ),
        ("MATCH (x:Disease)-[:NOT_TREATS]->(d:Drug) RETURN d", "MATCH (x:Disease)<-[:NOT_TREATS]-(d:Drug) RETURN d"),
        (
            "MATCH (g:Gene)-[:PARTICIPATES_PATHWAY]->(p)<-[:PARTICIPATES_PATHWAY]-(h:Gene)-[:ASSOCIATES]->(d:Disease) RETURN d",
            "MATCH (g:Gene)-[:PARTICIPATES_PATHWAY]->(p)<-[:PARTICIPATES_PATHWAY]-(h:Gene)<-[:ASSOCIATES]-(d:Disease) RETURN d",
        ),
    ],
)
def test_an_inverted_arrow_is_turned_where_the_schema_leaves_one_reading_and_said(query: str, cypher: str) -> None:
    checked = check(query)
    assert checked.cypher == cypher
    assert len(checked.notes) == 1 and "was turned round" in checked.notes[0]
    assert check(cypher).notes == ()


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (a:Disease)-[:SUBCLASS_OF]->(b:Disease) RETURN a",
        "MATCH (a:Gene)-[:REGULATES]->(b:Gene) RETURN a",
        "MATCH (a)-[:TREATS]->(b) RETURN a",
        "MATCH (a:Drug)-[:TREATS|RELATED_TO]-(b:Disease) RETURN a",
        "MATCH (a:Disease)-[:RELATED_TO]->(b:Gene) RETURN a",
        "MATCH (a:Entity)-[:TREATS]->(b:Entity) RETURN a",
        "MATCH (a:Drug|Gene) OPTIONAL MATCH (a)-[:TREATS]->(x) OPTIONAL MATCH (a)-[:PARTICIPATES_PATHWAY]->(p) RETURN a",
        "MATCH (a) WHERE a:Drug OR a:Gene OPTIONAL MATCH (a)<-[:ASSOCIATES]-(x) RETURN a",
        "MATCH (a:Drug)-[*1..3]->(b:Gene) RETURN a",
        "MATCH (a:Drug)-[:TREATS*0..1]->(b:Drug) RETURN a",
    ],
)
def test_an_arrow_that_can_be_meant_stays(query: str) -> None:
    assert (
        check(query).cypher.replace("(a:Entity)", "(a)") == query.replace("(a:Entity)", "(a)")
        and check(query).notes == ()
    )


@pytest.mark.parametrize(
    ("query", "runs"),
    [
        ("MATCH (n) RETURN count(n) AS n", "MATCH (n:Entity) RETURN count(n) AS n"),
        ("MATCH ()-[r:TREATS]->() RETURN r", "MATCH (:Entity)-[r:TREATS]->() RETURN r"),
        ("MATCH (n {id: 'x'}) RETURN n", "MATCH (n :Entity {id: 'x'}) RETURN n"),
        ("MATCH (n:!Drug|!Gene) RETURN n", "MATCH (n:Entity&(!Drug|!Gene)) RETURN n"),
        ("MATCH (n WHERE n.id = 'x') RETURN n", "MATCH (n :Entity WHERE n.id = 'x') RETURN n"),
        ("MATCH ((a)--(b)){1,2} RETURN 1 AS x", "MATCH ((a:Entity)--(b)){1,2} RETURN 1 AS x"),
        ("MATCH (`a b`) RETURN `a b`", "MATCH (`a b`:Entity) RETURN `a b`"),
        ("MATCH (a)-->(b:Drug) RETURN a", "MATCH (a)-->(b:Drug) RETURN a"),
        ("MATCH (a:Drug) MATCH (a)--(b) RETURN b", "MATCH (a:Drug) MATCH (a)--(b) RETURN b"),
        ("MATCH (r:Release) RETURN r.id", "MATCH (r:Release) RETURN r.id"),
        (
            "MATCH (a:Drug) WHERE EXISTS { (x)--(y) } RETURN a",
            "MATCH (a:Drug) WHERE EXISTS { (x:Entity)--(y) } RETURN a",
        ),
    ],
)
def test_a_path_that_demands_no_label_starts_from_an_entity(query: str, runs: str) -> None:
    assert check(query).cypher == runs


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "MATCH (g:Gene)-[:TREATS]->(d:Disease) RETURN g",
            "TREATS goes from Drug to Disease, so it does not join Gene with Disease; between these there are: <-[:ASSOCIATES]-, ",
        ),
        (
            "MATCH (d:Drug)-[:ASSOCIATES]-(g:Gene) RETURN g",
            "so it does not join Drug with Gene; between these there are: -[:BINDS]->, -[:DRUG_DOWNREGULATES]->, -[:DRUG_UPREGULATES]->",
        ),
        ("MATCH (x:Disease)-[:TREATS]->(d) RETURN d", "TREATS goes from Drug to Disease; turn the arrow round"),
        (
            "MATCH (a:Drug)-[:TREATS]->(x)-[:BINDS]->(g) RETURN g",
            "BINDS goes from Drug to Gene, and never touches Disease here",
        ),
        ("MATCH (a:Drug) WITH a AS b MATCH (b)-[:CAUSES]->(c:Gene) RETURN c", "CAUSES goes from Drug to SideEffect"),
        ("MATCH (a:Drug)-[:TREATS*1..2]->(b:Gene) RETURN a", "does not join Drug with Gene"),
        ("MATCH (a:Drug) MATCH (a:Disease) RETURN a", "a is Drug above and Disease here; no node is both"),
        ("MATCH (a:Drug&Disease) RETURN a", "a cannot exist"),
        ("MATCH (a:Drug:Disease) RETURN a", "write :Drug|Chemical"),
        ("MATCH ()-[r:TREATS&CAUSES]->() RETURN r", "no relationship has two types"),
        ("MATCH ()-[r:TREATS]->() MATCH (r) RETURN r", "r is no node here but a relationship"),
    ],
)
def test_a_relationship_that_joins_no_such_nodes_is_refused_with_those_that_do(query: str, message: str) -> None:
    assert message in refusal(query)


def test_a_direction_that_says_nothing_is_noted() -> None:
    (note,) = check("MATCH (a:Drug)-[:INTERACTS_WITH_DRUG]->(b:Drug) RETURN b").notes
    assert note.startswith("INTERACTS_WITH_DRUG has no direction and each pair stands once")
    assert check("MATCH (a:Drug)-[:INTERACTS_WITH_DRUG]-(b:Drug) RETURN b").notes == ()


@pytest.mark.parametrize(
    "query",
    [
        "CALL { MATCH (d:Disease {id: $id}) RETURN d AS x UNION MATCH (d:Drug {id: $drug}) RETURN d AS x } MATCH (x)-[:PRESENTS]->(s:Symptom) RETURN s.name ORDER BY s.name LIMIT 5",
        "MATCH (d:Disease)<-[:TREATS]-(x:Drug) WITH d, x ORDER BY x.name WITH d, collect(x.name) AS xs ORDER BY d.name WITH collect({d: d.name, xs: xs}) AS rows RETURN [r IN rows | {d: r.d, xs: [x IN r.xs | toLower(x)]}][..3] AS x",
        "MATCH (d:Disease) WITH collect(d) AS all RETURN size(all) AS n",
        "RETURN reduce(s = 'a-b_c', c IN ['-', '_'] | replace(s, c, ' ')) AS s, reduce(m = {n: 0, s: 0}, x IN [1, 2, 3] | {n: m.n + 1, s: m.s + x}) AS m",
        "WITH [[1, 2], [3, 4]] AS m RETURN [r IN m | [c IN r | c * 2]] AS x, toString(all(r IN m WHERE size(r) = 2)) AS y",
        "MATCH (d:Drug)-[:TREATS]->(x) WITH d, collect({n: x.name, s: x.synonyms}) AS xs RETURN d.name, [x IN xs | x {.n, k: size(x.s)}] AS t",
        "MATCH (d:Drug) WITH collect(d.id) AS l RETURN [i IN range(0, size(l) - 1) | {n: i, id: l[i]}] AS x",
        "MATCH (d:Drug) RETURN count(ALL d) AS n",
        "MATCH (d:Drug) RETURN [(d)-[:TREATS]->(x) | {n: x.name, s: [(x)-[:PRESENTS]->(s) | {n: s.name, o: [(s)<-[:PRESENTS]-(o) | o.name]}]}] AS x",
        "UNWIND $a AS a UNWIND $b AS b RETURN collect({a: a, b: b}) AS x",
        "MATCH (n:Drug) RETURN n.name, toInteger(split(n.id, ':')[1]) AS k ORDER BY k",
        "MATCH (a:Disease) WITH collect(a) AS l RETURN [x IN l WHERE any(y IN l WHERE y.name = x.id)] AS x",
    ],
    ids=lambda q: q[:40],
)
def test_an_honest_read_is_not_taken_for_one_that_grows(query: str) -> None:
    assert (
        check(query).cypher.replace("(a:Entity)", "(a)") == query.replace("(a:Entity)", "(a)")
        and check(query).notes == ()
    )


def test_a_forgotten_colon_is_noted() -> None:
    assert check("MATCH (Drug)-[TREATS]->(x) RETURN x").notes == (
        "Drug is a variable here, so any node fits; a label stands after a colon: (:Drug)",
        "TREATS is a variable here, so any relationship fits; a type stands after a colon: [:TREATS]",
    )


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("RETURN $x =~ '.*.*b' AS x", "a" * 20_000),
        ("RETURN [a IN $x | [b IN $x | b]] AS x", list(range(5_000))),
        ("UNWIND $x AS a RETURN a", [0] * 1_100_000),
        ("RETURN range(1, size($x)) AS x", "a" * 1_000_000),
        ("RETURN toInteger($x) AS x", "1" * 20_000),
        ("UNWIND $x AS a UNWIND $x AS b RETURN collect(a) AS x", [0] * 2_000),
        ("RETURN reduce(s = '', i IN $x | s + i) AS x", ["a" * 5_000] * 5_000),
        ("RETURN $x AS x", json.loads("[" * 300 + "]" * 300)),
    ],
    ids=lambda v: str(v)[:30],
)
def test_the_size_of_a_parameter_counts(query: str, value: object) -> None:
    assert check(query).parameters == {"x"}
    with pytest.raises(QueryRefused):
        check(query, {"x": value})
    assert check(query, {"x": []})


def test_every_relation_passes_along_its_arrow_and_is_turned_against_it() -> None:
    labels = {category: kind.label for category, kind in schema().kinds.items()}
    for relation in schema().relations.values():
        start, end = labels[relation.subject], labels[relation.object]
        along = check(f"MATCH (a:{start})-[:{relation.type}]->(b:{end}) RETURN b.id")
        assert not any("turned" in note for note in along.notes)
        if not relation.symmetric and start != end and "NamedThing" not in (start, end):
            against = check(f"MATCH (a:{end})-[:{relation.type}]->(b:{start}) RETURN b.id")
            assert f"<-[:{relation.type}]-" in against.cypher


def test_the_known_properties_are_those_that_are_loaded(house: House) -> None:
    declared = set(schema().attributes)
    assert set(node_rows(house.release).columns) - {"label"} - declared == NODE_KEYS
    assert set(edge_rows(house.release).columns) - {"subject", "object", "type"} == EDGE_KEYS
    assert set(facts(house.release)) == RELEASE_KEYS
    assert {row["type"] for row in house.store.run("MATCH ()-[r]->() RETURN DISTINCT type(r) AS type", {})} <= set(
        types()
    )


def test_functions_are_written_in_any_case_and_with_their_number_of_values() -> None:
    for name, (fewest, _) in {**PLAIN, **NAMESPACES}.items():
        if name not in ("range", "replace"):
            values = "*" if name == "count" else ", ".join(["1"] * fewest)
            assert check(f"RETURN {name.upper()}({values}) AS x").parameters == frozenset()


def test_what_runs_has_no_comments_and_one_kind_of_line_end() -> None:
    checked = check("/* a */MATCH (d:Drug)// b\r\nRETURN d.name /* 'c */ AS x, '// d' AS y ;;")
    assert checked.cypher == "MATCH (d:Drug) \nRETURN d.name   AS x, '// d' AS y"


def test_parameters_are_found_outside_of_texts_and_comments() -> None:
    checked = check("MATCH (n:Drug {id: $id}) WHERE n.name = '$no' RETURN $more, 1 SKIP $s LIMIT $l // $never")
    assert checked.parameters == {"id", "more", "s", "l"}


def test_an_arrow_is_named_by_its_place() -> None:
    assert check("MATCH (d:Drug)\nMATCH (x:Disease)-[:TREATS]->(d)\nRETURN x").notes == (
        f"line 2, column 18: {TREATS}",
    )


def steps(query: str) -> int:
    """Calls and returns that a check takes: a measure of its work that no busy machine changes."""
    taken = 0

    def count(*_: object) -> None:
        nonlocal taken
        taken += 1

    # What is loaded and compiled once is no part of it.
    check("MATCH (n:Drug) RETURN n.name AS name")
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        check(query)
    except QueryRefused as problem:
        assert "\n" not in str(problem)
    finally:
        sys.setprofile(before)
    return taken


@pytest.mark.parametrize(
    "query",
    [
        "RETURN " + "[" * 9_000,
        "RETURN " + "(" * 30 + "1" + ")" * 30 + " AS x",
        "RETURN '" + "\\n" * 9_900 + "' AS x",
        "RETURN '" + "\\" * 19_000,
        "/*" * 9_000,
        "RETURN " + "-" * 19_000 + "1 AS x",
        "RETURN " + "NOT " * 4_000 + "true AS x",
        "RETURN " + " OR ".join(["true"] * 3_000) + " AS x",
        "RETURN [" + ",".join("1" * 9_000) + "] AS x",
        "MATCH (n:" + "|".join(["Drug"] * 3_900) + ") RETURN n",
        "MATCH (n:" + "!" * 15_000 + "Drug) RETURN n",
        "MATCH ()" + "-[:SUBCLASS_OF]-()" * 1_000 + " RETURN 1 AS x",
        "MATCH (a)" + ", (a)" * 3_900 + " RETURN a",
        "WITH " + ", ".join(f"1 AS a{i}" for i in range(1_500)) + " RETURN 1 AS x",
        "MATCH (n:" + "a" * 15_000 + ") RETURN n",
        "RETURN n" + ".a" * 9_000,
        "RETURN $x" + "[0]" * 6_000 + " AS x",
        "RETURN " + "reduce(s = 0, x IN [1] | s + " * 13 + "1" + ")" * 13 + " AS x",
        "MATCH (a:Drug) RETURN " + "[x IN [1] | " * 30 + "a.id" + "]" * 30 + " AS x",
        " ".join(f"MATCH (a{i}:Drug)" for i in range(190)) + " RETURN 1 AS x",
        "`" * 19_999,
        "'" * 19_999,
        "x." * 9_999,
        "x.a(" * 4_999,
        "(a)-" * 4_999,
    ],
    ids=lambda q: q[:30],
)
def test_no_query_takes_long_or_too_deep(query: str) -> None:
    assert steps(query) < 10_000 + 150 * len(query)


def test_a_usual_query_is_checked_in_few_steps() -> None:
    query = "MATCH (c:Drug {id: $id})-[:BINDS]->(g:Gene)-[:PARTICIPATES_PATHWAY]->(p:Pathway) WITH p, count(DISTINCT g) AS n WHERE n > 2 RETURN p.name, n ORDER BY n DESC LIMIT 10"
    # A call or a return takes about a third of a microsecond.
    assert steps(query) < 10_000
