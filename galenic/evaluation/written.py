"""How verifiers judge sentences that were written from facts, most by a small model, each labelled by a reader."""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from kg.evidence.claims import Claim, EdgeSupport
from kg.schema import schema
from llm.checking.places import marked
from llm.ports import Basis, Verifier

LABELS = ("supported", "contradicted", "not enough")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence, the facts that it was written from, whether these carry it, and who wrote it."""

    facts: tuple[EdgeSupport, ...]
    sentence: str
    label: str
    origin: str

    def rests_on(self) -> tuple[EdgeSupport, ...]:
        """The facts that a careful writer would cite: those both of whose ends it names; all where it names none."""
        called = {e.subject: e.subject_name for e in self.facts} | {e.object: e.object_name for e in self.facts}
        things = {i for of in marked(self.sentence, called)[1] for i in of}
        return tuple(e for e in self.facts if {e.subject, e.object} <= things) or self.facts


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a verifier's verdicts agree with the reader's."""

    carried: int
    supported: int
    refused: int
    unsupported: int

    @property
    def balanced(self) -> float:
        """The mean of the share of supported sentences carried and the share of the others refused."""
        return (self.carried / max(self.supported, 1) + self.refused / max(self.unsupported, 1)) / 2


def written() -> tuple[Written, ...]:
    """The sentences, in the order of their file; facts are edges of sources that may be passed on.

    >>> Counter(w.label in LABELS for w in written())[False]
    0
    """
    text = files("galenic.evaluation").joinpath("model_sentences.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(Written(tuple(_facts(row["evidence"])), row["sentence"], row["label"], row["origin"]) for row in rows)


def _facts(text: str) -> Iterator[EdgeSupport]:
    """'aspirin | treats | pain; aspirin | not binds | X': edges whose identifiers are their names."""
    for number, fact in enumerate(text.split("; ")):
        subject, said, obj = fact.split(" | ")
        relation = schema().relation(said.removeprefix("not "))
        ends = (subject, subject, relation.predicate, relation.name, obj, obj, said.startswith("not "))
        yield EdgeSupport(f"e{number}", *ends, "", "", "", "", 4, "", "")


def agreement(verifier: Verifier, asked: Sequence[Written]) -> Agreement:
    """The verdicts of a verifier on sentences."""
    return agreed([carried(verifier, one) for one in asked], asked)


def carried(verifier: Verifier, one: Written) -> bool:
    """Whether a verifier carries a sentence by the facts that it rests on."""
    supports = {e.edge: e for e in one.rests_on()}
    return verifier.carries(Claim(one.sentence, tuple(supports)), Basis(supports))


def agreed(verdicts: Sequence[bool], asked: Sequence[Written]) -> Agreement:
    """Verdicts beside labels."""
    counted = Counter((one.label == LABELS[0], yes) for one, yes in zip(asked, verdicts, strict=True))
    supported, others = counted[True, True] + counted[True, False], counted[False, True] + counted[False, False]
    return Agreement(counted[True, True], supported, counted[False, False], others)


def milliseconds(verifier: Verifier, asked: Sequence[Written]) -> float:
    """The mean time that a verifier takes for a sentence, its model open."""
    carried(verifier, asked[0])
    mark = time.perf_counter()
    for one in asked:
        carried(verifier, one)
    return round(1000 * (time.perf_counter() - mark) / max(len(asked), 1), 2)
