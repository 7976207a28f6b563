"""From PubChem compounds to DrugBank drugs."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from ingest.errors import SourceError
from ingest.source import Inputs
from ingest.tables.tsv import Layout, lines
from kg.records import Quarantined

PATTERNS = ("drugbank/pubchem-mapping.tsv*", "drug_names/everycure-medi-drugs.tsv*")
_DRUGBANK = Layout(("drugbank_id", "pubchem_cid"))
_MEDI = Layout(("drugbank", "pubchem", "is_combination", "label"))
# STITCH writes a compound without its stereochemistry as CID1 and eight digits, one with it as CID0.
_FLAT = 100_000_000


def compound(stitch: str) -> str | None:
    """The PubChem number of a STITCH identifier, flat or stereo; None for what is none.

    >>> compound("CID100002173"), compound("CID000002173"), compound("2173")
    ('2173', '2173', None)
    """
    digits = stitch.removeprefix("CID")
    if len(digits) != 9 or not digits.isdecimal() or digits == stitch:
        return None
    number = int(digits)
    return str(number - _FLAT if number >= _FLAT else number)


class CompoundCrosswalk:
    """Looks up the drug of a compound. DrugBank's own table wins; another is asked where it has none."""

    def __init__(self, inputs: Inputs) -> None:
        self.problems: list[Quarantined] = []
        self.names: dict[str, str] = {}
        self._tables: tuple[dict[str, set[str]], ...] = (defaultdict(set), defaultdict(set))
        for path in inputs.files:
            try:
                if path.name.startswith("pubchem-mapping.tsv"):
                    self._read(inputs, path, _DRUGBANK, 0)
                elif path.name.startswith("everycure-medi-drugs.tsv"):
                    self._read(inputs, path, _MEDI, 1)
            except SourceError as problem:
                self.problems.append(Quarantined(inputs.shown(path), None, str(problem)))

    def _read(self, inputs: Inputs, path: Path, layout: Layout, rank: int) -> None:
        drug_column, compound_column = layout.columns[:2]
        for row in lines(inputs, path, layout):
            if isinstance(row, Quarantined):
                self.problems.append(row)
                continue
            drugs = [d for d in row[drug_column].split("|") if d.startswith("DB")]
            # A combination is no name of one of its parts.
            if len(drugs) == 1 and row.cells.get("is_combination", "").upper() != "TRUE":
                if "label" in row.cells:
                    self.names[drugs[0]] = row["label"]
                for number in filter(None, row[compound_column].split("|")):
                    self._tables[rank][number].add(drugs[0])

    def drugs(self, number: str) -> frozenset[str]:
        """The drugs that a compound stands for: none, one, or several between which nothing decides."""
        return frozenset(next((t[number] for t in self._tables if t.get(number)), ()))
