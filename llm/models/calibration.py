"""How far a reading is to be believed: the share of right ones among readings that look like it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from llm.models.errors import AdapterError

_FILE = "calibration.json"
_ROUNDS, _RIDGE = 50, 1e-3
# A second way that is nowhere near says no more than one a little nearer.
FAR = 8.0


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells of a reading's worth.

    Its log-probability, by how much it leads the next one, names left unused; whether a second reader reads it
    alike, or is sure of something else; whether it abstains.
    """

    score: float
    lead: float
    unused: int
    alike: bool
    opposed: bool
    abstains: bool

    def features(self) -> list[float]:
        """The signs as numbers of like size."""
        score, lead = max(self.score, -FAR), min(self.lead, FAR)
        told = (self.alike, self.opposed, self.abstains)
        return [1.0, score, lead, math.exp(score), min(self.unused, 2), *(float(t) for t in told)]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve over the signs; below the `line` a reading is asked back and not answered."""

    weights: tuple[float, ...]
    line: float = 0.5

    def confidence(self, signs: Signs) -> float:
        """The share of readings with such signs that are right.

        >>> Calibration((0.0,) * 8).confidence(Signs(0.0, 5.0, 0, True, False, False))
        0.5
        """
        odds = sum(w * f for w, f in zip(self.weights, signs.features(), strict=True))
        return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))

    @classmethod
    def fitted(cls, signs: Sequence[Signs], right: Sequence[bool]) -> Calibration:
        """The curve that fits readings of questions that the model has not learnt from (Newton's method)."""
        x = np.array([s.features() for s in signs])
        y = np.array(right, float)
        weights = np.zeros(x.shape[1])
        for _ in range(_ROUNDS):
            p = 1 / (1 + np.exp(-x @ weights))
            curve = (x * (p * (1 - p))[:, None]).T @ x + _RIDGE * len(x) * np.eye(x.shape[1])
            weights += np.linalg.solve(curve, x.T @ (y - p) - _RIDGE * len(x) * weights)
        return cls(tuple(float(w) for w in weights))

    def save(self, folder: Path) -> None:
        """Write it beside an adapter."""
        told = {"weights": [round(w, 6) for w in self.weights], "line": self.line}
        (folder / _FILE).write_text(json.dumps(told) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Calibration:
        """Read it; raises `AdapterError` where it is not whole."""
        try:
            told = json.loads((folder / _FILE).read_text("utf-8"))
            return cls(tuple(float(w) for w in told["weights"]), float(told["line"]))
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise AdapterError(f"{folder / _FILE} cannot be read ({problem}); train the adapter again") from problem
