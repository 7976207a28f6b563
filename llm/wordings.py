"""The nearest known wording: which relation a stretch of text speaks of, by its likeness to how people say each."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy import sparse

from llm.words import relation_wordings, stem

_TOKEN = re.compile(r"\{x\}|[a-z0-9']+")
_EMPTY = frozenset(
    (
        "the a an that which what are is do does be it was were can me list any some there they known all these "
        "those this of"
    ).split()
)


def features(text: str) -> Counter[str]:
    """Stems, their pairs in order, and the place of {x} between them."""
    words = [w if w == "{x}" else stem(w) for w in _TOKEN.findall(text.casefold()) if w not in _EMPTY]
    counts = Counter(w for w in words if w != "{x}")
    counts.update(f"{a} {b}" for a, b in pairwise(words))
    return counts


class Wordings:
    """The known wordings of every relation, as a sparse tf-idf matrix with one row a wording."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Rows are (relation, direction, wording with {x})."""
        listed = list(rows)
        self.steps = [(r, d) for r, d, _ in listed]
        counted = [features(text) for _, _, text in listed]
        document = Counter(f for c in counted for f in c)
        self._column = {f: n for n, f in enumerate(document)}
        self._weight = np.array([math.log(1 + len(listed) / document[f]) for f in document])
        data, columns, starts = [], [], [0]
        for c in counted:
            vector = self._vector(c)
            columns += list(vector)
            data += list(vector.values())
            starts.append(len(columns))
        self._matrix = sparse.csr_matrix((data, columns, starts), shape=(len(listed), len(document)))
        self.vocabulary = frozenset(f for f in document if " " not in f)
        self._rows: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row, step in enumerate(self.steps):
            self._rows[step].append(row)

    def _vector(self, counted: Counter[str]) -> dict[int, float]:
        raw = {self._column[f]: self._weight[self._column[f]] for f in counted if f in self._column}
        # Unknown words lengthen the query: a text full of them is far from every wording.
        unknown = sum(1 for f in counted if f not in self._column and " " not in f)
        length = math.sqrt(sum(w * w for w in raw.values()) + unknown * 9.0) or 1.0
        return {c: w / length for c, w in raw.items()}

    def scores(self, text: str) -> dict[tuple[str, str], float]:
        """Similarity of a text to the nearest wording of every step."""
        vector = self._vector(features(text))
        query = np.zeros(self._matrix.shape[1])
        for column, weight in vector.items():
            query[column] = weight
        similar = self._matrix @ query
        return {step: float(similar[rows].max()) for step, rows in self._rows.items()}


@lru_cache(maxsize=1)
def wordings() -> Wordings:
    """The wordings that ship with Galenic."""
    return Wordings(relation_wordings())
