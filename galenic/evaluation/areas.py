"""The areas under the two curves by which rankings are compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def auroc(right: ArrayLike, score: ArrayLike) -> float:
    """The chance that a right one scores above a wrong one, ties counting half; 0.5 where all are of one sort.

    Values as in scikit-learn's documentation of `roc_auc_score`.

    >>> auroc([False, False, True, True], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    from scipy.stats import rankdata

    yes = np.asarray(right, bool)
    positives, negatives = int(yes.sum()), int((~yes).sum())
    if not positives or not negatives:
        return 0.5
    ranks = rankdata(score)
    return float((ranks[yes].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(right: ArrayLike, score: ArrayLike) -> float:
    """The mean precision at each right one from the top, equal scores taken together; 0.0 where none is right.

    Values as in scikit-learn's documentation of `average_precision_score`.

    >>> round(average_precision([False, False, True, True], [0.1, 0.4, 0.35, 0.8]), 2)
    0.83
    """
    scored = np.asarray(score, float)
    order = np.argsort(-scored, kind="stable")
    yes, ordered = np.asarray(right, bool)[order], scored[order]
    if not yes.any():
        return 0.0
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    found = np.cumsum(yes)[last]
    precision = found / (last + 1)
    return float((np.diff(np.append(0, found)) * precision).sum() / yes.sum())
