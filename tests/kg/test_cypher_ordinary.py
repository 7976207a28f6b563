"""Ordinary Cypher, as documentation has it: it runs, is rewritten rightly, or is refused with the reason; the same on both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from galenic.house import House
from kg.cypher.safe import SafeCypher, check
from kg.cypher.sizes import Sizes
from kg.errors import QueryRefused

LINES = [
    line
    for line in Path(__file__).with_name("ordinary.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
REFUSED = [tuple(line[1:].split("!", 1)) for line in LINES if line.startswith("!")]
RUN = [line for line in LINES if not line.startswith("!")]
BOUND: dict[str, Any] = {
    "name": "breast cancer",
    "drug": "DRUGBANK:DB00091",
    "names": ["breast cancer", "psoriasis", "no such disease"],
    "props": {"name": "psoriasis"},
    "rows": [{"name": "breast cancer", "rank": 1}, {"name": "psoriasis", "rank": 2}],
}
# As many as a graph has of Hetionet, the whole ontologies and genes beside.
LARGE = Sizes(
    dict.fromkeys(("Drug", "Protein", "Pathway", "SideEffect"), 3_000)
    | dict.fromkeys(("Disease", "Symptom", "Anatomy", "BiologicalProcess", "Article"), 19_000)
    | {"Gene": 57_000},
    dict.fromkeys(("TREATS", "PALLIATES", "PRESENTS", "LOCALIZES", "DISEASE_RESEMBLES", "SUBCLASS_OF"), 60_000)
    | dict.fromkeys(("EXPRESSES", "PARTICIPATES_PATHWAY", "BINDS", "ASSOCIATES", "CAUSES", "INTERACTS"), 450_000),
)


def canonical(value: Any) -> Any:
    """A value whose lists are in one order."""
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items()}
    return sorted(map(canonical, value), key=json.dumps) if isinstance(value, list) else value


def test_there_are_sixty_of_which_three_are_refused_and_the_reference_says_so() -> None:
    assert (len(set(LINES)), len(REFUSED)) == (60, 3)
    queries = [line.removeprefix("~") for line in RUN]
    rewritten = sum(check(query, BOUND).cypher != query and bool(check(query, BOUND).notes) for query in queries)
    page = (Path(__file__).parents[2] / "docs" / "reference" / "cypher.md").read_text("utf-8")
    assert f"57 run on both engines with the same rows, {rewritten} of" in page


@pytest.mark.parametrize(("why", "query"), REFUSED)
def test_a_refusal_names_the_reason_or_the_text_that_works(why: str, query: str) -> None:
    with pytest.raises(QueryRefused) as problem:
        check(query, BOUND)
    assert why in str(problem.value)


@pytest.mark.parametrize("line", RUN, ids=lambda line: line[:60])
def test_an_ordinary_query_passes_in_a_large_graph_too_and_then_needs_no_change(line: str) -> None:
    for sizes in (None, LARGE):
        runs = check(line.removeprefix("~"), BOUND, sizes).cypher
        assert check(runs, BOUND, sizes).cypher == runs


def test_both_engines_give_the_same_rows(engines: dict[str, House]) -> None:
    differ, empty = [], 0
    for line in RUN:
        query = line.removeprefix("~")
        rows = [SafeCypher(house.store).run(query, BOUND).rows for house in engines.values()]
        if line.startswith("~"):
            rows = [canonical(found) for found in rows]
        elif "ORDER BY" not in query:
            rows = [sorted(found, key=json.dumps) for found in rows]
        empty += not rows[0]
        if rows[0] != rows[1]:
            differ.append((query, rows))
    assert differ == []
    # The sample holds few genes and no half-lives.
    assert empty <= 5


def test_the_text_that_a_refusal_names_works_on_both_engines(engines: dict[str, House]) -> None:
    why = next(why for why, _ in REFUSED if why.startswith("WITH"))
    query = f"MATCH (x:Disease)<-[:TREATS]-(d:Drug) {why}"
    rows = [SafeCypher(house.store).run(query, BOUND).rows for house in engines.values()]
    assert rows[0] == rows[1] and rows[0][0]["line"] == "Alzheimer's disease: 4"
