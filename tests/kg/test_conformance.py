"""One algebra, three ways: random forms give the same on ArcadeDB, on Neo4j and by the evaluator over the topology."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from neo4j import GraphDatabase

from galenic.house import House
from kg.errors import QueryTimeout, StoreError
from kg.logic import execute
from kg.logic.evaluate import Evaluator
from kg.logic.execute import Executor
from kg.logic.forms import CompareForm, CountForm, Entity, ExistsForm, Form, Having, Hop, ListForm, TopForm, Where
from kg.logic.interchange import from_json, to_json
from kg.logic.plan import plan
from kg.logic.read import read
from kg.logic.simplify import simplify
from kg.logic.text import show
from kg.stores.bolt import Address, BoltStore
from kg.stores.lasting import LastingStore
from kg.topology.build import build_topology
from kg.topology.topology import Topology
from tests.kg.drawn_forms import Vocabulary, forms

FORMS = 2_000


class Trio:
    """The sample by three roads."""

    def __init__(self, house: House, stores: dict[str, LastingStore], folder: Path) -> None:
        self.release, self.stores, self.folder = house.release, stores, folder
        build_topology(house.release, folder)
        self.evaluator = Evaluator(Topology.open(folder, house.release), house.release)
        self.words = Vocabulary.of(house.release)
        self.known = house.release.sources

    def executor(self, engine: str) -> Executor:
        return Executor(self.stores[engine], known=self.known, lineage=self.evaluator.lineage)


def outcome(executor: Executor, form: Form) -> Any:
    """What an engine gives, with the order and the weight of evidence of every node."""
    match form:
        case ListForm():
            return [
                (f.id, f.name, f.category, f.value, f.tier, f.n_sources, f.n_publications)
                for f in executor.nodes(form.of).values()
            ]
        case CountForm():
            return executor.count(form.of)
        case ExistsForm():
            return bool(executor.nodes(form.of))
        case CompareForm():
            return len(executor.nodes(form.left)), len(executor.nodes(form.right))
        case TopForm():
            return [(f.id, f.value) for f in executor.top(form)]
    raise AssertionError(form)


@pytest.fixture(scope="module")
def trio(engines: dict[str, House], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    yield Trio(
        engines["arcadedb"],
        {name: house.store for name, house in engines.items()},
        tmp_path_factory.mktemp("topology") / "sample",
    )


def test_random_forms_give_the_same_on_both_engines_and_by_the_evaluator(trio: Trio) -> None:
    seen: list[int] = []

    @settings(
        max_examples=FORMS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        form = data.draw(forms(trio.words))
        wanted = trio.evaluator.answer(form)
        answers = {engine: outcome(trio.executor(engine), form) for engine in trio.stores}
        assert answers["arcadedb"] == answers["neo4j"], show(form)
        got = answers["neo4j"]
        if isinstance(form, ListForm):
            if isinstance(form.of, Having):
                assert {row[0]: row[3] for row in got} == trio.evaluator.counted(form.of), show(form)
            got = sorted(row[0] for row in got)
        assert got == wanted, show(form)
        seen.append(len(wanted) if isinstance(wanted, list) else int(bool(wanted)))

    agree()
    # Forms that all denote nothing would agree on anything.
    assert len(seen) >= FORMS and sum(map(bool, seen)) > FORMS // 3


def test_simpler_forms_denote_the_same_and_notations_round_trip(trio: Trio) -> None:
    @settings(
        max_examples=FORMS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        form = data.draw(forms(trio.words))
        assert read(show(form), {}) == form and from_json(to_json(form)) == form
        if isinstance(form, (ListForm, CountForm, ExistsForm)):
            short = simplify(form.of)
            assert trio.evaluator.nodes(short) == trio.evaluator.nodes(form.of), show(form)
            assert len(show(short)) <= len(show(form.of)) and simplify(short) == short, show(short)

    agree()


def test_filters_of_the_evidence_reach_every_step_below_them(trio: Trio) -> None:
    text = 'list(where(hop(treats, in, hop(treats, out, entity(DRUGBANK:DB00437))), source = "hetionet", tier <= 2))'
    form = read(text, {})
    assert isinstance(form, ListForm) and isinstance(form.of, Where)
    assert sorted(row[0] for row in outcome(trio.executor("neo4j"), form)) == trio.evaluator.answer(form) != []


def leaves(plan: Mapping[str, Any]) -> Iterator[str]:
    """Where a plan of Neo4j's starts."""
    if not plan.get("children"):
        yield plan["operatorType"].split("@")[0]
    for child in plan.get("children", ()):
        yield from leaves(child)


