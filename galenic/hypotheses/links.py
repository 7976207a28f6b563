"""What drugs and diseases are linked to, as sparse matrices: the profiles by which two of them are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.topology.metapath import Step
from kg.topology.network import Network

DRUG, DISEASE, GENE = "biolink:Drug", "biolink:Disease", "biolink:Gene"
# What says of a drug and a disease what a hypothesis would: never a feature of that pair.
SAYS_THE_PAIR = (
    "treats",
    "palliates",
    "in_clinical_trials_for",
    "treats_or_applied_or_studied_to_treat",
    "contraindicated",
)
# How strongly a node of many edges is damped on a path (Himmelstein and others, eLife 2017, 6:e26726).
DAMPING = 0.4
Sparse = Any
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Link:
    """A way to be linked to things: steps, each of relations that count alike; 'in' walks against the arrow."""

    name: str
    steps: tuple[tuple[Step, ...], ...]

    @property
    def relations(self) -> frozenset[str]:
        """The relations that it walks."""
        return frozenset(s.relation for step in self.steps for s in step)


def walked(text: str) -> Step:
    """A step as it is written here: 'binds' along the arrow of the relation, '<includes' against it.

    >>> walked("<includes").direction
    'in'
    """
    return Step(text.removeprefix("<"), "in" if text.startswith("<") else "out")


def _link(name: str, *steps: str) -> Link:
    return Link(name, tuple(tuple(walked(relation) for relation in step.split("|")) for step in steps))


TARGETS, UP, DOWN = (
    _link("targets", "binds|targets"),
    _link("upregulated genes", "drug_upregulates"),
    _link("downregulated genes", "drug_downregulates"),
)
OF_DRUGS = (
    TARGETS,
    UP,
    DOWN,
    _link("side effects", "causes"),
    _link("classes", "<includes"),
    _link("pathways of targets", "binds|targets", "participates_pathway"),
    _link("processes of targets", "binds|targets", "participates_process"),
    _link("partners of targets", "binds|targets", "interacts"),
)
GENES, MORE, LESS = (
    _link("genes", "associates"),
    _link("upregulated genes", "disease_upregulates"),
    _link("downregulated genes", "disease_downregulates"),
)
OF_DISEASES = (
    GENES,
    MORE,
    LESS,
    _link("anatomy", "localizes"),
    _link("symptoms", "presents|has_phenotype"),
    _link("pathways of genes", "associates", "participates_pathway"),
    _link("partners of genes", "associates", "interacts"),
)
# What is likened by its own relation, not by what it is linked to.
ALIKE = {DRUG: Step("drug_resembles"), DISEASE: Step("disease_resembles")}
# From what a drug acts on to what a disease comes with; between them steps of their own, or none.
ACROSS: tuple[tuple[Link, Link, tuple[str, ...]], ...] = (
    *((drug, disease, ()) for drug in (TARGETS, UP, DOWN) for disease in (GENES, MORE, LESS)),
    (TARGETS, GENES, ("interacts",)),
    (TARGETS, GENES, ("covaries",)),
    (TARGETS, GENES, ("regulates",)),
    (TARGETS, GENES, ("<regulates",)),
    (TARGETS, GENES, ("participates_pathway", "<participates_pathway")),
    (TARGETS, GENES, ("participates_process", "<participates_process")),
    (TARGETS, _link("anatomy", "localizes"), ("<expresses",)),
    (TARGETS, _link("anatomy", "localizes"), ("<anatomy_upregulates",)),
    (TARGETS, _link("anatomy", "localizes"), ("<anatomy_downregulates",)),
)


def relations() -> tuple[str, ...]:
    """Every relation that a feature walks, and treatments."""
    links = {r for link in (*OF_DRUGS, *OF_DISEASES) for r in link.relations}
    between = {walked(step).relation for _, _, steps in ACROSS for step in steps}
    return tuple(sorted(links | between | {s.relation for s in ALIKE.values()} | {"treats"}))


def weighted(network: Network, steps: Sequence[tuple[Step, ...]], damping: float = DAMPING) -> Sparse:
    """The product of steps, each edge weighted by the degrees of its ends; relations that count alike are added.

    Shape: members of the first kind x members of the last.
    """
    product = None
    for step in steps:
        matrix = sum((network.weighted(s, damping) for s in step[1:]), start=network.weighted(step[0], damping))
        product = matrix if product is None else product @ matrix
    return product


def informed(profile: Sparse) -> Sparse:
    """Rows of length 1, each thing weighted by its information content, log((n + 1) / (rows that have it + 1)).

    A thing that all rows have says nothing; a row without things stays empty.
    """
    from scipy import sparse

    present = np.bincount(profile.indices, minlength=profile.shape[1])
    content = np.log((profile.shape[0] + 1) / (present + 1))
    scaled = (profile @ sparse.diags(content)).tocsr()
    length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    length[length == 0] = 1
    return (sparse.diags(1 / length) @ scaled).tocsr()


def nearest(likeness: Sparse, most: int) -> Sparse:
    """Of each row the `most` largest values, made to add up to 1; ties at the end are all kept, the diagonal is not.

    Shape (n, n), in and out.
    """
    from scipy import sparse

    likeness = likeness.tocsr()
    rows, columns, values = list[NDArray[Any]](), list[NDArray[Any]](), list[Vector]()
    for row in range(likeness.shape[0]):
        span = slice(likeness.indptr[row], likeness.indptr[row + 1])
        column, value = likeness.indices[span], likeness.data[span]
        there = (column != row) & (value > 0)
        column, value = column[there], value[there]
        if len(value) > most:
            kept = value >= np.partition(value, -most)[-most]
            column, value = column[kept], value[kept]
        if len(value):
            rows.append(np.full(len(column), row))
            columns.append(column)
            values.append(value / value.sum())
    if not rows:
        return sparse.csr_matrix(likeness.shape)
    joined = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(joined, shape=likeness.shape)
