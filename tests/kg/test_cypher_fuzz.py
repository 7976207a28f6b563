"""The check under random queries: drawn reads pass, and nothing raises anything but a refusal, nor hangs."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.fuzz_cypher import Writer, broken, judged, soup
from galenic.house import House
from kg.cypher.safe import SafeCypher

CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DRAWS = st.integers(0, 2**32).map(random.Random)


@CALM
@given(DRAWS)
def test_a_drawn_read_passes(draw: random.Random) -> None:
    assert judged(Writer(draw).query()) == "passed"


@CALM
@given(DRAWS)
def test_a_broken_query_passes_or_is_refused_and_nothing_else(draw: random.Random) -> None:
    assert judged(broken(draw, Writer(draw).query())) in ("passed", "refused")
    assert judged(soup(draw)) in ("passed", "refused")


@CALM
@given(st.text(max_size=300))
def test_any_text_is_refused_in_one_line_or_passes(text: str) -> None:
    assert judged(text) in ("passed", "refused")
    assert judged(f"MATCH (n:Drug) RETURN n.name AS {text}") in ("passed", "refused")


def test_engines_understand_what_the_check_lets_through(engine: House) -> None:
    safe = SafeCypher(engine.store)
    bound = {"id": "DOID:1612", "x": "x", "list": [1, 2]}
    ran = 0
    for seed in range(60):
        ran += len(safe.run(Writer(random.Random(seed)).query(), bound, rows=1_000_000).rows) >= 0
    assert ran == 60
