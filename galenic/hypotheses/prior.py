"""The rival of every ranking: how likely a treatment is by how many treatments its drug and its disease have, and
nothing else.
"""

from __future__ import annotations

import numpy as np

from galenic.hypotheses.links import Sparse, Vector


def prior(treats: Sparse) -> Vector:
    """The chance of each pair in a random network of these degrees, shape (drugs, diseases).

    With d and e treatments of drug and disease among m in all: d e / sqrt((d e)^2 + (m - d - e + 1)^2)
    (Zietz and others, GigaScience 2024, 13:giae001).

    >>> from scipy import sparse
    >>> prior(sparse.csr_matrix([[1.0, 1.0], [0.0, 1.0]])).round(2).tolist()
    [[0.89, 1.0], [0.45, 0.89]]
    """
    drug = np.asarray(treats.sum(axis=1)).reshape(-1, 1)
    disease = np.asarray(treats.sum(axis=0)).reshape(1, -1)
    product = drug * disease
    return np.asarray(product / np.sqrt(product**2 + (treats.sum() - drug - disease + 1) ** 2))
