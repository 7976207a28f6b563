"""The Cypher that a form would run, found by rehearsing it on a store that holds one made-up row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.logic.execute import Executor
from kg.logic.explain import Explainer
from kg.logic.forms import (
    All,
    CompareForm,
    CountForm,
    DescribeForm,
    ExistsForm,
    Form,
    ListForm,
    PathsForm,
    ScreenForm,
    TopForm,
)
from kg.logic.paths import PathFinder
from kg.logic.profile import node_record
from kg.stores.reads import MOST_VALUES, Row

# Every column that any step asks for; each step finds its own and goes on as if something had been found.
_ROW: Row = {
    "id": "X:1",
    "a": "X:1",
    "an": "x",
    "b": "X:2",
    "bn": "x",
    "name": "x",
    "category": "biolink:NamedThing",
    "tier": 2,
    "sources": ["x"],
    "publications": [],
    "n": 1,
    "type": "TREATS",
    "s": "X:1",
    "sn": "x",
    "o": "X:2",
    "own": "x",
    "detail": None,
}
# What the steps of `kg.logic.compile` pack into one value, by how their text ends.
_PACKED = {
    "b.category, rank]) AS found": [["X:1", "x", "biolink:NamedThing", 1]],
    "b.category]) AS found": [["X:1", "x", "biolink:NamedThing"]],
    "[a.id, n]) AS found": [["X:1", 1]],
    "[a.id, ends]) AS found": [["X:1", ["X:1"]]],
    "count(b) AS found": 1,
    " AS found": ["X:1"],
}


class _Rehearsal:
    """A store that answers every query with the same row."""

    def run(
        self,
        cypher: str,
        parameters: Mapping[str, Any],
        *,
        rows: int = 100_000,
        seconds: float | None = None,
        values: int = MOST_VALUES,
    ) -> list[Row]:
        """The row."""
        packed = next((value for end, value in _PACKED.items() if cypher.endswith(end)), None)
        return [dict(_ROW) if packed is None else {"found": packed}]

    def explain(self, cypher: str, parameters: Mapping[str, Any]) -> str | None:
        """None: it plans nothing."""
        return None

    def release_id(self) -> str | None:
        """None: it holds no release."""
        return None

    def close(self) -> None:
        """Nothing to let go of."""


def plan(form: Form) -> list[str]:
    """The statements of a form in the order in which they run; none for forms that ask nothing of the graph.

    >>> from kg.logic.forms import Entity, Hop
    >>> len(plan(ListForm(Hop("treats", "in", Entity("DOID:9352", "biolink:Disease")))))
    1
    """
    executor = Executor(_Rehearsal())
    match form:
        case CountForm(of=All()):
            executor.count(form.of)
        case ListForm() | CountForm() | ExistsForm():
            executor.nodes(form.of)
        case CompareForm():
            executor.nodes(form.left)
            executor.nodes(form.right)
        case TopForm():
            executor.top(form)
        case PathsForm():
            PathFinder(executor).find(form.start.id, form.end.id, form.length)
        case ScreenForm():
            Explainer(executor).among([drug.id for drug in form.drugs], "interacts_with_drug")
        case DescribeForm():
            node_record(executor, form.of.id)
        case _:
            pass
    return executor.trace.cypher
