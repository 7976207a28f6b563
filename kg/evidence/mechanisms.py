"""How a drug acts, as curators recorded it: looked up in a release."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import polars as pl

from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.records import Mechanism, Step
from kg.release.release import Release


@dataclass(frozen=True, slots=True)
class Told:
    """A mechanism with its source and the passage that says it in words."""

    mechanism: Mechanism
    source: str
    title: str
    text: str


def mechanisms_of(release: Release, drug: str, permitted: Permitted = ALL_SOURCES) -> list[Told]:
    """What permitted sources record of a drug, those of fewer steps first."""
    rows = release.scan("mechanisms").filter(pl.col("drug") == drug)
    texts = release.scan("passages").select(passage="id", text="text")
    titles = release.scan("citations").select(citation="id", title="title")
    joined = rows.join(texts, on="passage", how="left").join(titles, on="citation", how="left").collect()
    told = [
        Told(
            Mechanism(
                row["citation"],
                row["passage"],
                row["drug"],
                row["disease"],
                tuple(Step(**step) for step in row["steps"]),
                tuple(row["references"]),
            ),
            row["source"],
            row["title"] or row["citation"],
            row["text"] or "",
        )
        for row in joined.iter_rows(named=True)
        if permitted.lets_in(row["source"])
    ]
    return sorted(told, key=lambda t: (len(t.mechanism.steps), t.mechanism.citation))


def chain(mechanism: Mechanism) -> tuple[tuple[str, str], ...]:
    """The shortest way from the drug to the disease along the steps, as (identifier, name); empty where there is none.

    >>> steps = (Step("D:1", "drug", "blocks", "G:1", "gene"), Step("G:1", "gene", "drives", "I:1", "ill"))
    >>> [name for _, name in chain(Mechanism("DRUGMECHDB:X", "DRUGMECHDB:X#0", "D:1", "I:1", steps))]
    ['drug', 'gene', 'ill']
    """
    names = {s.subject: s.subject_name for s in mechanism.steps} | {s.object: s.object_name for s in mechanism.steps}
    before: dict[str, str] = {mechanism.drug: ""}
    waiting = deque([mechanism.drug])
    while waiting and mechanism.disease not in before:
        at = waiting.popleft()
        for step in mechanism.steps:
            if step.subject == at and step.object not in before:
                before[step.object] = at
                waiting.append(step.object)
    if mechanism.disease not in before or mechanism.drug not in names:
        return ()
    way = [mechanism.disease]
    while way[-1] != mechanism.drug:
        way.append(before[way[-1]])
    return tuple((identifier, names[identifier]) for identifier in reversed(way))
