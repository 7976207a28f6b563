"""Why a pair ranks where it does: its score shared out among the paths that it is a sum of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from galenic.hypotheses.fitting import contributions
from galenic.hypotheses.links import (
    DAMPING,
    DISEASE,
    DRUG,
    OF_DISEASES,
    OF_DRUGS,
    Link,
    Sparse,
    Vector,
    walked,
    weighted,
)
from galenic.hypotheses.ranking import Ranking
from galenic.hypotheses.signals import ALL_LINKS, RESEMBLANCE, Signal, ways
from kg.topology.metapath import Step

# Partial paths that are followed further; the others are many and weigh little.
_FOLLOWED = 3_000
_SHARED = 3
# By what two are alike, from what tells most of how a drug works to what tells least.
_TELLING = ("targets", "genes", *(k.name for k in (*OF_DRUGS, *OF_DISEASES) if len(k.steps) > 1), "classes", "symptoms")
_TELLING += (*(k.name for k in (*OF_DRUGS, *OF_DISEASES) if k.name not in _TELLING), ALL_LINKS, RESEMBLANCE)
# Where a path across two kinds comes to what is of the kind of its first thing.
_AGAIN = 2


@dataclass(frozen=True, slots=True)
class Chain:
    """One path from a drug to a disease and what it adds to the score.

    `nodes` are identifiers, `links` what joins each with the next: a relation's name, or 'alike'; `alike_by` tells what
    two nodes are alike by and `shared` things that they share, where they are alike. A path may count in several
    signals.
    """

    family: str
    signals: tuple[str, ...]
    nodes: tuple[str, ...]
    links: tuple[str, ...]
    value: float
    share: float
    alike_by: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A pair's score above what a pair without any path has, by kind of path and by path, most first.

    The values of `signals` add up to `score - start`, and so do those of all chains; as many of these are there as
    were asked for.
    """

    start: float
    score: float
    signals: tuple[tuple[str, str, float], ...]
    chains: tuple[Chain, ...]


def explained(ranking: Ranking, drug: str, disease: str, most: int = 20) -> Explanation:
    """The paths that make up a pair's score; what is recorded of the pair itself is not among them.

    Raises `NoCandidate` for a drug or a disease that is not ranked.
    """
    row, column = ranking.universe.drug(drug), ranking.universe.disease(disease)
    known = ranking.without_record(drug, disease)
    weights = ranking.model.weights
    parts = contributions(ranking.signals, weights, known, np.array([row]), np.array([column]))
    found = [(signal, float(matrix.sum())) for signal, matrix in parts]
    found = sorted(((s, v) for s, v in found if v > 0), key=lambda part: -part[1])
    whole = sum(value for _, value in found)
    walker = _Walker(ranking, row, column, known)
    chains: dict[tuple[str, Nodes], Chain] = {}
    for signal, value in found:
        for nodes, weight, alike in walker.shared_out(signal):
            one = Chain(signal.family, (signal.name,), *nodes, value * weight, value * weight / whole, *alike)
            before = chains.get((signal.family, nodes))
            chains[signal.family, nodes] = one if before is None else _joined(before, one)
    listed = sorted(chains.values(), key=lambda chain: -chain.value)
    kinds = tuple((signal.family, signal.name, value) for signal, value in found)
    return Explanation(weights.start, weights.start + whole, kinds, tuple(listed[:most]))


def _joined(one: Chain, other: Chain) -> Chain:
    """A path that counts in two signals; the things shared are those that tell most of how something works."""
    telling = min(one, other, key=lambda chain: _TELLING.index(chain.alike_by[0]) if chain.alike_by else 0)
    return replace(
        telling,
        signals=(*one.signals, *other.signals),
        value=one.value + other.value,
        share=one.share + other.share,
        alike_by=tuple(dict.fromkeys((*one.alike_by, *other.alike_by))),
    )


Nodes = tuple[tuple[str, ...], tuple[str, ...]]
Alike = tuple[tuple[str, ...], tuple[str, ...]]
# Its weight so far, and its nodes by their rows.
Walk = tuple[float, tuple[int, ...]]


