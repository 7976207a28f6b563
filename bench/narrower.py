"""Questions about broad terms: what a term stands for, and answers over all of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from bench.measure import Figure, seconds
from galenic.house import House
from kg.topology.lineage import Lineage

_CANCER = "DOID:162"
_ROUNDS = 30
# Question, and what it may take in milliseconds.
_QUESTIONS = (
    ("drugs that treat cancer", 150.0),
    ("How many drugs treat cancer?", 150.0),
    ("Does imatinib treat cancer?", 150.0),
    ("Which genes are associated with cancer?", None),
    ("Which drugs treat at least two of cancer, asthma and hypertension?", None),
)


def narrower(house: House) -> Iterator[Figure]:
    """Milliseconds, warm unless said otherwise; the terms are looked up in the release, the answers on its graph."""
    topology = house.topology
    took = [seconds(lambda: Lineage(topology).under(_CANCER)) * 1e3 for _ in range(_ROUNDS)]
    note = f"{len(house.lineage.under(_CANCER)):,} terms"
    yield Figure("what 'cancer' stands for, first time", statistics.median(took), "ms", note=note)
    for question, goal in _QUESTIONS:
        house.pipeline.ask(question)
        times = []
        for _ in range(_ROUNDS):
            mark = time.perf_counter()
            answer = house.pipeline.ask(question)
            times.append((time.perf_counter() - mark) * 1e3)
        told = f"{len(answer.results):,} results, slowest {max(times):.0f} ms"
        yield Figure(f"'{question}', warm, p50", statistics.median(times), "ms", goal, note=told)
    house.close()
