"""How many false claims a verifier catches, and how many true ones it loses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from galenic.evaluation.corruptions import CORRUPTIONS, Stock, Told
from kg.evidence.claims import Claim, EdgeSupport
from llm.checking import FreeVerifier
from llm.checking.letters import lettered
from llm.ports import Basis, Verifier

if TYPE_CHECKING:
    from galenic.house import House

_SEED = 11
# Whose answers are sentences with several conditions, which one fact for each line of a list never is.
COMPOSED = (
    "How many approved drugs treat gout?",
    "How many drugs treat gout and cause nausea?",
    "How many drugs treat gout or migraine?",
    "How many drugs palliate migraine but do not treat it?",
    "How many drugs treat at least two diseases?",
    "How many drugs that treat asthma bind at least 2 genes?",
    "How many drugs treat gout according to PharmacotherapyDB?",
    "How many drugs bind genes associated with gout?",
    "Is warfarin among the drugs that treat gout?",
    "Does colchicine treat migraine?",
    "Which has more side effects, colchicine or prednisone?",
    "Does allopurinol bind PTGS2?",
)


@dataclass(slots=True)
class _Witness:
    """Stands where the verifier does, lets everything pass and keeps it."""

    told: dict[tuple[str, str], Told]

    def carries(self, claim: Claim, basis: Basis) -> bool:
        if claim.supports and all(s in basis.supports for s in claim.supports):
            self.told.setdefault((claim.text, repr(basis.supports[claim.supports[0]])), Told(claim, basis))
        return True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of corruption: how many claims were corrupted so, and the sentences that passed nevertheless."""

    name: str
    number: int
    passed: tuple[str, ...]

    @property
    def caught(self) -> float:
        """The share that was caught; 1 where there was none."""
        return 1 - len(self.passed) / self.number if self.number else 1.0


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verifier made of true claims and of false ones."""

    true: int
    lost: tuple[str, ...]
    kinds: tuple[Kind, ...]

    @property
    def false(self) -> int:
        """How many false claims there were."""
        return sum(k.number for k in self.kinds)

    @property
    def caught(self) -> float:
        """The share of the false claims that was caught."""
        return Kind("all", self.false, tuple(p for k in self.kinds for p in k.passed)).caught

    @property
    def lost_share(self) -> float:
        """The share of the true claims that was lost."""
        return len(self.lost) / self.true if self.true else 0.0


def claims_of(house: House, questions: Iterable[str]) -> list[Told]:
    """All claims of the answers to questions, before they are checked, each once; they are taken to be true."""
    from galenic.questions.pipeline import Pipeline

    witness = _Witness({})
    pipeline = Pipeline(
        house.release,
        house.question_linker,
        replace(house.models, verifier=witness, writer=None),
        lambda: house.store,
        lambda: house.passages,
        lambda: house.lineage,
        house.settings.query_seconds,
    )
    for question in questions:
        pipeline.ask(question)
    return list(witness.told.values())


@dataclass(frozen=True, slots=True)
class Alone:
    """A trained verifier without rules and without its checks by word: what the model itself makes of edges."""

    free: FreeVerifier

    def carries(self, claim: Claim, basis: Basis) -> bool:
        """Whether the model takes a claim to be supported by its edges."""
        supports = [basis.supports[s] for s in claim.supports if s in basis.supports]
        edges = [s for s in supports if isinstance(s, EdgeSupport)]
        read = lettered(claim.text, edges) if edges and len(edges) == len(claim.supports) else None
        return read is not None and self.free.sure(read)


def on_edges(told: Sequence[Told]) -> list[Told]:
    """The claims that rest on edges alone."""
    return [t for t in told if all(isinstance(s, EdgeSupport) for s in t.supports)]


def verified(verifier: Verifier, told: Sequence[Told], near: Callable[[str], str | None]) -> Verified:
    """The verifier's judgement of true claims and of all their corruptions, drawn with a fixed seed."""
    stock = Stock(told, near, Random(_SEED))
    lost = tuple(t.claim.text for t in told if not verifier.carries(t.claim, t.basis))
    kinds = []
    for name, corrupt in CORRUPTIONS.items():
        false = [f for t in told if (f := corrupt(t, stock)) is not None]
        passed = tuple(f.claim.text for f in false if verifier.carries(f.claim, f.basis))
        kinds.append(Kind(name, len(false), passed))
    return Verified(len(told), lost, tuple(kinds))
