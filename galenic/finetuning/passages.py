"""Questions with passages that answer them and others that search finds too: what the reranker learns from."""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from galenic.finetuning.pairs import Labelled, Lesson
from llm.models.errors import CorpusError
from llm.models.pairs.adapter import RERANKER
from retrieval.passages import Filters, PassageIndex

DATA = (
    "Questions of BioASQ 12b (CC BY) with its snippets and of PubMedQA (MIT) with its contexts, against passages that "
    "the search of the release ranks high for them. One question in eight was kept out and is what is measured on."
)
_FILES = {
    "bioasq": Path("lay_questions", "bioasq-12b-golden.jsonl.gz"),
    "pubmedqa": Path("pubmedqa", "labelled_train.json.gz"),
}
_FITS, _DOES_NOT = 0, 1
_FITTING, _OTHERS, _LOOKED_AT = 4, 6, 40
_HELD_OUT = 8


@dataclass(frozen=True, slots=True)
class Question:
    """A question, texts that answer it, and the papers that these are from."""

    source: str
    text: str
    fitting: tuple[str, ...]
    papers: frozenset[str]


def questions(data: Path) -> list[Question]:
    """The questions of the files in a folder of data; raises `CorpusError` where there is none, or a broken one."""
    found: list[Question] = []
    for source, file in _FILES.items():
        path = data / file
        if not path.is_file():
            continue
        try:
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                found += _bioasq(lines.read()) if source == "bioasq" else _pubmedqa(lines.read())
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as problem:
            raise CorpusError(f"{path} cannot be read ({problem!r}); take it anew from where it came") from problem
    if not found:
        raise CorpusError(f"{data} has neither {' nor '.join(map(str, _FILES.values()))}; give the folder that has")
    return found


def _bioasq(text: str) -> Iterator[Question]:
    # Other signs that end a line stand inside of texts.
    for line in filter(None, text.split("\n")):
        row = json.loads(line)
        snippets = tuple(dict.fromkeys(s["text"].strip() for s in row["snippets"]))
        papers = frozenset(f"PMID:{d.rsplit('/', 1)[-1]}" for d in row["documents"])
        yield Question("bioasq", row["body"], snippets, papers)


def _pubmedqa(text: str) -> Iterator[Question]:
    rows: dict[str, Any] = json.loads(text)
    for paper, row in rows.items():
        yield Question("pubmedqa", row["QUESTION"], tuple(row["CONTEXTS"]), frozenset([f"PMID:{paper}"]))


@dataclass(frozen=True, slots=True)
class PassageMaker:
    """Makes pairs; `sources` are those that passages may be drawn from, `apart` papers that nothing is learnt from."""

    index: PassageIndex
    sources: Collection[str] | None
    apart: frozenset[str]

    def lesson(self, asked: Sequence[Question], epochs: int, seed: int = 0) -> Lesson:
        """The pairs of each epoch, with other passages each time, and those of questions that are held out."""
        held = [q for n, q in enumerate(asked) if n % _HELD_OUT == 0]
        learnt = [q for n, q in enumerate(asked) if n % _HELD_OUT]
        made = [self._pairs(learnt, Random(seed + n)) for n in range(epochs)]
        return Lesson(RERANKER, made, self._pairs(held, Random(-1)))

    def _pairs(self, asked: Sequence[Question], chance: Random) -> list[Labelled]:
        pairs: list[Labelled] = []
        for question in asked:
            if question.papers & self.apart:
                continue
            for text in chance.sample(question.fitting, min(_FITTING, len(question.fitting))):
                pairs.append(Labelled(question.text, text, _FITS, question.source))
            others = [t for t in self._others(question) if t not in question.fitting]
            for text in chance.sample(others, min(_OTHERS, len(others))):
                pairs.append(Labelled(question.text, text, _DOES_NOT, question.source))
        return pairs

    def _others(self, question: Question) -> list[str]:
        """What search finds for a question in other papers."""
        hits = self.index.search(question.text, _LOOKED_AT, Filters(sources=self.sources))
        return [h.text for h in hits if h.citation not in question.papers | self.apart]
