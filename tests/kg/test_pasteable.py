"""A form as one query to paste: it passes the safe gate and gives the answer's own rows on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from galenic.house import House
from kg.cypher.safe import SafeCypher
from kg.evidence.permitted import ALL_SOURCES
from kg.logic.execute import Executor
from kg.logic.forms import (
    All,
    CompareForm,
    CountForm,
    Entity,
    ExistsForm,
    Form,
    Having,
    Hop,
    ListForm,
    Minus,
    Or,
    PathsForm,
    TopForm,
)
from kg.logic.pasteable import pasteable
from kg.logic.text import show
from tests.kg.drawn_forms import Vocabulary, forms

GOUT, ASTHMA = (Entity(i, "biolink:Disease") for i in ("DOID:13189", "DOID:2841"))


def answered(executor: Executor, form: Form) -> Any:
    """What the answer itself gives, in the shape of the query's rows."""
    match form:
        case ListForm():
            return sorted(executor.ids(form.of))
        case CountForm():
            return executor.count(form.of)
        case ExistsForm():
            return bool(executor.ids(form.of))
        case CompareForm():
            return (executor.count(form.left), executor.count(form.right))
        case TopForm():
            return sorted((f.id, int(f.value or 0)) for f in executor.top(form))
    raise AssertionError(form)


def pasted(house: House, form: Form) -> Any:
    """What the query gives when it is pasted."""
    executor = house.pipeline.executor()
    most = len(executor.top(form)) if isinstance(form, TopForm) else None
    rows = (
        SafeCypher(house.store).run(pasteable(form, house.release.sources, most=most, lineage=house.lineage), {}).rows
    )
    match form:
        case ListForm():
            return [r["id"] for r in rows]
        case CountForm():
            return rows[0]["number"]
        case ExistsForm():
            return rows[0]["answer"]
        case CompareForm():
            return (rows[0]["first"], rows[0]["second"])
    return sorted((r["id"], r["number"]) for r in rows)


@pytest.mark.conformance
def test_it_gives_the_rows_of_the_answer(engines: dict[str, House]) -> None:
    words = Vocabulary.of(engines["arcadedb"].release)
    tried: list[str] = []

    @settings(
        max_examples=150,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(forms(words))
    def check(form: Form) -> None:
        if isinstance(form, TopForm) and not engines["arcadedb"].pipeline.executor().top(form):
            return
        tried.append(show(form))
        for name, house in engines.items():
            assert pasted(house, form) == answered(house.pipeline.executor(), form), (name, show(form))

    check()
    assert len(tried) > 100


def test_a_question_names_its_query_and_paths_have_none(house: House) -> None:
    both = Minus(Hop("treats", "in", GOUT), Hop("treats", "in", ASTHMA))
    text = pasteable(ListForm(both), house.release.sources)
    assert "$" not in text and '"DOID:13189"' in text and "NOT (any(x IN s2 WHERE x = n.id))" in text
    assert pasteable(PathsForm(GOUT, ASTHMA), house.release.sources) == ""


def test_only_terms_that_a_relation_knows_stand_in_it_so_that_it_stays_short(house: House) -> None:
    broad = Entity("DOID:4", "biolink:Disease")
    known = len(house.lineage.tied(house.lineage.under("DOID:4"), ALL_SOURCES, "treats", "in"))
    text = pasteable(ListForm(Hop("treats", "in", broad)), house.release.sources, lineage=house.lineage)
    assert text.count("DOID:") == known < len(house.lineage.under("DOID:4"))
    alone = Hop("treats", "in", Entity("DOID:4", "biolink:Disease", exact=True))
    assert '["DOID:4"]' in pasteable(ListForm(alone), house.release.sources, lineage=house.lineage)


@pytest.mark.conformance
@pytest.mark.parametrize("comparison", ["every", "at_least", "exactly", "at_most", "only"])
def test_things_that_stand_for_several_nodes_count_once_in_it(engines: dict[str, House], comparison: Any) -> None:
    arthritis, lung = (Entity(identifier, "biolink:Disease") for identifier in ("DOID:848", "DOID:850"))
    found = []
    for among in (Or((arthritis, lung, GOUT)), Or((arthritis, lung, Entity("DOID:848", exact=True))), arthritis):
        number = 0 if comparison in ("every", "only") else 2
        form = ListForm(Having(All("biolink:Drug"), "treats", "out", comparison, number, among))
        for house in engines.values():
            found.append(pasted(house, form))
            assert found[-1] == answered(house.pipeline.executor(), form), show(form)
    assert any(found)
