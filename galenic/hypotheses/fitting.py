"""Learns how much each signal counts: a logistic model whose weights are never negative, so that each path speaks for a
pair or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from galenic.hypotheses.errors import TooLittleKnown
from galenic.hypotheses.links import Sparse, Vector
from galenic.hypotheses.signals import ALL, Chosen, Signal, Signals

Split = Literal["pair", "drug", "disease"]
Cells = NDArray[np.int8]
# A model of fewer treatments than this would be one of chance.
_FEWEST = 30
_FOLDS = 5
# Up to so many pairs are listed to draw from; of more, pairs are drawn until there are enough.
_FEW = 4_000_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is fitted: the penalty on squared weights, and how many other pairs stand beside each treatment."""

    penalty: float = 1e-3
    beside: int = 100
    split: Split = "pair"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted model: the score of a pair is `start` + sum of `weights` * arcsinh(signal / `scales`)."""

    names: tuple[str, ...]
    weights: Vector
    scales: Vector
    start: float


def folds(shape: tuple[int, int], split: Split, number: int, seed: int) -> Cells:
    """Each pair's fold: drawn alone, with all pairs of its drug, or with all pairs of its disease.

    >>> [len(set(row)) for row in folds((3, 4), "drug", 2, 0).tolist()]
    [1, 1, 1]
    """
    draw = np.random.default_rng(seed)
    rows, columns = shape
    if split == "drug":
        return np.repeat((draw.permutation(rows) % number).astype(np.int8)[:, None], columns, axis=1)
    if split == "disease":
        return np.repeat((draw.permutation(columns) % number).astype(np.int8)[None], rows, axis=0)
    return draw.integers(0, number, shape, dtype=np.int8)


def without(treats: Sparse, hidden: NDArray[np.bool_]) -> Sparse:
    """Treatments less those in hidden cells."""
    kept = treats.tocoo()
    there = ~hidden[kept.row, kept.col]
    from scipy import sparse

    return sparse.csr_matrix((kept.data[there], (kept.row[there], kept.col[there])), shape=treats.shape)


def fit(signals: Signals, treats: Sparse, hidden: NDArray[np.bool_], recipe: Recipe) -> Weights:
    """The model that tells treatments from other pairs; what is hidden it never sees, as pair or in a signal.

    Each pair is learnt with the signals that it has when its own fold is hidden, as a new
    pair's would be. Raises `TooLittleKnown` where fewer than 30 treatments are known.
    """
    known = without(treats, hidden)
    if known.nnz < _FEWEST:
        raise TooLittleKnown(f"{known.nnz} treatments are recorded; at least {_FEWEST} are needed to rank by them")
    names, values, treated = _examples(signals, known, hidden, recipe)
    scales = values.mean(axis=0)
    scales[scales == 0] = 1
    shaped = np.arcsinh(values / scales)
    spread = shaped.std(axis=0)
    spread[spread == 0] = 1
    weights, start = least_loss(shaped / spread, treated, recipe.penalty)
    return Weights(names, weights / spread, scales, start)


def _examples(
    signals: Signals, known: Sparse, hidden: NDArray[np.bool_], recipe: Recipe
) -> tuple[tuple[str, ...], Vector, Vector]:
    """Names of the signals, their values (pairs x signals), and which pairs are treatments."""
    draw = np.random.default_rng(recipe.seed)
    fold = folds(known.shape, recipe.split, _FOLDS, recipe.seed + 1)
    treated = np.argwhere(known)
    parts, labels, names = list[Vector](), list[Vector](), tuple[str, ...]()
    for number in range(_FOLDS):
        inside = (fold == number) & ~hidden
        yes = treated[inside[tuple(treated.T)]]
        if not len(yes):
            continue
        no = others(draw, inside, known, recipe.beside * len(yes))
        rows, columns = np.concatenate([yes, no]).T
        of_fold = list(signals.of(without(known, inside)))
        names = tuple(signal.name for signal, _ in of_fold)
        parts.append(np.stack([at(matrix, rows, columns) for _, matrix in of_fold], axis=1))
        labels.append(np.repeat([1.0, 0.0], [len(yes), len(no)]))
    return names, np.concatenate(parts), np.concatenate(labels)


def others(draw: np.random.Generator, inside: NDArray[np.bool_], known: Sparse, number: int) -> NDArray[np.int64]:
    """So many cells inside that are no known treatments, each once; all where there are no more. Shape (cells, 2)."""
    if inside.size <= _FEW:
        cells = np.argwhere(inside & ~(known.toarray() > 0))
        return np.asarray(cells[draw.choice(len(cells), min(len(cells), number), replace=False)])
    chosen = np.zeros((0, 2), np.int64)
    while len(chosen) < number:
        rows, columns = (draw.integers(0, size, 8 * number) for size in inside.shape)
        fits = inside[rows, columns] & (at(known, rows, columns) == 0)
        chosen = np.unique(np.concatenate([chosen, np.stack([rows[fits], columns[fits]], axis=1)]), axis=0)
    return np.asarray(chosen[draw.choice(len(chosen), number, replace=False)])


def at(matrix: Sparse, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Vector:
    """The values of a sparse matrix at some places."""
    return np.asarray(matrix[rows, columns], np.float64).ravel()


def least_loss(values: Vector, treated: Vector, penalty: float) -> tuple[Vector, float]:
    """Weights, none below 0, and intercept of least mean loss plus penalty / 2 times the squared weights."""
    from scipy.optimize import minimize

    def loss(parameters: Vector) -> tuple[float, Vector]:
        weights, start = parameters[:-1], parameters[-1]
        scores = values @ weights + start
        wrong = 1 / (1 + np.exp(-scores)) - treated
        value = float(np.logaddexp(0, np.where(treated > 0, -scores, scores)).mean() + penalty / 2 * weights @ weights)
        return value, np.append(values.T @ wrong / len(wrong) + penalty * weights, wrong.mean())

    began = np.append(np.zeros(values.shape[1]), -3.0)
    bounds = [(0.0, None)] * values.shape[1] + [(None, None)]
    found = minimize(loss, began, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 1000})
    return found.x[:-1], float(found.x[-1])


def scores(signals: Signals, weights: Weights, treats: Sparse, drugs: Chosen = ALL, diseases: Chosen = ALL) -> Vector:
    """The score of every pair, or of those of some drugs and diseases, given the treatments that are taken for known.

    The log odds of being a recorded treatment among pairs as they were drawn for the fit.
    """
    total = weights.start
    for _, matrix in contributions(signals, weights, treats, drugs, diseases):
        total = matrix + total if isinstance(total, np.ndarray) else matrix.toarray() + total
    return np.asarray(total)


def contributions(
    signals: Signals, weights: Weights, treats: Sparse, drugs: Chosen = ALL, diseases: Chosen = ALL
) -> Iterator[tuple[Signal, Sparse]]:
    """What each signal adds to the scores; those of no weight are left out."""
    found = signals.of(treats, drugs, diseases)
    for (signal, matrix), weight, scale in zip(found, weights.weights, weights.scales, strict=True):
        if weight > 0:
            shaped = matrix.tocsr(copy=True)
            shaped.data = weight * np.arcsinh(shaped.data / scale)
            yield signal, shaped


def scores_at(
    signals: Signals, weights: Weights, treats: Sparse, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> Vector:
    """The scores of some pairs, however many there are in all."""
    total = np.full(len(rows), weights.start)
    for _, matrix in contributions(signals, weights, treats):
        total += at(matrix, rows, columns)
    return total
