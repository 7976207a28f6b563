"""Interactions of drugs: one edge a pair with the level of its source, and nothing covered by lists of chosen pairs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.source import Frame, Inputs, all_sources
from kg.records import Covered, Edge, Quarantined, Record

# By source: its file, its heading, a row of two drugs with a level, and the rows of the real file.
TABLES = {
    "ddinter": ("ddinter.tsv", "drugbank_a\tdrug_a\tdrugbank_b\tdrug_b\tlevel", "{}\tOne\t{}\tTwo\t{}"),
    "drugcentral_interactions": (
        "drugcentral-ddi.tsv",
        "drugbank_a\tdrug_a\tdrugbank_b\tdrug_b\trisk",
        "{}\tOne\t{}\tTwo\t{}",
    ),
    "onc_interactions": (
        "onc-pairs.tsv",
        "list\tdrugbank_object\tobject\tdrugbank_precipitant\tprecipitant",
        "{2}\t{0}\tOne\t{1}\tTwo",
    ),
}
LEVELS = {
    "ddinter": ("Major", "Minor"),
    "drugcentral_interactions": ("Contraindicated", "Significant"),
    "onc_interactions": ("high-priority", "non-interruptive"),
}
ROWS = {"ddinter": 160_235, "drugcentral_interactions": 25_955, "onc_interactions": 4_031}


def read(name: str, folder: Path, *rows: str, packed: bool = False) -> list[Record | Frame]:
    file, heading, _ = TABLES[name]
    path = folder / file
    content = "\n".join([heading, *rows, ""]).encode()
    path.write_bytes(gzip.compress(content)[:-6] if packed else content)
    return list(all_sources()[name].read(Inputs(folder, (path,))))


def row(name: str, first: str, second: str, level: str) -> str:
    return TABLES[name][2].format(first, second, level)


def edges(records: list[Record | Frame]) -> list[Edge]:
    return [e for e in records if isinstance(e, Edge)]


@pytest.mark.parametrize("name", list(TABLES))
def test_a_pair_in_either_order_is_one_edge_with_its_gravest_level(name: str, tmp_path: Path) -> None:
    grave, mild = LEVELS[name]
    rows = (row(name, "DB99991", "DB99992", mild), row(name, "DB99992", "DB99991", grave))
    (edge,) = edges(read(name, tmp_path, *rows))
    assert (edge.subject, edge.object) == ("DRUGBANK:DB99991", "DRUGBANK:DB99992")
    assert (edge.attributes["level"], edge.attributes["levels"], edge.attributes["rows"]) == (grave, [grave, mild], 2)


@pytest.mark.parametrize("name", list(TABLES))
@pytest.mark.parametrize(
    ("first", "second", "level", "reason"),
    [
        ("", "DB99992", None, "need an identifier of DrugBank"),
        ("DB99991", "99992", None, "need an identifier of DrugBank"),
        ("DB99991", "DB99991", None, "are one drug"),
        ("DB99991", "DB99992", "Very", "the level 'Very' is none of"),
    ],
)
def test_a_row_that_is_no_pair_is_put_aside(
    name: str, first: str, second: str, level: str | None, reason: str, tmp_path: Path
) -> None:
    records = read(name, tmp_path, row(name, first, second, level or LEVELS[name][0]))
    (bad,) = [q for q in records if isinstance(q, Quarantined)]
    assert bad.line == 2 and reason in bad.reason and not edges(records)


@pytest.mark.parametrize("name", list(TABLES))
def test_a_missing_pair_says_nothing(name: str, tmp_path: Path) -> None:
    records = read(name, tmp_path, row(name, "DB99991", "DB99992", LEVELS[name][0]))
    assert all_sources()[name].declares == ("interacts_with_drug",)
    assert not [c for c in records if isinstance(c, Covered)]


@pytest.mark.parametrize("name", list(TABLES))
def test_a_file_with_other_columns_or_cut_short_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read after line"):
        read(name, tmp_path, row(name, "DB99991", "DB99992", LEVELS[name][0]), packed=True)
    path = tmp_path / TABLES[name][0]
    path.write_text("a\tb\nDB1\tDB2\n")
    with pytest.raises(SourceError, match="has no column"):
        list(all_sources()[name].read(Inputs(tmp_path, (path,))))


def test_what_onc_spreads_from_its_error_is_put_aside(tmp_path: Path) -> None:
    wrong = "non-interruptive\tDB99991\tOne\tDB06709\tMethacholine"
    (bad,) = read("onc_interactions", tmp_path, wrong)[:1]
    assert isinstance(bad, Quarantined) and "methacholine among the salicylates" in bad.reason


def test_onc_says_which_drug_is_affected_and_which_paper_made_the_list(tmp_path: Path) -> None:
    (edge,) = edges(read("onc_interactions", tmp_path, row("onc_interactions", "DB99992", "DB99991", "high-priority")))
    assert edge.attributes["affected"] == ["DRUGBANK:DB99992"] and edge.publications == ("PMID:22539083",)


@pytest.mark.parametrize("name", list(TABLES))
def test_every_row_of_the_real_file_is_in_an_edge_or_put_aside(name: str, data: Path) -> None:
    source = all_sources()[name]
    records = list(source.read(Inputs(data, source.found(data))))
    aside = sum(isinstance(r, Quarantined) for r in records)
    assert sum(e.attributes["rows"] for e in edges(records)) + aside == ROWS[name]
