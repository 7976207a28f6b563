"""Names to put into the slots of questions: things that people ask about, by all that they are called."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.release.names import degrees
from kg.release.release import Release
from llm.models.voices import SLOTS

_LONGEST = 60
# How much more a thing with many edges is asked about.
_FAME = 0.8
# Three names in ten are not the one that the release prefers.
_OTHER_NAME = 0.3
_GENE, _LOWER = "biolink:Gene", 0.4
_UNSPOKEN = frozenset(("code", "obsolete", "misspelling"))
_SYLLABLES = "zor vax bren tul ost quel mira flo dex ani lor phen tiv gal nur eth rap cos sil ver kem dro".split()
_DRUG_ENDS = "mab nib ine ol ase vir ulin idone ate xane prazole statin".split()
_ILL_ENDS = ("itis", "oma", "osis", " syndrome", " disease", "emia")
_MADE_UP_GENE, _MADE_UP_ILL = 0.25, 0.5


@dataclass(frozen=True, slots=True)
class _Things:
    """The things of a kind: their names, the first the preferred one, and how likely each is drawn (cumulated)."""

    names: list[list[str]]
    until: NDArray[np.float64]


class Names:
    """Draws names by kind: a thing with many edges is asked about more often.

    Where only some sources are let in, a thing that none of them holds is left out, and of one that others hold too
    only the first name is drawn, since a name does not say which source it is from.
    """

    def __init__(self, release: Release, permitted: Permitted = ALL_SOURCES) -> None:
        edges = pl.DataFrame(list(degrees(release).items()), {"id": pl.String, "len": pl.Int64}, orient="row")
        nodes = (
            release.scan("nodes")
            .filter(pl.col("category").is_in(sorted(set(SLOTS.values()))))
            .select("id", "category", "name", "synonyms", "sources")
            .join(edges.lazy(), on="id", how="inner")
            .sort("id")
            .collect()
        )
        if permitted.sources is not None:
            let_in = pl.col("sources").list.eval(pl.element().is_in(sorted(permitted.sources)))
            alone = pl.when(let_in.list.all()).then("synonyms").otherwise(pl.lit([], pl.List(pl.String)))
            nodes = nodes.filter(let_in.list.any()).with_columns(alone.alias("synonyms"))
        self._kinds: Mapping[str, _Things] = {
            str(category): _things(part) for (category,), part in nodes.group_by("category", maintain_order=True)
        }

    def draw(self, category: str, chance: random.Random) -> str:
        """A name of a thing of a kind."""
        things = self._kinds[category]
        which = int(np.searchsorted(things.until, chance.random() * things.until[-1]))
        first, *others = things.names[min(which, len(things.names) - 1)]
        name = chance.choice(others) if others and chance.random() < _OTHER_NAME else first
        return name.lower() if category != _GENE and chance.random() < _LOWER else name

    def has(self, category: str) -> bool:
        """Whether the release holds anything of a kind."""
        return category in self._kinds


def _things(part: pl.DataFrame) -> _Things:
    names = [
        [n for n in dict.fromkeys([name, *_spoken(synonyms)]) if n and len(n) <= _LONGEST and "[" not in n] or [name]
        for name, synonyms in part.select("name", "synonyms").iter_rows()
    ]
    return _Things(names, np.cumsum(part["len"].to_numpy() ** _FAME))


def _spoken(synonyms: list[str]) -> list[str]:
    """Synonyms that people say; each may carry its kind after a tab."""
    told = (synonym.partition("\t") for synonym in synonyms)
    return [name for name, _, kind in told if kind not in _UNSPOKEN]


def made_up(chance: random.Random) -> str:
    """A name that nothing bears, of the sound of a drug, a disease or a gene.

    >>> made_up(random.Random(1)) == made_up(random.Random(1))
    True
    """
    kind = chance.random()
    if kind < _MADE_UP_GENE:
        return "".join(chance.choices("BCDFGHKLMNPQRTVXZ", k=chance.choice((3, 4)))) + str(chance.randint(1, 99))
    stem = "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3))))
    word = stem + chance.choice(_ILL_ENDS if kind < _MADE_UP_ILL else _DRUG_ENDS)
    return word.capitalize() if chance.random() < _MADE_UP_ILL else word
