"""Through which of the genes that a drug binds it works in a disease: learnt from curated mechanisms, while which of
them are known for its targets is hidden.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from galenic.hypotheses.errors import TooLittleKnown
from galenic.hypotheses.fitting import least_loss
from galenic.hypotheses.links import Vector
from kg.release.release import Release

_GENE = "NCBIGene:"
# A class of more members says little of what its members bind.
_LARGEST_CLASS = 60
# So many drugs of the usual kind are added to each group, so that small groups say little.
_USUAL = 5
# What stands for a binding strength that nobody measured, below the strongest of the drug (in powers of ten).
_UNMEASURED = -3.0
_FEWEST = 30
SIGNS = (
    "papers on the binding",
    "sources of the binding",
    "binding strength was measured",
    "binding strength beside the drug's strongest",
    "bound by drugs for the disease",
    "bound by drugs of a class with it",
    "bound by drugs of its classes in the mean",
    "bound by drugs of a class with it for the disease",
    "associated with the disease",
    "bound by few drugs",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A drug, a disease, the genes that it is known to work through first, and all genes that the drug binds."""

    drug: str
    disease: str
    genes: frozenset[str]
    bound: tuple[str, ...]


def cases(release: Release) -> list[Case]:
    """Each curated pair of which a path names a gene that the drug binds; those with one bound gene are no question."""
    bound = beside(release, "binds", "subject", "object")
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


class Bindings:
    """What is recorded of who binds a gene and how well, who treats a disease, and who is of a class with a drug.

    Whether a source calls a gene a drug's target is not read, nor an action on it.
    """

    def __init__(self, release: Release) -> None:
        self.binders = beside(release, "binds", "object", "subject")
        self.treating = beside(release, "treats", "object", "subject")
        self.associated = beside(release, "associates", "subject", "object")
        self.classes = beside(release, "includes", "object", "subject")
        self.members = beside(release, "includes", "subject", "object")
        self.drugs = frozenset[str]().union(*self.binders.values())
        self._edges = _edges(release)

    def signs(self, drug: str, disease: str, bound: Sequence[str]) -> Vector:
        """What speaks for each gene, shape (genes, signs), in the order of `SIGNS`; larger speaks for more."""
        strongest = max((self._edges.get((drug, g), _NOTHING).strength or 0 for g in bound), default=0)
        classes = [m for c in self.classes.get(drug, ()) if len(m := self.members[c]) <= _LARGEST_CLASS]
        treating = self.treating.get(disease, frozenset())
        tied = self.associated.get(disease, frozenset())
        rows = []
        for gene in bound:
            edge = self._edges.get((drug, gene), _NOTHING)
            binders = self.binders.get(gene, frozenset()) - {drug}
            by_class = [self._oftener(members, binders, drug) for members in classes] or [0.0]
            both = [self._oftener(c & treating, binders, drug) for c in classes if len(c & treating) > 1]
            rows.append(
                (
                    math.log1p(edge.papers),
                    edge.sources,
                    edge.strength is not None,
                    _UNMEASURED if edge.strength is None else edge.strength - strongest,
                    self._oftener(treating, binders, drug),
                    max(by_class),
                    sum(by_class) / len(by_class),
                    max(both, default=0.0),
                    gene in tied,
                    -math.log1p(len(binders)),
                )
            )
        return np.array(rows, float).reshape(len(rows), len(SIGNS))

    def _oftener(self, group: frozenset[str], binders: frozenset[str], drug: str) -> float:
        """How much oftener than all drugs those of a group bind a gene, in logarithms."""
        usual = (len(binders) + 1) / (len(self.drugs) + 1)
        others = (group & self.drugs) - {drug}
        return math.log((len(others & binders) + _USUAL * usual) / ((len(others) + _USUAL) * usual))


