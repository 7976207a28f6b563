"""The words in which a model says a form: each token of the notation is one word of the base model's own vocabulary."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

END = "<end>"
LETTERS = "ABCDEFGHIJ"
DIGITS = frozenset("0123456789")
# Frequencies are said as whole thousandths.
THOUSANDTHS = 1000


@lru_cache(maxsize=1)
def words() -> dict[str, str]:
    """The word for each token, in the order of the rows of a model's head.

    >>> words()["treats:in"]
    'treats'
    """
    text = files("llm.models").joinpath("tokens.tsv").read_text("utf-8")
    table = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["token"]: row["word"] for row in table}


@lru_cache(maxsize=1)
def tokens() -> tuple[str, ...]:
    """All tokens; a token's place is its row of the head."""
    return tuple(words())


@lru_cache(maxsize=1)
def rows() -> dict[str, int]:
    """The row of each token."""
    return {token: row for row, token in enumerate(tokens())}


def spelled(word: str) -> str:
    """A word as the base's tokenizer must see it to give one piece: digits stand alone, words follow a space."""
    return word if word in DIGITS else f" {word}"
