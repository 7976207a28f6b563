"""Whether an exported model says what the trained one says: merging and 8-bit weights must not change what is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llm.models.decoder import Decoder
from llm.models.errors import AdapterError
from llm.models.training import Learner, Recipe

# So much of the forms said rightly may be lost on the way.
_LOST = 0.005
Question = tuple[str, Sequence[str]]


def parity(base: Path, adapter: Path, recipe: Recipe, exported: Path, asked: Sequence[Question]) -> tuple[float, float]:
    """The shares of forms that the adapter beside its base and the exported graph say word for word.

    `asked` are prompts with the tokens of their forms; each token is said after the right ones before it. Raises
    `AdapterError` where the export loses more than half a point.
    """
    learner, decoder = Learner(base, recipe), Decoder(exported)
    learner.start_from(adapter)
    trained = sum(learner.says(learner.coded(text, tokens)) for text, tokens in asked) / len(asked)
    kept = sum(decoder.says(text, tokens) for text, tokens in asked) / len(asked)
    # Of few forms one is more than half a point, and may fall either way.
    if (trained - kept) * len(asked) > max(_LOST * len(asked), 1.5):
        raise AdapterError(
            f"{exported} says {kept:.3f} of {len(asked):,} forms where {adapter} says {trained:.3f}: the export is not "
            "used; report it with the versions that `galenic doctor` prints"
        )
    return trained, kept
