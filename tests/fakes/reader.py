"""A reader without a model: it marks the words that are names, and takes 'X helps Y' for 'X treats Y'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.records import Edge, Evidence, Marking, Mention, Passage, Record
from kg.sentences import sentences
from ontologies.names.linker import NameLinker


class WordReader:
    """Reads one word at a time; `asked` counts the passages that it was given."""

    name = "words"

    def __init__(self, revision: int = 1) -> None:
        self.revision = revision
        self.asked = 0

    def read(self, passages: Iterable[Passage], names: NameLinker) -> Iterator[Record]:
        for passage in passages:
            self.asked += 1
            mentions = list(self._mentions(passage, names))
            yield from (Marking(passage.id, mention) for mention in mentions)
            for start, end in sentences(passage.text):
                yield from self._treats(passage, start, end, [m for m in mentions if start <= m.start and m.end <= end])

    def _mentions(self, passage: Passage, names: NameLinker) -> Iterator[Mention]:
        for word in re.finditer(r"[A-Za-z]{4,}", passage.text):
            for best in names.link(word[0], categories=("biolink:Drug", "biolink:Disease"), limit=1, fuzzy=False):
                yield Mention(word.start(), word.end(), word[0], best.id, best.category)

    def _treats(self, passage: Passage, start: int, end: int, named: list[Mention]) -> Iterator[Record]:
        if len(named) == 2 and "helps" in passage.text[named[0].end : named[1].start]:
            edge = Edge(named[0].id, "treats", named[1].id, tier=5, publications=(passage.citation,))
            quote = passage.text[start:end]
            yield edge
            yield Evidence(edge.id, passage.citation, "supports", passage.id, start, end, quote, directness="direct")
