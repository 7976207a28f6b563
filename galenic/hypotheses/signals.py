"""The signals of a hypothesis: for each drug and disease, how much of each kind of path joins them, given what is known
to treat what.

Each signal is a sum over paths, so whatever it adds to a score can be shared out among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from galenic.hypotheses.links import (
    ACROSS,
    ALIKE,
    DAMPING,
    DISEASE,
    DRUG,
    OF_DISEASES,
    OF_DRUGS,
    Link,
    Sparse,
    informed,
    nearest,
    walked,
    weighted,
)
from galenic.hypotheses.universe import Universe
from kg.topology.metapath import Step, letters
from kg.topology.network import Network
from kg.topology.topology import Indices

Family = Literal["molecular", "drugs alike", "diseases alike", "both alike", "treated together"]
# So many of the most alike drugs, or diseases, speak for one: the few nearest, and more of them.
_NEAREST = {DRUG: (10, 50), DISEASE: (8, 25)}
# Which rows or columns: all, or those at some places.
Chosen = slice | Indices
ALL = slice(None)
# What rounding leaves of a difference.
_NOTHING = 1e-12
RESEMBLANCE, ALL_LINKS = "resemblance", "all links"
# Which kinds of likeness of drugs and of diseases are also walked one after the other, among the few nearest.
_BOTH = (
    (ALL_LINKS, "targets", "side effects", "classes", RESEMBLANCE),
    (ALL_LINKS, "genes", RESEMBLANCE),
)


@dataclass(frozen=True, slots=True)
class Signal:
    """A kind of path from a drug to a disease; a metapath, or what drugs and diseases are alike by."""

    name: str
    family: Family
    drugs: str = ""
    diseases: str = ""
    nearest: tuple[int, int] = (0, 0)


class Signals:
    """What joins the drugs and diseases of a universe in a network, for any set of known treatments.

    Matrices are CSR, rows the universe's drugs, columns its diseases.
    """

    def __init__(self, network: Network, universe: Universe) -> None:
        self.network, self.universe = network, universe
        self._profiles: dict[tuple[str, str], Sparse] = {}
        self.across = {name: self._across(*way) for name, way in ways().items()}
        self.drugs_alike = self._alike(DRUG, OF_DRUGS, universe.drug_rows)
        self.diseases_alike = self._alike(DISEASE, OF_DISEASES, universe.disease_rows)

    def of(self, treats: Sparse, drugs: Chosen = ALL, diseases: Chosen = ALL) -> Iterator[tuple[Signal, Sparse]]:
        """Each signal with its matrix, given the treatments that are taken for known (shape drugs x diseases).

        For all pairs, or those of some drugs and diseases. What a pair's own entry in `treats` says never reaches that
        pair's signals.
        """
        for name, matrix in self.across.items():
            yield Signal(name, "molecular"), matrix[drugs][:, diseases]
        for (by, most), near in self.drugs_alike.items():
            signal = Signal(f"{most} drugs alike by {by}", "drugs alike", by, "", (most, 0))
            yield signal, near[drugs] @ treats[:, diseases]
        for (by, most), near in self.diseases_alike.items():
            signal = Signal(f"{most} diseases alike by {by}", "diseases alike", "", by, (0, most))
            yield signal, treats[drugs] @ near[diseases].T
        few = (_NEAREST[DRUG][0], _NEAREST[DISEASE][0])
        for other in _BOTH[1]:
            by_disease = treats @ self.diseases_alike[other, few[1]][diseases].T
            for by in _BOTH[0]:
                name = f"{few[0]} drugs alike by {by}, {few[1]} diseases by {other}"
                yield Signal(name, "both alike", by, other, few), self.drugs_alike[by, few[0]][drugs] @ by_disease
        yield Signal("treated together", "treated together"), together(treats, drugs, diseases)

    def profile(self, kind: str, link: Link) -> Sparse:
        """What each drug or disease of the universe is linked to, by information content, rows of length 1."""
        if (kind, link.name) not in self._profiles:
            rows = self.universe.drug_rows if kind == DRUG else self.universe.disease_rows
            self._profiles[kind, link.name] = informed(_plain_or_weighted(self.network, link)[rows])
        return self._profiles[kind, link.name]

    def _across(self, drug: Link, disease: Link, between: tuple[str, ...]) -> Sparse:
        steps = [(walked(step),) for step in between]
        near = weighted(self.network, [*drug.steps, *steps[: (len(steps) + 1) // 2]])[self.universe.drug_rows]
        back = [tuple(s.reverse for s in step) for step in reversed(steps[(len(steps) + 1) // 2 :])]
        far = weighted(self.network, [*disease.steps, *back])[self.universe.disease_rows]
        walks = (near @ far.T).tocsr()
        return _less(walks, self._back_again(drug, disease, steps)) if len(steps) > 1 else walks

    def _back_again(self, drug: Link, disease: Link, steps: Sequence[tuple[Step, ...]]) -> Sparse:
        """Walks that go from what a drug acts on to another kind and back to the same thing: these are no paths."""
        from scipy import sparse

        there, back = (weighted(self.network, [step]) for step in steps)
        again = sparse.diags(np.asarray(there.multiply(back.T).sum(axis=1)).ravel())
        near = weighted(self.network, drug.steps)[self.universe.drug_rows]
        return near @ again @ weighted(self.network, disease.steps)[self.universe.disease_rows].T

    def _alike(self, kind: str, links: tuple[Link, ...], rows: Indices) -> dict[tuple[str, int], Sparse]:
        """By each link, by resemblance and by all one-step links at once, the nearest of each row."""
        from scipy import sparse

        profiles = {link.name: self.profile(kind, link) for link in links}
        joined = sparse.hstack([profiles[link.name] for link in links if len(link.steps) == 1]).tocsr()
        likeness = {name: p @ p.T for name, p in [*profiles.items(), (ALL_LINKS, joined)]}
        likeness[RESEMBLANCE] = self.network.weighted(ALIKE[kind], DAMPING)[rows][:, rows]
        return {(name, most): nearest(alike, most) for name, alike in likeness.items() for most in _NEAREST[kind]}


def _plain_or_weighted(network: Network, link: Link) -> Sparse:
    """The profile of a link: whether a thing is reached in one step, how strongly in two."""
    if len(link.steps) == 1:
        plain = sum((network.binary(s) for s in link.steps[0][1:]), start=network.binary(link.steps[0][0]))
        return plain.sign().tocsr()
    return weighted(network, link.steps).tocsr()


def together(treats: Sparse, drugs: Chosen = ALL, diseases: Chosen = ALL) -> Sparse:
    """Paths drug - disease - other drug - disease, damped by how many each treats, no node twice: drugs that share a
    disease with it treat the disease.

    >>> from scipy import sparse
    >>> known = sparse.csr_matrix([[1.0, 0.0], [1.0, 1.0]])
    >>> together(known).toarray().round(3).tolist()
    [[0.0, 0.33], [0.0, 0.0]]
    """
    from scipy import sparse

    by_drug, by_disease = (np.maximum(np.asarray(treats.sum(axis=a)).ravel(), 1) ** -DAMPING for a in (1, 0))
    damped = (sparse.diags(by_drug) @ treats @ sparse.diags(by_disease)).tocsr()
    near, far = damped[drugs], damped[:, diseases]
    # A walk that comes back to the drug or to the disease that it began with is none.
    again = np.asarray(near.multiply(near).sum(axis=1)).ravel()
    ends = np.asarray(far.multiply(far).sum(axis=0)).ravel()
    own = near[:, diseases]
    back = sparse.diags(again) @ own + own @ sparse.diags(ends) - own.multiply(own).multiply(own)
    return _less(near @ (damped.T @ far), back)


def _less(walks: Sparse, others: Sparse) -> Sparse:
    """Walks without others that are among them; what rounding leaves of a difference is nothing."""
    left = (walks - others).tocsr()
    left.data[left.data < _NOTHING] = 0
    left.eliminate_zeros()
    return left


def ways() -> dict[str, tuple[Link, Link, tuple[str, ...]]]:
    """The ways across by their names, written as metapaths are; relations that count alike share a place."""
    return {_name(*way): way for way in ACROSS}


def _name(drug: Link, disease: Link, between: tuple[str, ...]) -> str:
    steps = (drug.steps[0][0], *map(walked, between), disease.steps[0][0].reverse)
    return letters(DRUG) + "".join(step.verb + letters(step.target) for step in steps)
