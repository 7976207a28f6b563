"""Amounts that edges carry: `frequency >= 0.01` means the same on both engines and by the evaluator."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from galenic.house import SAMPLE, House
from galenic.settings import Settings
from ingest.build import Plan
from kg.errors import FormError
from kg.evidence.permitted import Permitted
from kg.logic.canonical import canonical_set
from kg.logic.execute import Executor
from kg.logic.forms import CountForm, Expr, Filter, Form, Having, Hop, ListForm, Minus, TopForm, Where
from kg.logic.interchange import from_json, to_json
from kg.logic.pasteable import pasteable
from kg.logic.read import read, read_form
from kg.logic.text import show
from tests.conftest import required
from tests.kg.drawn_forms import SHARES, expressions, starts
from tests.kg.test_conformance import Trio, outcome
from tests.neo4j.own import Own, load
from tests.neo4j.server import NoNeo4j

FORMS = 600
DRUG, EFFECT = "biolink:Drug", "biolink:ClinicalFinding"
MAPPING = """file = "{name}.tsv"
[source]
title = "{name}"
licence = "CC0-1.0"
[[node]]
id = "UMLS:{{effect}}"
category = "biolink:ClinicalFinding"
name = "effect {{effect}}"
[[edge]]
when = {{ known = "yes" }}
subject = "{{drug}}"
relation = "causes"
object = "UMLS:{{effect}}"
attributes = {{ frequency = {{ column = "frequency", type = "number" }} }}
[[edge]]
when = {{ known = "no" }}
subject = "{{drug}}"
relation = "causes"
object = "UMLS:{{effect}}"
"""


def written(folder: Path) -> None:
    """The sample and two made-up sources of side effects, which differ in what they know of how often."""
    shutil.copytree(SAMPLE, folder)
    drugs = [
        f"DRUGBANK:{line.split('::')[1][:7]}"
        for line in (SAMPLE / "hetionet" / "sample-nodes.tsv").read_text().splitlines()
        if line.startswith("Compound::DB")
    ][:40]
    draw = random.Random(3)
    for name in ("labels", "trials"):
        rows = ["drug\teffect\tknown\tfrequency"]
        for drug in drugs:
            for effect in draw.sample(range(12), 5):
                known = draw.choice(["yes", "yes", "no"])
                rows.append(f"{drug}\tC90000{effect:02}\t{known}\t{draw.choice(SHARES)}")
        (folder / "tables" / f"{name}.tsv").write_text("\n".join([*rows, ""]))
        (folder / "tables" / f"{name}.toml").write_text(MAPPING.format(name=name))


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    folder = tmp_path_factory.mktemp("amounts")
    written(folder / "data")
    house = House(Settings(home=folder / "home", idle_minutes=2))
    house.build(Plan(folder / "data"))
    server = Own(folder / "neo4j")
    try:
        server.up()
    except NoNeo4j as problem:
        required(str(problem))
    load(server, house.release)
    address = server.address
    away = {"graph": address.uri, "graph_user": address.user, "graph_password": address.password}
    other = House(Settings(home=folder / "home", **away))
    yield Trio(house, {"arcadedb": house.store, "neo4j": other.store}, folder / "topology")
    other.close()
    house.close()
    house.server.stop()
    server.kill()


def stated(trio: Trio) -> dict[tuple[str, str], dict[str, float | None]]:
    """What the written tables say, read again: by drug and effect, how often by each source."""
    folder, said = trio.folder.parent / "data" / "tables", dict[tuple[str, str], dict[str, float | None]]()
    for name in ("labels", "trials"):
        for line in (folder / f"{name}.tsv").read_text().splitlines()[1:]:
            drug, effect, known, frequency = line.split("\t")
            said.setdefault((drug, f"UMLS:{effect}"), {})[name] = float(frequency) if known == "yes" else None
    return said


@st.composite
def asked(draw: st.DrawFn, trio: Trio) -> Form:
    """A form that tests how often."""
    words = trio.words
    tests = tuple(
        Filter("frequency", draw(st.sampled_from(["=", "<=", ">="])), draw(st.sampled_from(SHARES)))
        for _ in range(draw(st.integers(1, 2)))
    )
    category, direction = draw(st.sampled_from([(DRUG, "in"), (EFFECT, "out")]))
    other = EFFECT if category == DRUG else DRUG
    hop: Expr = Hop("causes", direction, draw(starts(words, other, 2)))
    match draw(st.sampled_from(["hop", "minus", "and", "having", "top", "behind"])):
        case "minus":
            hop = Minus(draw(starts(words, category, 2)), Where(hop, tests))
        case "and":
            hop = Where(Minus(hop, draw(expressions(words, category, 2))), tests)
        case "having":
            back = "out" if direction == "in" else "in"
            among = draw(st.one_of(st.none(), starts(words, other, 1)))
            comparison = draw(st.sampled_from(["at_least", "at_most", "exactly"]))
            hop = Where(Having(hop, "causes", back, comparison, draw(st.integers(0, 3)), among), tests)
        case "top":
            return TopForm(
                3, draw(starts(words, category, 2)), "causes", "out" if category == DRUG else "in", True, tests
            )
        case "behind":
            hop = Hop("causes", "in" if direction == "out" else "out", Where(hop, tests))
        case _:
            hop = Where(hop, tests)
    if draw(st.booleans()):
        hop = Where(hop, (Filter("source", "=", draw(st.sampled_from(["labels", "trials", "hetionet"]))),))
    return draw(st.sampled_from([ListForm(hop), CountForm(hop)]))


def test_random_tests_of_how_often_give_the_same_on_both_engines_and_by_the_evaluator(trio: Trio) -> None:
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
        form = data.draw(asked(trio))
        wanted = trio.evaluator.answer(form)
        answers = {engine: outcome(trio.executor(engine), form) for engine in trio.stores}
        assert answers["arcadedb"] == answers["neo4j"], show(form)
        got = answers["neo4j"]
        assert (sorted(row[0] for row in got) if isinstance(form, ListForm) else got) == wanted, show(form)
        assert read(show(form), {}) == form and from_json(to_json(form)) == form
        if isinstance(form, ListForm):
            assert trio.evaluator.nodes(canonical_set(form.of)) == wanted, show(form)
            query = pasteable(form, trio.known, lineage=trio.evaluator.lineage)
            for store in trio.stores.values():
                assert sorted(row["id"] for row in store.run(query, {})) == wanted, query
        seen.append(len(wanted) if isinstance(wanted, list) else wanted)

    agree()
    assert sum(map(bool, seen)) > FORMS // 3


@pytest.mark.parametrize("engine", ["arcadedb", "neo4j"])
def test_an_edge_passes_by_the_highest_statement_and_one_without_any_never(trio: Trio, engine: str) -> None:
    said = stated(trio)
    for share in SHARES:
        for test, holds in ((">=", float.__ge__), ("<=", float.__le__), ("=", float.__eq__)):
            form = read_form(f"list(where(hop(causes, out, all(Drug)), frequency {test} {share}))")
            wanted = {
                effect
                for (_, effect), told in said.items()
                if (known := [v for v in told.values() if v is not None]) and holds(max(known), float(share))
            }
            assert {row[0] for row in outcome(trio.executor(engine), form)} == wanted


@pytest.mark.parametrize("engine", ["arcadedb", "neo4j"])
def test_how_often_is_asked_of_the_step_right_below_alone(trio: Trio, engine: str) -> None:
    said = stated(trio)
    effect = sorted(e for _, e in said)[0]
    near = {drug for drug, e in said if e == effect}
    wanted = {e for (drug, e), told in said.items() if drug in near and max((v or 0) for v in told.values()) >= 0.1}
    form = read_form(f"list(where(hop(causes, out, hop(causes, in, entity({effect}))), frequency >= 0.1))")
    assert {row[0] for row in outcome(trio.executor(engine), form)} == wanted


@pytest.mark.parametrize("engine", ["arcadedb", "neo4j"])
def test_what_a_source_that_may_not_speak_says_of_how_often_is_not_known(trio: Trio, engine: str) -> None:
    said = stated(trio)
    form = read_form("list(where(hop(causes, in, all(ClinicalFinding)), frequency >= 0))")
    assert isinstance(form, ListForm)
    executor = Executor(trio.stores[engine], Permitted(frozenset(["labels"])), trio.known)
    assert set(executor.nodes(form.of)) == {d for (d, _), told in said.items() if told.get("labels") is not None}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("where(hop(treats, out, entity(X:1)), frequency >= 0.1)", "the step right below is treats; write where"),
        ("where(hop(treats, in, hop(causes, out, entity(X:1))), frequency >= 0.1)", "starts from"),
        ("where(entity(X:1), frequency >= 0.1)", "no step stands right below"),
        ("top(3, all(Drug), hop(treats, out), most, frequency >= 0.1)", "the step right below is treats"),
        ("where(hop(causes, out, entity(X:1)), frequency >= 10)", "share from 0 to 1, not 10; 10% is written 0.1"),
        ("where(hop(causes, out, entity(X:1)), frequnecy >= 0.1)", "did you mean frequency"),
        ('where(hop(causes, out, entity(X:1)), frequency = "rare")', "frequency is a number"),
    ],
)
def test_how_often_asked_where_no_edge_says_it_is_an_error_that_says_so(text: str, message: str) -> None:
    with pytest.raises(FormError, match=message):
        read(text)
