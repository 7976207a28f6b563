"""Whether an exported model of pairs judges as the trained one: merging and 8-bit weights must not change a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llm.models.errors import AdapterError
from llm.models.pairs.adapter import Task
from llm.models.pairs.model import PairModel
from llm.models.pairs.training import Learner, Pair

# So much of what is judged rightly may be lost on the way.
_LOST = 0.005


def parity(learner: Learner, exported: Path, task: Task, asked: Sequence[Pair]) -> tuple[float, float]:
    """The shares of pairs that the trained model and the exported graph class rightly.

    Raises `AdapterError` where the export loses more than half a point.
    """
    import torch

    right = 0
    with torch.no_grad():
        for start in range(0, len(asked), 32):
            coded = [learner.coded(pair) for pair in asked[start : start + 32]]
            found = learner.scores(coded).argmax(1).tolist()
            right += sum(f == c.label for f, c in zip(found, coded, strict=True))
    shares = PairModel(exported, task).shares([(p.first, p.second) for p in asked])
    kept = int((shares.argmax(1) == [p.label for p in asked]).sum())
    # Of few pairs one is more than half a point, and may fall either way.
    if right - kept > max(_LOST * len(asked), 1.5):
        raise AdapterError(
            f"{exported} judges {kept:,} of {len(asked):,} pairs rightly where the trained model judges {right:,}: the "
            "export is not used; report it with the versions that `galenic doctor` prints"
        )
    return right / len(asked), kept / len(asked)
