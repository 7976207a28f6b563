"""Which relation a stretch of a question speaks of: nearest known wording under the types of both ends."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from scipy import sparse

from kg.schema import schema

_TOKEN = re.compile(r"\{x\}|[a-z0-9']+")
_EMPTY = {
    "the",
    "a",
    "an",
    "that",
    "which",
    "what",
    "are",
    "is",
    "do",
    "does",
    "be",
    "it",
    "was",
    "were",
    "can",
    "me",
    "list",
    "any",
    "some",
    "there",
    "they",
    "known",
    "all",
    "these",
    "those",
    "this",
    "of",
}
_SHORT = ("ing", "ated", "ates", "ate", "ion", "ions", "ed", "es", "s", "e")
_DEFAULT: dict[tuple[str, str], tuple[str, str]] = {
    ("biolink:Drug", "biolink:Disease"): ("treats", "in"),
    ("biolink:Disease", "biolink:Drug"): ("treats", "out"),
    ("biolink:Drug", "biolink:Gene"): ("binds", "in"),
    ("biolink:Gene", "biolink:Drug"): ("binds", "out"),
    ("biolink:Disease", "biolink:Gene"): ("associates", "in"),
    ("biolink:Gene", "biolink:Disease"): ("associates", "out"),
    ("biolink:AnatomicalEntity", "biolink:Gene"): ("expresses", "in"),
    ("biolink:Gene", "biolink:AnatomicalEntity"): ("expresses", "out"),
    ("biolink:Gene", "biolink:Gene"): ("interacts", "out"),
    ("biolink:Drug", "biolink:Drug"): ("drug_resembles", "out"),
}
# What is asked as a treatment must never be answered with the drugs that cause it.
_CURES = re.compile(
    r"\b(?:for|against|treat\w*|cur(?:e|es|ed|ing)|help\w*|reliev\w*|eas(?:e|es|ing)|palliat\w*|remed\w*|manag\w*|therap\w*|prescrib\w*|indicat\w*)\b"
)
_HARMS = re.compile(
    r"\b(?:caus\w*|induc\w*|lead\w*|risk\w*|side|adverse|effects?|reactions?|provok\w*|trigger\w*|bring\w*|produc\w*|result\w*|toxic\w*|responsible|harm\w*|blam\w*"
    r"|report\w*|unwanted|undesir\w*|known for|notorious|watch|danger\w*|complicat\w*|downsides?|drawbacks?)\b"
)
_PLAIN, _UNHEARD = 0.8, 0.15
_NEVER = {"mentions", "related_to", "subclass_of", "part_of", "binds_protein"}


@dataclass(frozen=True, slots=True)
class Step:
    """A hop that fits: from nodes of `source` to nodes of `target`, and how well the wording fits (0 to 1)."""

    relation: str
    direction: str
    source: str
    target: str
    score: float


def stem(word: str) -> str:
    """A crude stem, enough to let 'treated' meet 'treats'."""
    for ending in _SHORT:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def features(text: str) -> Counter[str]:
    """Stems, their pairs in order, and the place of {x} between them."""
    words = [w if w == "{x}" else stem(w) for w in _TOKEN.findall(text.casefold()) if w not in _EMPTY]
    found = Counter(w for w in words if w != "{x}")
    found.update(f"{a} {b}" for a, b in pairwise(words))
    return found


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
    return Wordings(_rows())


def _rows() -> list[tuple[str, str, str]]:
    text = files("llm.parser").joinpath("wordings.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [(r["relation"], r["direction"], r["wording"]) for r in rows]


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Every word of the wordings, lower case: words that say a relation and name nothing."""
    return frozenset(word for _, _, wording in _rows() for word in _TOKEN.findall(wording.casefold()))


def steps(text: str, targets: Collection[str] | None, sources: Collection[str]) -> list[Step]:
    """Hops from one of `sources` to one of `targets` (any if None), best wording first.

    Categories given earlier are preferred a little; where the wording says
    nothing, the usual relation between two categories wins.
    """
    scored = wordings().scores(text)
    order = {category: n for n, category in enumerate(sources)}
    found = []
    for relation in schema().relations.values():
        if relation.name in _NEVER:
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
            if targets is not None and _DEFAULT.get((target, source), (relation.name, direction)) == (
                relation.name,
                direction,
            ):
                score += 0.12
            found.append(Step(relation.name, direction, source, target, score - 0.02 * order[source]))
    ordered = sorted(found, key=lambda s: -s.score)
    if not ordered:
        return []
    # A wording that plainly says a relation of other kinds of thing is not bent to one that fits these.
    best, own = max(scored.values()), max(scored.get((ordered[0].relation, d), 0.0) for d in ("in", "out"))
    bent = best >= _PLAIN and own < _UNHEARD
    return (
        [] if bent or (ordered[0].relation == "causes" and _CURES.search(text) and not _HARMS.search(text)) else ordered
    )


def usual(target: str, source: str, text: str = "") -> Step | None:
    """The best hop from `source` to `target`, the usual one where the text says nothing."""
    found = steps(text, [target], [source])
    return found[0] if found else None
