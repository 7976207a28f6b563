"""What the verifier learns from and is measured on: claims made by program, some wordings kept out of training."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zlib import crc32

from galenic.finetuning.claims import ClaimMaker, Judged
from galenic.finetuning.pairs import Labelled, Lesson
from kg.schema.relations import Direction
from llm.checking.free import plain
from llm.checking.known import astray, phrases
from llm.checking.telling import Wordings, read_wordings, shipped_wordings, vocabulary
from llm.models.pairs.adapter import VERIFIER

DATA = (
    "Sentences made by program of the schema's relations in wordings written by hand (`llm/checking/wordings.tsv`), "
    "true ones and false ones of several kinds; names are letters. One wording in eight was kept out and is what is "
    "measured on."
)
_HELD_OUT = 3_000
_OF = 8
# One sentence in so many is on a single edge and comes first.
_SINGLE = 2
# A wording that is held out is measured with sentences that were not drawn for training.
_TESTED_WITH = 10_000


def lesson(number: int, epochs: int, file: Path | None, seed: int = 0) -> Lesson:
    """So many sentences for each epoch, and those held out; wordings of a file of one's own are learnt with ours.

    Sentences on single edges come first: from them it is learnt fastest which words say what.
    """
    known = _learnt(read_wordings(file))
    learnt = [labelled(ClaimMaker(seed - 1, known, 1).make(number // _SINGLE))]
    learnt += [labelled(ClaimMaker(seed + n, known).make(number)) for n in range(epochs)]
    return Lesson(VERIFIER, learnt, held_out())


def held_out(number: int = _HELD_OUT) -> list[Labelled]:
    """Sentences in wordings that were not learnt."""
    kept = {way: [w for w in words if _kept_out(way, w)] or words for way, words in shipped_wordings().items()}
    return labelled(ClaimMaker(_TESTED_WITH, kept).make(number))


def labelled(made: Iterable[Judged]) -> list[Labelled]:
    """Judged sentences as pairs; a model is asked of those that pass the checks by word."""
    return [
        Labelled(
            j.read.evidence(),
            j.read.sentence,
            j.label,
            j.made,
            plain(j.read, vocabulary()) and not astray(j.read, phrases()),
        )
        for j in made
    ]


def _learnt(wordings: Wordings) -> Wordings:
    """The wordings to learn, one's own among them all; where a relation would have none left it has all."""
    ours = shipped_wordings()
    return {
        way: [w for w in words if w not in ours[way] or not _kept_out(way, w)] or words
        for way, words in wordings.items()
    }


def _kept_out(way: tuple[str, Direction], words: str) -> bool:
    return crc32(f"{way} {words}".encode()) % _OF == 0
