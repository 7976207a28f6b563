"""How well what people call things is linked: names written down before looking at the data, and what each means."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from itertools import product
from pathlib import Path
from typing import Literal

import polars as pl

from galenic.errors import UsageError
from kg.release.release import Release
from kg.release.tables import PLACEHOLDER
from ontologies.names import normal
from ontologies.names.linker import NameLinker

Part = Literal["development", "held_out", "all"]
Outcome = Literal["right", "right_within_kind", "wrong", "unknown"]
MADE_UP = "made-up"
# What each category of the file may be in the graph.
KINDS: Mapping[str, tuple[str, ...]] = {
    "drug": ("biolink:Drug", "biolink:ChemicalEntity"),
    "gene": ("biolink:Gene", "biolink:GeneFamily"),
    "disease": ("biolink:Disease", "biolink:PhenotypicFeature", "biolink:ClinicalFinding"),
    "anatomy": ("biolink:AnatomicalEntity",),
    "symptom": ("biolink:PhenotypicFeature", "biolink:ClinicalFinding", "biolink:Disease"),
    "class": ("biolink:ChemicalRole", "biolink:ChemicalEntity"),
    "family": ("biolink:GeneFamily", "biolink:Gene"),
    "process": (
        "biolink:BiologicalProcess",
        "biolink:MolecularActivity",
        "biolink:CellularComponent",
        "biolink:PhenotypicFeature",
    ),
    "pathway": ("biolink:Pathway", "biolink:BiologicalProcess"),
}
_ANY = tuple(dict.fromkeys(kind for kinds in KINDS.values() for kind in kinds))
_COLUMNS = ("category", "kind", "mention", "expected", "id", "context")
_NAMES = ("", "exact", "official", "entry", "symbol", "former")


@dataclass(frozen=True, slots=True)
class Named:
    """A row of the file: what is said, of which sort, and the standard names of what it means."""

    category: str
    kind: str
    mention: str
    expected: str
    id: str

    @property
    def part(self) -> Part:
        """Half of the mentions are for development; the hash of the mention decides."""
        last = md5(self.mention.encode(), usedforsecurity=False).digest()[-1]
        return "held_out" if last % 2 else "development"

    def alternatives(self) -> Iterator[str]:
        """The standard names, each as good as the others."""
        yield from (part.strip() for part in self.expected.replace(" || ", "|").split("|"))


@dataclass(frozen=True, slots=True)
class Linked:
    """A mention with what came of it; `taken_for` is the name of the first candidate."""

    row: Named
    outcome: Outcome
    taken_for: str


def read(path: Path, part: Part = "all") -> list[Named]:
    """The rows of a file; raises `UsageError` for one without the columns."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{path}: cannot be read ({problem})") from problem
    if not rows or set(_COLUMNS) - set(rows[0]):
        raise UsageError(f"{path}:1: needs the columns {', '.join(_COLUMNS)}, with tabs between")
    named = [Named(r["category"], r["kind"], r["mention"], r["expected"], r["id"]) for r in rows]
    return [n for n in named if part in ("all", n.part)]


class Standard:
    """What the standard names of a release's things are, to tell whether a candidate is what was meant."""

    def __init__(self, release: Release) -> None:
        nodes = release.scan("nodes").filter(pl.col("attributes") != PLACEHOLDER)
        told = nodes.select("id", "category", "name", "synonyms", "equivalent_identifiers").collect()
        self.own: dict[str, str] = {}
        self._bearers: dict[str, set[tuple[str, str, bool]]] = defaultdict(set)
        for identifier, category, name, synonyms, others in told.iter_rows():
            self.own |= dict.fromkeys((identifier, *others), identifier)
            self._bearers[normal.key(name)].add((identifier, category, True))
            for text in synonyms:
                other, _, scope = text.partition("\t")
                if scope in _NAMES:
                    self._bearers[normal.key(other)].add((identifier, category, False))
        mixtures: dict[str, set[str]] = defaultdict(set)
        parts = pl.col("object").str.starts_with("GALENIC:") & (pl.col("relation") == "part_of")
        for drug, mixture in release.scan("edges").filter(parts).select("subject", "object").collect().iter_rows():
            mixtures[mixture].add(drug)
        self._mixtures = {frozenset(drugs): mixture for mixture, drugs in mixtures.items()}

    def meant(self, row: Named) -> set[str]:
        """The things that a row may mean; none where the release knows no such name."""
        kinds = _ANY if row.kind == "ambiguous" else KINDS[row.category]
        found: set[str] = set()
        for name in row.alternatives():
            if " + " in name:
                each = [self._of(part.strip(), KINDS["drug"]) for part in name.split(" + ")]
                found |= {m for drugs in product(*each) if (m := self._mixtures.get(frozenset(drugs)))}
            else:
                found |= self._of(name, kinds)
        prefix, _, local = row.id.partition(":")
        if prefix == "HGNC_SYMBOL":
            found |= self._of(local, ("biolink:Gene",))
        elif row.id in self.own:
            found.add(self.own[row.id])
        return found

    def _of(self, name: str, kinds: Sequence[str]) -> set[str]:
        bearers = [b for b in self._bearers.get(normal.key(name), ()) if b[1] in kinds]
        first = [b for b in bearers if b[2]]
        # A symbol is one gene's own; a disease or a class may be meant by any of its standard names.
        sharp = first if first and kinds[0] in ("biolink:Gene", "biolink:Drug") else bearers
        return {b[0] for b in sharp}


def evaluate(rows: Collection[Named], linker: NameLinker, standard: Standard) -> tuple[list[Linked], list[Named]]:
    """What came of each mention, and those whose meaning the release has under none of its standard names."""
    linked, unresolvable = [], []
    for row in rows:
        candidates = linker.link(row.mention)
        first = candidates[0].name if candidates else ""
        if row.category == MADE_UP:
            linked.append(Linked(row, "wrong" if candidates else "right", first))
            continue
        meant = standard.meant(row)
        if not meant:
            unresolvable.append(row)
            continue
        kinds = KINDS[row.category]
        within = linker.link(row.mention, categories=kinds)
        alike = {normal.loose(normal.key(name)) for name in row.alternatives()}

        def right(candidate_id: str, name: str, category: str) -> bool:
            same = normal.loose(normal.key(name)) in alike and category in kinds  # noqa: B023
            return candidate_id in meant or same  # noqa: B023

        if candidates and right(candidates[0].id, candidates[0].name, candidates[0].category):
            linked.append(Linked(row, "right", first))
        elif within and right(within[0].id, within[0].name, within[0].category):
            linked.append(Linked(row, "right_within_kind", first))
        else:
            linked.append(Linked(row, "wrong" if candidates else "unknown", first))
    return linked, unresolvable
