"""What checks the sentences of answers in a home: the rules, and a trained model for what these cannot read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from galenic.settings import Settings
from llm.checking import FreeVerifier, FreeWording, RuleVerifier
from llm.models.pairs.adapter import VERIFIER
from llm.models.pairs.model import PairModel
from llm.ports import Verifier

# What an adapter keeps of the wordings that it was trained with beside ours.
WORDINGS = "wordings.tsv"
Names = Callable[[str], Iterable[str]]


def verifier(settings: Settings, names: Names) -> Verifier:
    """The verifier that the settings name; a trained one is opened when the first sentence needs it."""
    rules = RuleVerifier(names)
    return rules if settings.verifier == "rules" else FreeWording(rules, free(settings, names))


def free(settings: Settings, names: Names) -> FreeVerifier:
    """What judges sentences of free wording by the adapter of the settings, else by the shipped one."""

    @lru_cache(maxsize=1)
    def opened() -> PairModel:
        from llm.models.pairs import shelf

        return shelf.opened(VERIFIER, settings.verifier_adapter, settings.home / "models")

    own = None if settings.verifier_adapter is None else settings.verifier_adapter / WORDINGS
    return FreeVerifier(opened, names, own if own is not None and own.exists() else None)
