"""Names in a question as marks for the parser."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.logic.reading import Mark, Reading
from llm.words import RESTRICTING, contracted_words, corrected, everyday_words, known_words
from ontologies.names.linker import Candidate, NameLinker
from ontologies.names.mentions import MentionSpan, find_mentions

# What names made of ordinary words end with: 'best disease', 'left disease'.
_ILLS = frozenset("disease disorder syndrome".split())
# Written in capitals for stress they are names to an index that heeds capitals: AND is an old symbol of a gene.
_AS_MEMBERS = {"biolink:GeneFamily": "biolink:Gene"}
# 'Diseases of the heart', 'heart diseases': a name, and a set of diseases by where they are.
_ILLS_OF = re.compile(
    r"(?:.* )?(?:diseases?|disorders?|conditions|illness(?:es)?|pathologies) (?:of|in) (?:the )?(?P<after>.+)"
    r"|(?P<before>.+?) (?:diseases|disorders|conditions|illnesses|pathologies)",
    re.IGNORECASE,
)
_DISEASE, _TISSUE = "biolink:Disease", "biolink:AnatomicalEntity"
_GLUE = frozenset("and or nor not but both either neither with without that which the".split())


class QuestionLinker:
    """Finds the names in a question with the index of names."""

    def __init__(self, names: NameLinker) -> None:
        self.names = names

    def is_in_names(self, word: str) -> bool:
        """Whether some name of the release has this word."""
        return self.names.is_in_names(word)

    def marks(self, question: str) -> list[Mark]:
        """Mentions in order, each with its readings; none for a name that the release does not know."""
        found = find_mentions(self.names, question, _never_names(), _ILLS)
        return [
            Mark(m.start, m.end, m.text, (*_readings(m.candidates), *self._places(m)))
            for m in found
            if m.text.casefold() not in _GLUE and (m.candidates or not _mistyped_word(m.text))
        ]

    def _places(self, mention: MentionSpan) -> tuple[Reading, ...]:
        """The part of the body that a name of diseases speaks of: those found there may be meant."""
        spoken = _ILLS_OF.fullmatch(mention.text)
        kinds = {c.category for c in mention.candidates}
        if spoken is None or _DISEASE not in kinds or _TISSUE in kinds:
            return ()
        there = self.names.known(spoken["after"] or spoken["before"])
        return _readings(tuple(c for c in there if c.category == _TISSUE)[:1])


@lru_cache(maxsize=1)
def _never_names() -> frozenset[str]:
    return known_words() | RESTRICTING | everyday_words() | contracted_words()


def _mistyped_word(text: str) -> bool:
    """Whether an unknown name is but a word of the question with a typing error."""
    return text.islower() and corrected(text) is not None


def _readings(candidates: tuple[Candidate, ...]) -> tuple[Reading, ...]:
    """The readings of a mention; a family or complex of genes is read as the genes in it, as any term is."""
    return tuple(Reading(c.id, c.name, _AS_MEMBERS.get(c.category, c.category), c.score) for c in candidates)
