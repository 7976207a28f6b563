"""Questions with slots for names, filled from a release: '{drug}' becomes a drug that the release knows much of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import polars as pl

from kg.release.release import Release
from llm.models.voices import SLOT, SLOTS
from llm.words import NOUNS

# What no release holds.
INVENTED = ("zorbloxinib", "quervaline", "plentuxomab", "Mordane syndrome", "KRELP7", "tabrimycetine")
_MOST = 100
# How often a thing is called by another of its names.
_SYNONYMS = 0.15
_PLAIN_NAME = re.compile(r"[^\W\d_][\w' -]{3,40}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A question with names in its slots, its form with identifiers there, and the categories and names of these.

    Of a follow-up `before` is the form of the last answer.
    """

    form: str
    question: str
    categories: Mapping[str, str]
    names: Mapping[str, str]
    before: str = ""


class Slots:
    """Fills slots with the things of a kind that have most edges, each line the same way on one release."""

    def __init__(self, release: Release) -> None:
        self._names = lru_cache(maxsize=None)(release.names_of)
        ends = [release.scan("edges").select(pl.col(end).alias("id")) for end in ("subject", "object")]
        edges = pl.concat(ends).group_by("id").len().collect()
        nodes = release.read("nodes", ["id", "name", "category"]).join(edges, on="id")
        nodes = nodes.sort("len", "id", descending=[True, False])
        self.things: dict[str, list[tuple[str, str]]] = {}
        for kind, category in SLOTS.items():
            rows = nodes.filter(pl.col("category") == category)
            # A thing that is called like its kind, or like another one, makes no question with one form.
            rows = rows.with_columns(pl.col("name").str.to_lowercase().alias("lower"))
            alone = rows.filter(pl.col("lower").is_unique() & ~pl.col("lower").is_in(list(NOUNS)))
            self.things[kind] = list(alone.head(_MOST).select("id", "name").iter_rows())

    def filled(self, form: str, question: str, seed: str, before: str = "") -> Filled | None:
        """A form, its question and the form of an answer before with the same names in all.

        None where the release holds nothing of a kind.

        Raises `KeyError` for a slot of no kind.
        """
        chance, names, ids = Random(seed), dict[str, str](), dict[str, str]()
        categories: dict[str, str] = {}
        for kind, number in sorted({*SLOT.findall(form), *SLOT.findall(question), *SLOT.findall(before)}):
            if kind == "unknown":
                names[kind + number] = chance.choice([n for n in INVENTED if n not in names.values()])
                ids[kind + number] = "UNKNOWN:0"
                continue
            left = [t for t in self.things[kind] if t[0] not in categories]
            if not left:
                return None
            identifier, name = chance.choice(left)
            names[kind + number], ids[kind + number] = self._called(identifier, name, chance), identifier
            categories[identifier] = SLOTS[kind]
        called = {ids[slot]: name for slot, name in names.items()}
        return Filled(_put(form, ids), _put(question, names), categories, called, _put(before, ids))

    def _called(self, identifier: str, name: str, chance: Random) -> str:
        if chance.random() >= _SYNONYMS:
            return name
        others: Sequence[str] = [n for n in self._names(identifier)[1:] if _PLAIN_NAME.fullmatch(n)]
        return chance.choice(others) if others else name


def _put(text: str, values: Mapping[str, str]) -> str:
    return SLOT.sub(lambda m: values[m[1] + m[2]], text)