class _Walker:
    """Takes the signals of one pair apart: paths, each with its part of the signal's sum."""

    def __init__(self, ranking: Ranking, row: int, column: int, known: Sparse) -> None:
        self.ranking, self.signals, self.universe = ranking, ranking.signals, ranking.universe
        self.row, self.column, self.known = row, column, known
        self.drug, self.disease = self.universe.drugs[row], self.universe.diseases[column]
        self._treating = np.asarray(known[:, [column]].todense()).ravel()
        self._treated = np.asarray(known[[row]].todense()).ravel()

    def shared_out(self, signal: Signal) -> Iterator[tuple[Nodes, float, Alike]]:
        """The paths of a signal with their parts of it, which add up to 1."""
        match signal.family:
            case "molecular":
                found = self._molecular(signal.name)
            case "drugs alike":
                found = self._by_drugs(signal)
            case "diseases alike":
                found = self._by_diseases(signal)
            case "both alike":
                found = self._by_both(signal)
            case _:
                found = self._together()
        listed = list(found)
        whole = sum(weight for _, weight, _ in listed)
        yield from ((nodes, weight / whole, alike) for nodes, weight, alike in listed)

    def _molecular(self, name: str) -> Iterator[tuple[Nodes, float, Alike]]:
        steps = _steps(name)
        network = self.ranking.network
        matrices = [weighted(network, [step]) for step in steps]
        start, end = int(self.universe.drug_rows[self.row]), int(self.universe.disease_rows[self.column])
        back = [np.asarray(matrices[-1][:, [end]].todense()).ravel()]
        for matrix in reversed(matrices[1:-1]):
            back.insert(0, matrix @ back[0])
        walks: list[Walk] = [(1.0, (start,))]
        for place, (matrix, onwards) in enumerate(zip(matrices[:-1], back, strict=True)):
            walks = _followed(walks, matrix, onwards, place == _AGAIN)
        kinds = [steps[0][0].source, *(step[0].target for step in steps)]
        for weight, nodes in walks:
            whole = (*nodes, end)
            ids = tuple(network.ids(k, np.array([n]))[0] for k, n in zip(kinds, whole, strict=True))
            links = tuple(self._relation(s, a, b) for s, a, b in zip(steps, whole[:-1], whole[1:], strict=True))
            yield (ids, links), weight * float(back[-1][nodes[-1]]), ((), ())

    def _relation(self, step: tuple[Step, ...], start: int, end: int) -> str:
        """The first of the relations of a step that joins two nodes."""
        return next(s.relation for s in step if self.ranking.network.binary(s)[start, end])

    def _by_drugs(self, signal: Signal) -> Iterator[tuple[Nodes, float, Alike]]:
        near = self.signals.drugs_alike[signal.drugs, signal.nearest[0]][[self.row]].tocoo()
        for other, likeness in zip(near.col, near.data, strict=True):
            if weight := likeness * self._treating[other]:
                nodes = (self.drug, self.universe.drugs[other], self.disease)
                yield (nodes, ("alike", "treats")), float(weight), self._alike(DRUG, signal.drugs, self.row, int(other))

    def _by_diseases(self, signal: Signal) -> Iterator[tuple[Nodes, float, Alike]]:
        near = self.signals.diseases_alike[signal.diseases, signal.nearest[1]][[self.column]].tocoo()
        for other, likeness in zip(near.col, near.data, strict=True):
            if weight := likeness * self._treated[other]:
                nodes = (self.drug, self.universe.diseases[other], self.disease)
                alike = self._alike(DISEASE, signal.diseases, self.column, int(other))
                yield (nodes, ("treats", "alike")), float(weight), alike

    def _by_both(self, signal: Signal) -> Iterator[tuple[Nodes, float, Alike]]:
        drugs = self.signals.drugs_alike[signal.drugs, signal.nearest[0]][[self.row]].tocoo()
        diseases = self.signals.diseases_alike[signal.diseases, signal.nearest[1]][[self.column]].tocoo()
        between = self.known[drugs.col][:, diseases.col].tocoo()
        for i, j in zip(between.row, between.col, strict=True):
            drug, disease = int(drugs.col[i]), int(diseases.col[j])
            nodes = (self.drug, self.universe.drugs[drug], self.universe.diseases[disease], self.disease)
            by, shared = (
                (*a, *b)
                for a, b in zip(
                    self._alike(DRUG, signal.drugs, self.row, drug),
                    self._alike(DISEASE, signal.diseases, self.column, disease),
                    strict=True,
                )
            )
            yield (nodes, ("alike", "treats", "alike")), float(drugs.data[i] * diseases.data[j]), (by, shared)

    def _together(self) -> Iterator[tuple[Nodes, float, Alike]]:
        by_drug, by_disease = (np.maximum(np.asarray(self.known.sum(axis=a)).ravel(), 1) ** -DAMPING for a in (1, 0))
        for disease in np.flatnonzero(self._treated):
            column = self.known[:, [disease]].tocoo()
            for other in column.row[self._treating[column.row] > 0]:
                weight = by_drug[self.row] * by_disease[disease] ** 2 * by_drug[other] ** 2 * by_disease[self.column]
                drugs, diseases = self.universe.drugs, self.universe.diseases
                nodes = (self.drug, diseases[disease], drugs[other], self.disease)
                yield (nodes, ("treats", "treats", "treats")), float(weight), ((), ())

    def _alike(self, kind: str, by: str, one: int, other: int) -> Alike:
        """What two drugs or diseases are alike by, and the things that they share which say most."""
        if by == RESEMBLANCE:
            return (by,), ()
        links: Sequence[Link] = OF_DRUGS if kind == DRUG else OF_DISEASES
        chosen = [k for k in links if (len(k.steps) == 1 if by == ALL_LINKS else k.name == by)]
        shared: list[tuple[float, str]] = []
        for link in chosen:
            profile = self.signals.profile(kind, link)
            both = profile[[one]].multiply(profile[[other]]).tocoo()
            top = np.argsort(-both.data, kind="stable")[:_SHARED]
            ids = self.ranking.network.ids(link.steps[-1][0].target, both.col[top])
            shared += zip(both.data[top].tolist(), ids, strict=True)
        shared.sort(key=lambda pair: (-pair[0], pair[1]))
        return (by,), tuple(identifier for _, identifier in shared[:_SHARED])


def _followed(walks: list[Walk], matrix: Sparse, onwards: Vector, may_be_back: bool) -> list[Walk]:
    """Walks one step longer that lead to the end, those of the most weight where they are many."""
    longer = []
    for weight, nodes in walks:
        span = slice(matrix.indptr[nodes[-1]], matrix.indptr[nodes[-1] + 1])
        for end, value in zip(matrix.indices[span], matrix.data[span], strict=True):
            if onwards[end] > 0 and not (may_be_back and end == nodes[1]):
                longer.append((weight * float(value), (*nodes, int(end))))
    longer.sort(key=lambda walk: -walk[0] * float(onwards[walk[1][-1]]))
    return longer[:_FOLLOWED]


def _steps(name: str) -> list[tuple[Step, ...]]:
    """The steps of a way across, from drug to disease."""
    drug, disease, between = ways()[name]
    middle = [(walked(step),) for step in between]
    back = [tuple(s.reverse for s in step) for step in reversed(disease.steps)]
    return [*drug.steps, *middle, *back]
