"""The repurposing model of a release: how much each signal counts, what a score means, and the file that keeps both."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from galenic.hypotheses.errors import ModelMismatch
from galenic.hypotheses.fitting import Recipe, Weights, at, fit, folds, others, scores_at, without
from galenic.hypotheses.links import Sparse, Vector
from galenic.hypotheses.signals import Signals

FORMAT = 1
_FOLDS, _COMPARED = 5, 500_000


@dataclass(frozen=True, slots=True)
class Curve:
    """From a score to the share of pairs with such a score that are recorded as treatments: 1 / (1 + exp(-a s - b))."""

    slope: float
    offset: float

    def probability(self, score: Vector) -> Vector:
        """The probability of being listed as a treatment in the release; never one of working.

        >>> Curve(1.0, 0.0).probability(np.array([0.0])).tolist()
        [0.5]
        """
        return np.asarray(1 / (1 + np.exp(-self.slope * np.asarray(score) - self.offset)))


@dataclass(frozen=True, slots=True)
class Model:
    """What was fitted: on which release and sources, on how many treatments, by which recipe.

    `unseen` holds the score of each recorded treatment (drug, disease) by a fit that did not know it.
    """

    release: str
    sources: tuple[str, ...] | None
    treatments: int
    recipe: Recipe
    weights: Weights
    curve: Curve
    unseen: Mapping[tuple[str, str], float]

    def save(self, file: Path) -> None:
        """Write it as JSON, whole or not at all."""
        told = {
            "format": FORMAT,
            "release": self.release,
            "sources": self.sources,
            "treatments": self.treatments,
            "recipe": asdict(self.recipe),
            "start": self.weights.start,
            "signals": [
                {"name": n, "weight": w, "scale": s}
                for n, w, s in zip(
                    self.weights.names, self.weights.weights.tolist(), self.weights.scales.tolist(), strict=True
                )
            ],
            "curve": asdict(self.curve),
            "unseen": [[*pair, score] for pair, score in self.unseen.items()],
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        work = file.with_name(f".{file.name}-{os.getpid()}")
        work.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        work.replace(file)

    @classmethod
    def load(cls, file: Path, release: str, sources: tuple[str, ...] | None) -> Model:
        """Read it; raises `ModelMismatch` for a broken file, or one of another release or of other sources."""
        mend = f"delete {file}, and it is fitted anew"
        try:
            told = json.loads(file.read_text("utf-8"))
            if told["format"] != FORMAT:
                raise ModelMismatch(f"{file} was written by another version; {mend}")
            kept = None if told["sources"] is None else tuple(told["sources"])
            names, weights, scales = zip(*((s["name"], s["weight"], s["scale"]) for s in told["signals"]), strict=True)
            fitted = Weights(names, np.array(weights, float), np.array(scales, float), float(told["start"]))
            model = cls(
                told["release"],
                kept,
                int(told["treatments"]),
                Recipe(**told["recipe"]),
                fitted,
                Curve(**told["curve"]),
                {(drug, disease): float(score) for drug, disease, score in told["unseen"]},
            )
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise ModelMismatch(f"{file} cannot be read ({problem}); {mend}") from problem
        if (model.release, model.sources) != (release, sources):
            raise ModelMismatch(f"{file} was fitted on another release or on other sources; {mend}")
        return model


def fit_model(signals: Signals, treats: Sparse, release: str, sources: tuple[str, ...] | None, recipe: Recipe) -> Model:
    """Fit on all treatments; what a score means is learnt from five fits of which each scores the fifth that it has not
    seen.
    """
    cells, unseen = cross_scored(signals, treats, recipe)
    weights = fit(signals, treats, np.zeros(treats.shape, bool), recipe)
    treated = at(treats, *cells.T) > 0
    # The other pairs were drawn; each stands for as many as there are for one.
    each = (treats.shape[0] * treats.shape[1] - treats.nnz) / max((~treated).sum(), 1)
    curve = _curve(unseen, treated.astype(float), np.where(treated, 1.0, each))
    drugs, diseases = signals.universe.drugs, signals.universe.diseases
    known = {(drugs[i], diseases[j]): float(s) for (i, j), s in zip(cells[treated], unseen[treated], strict=True)}
    return Model(release, sources, int(treats.nnz), recipe, weights, curve, known)


def cross_scored(signals: Signals, treats: Sparse, recipe: Recipe) -> tuple[NDArray[np.int64], Vector]:
    """All treatments and up to half a million other pairs, each with its score from a fit that knew nothing of its
    fold; cells of shape (pairs, 2).
    """
    fold = folds(treats.shape, recipe.split, _FOLDS, recipe.seed + 7)
    draw = np.random.default_rng(recipe.seed + 8)
    everywhere = np.ones(treats.shape, bool)
    cells = np.concatenate([np.argwhere(treats), others(draw, everywhere, treats, _COMPARED)])
    unseen = np.zeros(len(cells))
    for number in range(_FOLDS):
        hidden = fold == number
        weights = fit(signals, treats, hidden, recipe)
        inside = hidden[tuple(cells.T)]
        unseen[inside] = scores_at(signals, weights, without(treats, hidden), *cells[inside].T)
    return cells, unseen


def _curve(score: Vector, treated: Vector, counts: Vector) -> Curve:
    """The logistic curve of least loss (Platt, Advances in Large Margin Classifiers, 1999); `counts` says for how many
    pairs each stands.
    """
    from scipy.optimize import minimize

    share = counts / counts.sum()

    def loss(parameters: Vector) -> tuple[float, Vector]:
        logit = parameters[0] * score + parameters[1]
        wrong = share * (1 / (1 + np.exp(-logit)) - treated)
        value = (share * np.logaddexp(0, np.where(treated > 0, -logit, logit))).sum()
        return float(value), np.array([(wrong * score).sum(), wrong.sum()])

    slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=True, bounds=[(0.1, 10), (-20, 20)], method="L-BFGS-B").x
    return Curve(float(slope), float(offset))
