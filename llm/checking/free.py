"""Sentences of free wording that rest on edges: what is mechanical is checked by word, the rest by a trained model."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from kg.evidence.claims import EdgeSupport
from llm.checking.known import astray, phrases
from llm.checking.letters import LETTER, Lettered, lettered
from llm.checking.telling import NEGATORS, vocabulary, words_of
from llm.models.pairs.model import Shares

_NAME = re.compile(rf"{LETTER.pattern}(?:['’]s)?")
# A name that is left out of a list, a number, a share: nothing of it stands in an edge.
_SIGNS = re.compile(r"[^\w\s.,;:'’()\-]|\d")


class Judge(Protocol):
    """A trained model: from `line` on its first share is believed."""

    line: float

    def shares(self, pairs: Sequence[tuple[str, str]]) -> Shares:
        """The shares of supported, contradicted and not enough, a row a pair of evidence and sentence."""
        ...


class FreeVerifier:
    """Judges sentences that no rule reads; it opens its model when the first one has passed what is mechanical.

    `wordings`: a file of wordings of one's own, whose words are known too.
    """

    def __init__(
        self,
        model: Callable[[], Judge],
        names: Callable[[str], Iterable[str]] = lambda identifier: (),
        wordings: Path | None = None,
    ) -> None:
        self._open, self._names, self._wordings = model, names, wordings

    def carries(self, text: str, edges: Sequence[EdgeSupport]) -> bool:
        """Whether names, denials and known wordings of a sentence stand in edges, and the model is sure of the rest."""
        read = lettered(text, edges, self._names)
        if read is None or not plain(read, vocabulary(self._wordings)) or astray(read, phrases(self._wordings)):
            return False
        return self.sure(read)

    def sure(self, read: Lettered) -> bool:
        """Whether the model alone takes a sentence to be supported."""
        model = self._open()
        return float(model.shares([(read.evidence(), read.sentence)])[0][0]) >= model.line


def plain(read: Lettered, known: Collection[str]) -> bool:
    """Whether all that can be told word by word is as it must be.

    Each edge has both ends in the sentence; what is not a name is a known word, which may say a relation, so that no
    other name, number or finding is there; and it denies if and only if an edge does.
    """
    left = _NAME.sub(" ", read.sentence)
    words = words_of(left)
    if any({e.subject, e.object} - read.named for e in read.edges) or _SIGNS.search(left):
        return False
    return words <= set(known) and bool(words & NEGATORS) == any(e.negated for e in read.edges)
