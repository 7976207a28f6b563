"""Through which gene a drug works in a disease: DrugMechDB's paths as questions, asked after the protocol of BTE-RAG.

Drug and disease are given, the gene that the curated path meets first is asked for. What is known of which of the
proteins a drug binds are its targets is hidden: every gene that the drug binds is a candidate.
"""

from __future__ import annotations

from collections.abc import Sequence

from galenic.evaluation.benchmarks import Row
from galenic.hypotheses.errors import TooLittleKnown
from galenic.hypotheses.genes import Case, beside, by_folds
from galenic.hypotheses.links import Vector
from kg.release.release import Release


def drugmechdb(release: Release) -> list[Row]:
    """How often the gene put first is one of the curated ones, by fits on other drugs, with two look-ups beside it."""
    try:
        found = by_folds(release)
    except TooLittleKnown:
        # A release without that source, or with a part of it, has nothing to be asked.
        return []
    known = beside(release, "targets", "subject", "object")
    places = [_place(case, chances) for case, chances in found]
    asked = [case for case, _ in found]
    chance = [len(case.genes & set(case.bound)) / len(case.bound) for case in asked]
    looked_up = [_expected(case, [g for g in case.bound if g in known.get(case.drug, ())]) for case in asked]
    beside_it = f"a bound gene at random {_mean(chance):.3f}; looked up among known targets {_mean(looked_up):.3f}"
    name, number = "DrugMechDB", len(found)
    return [
        Row(
            name,
            "gene of the mechanism first, targets hidden",
            number,
            round(_mean([place == 1 for place in places]), 4),
            beside=beside_it,
        ),
        Row(name, "reciprocal rank of that gene", number, round(_mean([1 / place for place in places]), 4)),
    ]


def _place(case: Case, chances: Vector) -> int:
    """The place of the first curated gene; of equal ones the last by name stands first."""
    order = sorted(range(len(case.bound)), key=lambda n: (chances[n], case.bound[n]), reverse=True)
    return next(place for place, n in enumerate(order, 1) if case.bound[n] in case.genes)


def _expected(case: Case, among: Sequence[str]) -> float:
    """How likely one drawn from these is right; of all that are bound where there are none."""
    chosen = among or case.bound
    return sum(g in case.genes for g in chosen) / len(chosen)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
