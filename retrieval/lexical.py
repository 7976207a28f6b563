"""BM25 over passages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*")
_STOP = frozenset(
    "a an and are as at be been but by can could did do does for from had has have how i in into is it its may more no not of on or our such than that the their"
    " there these they this to was we were what when where which who why will with would about any find show give me list literature say says paper papers study"
    " studies evidence research published publications article articles".split()
)


def terms(text: str) -> list[str]:
    """Words of a text as BM25 sees them: lower case, plural endings cut, stop words gone; parts of hyphenated words too."""
    stems = []
    for word in _WORD.findall(text.casefold()):
        parts = [word, *word.split("-")] if "-" in word else [word]
        stems += [_stem(p) for p in parts if p not in _STOP]
    return stems


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def build(texts: Sequence[str], folder: Path) -> None:
    """Index texts into a folder."""
    import bm25s

    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index([terms(t) or ["∅"] for t in texts], show_progress=False)
    index.save(str(folder))


class LexicalIndex:
    """A BM25 index, opened memory-mapped."""

    def __init__(self, folder: Path) -> None:
        import bm25s

        self._index = bm25s.BM25.load(str(folder), mmap=True)

    def scores(self, query: str) -> NDArray[np.float32]:
        """The BM25 score of every passage."""
        known = [t for t in dict.fromkeys(terms(query)) if t in self._index.vocab_dict]
        if not known:
            return np.zeros(int(self._index.scores["num_docs"]), np.float32)
        return np.asarray(self._index.get_scores(known), np.float32)

    def holding(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Which passages have all words of one of the names, wherever they stand in them."""
        scores, known = self._index.scores, self._index.vocab_dict
        held = np.zeros(int(scores["num_docs"]), np.bool_)
        done: list[frozenset[str]] = []
        for words in sorted({frozenset(terms(name)) for name in names}, key=len):
            # 'low dose aspirin' adds nothing where 'aspirin' is a name as well.
            if not words or not all(word in known for word in words) or any(fewer <= words for fewer in done):
                continue
            done.append(words)
            starts = [known[word] for word in words]
            rows = [scores["indices"][scores["indptr"][n] : scores["indptr"][n + 1]] for n in starts]
            held[reduce(np.intersect1d, rows)] = True
        return held

    def knows(self, start: str) -> bool:
        """Whether any passage has a word that begins so."""
        vocabulary = self._index.vocab_dict
        return start in vocabulary or any(word.startswith(start) for word in vocabulary)
