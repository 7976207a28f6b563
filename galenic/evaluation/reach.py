"""How much of the drug vocabularies can be asked for: codes, names and brands, linked, and why some are not reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from galenic.errors import UsageError
from ingest.source import Inputs, Source
from ingest.sources import drug_identifiers, drugbank_vocabulary, rxnorm_brands
from ingest.tables.tsv import Layout, Line, lines
from kg.release.release import Release
from ontologies.names import normal
from ontologies.names.linker import Candidate, NameLinker

_VOCABULARY = Layout(("DrugBank ID", "Common name", "UNII"), delimiter=",", quoted=True)
_RXNORM = Layout(("drugbank_id", "rxcui"))
_BRANDS = Layout(("brand", "drugbank_ids"))
ABSENT, SHARED, PART, OTHER_DRUG, OTHER_KIND, UNKNOWN = (
    "the drug is not in the release",
    "a brand of several drugs",
    "a combination with it and the drug itself are called so",
    "another drug is called so",
    "something else is called so",
    "not linked",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: the text, which sort of name it is, and the drugs that the vocabulary gives it."""

    text: str
    sort: str
    drugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of it: right at the first place, `held` among the candidates, or the reason why not."""

    asked: Asked
    right: bool
    held: bool
    taken_for: str
    reason: str


def asked_of(data: Path) -> list[Asked]:
    """All UNII codes, names, RxNorm codes and brands of the vocabularies in a data folder.

    A code that stands for several drugs is left out. Raises `UsageError` where the folder holds none of the files.
    """
    found = [*_vocabulary(data), *_codes(data), *_brands(data)]
    if not found:
        raise UsageError(
            f"{data}: holds no drug vocabulary (drug_names/drugbank-vocabulary*.csv); name the data folder"
        )
    return found


def reach(asked: Collection[Asked], linker: NameLinker, release: Release) -> list[Reached]:
    """Each name linked as it stands."""
    told = release.scan("nodes").filter(pl.col("category") == "biolink:Drug").select("id", "equivalent_identifiers")
    own: dict[str, str] = {}
    for identifier, others in told.collect().iter_rows():
        own |= dict.fromkeys((identifier, *others), identifier)
    return [_reached(item, linker.link(item.text), own) for item in asked]


def _reached(item: Asked, candidates: list[Candidate], own: Mapping[str, str]) -> Reached:
    meant = {own[drug] for drug in item.drugs if drug in own}
    right = bool(candidates) and candidates[0].id in meant
    held = any(candidate.id in meant for candidate in candidates)
    first = candidates[0] if candidates else None
    return Reached(item, right, held, first.name if first else "", "" if right else _reason(item, first, meant))


def _reason(item: Asked, first: Candidate | None, meant: Collection[str]) -> str:
    if not meant:
        return ABSENT
    if first is None:
        return UNKNOWN
    if first.category != "biolink:Drug":
        return OTHER_KIND
    parts = set(first.id.removeprefix("GALENIC:").split("+"))
    if len(parts) > 1 and any(drug.removeprefix("DRUGBANK:") in parts for drug in item.drugs):
        return PART
    return SHARED if len(item.drugs) > 1 else OTHER_DRUG


def _files(data: Path, source: Source, told_by: str, layout: Layout) -> Iterator[Line]:
    paths = tuple(sorted({p for pattern in source.patterns for p in data.glob(pattern) if told_by in p.name}))
    inputs = Inputs(data, paths)
    for path in paths:
        yield from (row for row in lines(inputs, path, layout) if isinstance(row, Line))


def _vocabulary(data: Path) -> Iterator[Asked]:
    for row in _files(data, drugbank_vocabulary.SOURCE, "vocabulary", _VOCABULARY):
        drug = (f"DRUGBANK:{row['DrugBank ID']}",)
        if row["UNII"]:
            yield Asked(f"UNII:{row['UNII']}", "UNII code", drug)
        yield Asked(row["Common name"], "name", drug)


def _codes(data: Path) -> Iterator[Asked]:
    drugs: dict[str, list[str]] = defaultdict(list)
    for row in _files(data, drug_identifiers.SOURCE, "rxcui", _RXNORM):
        if row["rxcui"]:
            drugs[row["rxcui"]].append(f"DRUGBANK:{row['drugbank_id']}")
    yield from (Asked(f"RXCUI:{code}", "RxNorm code", tuple(of)) for code, of in drugs.items() if len(of) == 1)


def _brands(data: Path) -> Iterator[Asked]:
    """A brand means any of the drugs and combinations that are sold under it."""
    sold: dict[str, dict[str, None]] = defaultdict(dict)
    called: dict[str, str] = {}
    for row in _files(data, rxnorm_brands.SOURCE, "brands", _BRANDS):
        drugs = tuple(sorted({part.strip() for part in row["drugbank_ids"].split("|")}))
        key = normal.key(row["brand"])
        called.setdefault(key, row["brand"])
        sold[key].setdefault(f"DRUGBANK:{drugs[0]}" if len(drugs) == 1 else rxnorm_brands.combination(drugs))
    for key, means in sold.items():
        sort = "brand of one drug" if len(means) == 1 and next(iter(means)).startswith("DRUGBANK:") else ""
        yield Asked(
            called[key], sort or ("brand of a combination" if len(means) == 1 else "brand of several"), tuple(means)
        )
