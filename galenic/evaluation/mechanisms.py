"""Through which gene a drug works in a disease: DrugMechDB's paths as questions, asked after the protocol of BTE-RAG.

Drug and disease are given, the gene that the curated path meets first is asked for. What is known of which of the
proteins a drug binds are its targets is hidden: every gene that the drug binds is a candidate, and the disease decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from galenic.evaluation.benchmarks import Row
from kg.release.release import Release

_GENE = "NCBIGene:"


@dataclass(frozen=True, slots=True)
class Case:
    """A drug, a disease, the first genes of their curated paths, and all genes that the drug binds."""

    drug: str
    disease: str
    genes: frozenset[str]
    bound: tuple[str, ...]


def cases(release: Release) -> list[Case]:
    """Each pair of which a path names a gene that the drug binds; pairs with one bound gene only are no question."""
    bound = _beside(release, "binds", "subject", "object")
    first: dict[tuple[str, str], set[str]] = {}
    for drug, disease, steps in release.scan("mechanisms").select("drug", "disease", "steps").collect().iter_rows():
        named = {s["object"] for s in steps if s["subject"] == drug and s["object"].startswith(_GENE)}
        first.setdefault((drug, disease), set()).update(named)
    made = []
    for (drug, disease), genes in sorted(first.items()):
        candidates = tuple(sorted(g for g in bound.get(drug, ()) if g.startswith(_GENE)))
        if len(candidates) > 1 and genes & set(candidates):
            made.append(Case(drug, disease, frozenset(genes), candidates))
    return made


# A class of more members says little of what its members bind.
_LARGEST_CLASS = 60


@dataclass(frozen=True, slots=True)
class Ranking:
    """What genes are ranked by: who binds a gene, who treats a disease, who is of a class with a drug, and which
    genes a disease is tied to. Nothing says which of the genes that a drug binds are its targets.
    """

    binders: Mapping[str, frozenset[str]]
    treating: Mapping[str, frozenset[str]]
    associated: Mapping[str, frozenset[str]]
    classes: Mapping[str, frozenset[str]]
    members: Mapping[str, frozenset[str]]
    drugs: frozenset[str]

    @classmethod
    def of(cls, release: Release) -> Ranking:
        """From the edges of the release."""
        binders = _beside(release, "binds", "object", "subject")
        return cls(
            binders,
            _beside(release, "treats", "object", "subject"),
            _beside(release, "associates", "subject", "object"),
            _beside(release, "includes", "object", "subject"),
            _beside(release, "includes", "subject", "object"),
            frozenset[str]().union(*binders.values()),
        )

    def score(self, case: Case, gene: str) -> float:
        """How much oftener than all drugs those bind the gene that treat the disease, and those of the drug's own
        classes (the class that speaks loudest), in logarithms; 1 more where the disease is tied to the gene.
        """
        binders = self.binders.get(gene, frozenset()) - {case.drug}
        usual = (len(binders) + 1) / (len(self.drugs) + 1)

        def oftener(group: frozenset[str]) -> float:
            others = (group & self.drugs) - {case.drug}
            return math.log((len(others & binders) + 5 * usual) / ((len(others) + 5) * usual))

        kin = [m for c in self.classes.get(case.drug, ()) if len(m := self.members[c]) <= _LARGEST_CLASS]
        tied = gene in self.associated.get(case.disease, frozenset())
        return oftener(self.treating.get(case.disease, frozenset())) + max(map(oftener, kin), default=0.0) + tied


def drugmechdb(release: Release) -> list[Row]:
    """How often the gene put first is one of the curated ones, with two look-ups beside it."""
    asked, ranking = cases(release), Ranking.of(release)
    if not asked:
        return []
    known = _beside(release, "targets", "subject", "object")
    hits = [max(case.bound, key=lambda g: (ranking.score(case, g), g)) in case.genes for case in asked]
    chance = [len(case.genes & set(case.bound)) / len(case.bound) for case in asked]
    looked_up = [_expected(case, [g for g in case.bound if g in known.get(case.drug, ())]) for case in asked]
    beside = f"a bound gene at random {_mean(chance):.3f}; looked up among known targets {_mean(looked_up):.3f}"
    return [
        Row(
            "DrugMechDB",
            "gene of the mechanism first, targets hidden",
            len(asked),
            round(_mean(hits), 4),
            beside=beside,
        )
    ]


def _expected(case: Case, among: Sequence[str]) -> float:
    """How likely one drawn from these is right; of all that are bound where there are none."""
    chosen = among or case.bound
    return sum(g in case.genes for g in chosen) / len(chosen)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _beside(release: Release, relation: str, one: str, other: str) -> dict[str, frozenset[str]]:
    edges = release.scan("edges").filter((pl.col("relation") == relation) & ~pl.col("negated"))
    grouped = edges.group_by(one).agg(pl.col(other).unique()).collect()
    return {name: frozenset(values) for name, values in grouped.iter_rows()}
