"""The rows of SIDER's tables, folded: of each drug its side effects and indications by preferred term of MedDRA."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.crosswalks.compounds import CompoundCrosswalk, compound
from ingest.sider.frequencies import Frequency
from ingest.source import Inputs
from ingest.tables.aside import Aside
from ingest.tables.tsv import Layout, Line, lines
from kg.records import Quarantined

EFFECTS = Layout(("flat", "stereo", "label", "type", "concept", "name"), headed=False)
FREQUENCIES = Layout(
    ("flat", "stereo", "label", "placebo", "text", "lower", "upper", "type", "concept", "name"), headed=False
)
INDICATIONS = Layout(("flat", "label", "method", "label_name", "type", "concept", "name"), headed=False)
_TERM, _LOWER_TERM = "PT", "LLT"


@dataclass(slots=True)
class Told:
    """What the labels of a drug say of one term; `rows` is how many rows say it."""

    rows: int = 0
    drug: Frequency = field(default_factory=Frequency)
    placebo: Frequency = field(default_factory=Frequency)
    methods: set[str] = field(default_factory=set)


class Tables:
    """Reads SIDER's tables row by row. Every row is counted once: in a `Told`, in `folded`, or as put aside.

    A row of a lower level term says again what the row of its preferred term says: it is folded, and counted.
    Rows of a compound that is no drug, or several, are put aside in one row for each compound, with their number.
    """

    def __init__(self, inputs: Inputs, compounds: CompoundCrosswalk) -> None:
        self.names: dict[str, str] = {}
        self.folded: Counter[str] = Counter()
        self._inputs, self._compounds = inputs, compounds
        self._stereo: dict[str, set[str]] = defaultdict(set)
        self._aside = Aside()

    def effects(self, path: Path, told: dict[tuple[str, str], Told]) -> Iterator[Quarantined]:
        """Side effects without frequency (meddra_all_se)."""
        for row in self._terms(path, EFFECTS):
            if isinstance(row, Quarantined):
                yield row
            elif drug := self._drug(path, row):
                told[drug, row["concept"]].rows += 1

    def frequencies(self, path: Path, told: dict[tuple[str, str], Told]) -> Iterator[Quarantined]:
        """Side effects with frequency (meddra_freq); what was seen under placebo is kept apart."""
        for row in self._terms(path, FREQUENCIES):
            if isinstance(row, Quarantined):
                yield row
                continue
            try:
                lower, upper = float(row["lower"]), float(row["upper"])
            except ValueError:
                yield self._bad(path, row, "lower and upper must be shares from 0 to 1")
                continue
            if not 0 <= lower <= upper <= 1:
                yield self._bad(path, row, f"{row['lower']} to {row['upper']} is no range within 0 to 1")
            elif drug := self._drug(path, row):
                found = told[drug, row["concept"]]
                found.rows += 1
                (found.placebo if row["placebo"] else found.drug).add(row["text"], lower, upper)

    def indications(self, path: Path, told: dict[tuple[str, str], Told]) -> Iterator[Quarantined]:
        """Terms in the sections on indications (meddra_all_indications), with how each was found there."""
        for row in self._terms(path, INDICATIONS):
            if isinstance(row, Quarantined):
                yield row
            elif drug := self._flat_drug(path, row):
                found = told[drug, row["concept"]]
                found.rows += 1
                found.methods.add(row["method"])

    def aside(self) -> Iterator[Quarantined]:
        """What was put aside by drug or by term, one row each with the number of rows it stands for."""
        for file, number in self.folded.items():
            self._aside.add(file, "lower level terms, whose preferred terms stand in rows of their own", "", number)
        yield from self._aside.told()

    def _bad(self, path: Path, row: Line, reason: str) -> Quarantined:
        return Quarantined(self._inputs.shown(path), row.number, reason, row.text())

    def _terms(self, path: Path, layout: Layout) -> Iterator[Line | Quarantined]:
        """Rows of preferred terms."""
        shown = self._inputs.shown(path)
        for row in lines(self._inputs, path, layout):
            if isinstance(row, Quarantined):
                yield row
            elif row["type"] == _LOWER_TERM:
                self.folded[shown] += 1
            elif not row["type"]:
                self._aside.add(shown, "no preferred term of MedDRA", f"{row['label']}\t{row['name']}")
            elif row["type"] != _TERM or not row["concept"].startswith("C") or not row["name"]:
                yield self._bad(path, row, "needs the type PT or LLT, a concept C... of UMLS and a name")
            else:
                self.names.setdefault(row["concept"], row["name"])
                yield row

    def _drug(self, path: Path, row: Line) -> str | None:
        """The drug of the compound with its stereochemistry: one without may be that of another drug."""
        number = compound(row["stereo"])
        if number is not None:
            self._stereo[row["flat"]].add(number)
        return self._known(path, row["stereo"], {number} if number else set())

    def _flat_drug(self, path: Path, row: Line) -> str | None:
        """The drug where only the flat compound is given: that of all compounds which the side effects put under it."""
        number = compound(row["flat"])
        return self._known(path, row["flat"], self._stereo.get(row["flat"]) or ({number} if number else set()))

    def _known(self, path: Path, stitch: str, numbers: set[str]) -> str | None:
        drugs = {drug for number in numbers for drug in self._compounds.drugs(number)}
        # All or none: a compound that is two drugs, or a drug and something unknown, is neither.
        if len(drugs) == 1 and all(self._compounds.drugs(number) for number in numbers):
            return drugs.pop()
        if not numbers:
            why = "no STITCH identifier (CID and nine digits)"
        elif len(drugs) > 1:
            why = f"a compound of several drugs ({', '.join(sorted(drugs))})"
        else:
            why = "a compound that no table gives a drug of DrugBank"
        self._aside.add(self._inputs.shown(path), why, stitch)
        return None
