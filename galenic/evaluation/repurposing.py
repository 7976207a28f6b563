"""How well known treatments are found again when they are hidden: alone, with all of their drug, of their disease."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from galenic.evaluation.areas import auroc, average_precision
from galenic.hypotheses.fitting import Recipe, Split, fit, folds, scores, without
from galenic.hypotheses.links import Sparse, Vector
from galenic.hypotheses.prior import prior
from galenic.hypotheses.ranking import Ranking

_FOLDS = 5
# Of 755 pairs of the published split 483 are learnt from, 121 for choosing, 151 for measuring.
_TAIL_LEARNT = 0.8
_MOST = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One way to hide treatments: areas under both curves of the model and of its rivals, means over folds.

    `knowing` is the prior by numbers of treatments that count the hidden ones too, as it is often published; `prior`
    does not. `plain` adds up all signals, each by its scale, with no weights.
    """

    hidden: str
    pairs: int
    treatments: int
    auroc: float
    ap: float
    plain: tuple[float, float]
    prior: tuple[float, float]
    knowing: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tail:
    """Of a hidden pair the rank of its disease among those that its drug is not known to treat."""

    pairs: int
    mrr: float
    hits: dict[int, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """The table, how long fitting and scoring all pairs takes, and how far the likeliest new pairs are famous ones."""

    rows: tuple[Row, ...]
    tail: Tail
    seconds: float
    drugs: int
    diseases: int
    famous: dict[int, float]


def measured(ranking: Ranking, seed: int = 0) -> Measured:
    """Hide treatments in three ways, five folds each; raises `TooLittleKnown`."""
    signals, treats = ranking.signals, ranking.treats
    mark = time.perf_counter()
    weights = fit(signals, treats, np.zeros(treats.shape, bool), Recipe())
    all_scores = scores(signals, weights, treats)
    seconds = time.perf_counter() - mark
    rows = tuple(_row(ranking, split, seed) for split in ("pair", "drug", "disease"))
    drugs, diseases = treats.shape
    return Measured(rows, _tail(ranking, seed), round(seconds, 2), drugs, diseases, _famous(all_scores, treats))


def _row(ranking: Ranking, split: Split, seed: int) -> Row:
    treats = ranking.treats
    dense = treats.toarray() > 0
    knowing = prior(treats)
    areas = []
    for hidden, seen, found, plain in _folds(ranking, split, seed):
        if not dense[hidden].any():
            continue
        rivals = (found, plain, prior(seen), knowing)
        areas.append([(auroc(dense[hidden], r[hidden]), average_precision(dense[hidden], r[hidden])) for r in rivals])
    mean = np.mean(areas, axis=0).round(4).tolist()
    told = {"pair": "pairs", "drug": "drugs", "disease": "diseases"}[split]
    own, *others = (tuple(of) for of in mean)
    return Row(told, int(dense.size), int(dense.sum()), own[0], own[1], *others)


def _folds(ranking: Ranking, split: Split, seed: int) -> Iterator[tuple[NDArray[np.bool_], Sparse, Vector, Vector]]:
    """Of each fold what is hidden, what is seen, the model's scores and those without weights."""
    fold = folds(ranking.treats.shape, split, _FOLDS, seed + 1_000)
    for number in range(_FOLDS):
        hidden = fold == number
        seen = without(ranking.treats, hidden)
        weights = fit(ranking.signals, ranking.treats, hidden, Recipe(split=split, seed=seed))
        plain = np.zeros(seen.shape)
        for (_, matrix), scale in zip(ranking.signals.of(seen), weights.scales, strict=True):
            shaped = matrix.tocsr(copy=True)
            shaped.data = np.arcsinh(shaped.data / scale)
            plain += shaped.toarray()
        yield hidden, seen, scores(ranking.signals, weights, seen), plain


def _tail(ranking: Ranking, seed: int) -> Tail:
    """Hide a fifth of the treatments, and find the disease of each again among all."""
    pairs = np.argwhere(ranking.treats.toarray() > 0)
    pairs = pairs[np.random.default_rng(seed).permutation(len(pairs))[int(_TAIL_LEARNT * len(pairs)) :]]
    hidden = np.zeros(ranking.treats.shape, bool)
    hidden[tuple(pairs.T)] = True
    weights = fit(ranking.signals, ranking.treats, hidden, Recipe(seed=seed))
    found = scores(ranking.signals, weights, without(ranking.treats, hidden))
    known = ranking.treats.toarray() > 0
    ranks = []
    for drug, disease in pairs:
        others = ~known[drug]
        here, there = found[drug, disease], found[drug, others]
        ranks.append(1 + (there > here).sum() + (there == here).sum() / 2)
    ranks_ = np.array(ranks)
    hits = {n: round(float((ranks_ <= n).mean()), 4) for n in (1, 3, _MOST)}
    return Tail(len(pairs), round(float((1 / ranks_).mean()), 4), hits)


def _famous(found: Vector, treats: Sparse) -> dict[int, float]:
    """Of the so many likeliest new pairs the share that the prior puts among as many too."""
    new = np.flatnonzero(treats.toarray().ravel() == 0)
    ours, fame = found.ravel()[new], prior(treats).ravel()[new]
    shares = {}
    for most in (100, 1000):
        both = np.intersect1d(np.argsort(-ours, kind="stable")[:most], np.argsort(-fame, kind="stable")[:most])
        shares[most] = round(len(both) / most, 4)
    return shares