@dataclass(frozen=True, slots=True)
class Through:
    """How much each sign counts; the score of a gene is the sum of its signs times these."""

    weights: Vector
    start: float

    @classmethod
    def fitted(cls, signs: Sequence[Vector], right: Sequence[NDArray[np.bool_]]) -> Through:
        """The weights, none negative, that tell the curated genes from the others; raises `TooLittleKnown`."""
        if len(signs) < _FEWEST:
            raise TooLittleKnown(f"{len(signs)} curated mechanisms name a bound gene; at least {_FEWEST} are needed")
        values, answers = np.concatenate(signs), np.concatenate(right).astype(float)
        spread = values.std(axis=0)
        spread[spread == 0] = 1
        weights, start = least_loss(values / spread, answers, 1e-3)
        return cls(weights / spread, start)

    def chances(self, signs: Vector) -> Vector:
        """The probability of each gene to be one that a curator names."""
        return np.asarray(1 / (1 + np.exp(-signs @ self.weights - self.start)))


def by_folds(release: Release, number: int = 5, seed: int = 0) -> list[tuple[Case, Vector]]:
    """Each case with the chances of its bound genes, from a fit on the mechanisms of other drugs."""
    asked, bindings = cases(release), Bindings(release)
    signs = [bindings.signs(c.drug, c.disease, c.bound) for c in asked]
    right = [np.array([g in c.genes for g in c.bound]) for c in asked]
    drugs = sorted({c.drug for c in asked})
    drawn = dict(zip(drugs, np.random.default_rng(seed).permutation(len(drugs)) % number, strict=True))
    found: list[tuple[Case, Vector]] = []
    for fold in range(number):
        learnt = [n for n, case in enumerate(asked) if drawn[case.drug] != fold]
        through = Through.fitted([signs[n] for n in learnt], [right[n] for n in learnt])
        found += [(c, through.chances(signs[n])) for n, c in enumerate(asked) if drawn[c.drug] == fold]
    return found


def likeliest(release: Release, drug: str, disease: str) -> list[tuple[str, float]]:
    """The genes that a drug binds, likeliest to be how it works in a disease first, with their chances; none where it
    binds none.

    The fit is on the curated mechanisms of other drugs; raises `TooLittleKnown` where a release has few.
    """
    bindings = Bindings(release)
    asked = [case for case in cases(release) if case.drug != drug]
    signs = [bindings.signs(c.drug, c.disease, c.bound) for c in asked]
    through = Through.fitted(signs, [np.array([g in c.genes for g in c.bound]) for c in asked])
    bound = sorted(gene for gene, binders in bindings.binders.items() if drug in binders and gene.startswith(_GENE))
    if not bound:
        return []
    chances = through.chances(bindings.signs(drug, disease, bound)).tolist()
    return sorted(zip(bound, chances, strict=True), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, slots=True)
class _Edge:
    papers: int = 0
    sources: int = 0
    strength: float | None = None


_NOTHING = _Edge()


def _edges(release: Release) -> dict[tuple[str, str], _Edge]:
    """Of each binding: papers, sources, and the strongest activity as its negative logarithm."""
    rows = release.scan("edges").filter((pl.col("relation") == "binds") & ~pl.col("negated"))
    table = rows.select("subject", "object", "assertions").collect()
    return {(drug, gene): _edge(assertions) for drug, gene, assertions in table.iter_rows()}


def _edge(assertions: Iterable[Mapping[str, Any]]) -> _Edge:
    papers, sources, strengths = set[str](), set[str](), list[float]()
    for assertion in assertions:
        told = json.loads(assertion["attributes"] or "{}")
        measured = [float(a["value"]) for a in told.get("activities") or () if a.get("unit") == "pChEMBL"]
        strengths += measured
        # A source that holds an edge only because it calls the gene a target would tell what is to be found.
        if told.get("known_action") is None or measured or "uniprot" in told:
            sources.add(assertion["source"])
            papers.update(assertion["publications"] or ())
    return _Edge(len(papers), len(sources), max(strengths, default=None))


def beside(release: Release, relation: str, one: str, other: str) -> dict[str, frozenset[str]]:
    """What edges of a relation join, by one of their ends."""
    edges = release.scan("edges").filter((pl.col("relation") == relation) & ~pl.col("negated"))
    grouped = edges.group_by(one).agg(pl.col(other).unique()).collect()
    return {name: frozenset(values) for name, values in grouped.iter_rows()}