def test_every_compiled_step_starts_from_an_identifier_or_is_of_a_whole_kind(
    trio: Trio, neo4j_address: Address
) -> None:
    texts: set[str] = set()

    @settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def gather(data: st.DataObject) -> None:
        texts.update(plan(data.draw(forms(trio.words))))

    gather()
    bound = {"ids": [], "within": [], "sources": [], "tiers": [0, 9], "years": [0, 1], "v0": "", "v1": ""}
    starts: dict[str, set[str]] = {}
    with (
        GraphDatabase.driver(neo4j_address.uri, auth=(neo4j_address.user, neo4j_address.password)) as driver,
        driver.session() as session,
    ):
        for text in texts:
            query_plan = session.run(f"EXPLAIN {text}", bound).consume().plan
            assert query_plan is not None
            starts.setdefault("anchored" if "$ids" in text else "whole", set()).update(leaves(query_plan))
    assert starts["anchored"] == {"NodeUniqueIndexSeek"} and len(texts) > 40


@pytest.mark.parametrize("engine_name", ["arcadedb", "neo4j"])
def test_no_form_outlives_its_limit_and_the_next_one_is_answered(trio: Trio, engine_name: str) -> None:
    store = trio.stores[engine_name]
    # A chain of comparisons: two pairs apart would be counted apart and multiplied, which a fast machine does in a second.
    runaway = "MATCH (a:Entity), (b:Entity), (c:Entity), (d:Entity) WHERE a.name < b.name AND b.name < c.name AND c.name < d.name RETURN count(*) AS n"
    began = time.monotonic()
    with pytest.raises(QueryTimeout, match="took longer than 1 s"):
        Executor(store, seconds=1).run(runaway, {})
    # The engine's own limit is 10 s.
    assert time.monotonic() - began < 6
    spent = Executor(store, seconds=1e-9)
    spent.clock.left()
    with pytest.raises(QueryTimeout, match="narrow it"):
        spent.nodes(Hop("treats", "in", Entity("DOID:13189", "biolink:Disease")))
    assert Executor(store, seconds=5).nodes(Hop("treats", "in", Entity("DOID:13189", "biolink:Disease")))


def test_rows_of_a_connection_that_was_cut_are_not_taken_for_all(neo4j_address: Address) -> None:
    with BoltStore(neo4j_address) as store:
        with pytest.raises(QueryTimeout, match="took longer than"), store._within(0.01):
            time.sleep(1)
        assert store.run("RETURN 1 AS n", {}) == [{"n": 1}]


@pytest.mark.parametrize("engine_name", ["arcadedb", "neo4j"])
@pytest.mark.parametrize(
    "of_one_row",
    [
        "range(1, 100) AS x",
        "[i IN range(1, 25) | [i, i, i, i]] AS x",
        "{of: {these: range(1, 100)}} AS x",
        "[(d:Drug {id: 'DRUGBANK:DB00437'})-[:TREATS]->(x) | x] AS x",
    ],
    ids=["list", "lists", "maps", "nodes"],
)
def test_few_rows_of_long_lists_are_an_error_before_they_fill_the_memory(
    trio: Trio, engine_name: str, of_one_row: str
) -> None:
    store, query = trio.stores[engine_name], f"UNWIND range(1, 50) AS row RETURN {of_one_row}"
    assert len(store.run(query, {})) == 50
    with pytest.raises(StoreError, match=r"more than 250 values in \d+ rows; return fewer"):
        store.run(query, {}, values=250)


@pytest.mark.parametrize("engine_name", ["arcadedb", "neo4j"])
def test_two_steps_at_once_give_what_one_after_the_other_gives(
    trio: Trio, engine_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = ListForm(Hop("treats", "in", Hop("treats", "out", Entity("DRUGBANK:DB00635", "biolink:Drug"))))
    apart = outcome(trio.executor(engine_name), form)
    monkeypatch.setattr(execute, "MANY_BETWEEN", 0)
    executor = trio.executor(engine_name)
    assert outcome(executor, form) == apart != []
    assert any("WITH DISTINCT m" in text for text in executor.trace.cypher)
