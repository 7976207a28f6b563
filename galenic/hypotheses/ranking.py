"""Drugs for a disease and diseases for a drug, ranked, with the rank that their fame alone would give them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from galenic.hypotheses.errors import ModelMismatch
from galenic.hypotheses.fitting import Recipe, scores
from galenic.hypotheses.links import SAYS_THE_PAIR, Sparse, Vector, relations
from galenic.hypotheses.model import Model, fit_model
from galenic.hypotheses.prior import prior
from galenic.hypotheses.signals import Signals
from galenic.hypotheses.universe import Universe, marks
from kg.evidence.only import Only
from kg.evidence.permitted import Permitted
from kg.release.release import Release
from kg.topology.network import Network
from kg.topology.topology import Topology

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A pair with its place: among all drugs of a disease, or all diseases of a drug.

    `probability` is that of being recorded as a treatment in the release, never that of working. `known`: it is
    recorded, and its score is by a fit that did not know it. `prior_rank` is the place by the numbers of treatments
    of drug and disease alone. `says` are other relations recorded between both, `marks` what a drug is besides
    (withdrawn, illicit, nutraceutical, diagnostic).
    """

    drug: str
    disease: str
    score: float
    probability: float
    rank: int
    prior_score: float
    prior_rank: int
    known: bool
    says: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


class Ranking:
    """Hypotheses of a release by the evidence that is permitted; the model is fitted once and kept in `folder`.

    `told` is called before what takes long.
    """

    def __init__(
        self,
        topology: Topology,
        release: Release,
        folder: Path,
        permitted: Permitted,
        told: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.release, self.permitted, self._folder, self._told = release, permitted, folder, told
        self._only = Only(permitted)
        self._topology = topology

    @cached_property
    def network(self) -> Network:
        """The edges that features walk, treatments among them."""
        return Network(self._topology, self._only, relations())

    @cached_property
    def universe(self) -> Universe:
        """What is ranked."""
        return Universe.of(self.network)

    @cached_property
    def treats(self) -> Sparse:
        """The recorded treatments, shape (drugs, diseases)."""
        return self.universe.pairs(self.network, "treats")

    @cached_property
    def signals(self) -> Signals:
        """What joins drugs and diseases."""
        return Signals(self.network, self.universe)

    @property
    def _sources(self) -> tuple[str, ...] | None:
        return None if self.permitted.sources is None else tuple(sorted(self.permitted.sources))

    @property
    def _file(self) -> Path:
        told = sha256("\n".join(self._sources or ["all"]).encode()).hexdigest()[:8]
        return self._folder / f"{self.release.id.removeprefix('sha256:')[:16]}-{told}.json"

    @cached_property
    def model(self) -> Model:
        """The model of the release, fitted where there is none that can be used; raises `TooLittleKnown`."""
        if self._file.exists():
            try:
                return Model.load(self._file, self.release.id, self._sources)
            except ModelMismatch as problem:
                logger.warning("%s", problem)
        self._told("fitting the model of this release, once")
        model = fit_model(self.signals, self.treats, self.release.id, self._sources, Recipe())
        model.save(self._file)
        return model

    @cached_property
    def _prior(self) -> Vector:
        return prior(self.treats)

    @cached_property
    def _marks(self) -> Mapping[str, tuple[str, ...]]:
        return marks(self.release, self.universe.drugs)

    @cached_property
    def _said(self) -> dict[str, Sparse]:
        """Relations other than 'treats' that are recorded between drugs and diseases."""
        others = (relation for relation in SAYS_THE_PAIR if relation != "treats")
        return {relation: self.universe.pairs(self.network, relation) for relation in others}

    def of_disease(self, disease: str) -> list[Hypothesis]:
        """All drugs for a disease, best first; raises `NoCandidate` for a disease that cannot be ranked."""
        column = self.universe.disease(disease)
        score = scores(self.signals, self.model.weights, self.treats, diseases=np.array([column])).ravel()
        places = [(row, column) for row in range(len(self.universe.drugs))]
        return self._ranked(places, score)

    def of_drug(self, drug: str) -> list[Hypothesis]:
        """All diseases for a drug, best first; raises `NoCandidate` for a drug that cannot be ranked."""
        row = self.universe.drug(drug)
        score = scores(self.signals, self.model.weights, self.treats, drugs=np.array([row])).ravel()
        places = [(row, column) for column in range(len(self.universe.diseases))]
        return self._ranked(places, score)

    def without_record(self, drug: str, disease: str) -> Sparse:
        """The recorded treatments less that of a pair: what its explanation may rest on."""
        known = self.treats.tolil(copy=True)
        known[self.universe.drug(drug), self.universe.disease(disease)] = 0
        return known.tocsr()

    def _ranked(self, places: list[tuple[int, int]], score: Vector) -> list[Hypothesis]:
        drugs, diseases = self.universe.drugs, self.universe.diseases
        rows, columns = np.array(places).T
        names = [(drugs[i], diseases[j]) for i, j in places]
        score = np.array([self.model.unseen.get(pair, s) for pair, s in zip(names, score, strict=True)])
        fame = self._prior[rows, columns]
        known = np.asarray(self.treats[rows, columns]).ravel() > 0
        said = {name: np.asarray(matrix[rows, columns]).ravel() > 0 for name, matrix in self._said.items()}
        probability = self.model.curve.probability(score)
        order = np.argsort(-score, kind="stable")
        rank, prior_rank = _ranks(score), _ranks(fame)
        return [
            Hypothesis(
                names[n][0],
                names[n][1],
                round(float(score[n]), 6),
                round(float(probability[n]), 6),
                int(rank[n]),
                round(float(fame[n]), 6),
                int(prior_rank[n]),
                bool(known[n]),
                tuple(name for name, there in said.items() if there[n]),
                self._marks.get(names[n][0], ()),
            )
            for n in order
        ]


def _ranks(values: Vector) -> NDArray[np.int64]:
    """The place of each value from the largest, 1 first; equal ones share the mean of their places.

    >>> _ranks(np.array([0.2, 0.9, 0.2, 0.1, 0.2])).tolist()
    [3, 1, 3, 5, 3]
    """
    from scipy.stats import rankdata

    return np.asarray(np.ceil(rankdata(-values)), np.int64)
