"""Which drugs and diseases are ranked: those of which anything is recorded by which they can be likened to others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from galenic.hypotheses.errors import NoCandidate
from galenic.hypotheses.links import ALIKE, DISEASE, DRUG, OF_DISEASES, OF_DRUGS, Link, Sparse
from kg.release.release import Release
from kg.topology.network import Network
from kg.topology.topology import Indices

# What nobody looks for who asks for a treatment; named with each, and left out unless asked for.
_GROUPS = ("withdrawn", "illicit", "nutraceutical")
_DIAGNOSTIC = frozenset({"Contrast Media", "Diagnostic Agents"})


@dataclass(frozen=True)
class Universe:
    """The drugs and diseases of a network: identifiers in order, and their rows among the network's members."""

    drugs: tuple[str, ...]
    diseases: tuple[str, ...]
    drug_rows: Indices
    disease_rows: Indices

    @classmethod
    def of(cls, network: Network) -> Universe:
        """The drugs (no salts, forms or other chemicals) and diseases that a link or a likeness of the network
        reaches.
        """
        drugs, diseases = (_linked(network, k, links) for k, links in ((DRUG, OF_DRUGS), (DISEASE, OF_DISEASES)))
        return cls(tuple(network.ids(DRUG, drugs)), tuple(network.ids(DISEASE, diseases)), drugs, diseases)

    @property
    def shape(self) -> tuple[int, int]:
        """How many drugs and diseases."""
        return len(self.drugs), len(self.diseases)

    @cached_property
    def _places(self) -> tuple[dict[str, int], dict[str, int]]:
        return {d: n for n, d in enumerate(self.drugs)}, {d: n for n, d in enumerate(self.diseases)}

    def drug(self, identifier: str) -> int:
        """The row of a drug; raises `NoCandidate` where too little is recorded of it."""
        return self._place(0, identifier, "drug")

    def disease(self, identifier: str) -> int:
        """The column of a disease; raises `NoCandidate` where too little is recorded of it."""
        return self._place(1, identifier, "disease")

    def _place(self, side: int, identifier: str, kind: str) -> int:
        try:
            return self._places[side][identifier]
        except KeyError:
            raise NoCandidate(
                f"{identifier} is no {kind} that can be ranked: nothing is recorded of it, or permitted, by which it "
                "could be likened to others"
            ) from None

    def pairs(self, network: Network, relation: str) -> Sparse:
        """1 where a relation, be it walked by signals or not, joins a drug and a disease of the universe.

        CSR of shape (drugs, diseases).
        """
        from scipy import sparse

        ends = network.topology.pairs(relation, "out", network.only)
        places, there = list[Indices](), np.ones(len(ends[0]), bool)
        for nodes, kind, rows in zip(ends, (DRUG, DISEASE), (self.drug_rows, self.disease_rows), strict=True):
            own = network.members(kind)[rows]
            place = np.minimum(np.searchsorted(own, nodes), len(own) - 1)
            there &= own[place] == nodes
            places.append(place)
        row, column = (place[there] for place in places)
        return sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=self.shape)


def _linked(network: Network, kind: str, links: tuple[Link, ...]) -> Indices:
    """Rows of the members of a kind, of that category itself, that a first step of a link or a likeness starts from."""
    steps = {step for link in links for step in link.steps[0]} | {ALIKE[kind]}
    reached = np.zeros(len(network.members(kind)), bool)
    for step in steps:
        reached |= network.degrees(step) > 0
    lo, hi = network.topology.category_range(kind)
    members = network.members(kind)
    return np.flatnonzero(reached & (members >= lo) & (members < hi))


def marks(release: Release, drugs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Of drugs that are withdrawn, illicit, nutraceutical or diagnostic, by identifier, which of these they are."""
    rows = release.scan("nodes").filter(pl.col("id").is_in(list(drugs))).select("id", "attributes").collect()
    found = {}
    for identifier, text in rows.iter_rows():
        attributes = json.loads(text or "{}")
        told = [g for g in _GROUPS if g in attributes.get("groups", ())]
        if _DIAGNOSTIC & set(attributes.get("categories", ())):
            told.append("diagnostic")
        if told:
            found[identifier] = tuple(told)
    return found
