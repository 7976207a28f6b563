"""From names of drugs, and other vocabularies' identifiers of them, to DrugBank."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from ingest.errors import SourceError
from ingest.source import Inputs
from ingest.tables.tsv import Layout, lines
from kg.records import Quarantined

PATTERNS = (
    "drugbank/drugbank.tsv*",
    "drug_names/drugbank-vocabulary.csv*",
    "drug_names/drugbank-rxcui.tsv*",
)
# Words behind the name of a drug that say its salt or its form, and name no other drug.
_SALTS = frozenset(
    """
    acetate axetil besylate bisulfate bitartrate bromide calcium camsylate capsules cilexetil citrate dihydrate
    disodium erbumine etexilate extended-release fumarate gluconate hcl hemifumarate hemihydrate hydrobromide
    hydrochloride injection lactate magnesium malate maleate medoxomil mesylate mofetil monohydrate nitrate
    phosphate potassium sodium succinate sulfate tablet tablets tartrate trihydrate
    """.split()
)
_PARTS = re.compile(r"\s*(?:,\s*and\s+|,|\band\b|/|;)\s*")
_TABLE = Layout(("drugbank_id", "name"), quoted=True)
_VOCABULARY = Layout(("DrugBank ID", "Accession Numbers", "Common name", "Synonyms"), ",", quoted=True)
_RXNORM = Layout(("drugbank_id", "rxcui"), quoted=True)


class DrugCrosswalk:
    """Looks up drugs by their whole name in any spelling of case, or by their RxNorm concept."""

    def __init__(self, inputs: Inputs) -> None:
        self.problems: list[Quarantined] = []
        self.names: dict[str, str] = {}
        self._named: dict[str, set[str]] = defaultdict(set)
        self._common: dict[str, set[str]] = defaultdict(set)
        self._rxnorm: dict[str, set[str]] = defaultdict(set)
        self._unii: dict[str, set[str]] = defaultdict(set)
        self._now: dict[str, str] = {}
        for path in inputs.files:
            try:
                self._read(inputs, path)
            except SourceError as problem:
                self.problems.append(Quarantined(inputs.shown(path), None, str(problem)))

    def _read(self, inputs: Inputs, path: Path) -> None:
        if path.name.startswith("drugbank.tsv"):
            for cells in self._rows(inputs, path, _TABLE):
                self._common[cells["name"].casefold()].add(cells["drugbank_id"])
                self.names.setdefault(cells["drugbank_id"], cells["name"])
        elif path.name.startswith("drugbank-vocabulary.csv"):
            for cells in self._rows(inputs, path, _VOCABULARY):
                drug = cells["DrugBank ID"]
                self.names[drug] = cells["Common name"]
                self._common[cells["Common name"].casefold()].add(drug)
                if cells.get("UNII"):
                    self._unii[cells["UNII"]].add(drug)
                for name in _split(cells["Synonyms"]):
                    self._named[name.casefold()].add(drug)
                self._now |= {former: drug for former in _split(cells["Accession Numbers"]) if former.startswith("DB")}
        elif path.name.startswith("drugbank-rxcui.tsv"):
            for cells in self._rows(inputs, path, _RXNORM):
                self._rxnorm[cells["rxcui"]].add(cells["drugbank_id"])

    def _rows(self, inputs: Inputs, path: Path, layout: Layout) -> Iterable[dict[str, str]]:
        for row in lines(inputs, path, layout):
            if isinstance(row, Quarantined):
                self.problems.append(row)
            else:
                yield dict(row.cells)

    def now(self, drug: str) -> str:
        """The number under which DrugBank lists a drug today: one that was merged goes by another's."""
        return drug if drug in self.names else self._now.get(drug, drug)

    def drug(self, name: str) -> str | None:
        """The drug of a name: the one that is called so, else the one of which it is a synonym; None for several."""
        key = name.strip().casefold()
        for table in (self._common, self._named):
            found = {self.now(drug) for drug in table.get(key, ())}
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    def of_rxnorm(self, concept: str) -> str | None:
        """The drug of an RxNorm concept, where it is one alone."""
        found = {self.now(drug) for drug in self._rxnorm.get(concept, ())}
        return found.pop() if len(found) == 1 else None

    def of_unii(self, code: str) -> str | None:
        """The drug of a UNII, where it is one alone."""
        found = self._unii.get(code, set())
        return next(iter(found)) if len(found) == 1 else None

    def of_preparation(self, name: str) -> str | None:
        """The drug of a name as labels write it: as it stands, without its salt, or without a form of the product."""
        words = name.split()
        for end in range(len(words), 0, -1):
            if found := self.drug(" ".join(words[:end])):
                return found
            if words[end - 1].casefold() not in _SALTS:
                return None
        return None

    def of_combination(self, name: str) -> tuple[str, ...]:
        """The drugs of a preparation of one or several: all of them, or none where one is unknown."""
        whole = self.of_preparation(name)
        found = [whole] if whole else [self.of_preparation(part) for part in _PARTS.split(name) if part]
        return () if None in found else tuple(dict.fromkeys(drug for drug in found if drug))

    def denies(self, drug: str, name: str) -> bool:
        """Whether a name is known to be that of other drugs and not of this one; an unknown name denies nothing."""
        key = name.strip().casefold()
        found = {self.now(other) for table in (self._common, self._named) for other in table.get(key, ())}
        return bool(found) and self.now(drug) not in found


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]
