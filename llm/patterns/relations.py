"""Which relation a stretch of a question speaks of: nearest known wording under the types of both ends."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from kg.schema import schema
from llm.wordings import features, wordings
from llm.words import NOUNS, stem

# What is asked as a treatment must never be answered with the drugs that cause it.
_CURES = re.compile(
    r"\b(?:for|against|treat\w*|cur(?:e|es|ed|ing)|help\w*|reliev\w*|eas(?:e|es|ing)|palliat\w*|remed\w*|manag\w*"
    r"|therap\w*|prescrib\w*|indicat\w*|medicines?|medications?|meds?)\b"
)
_HARMS = re.compile(
    r"\b(?:caus\w*|induc\w*|lead\w*|risk\w*|side|adverse|effects?|reactions?|provok\w*|trigger\w*|bring\w*"
    r"|produc\w*|result\w*|toxic\w*|responsible|harm\w*|blam\w*"
    r"|report\w*|unwanted|undesir\w*|known for|notorious|watch|danger\w*|complicat\w*|downsides?|drawbacks?)\b"
)
_PLAIN, _UNHEARD = 0.8, 0.15
_USUAL, _BARE = 0.12, 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """A hop that fits: from nodes of `source` to nodes of `target`, and how well the wording fits (0 to 1)."""

    relation: str
    direction: str
    source: str
    target: str
    score: float


@lru_cache(maxsize=1)
def _noun_stems() -> frozenset[str]:
    """The stems of the nouns for kinds of thing, which say no relation."""
    return frozenset(stem(word) for noun in NOUNS for word in noun.split())


def steps(text: str, targets: Collection[str] | None, sources: Collection[str]) -> list[Step]:
    """Hops from one of `sources` to one of `targets` (any if None), best wording first.

    Categories given earlier are preferred a little; where the wording says
    nothing, the usual relation between two categories wins.
    """
    scored = wordings().scores(text)
    # Two nouns beside each other ('gout drugs') are a way of asking for what usually ties them.
    bare = not {f for f in features(text) if " " not in f} - _noun_stems()
    order = {category: n for n, category in enumerate(sources)}
    candidates = []
    for relation in schema().relations.values():
        if not relation.spoken:
            continue
        for direction in ("out", "in"):
            source, target = relation.source(direction), relation.target(direction)
            if (
                source not in order
                or (targets is not None and target not in targets)
                or (relation.symmetric and direction == "in")
            ):
                continue
            score = max(
                scored.get((relation.name, direction), 0.0),
                scored.get((relation.name, "in"), 0.0) if relation.symmetric else 0.0,
            )
            if targets is not None and schema().usual(source, target) in (None, (relation, direction)):
                score = max(score + _USUAL, _BARE if bare else 0.0)
            candidates.append(Step(relation.name, direction, source, target, score - 0.02 * order[source]))
    ordered = sorted(candidates, key=lambda s: -s.score)
    if not ordered:
        return []
    # A wording that plainly says a relation of other kinds of thing is not bent to one that fits these.
    best, own = max(scored.values()), max(scored.get((ordered[0].relation, d), 0.0) for d in ("in", "out"))
    bent = best >= _PLAIN and own < _UNHEARD
    harm = schema().relation(ordered[0].relation).harmful and _CURES.search(text) and not _HARMS.search(text)
    return [] if bent or harm else ordered
