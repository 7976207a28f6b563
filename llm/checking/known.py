"""Parts of a free sentence in wordings that are known word for word: these are held against the edges by rule."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from kg.schema.relations import Direction
from llm.checking.letters import LETTER, Lettered
from llm.checking.telling import denied, of_many, read_wordings, shipped_wordings

# A relation, from which end it is told, whether it is denied.
Told = tuple[str, Direction, bool]
# What may stand before a verb and leaves its subject open; 'which' and 'that' would bind it to the name before.
_JOINT = re.compile(r"^(?:[,;.]|\b(?:and|but|it|also|both|however|while|whereas|in addition)\b|\s)+", re.IGNORECASE)
_NOUN = re.compile(r"\s+(?:the|a|an)$")
_LISTED = re.compile(r"^\s*(?:,|and|, and|as well as|or)\s*$")
_ENDS = re.compile(r"^\s*(?:$|[.,;]|and\b|but\b|as well as\b)")


@lru_cache(maxsize=8)
def phrases(file: Path | None = None) -> Mapping[str, frozenset[Told]]:
    """What each wording may say, affirmed and denied, of one thing and of many."""
    found: dict[str, set[Told]] = defaultdict(set)
    for (relation, way), wordings in (shipped_wordings() if file is None else read_wordings(file)).items():
        for words in wordings:
            for said, negated in ((words, False), (denied(words), True)):
                found[said.casefold()].add((relation, way, negated))
            found[of_many(words).casefold()].add((relation, way, False))
    return {words: frozenset(told) for words, told in found.items()}


def astray(read: Lettered, known: Mapping[str, frozenset[Told]]) -> bool:
    """Whether a part of a sentence says, in a known wording, what no edge says of any name that stands before it.

    >>> from llm.checking.letters import Said, relettered
    >>> edges = [Said("Q", "drug_upregulates", "Z"), Said("Q", "drug_downregulates", "K")]
    >>> astray(relettered("Q upregulates Z but downregulates K.", edges), phrases())
    False
    >>> astray(relettered("Q downregulates Z but upregulates K.", edges), phrases())
    True
    """
    return any(not _carried(read, told, before, letter) for told, before, letter in _parts(read.sentence, known))


def _parts(sentence: str, known: Mapping[str, frozenset[Told]]) -> Iterator[tuple[frozenset[Told], str, str]]:
    """What may be told of each name in a known wording, with the names before it."""
    places = list(LETTER.finditer(sentence))
    told: frozenset[Told] = frozenset()
    for number in range(1, len(places)):
        before, place = places[number - 1], places[number]
        between, after = sentence[before.end() : place.start()], sentence[place.end() :]
        # In a list the verb goes on, unless what is listed has a verb of its own.
        if not (told and _LISTED.match(between) and _ENDS.match(after)):
            words = _NOUN.sub("", _JOINT.sub("", between).rstrip()).strip().casefold()
            told = known.get(words, frozenset())
        if told:
            yield told, "".join(p[0] for p in places[:number]), place[0]


def _carried(read: Lettered, told: frozenset[Told], before: str, letter: str) -> bool:
    for edge in read.edges:
        for way, first, second in (("out", edge.subject, edge.object), ("in", edge.object, edge.subject)):
            if second == letter and first in before and (edge.relation, way, edge.negated) in told:
                return True
    return False
