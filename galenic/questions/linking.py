"""Names in a question as marks for the parser."""

from __future__ import annotations

from functools import lru_cache

from llm.parser.lexicon import NOUNS, RELATIONAL
from llm.parser.refusals import COMMON
from llm.parser.relations import vocabulary
from llm.parser.tokens import Mark, Reading
from ontologies.names.linker import Candidate, NameLinker
from ontologies.names.mentions import find_mentions


@lru_cache(maxsize=1)
def ordinary() -> frozenset[str]:
    """Words of questions that are no name by themselves: kinds, relations, everyday words."""
    nouns = {word for noun in NOUNS for word in noun.split()}
    return frozenset(COMMON | vocabulary() | nouns | set(RELATIONAL))


class QuestionLinker:
    """Finds the names in a question with the index of names."""

    def __init__(self, names: NameLinker) -> None:
        self.names = names

    def marks(self, question: str) -> list[Mark]:
        """Mentions in order, each with its readings; none for a name that the release does not know."""
        return [Mark(m.start, m.end, m.text, _readings(m.candidates)) for m in find_mentions(self.names, question, ordinary())]


def _readings(candidates: tuple[Candidate, ...]) -> tuple[Reading, ...]:
    return tuple(Reading(c.id, c.name, c.category, c.score) for c in candidates)
