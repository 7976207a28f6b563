"""SIDER: side effects with their frequencies, indications by disease, and every row accounted for."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest

from ingest.build import Plan, choose
from ingest.errors import SourceError
from ingest.sider.serious import criteria
from ingest.source import Frame, Inputs, all_sources
from kg.records import Edge, Node, Quarantined, Record

SIDER = all_sources()["sider"]
DRUG = "DRUGBANK:DB99991"
MAPPING = "drugbank_id\tpubchem_cid\nDB99991\t11\nDB99992\t12\nDB99993\t12\nDB99994\t14\n"
EFFECTS = (
    "CID100000011\tCID000000011\tC9000001\tLLT\tC9000001\tTummy ache\n"
    "CID100000011\tCID000000011\tC9000001\tPT\tC9000002\tAbdominal pain\n"
    "CID100000011\tCID000000011\tC9000003\tPT\tC9000003\tCardiac arrest\n"
)
FREQUENCIES = (
    "CID100000011\tCID000000011\tC9000001\t\t21%\t0.21\t0.21\tPT\tC9000002\tAbdominal pain\n"
    "CID100000011\tCID000000011\tC9000001\t\trare\t0\t0.001\tPT\tC9000002\tAbdominal pain\n"
    "CID100000011\tCID000000011\tC9000001\tplacebo\t17%\t0.17\t0.17\tPT\tC9000002\tAbdominal pain\n"
    "CID100000011\tCID000000011\tC9000003\t\tpostmarketing\t0\t0.001\tPT\tC9000003\tCardiac arrest\n"
)
INDICATIONS = (
    "CID100000011\tC9000004\tNLP_indication\tIllone\tPT\tC9000004\tIllone\n"
    "CID100000011\tC9000004\ttext_mention\tIllone\tPT\tC9000004\tIllone\n"
    "CID100000011\tC9000005\tNLP_precondition\tIlltwo\tPT\tC9000005\tIlltwo\n"
    "CID100000011\tC9000002\tNLP_indication\tAbdominal pain\tPT\tC9000002\tAbdominal pain\n"
)
XREFS = "id\tlabel\txref\nDOID:99991\tillone\tUMLS_CUI:C9000004\nDOID:99992\tilltwo\tUMLS_CUI:C9000005\n"
FILES = {
    "sider4/meddra_all_se.tsv": EFFECTS,
    "sider4/meddra_freq.tsv": FREQUENCIES,
    "sider4/meddra_all_indications.tsv": INDICATIONS,
    "drugbank/pubchem-mapping.tsv": MAPPING,
    "ontologies/doid-2026-xrefs.tsv": XREFS,
}


def records(folder: Path, **changed: str | bytes) -> list[Record | Frame]:
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        content = changed.get(path.stem.removeprefix("meddra_"), content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(SIDER.read(Inputs(folder, SIDER.found(folder))))


def edges(found: list[Record | Frame]) -> dict[tuple[str, str], Edge]:
    return {(e.relation, e.object): e for e in found if isinstance(e, Edge)}


def quarantined(found: list[Record | Frame]) -> list[Quarantined]:
    return [q for q in found if isinstance(q, Quarantined)]


def test_the_frequencies_of_all_labels_make_a_range_and_placebo_stays_apart(tmp_path: Path) -> None:
    facts = edges(records(tmp_path))["causes", "UMLS:C9000002"].attributes
    assert facts["frequency"] == {"lower": 0.21, "upper": 0.21, "texts": ["21%", "rare"]}
    assert facts["placebo"] == {"lower": 0.17, "upper": 0.17, "texts": ["17%"]}


def test_bounds_of_words_are_marked_as_such(tmp_path: Path) -> None:
    words = "".join(row for row in FREQUENCIES.splitlines(keepends=True) if "rare" in row)
    facts = edges(records(tmp_path, freq=words))["causes", "UMLS:C9000002"].attributes
    assert facts["frequency"] == {"lower": 0.0, "upper": 0.001, "worded": True, "texts": ["rare"]}


def test_reports_after_marketing_are_no_frequency(tmp_path: Path) -> None:
    assert edges(records(tmp_path))["causes", "UMLS:C9000003"].attributes["frequency"] == {"texts": ["postmarketing"]}


def test_lower_level_terms_are_folded_into_their_preferred_terms(tmp_path: Path) -> None:
    found = records(tmp_path)
    assert {o for r, o in edges(found) if r == "causes"} == {"UMLS:C9000002", "UMLS:C9000003"}
    assert [q.reason for q in quarantined(found) if "lower level" in q.reason] == [
        "1 row: lower level terms, whose preferred terms stand in rows of their own"
    ]


def test_serious_side_effects_are_marked_with_the_criterion_that_they_meet(tmp_path: Path) -> None:
    nodes = {n.id: n for n in records(tmp_path) if isinstance(n, Node)}
    assert nodes["UMLS:C9000003"].attributes == {"seriousness": ["serious", "life-threatening"]}
    assert nodes["UMLS:C9000002"].attributes == {}


def test_an_indication_leads_to_a_disease_and_is_no_treatment(tmp_path: Path) -> None:
    found = records(tmp_path)
    indications = {o: e for (r, o), e in edges(found).items() if r != "causes"}
    assert set(indications) == {"DOID:99991"}
    edge = indications["DOID:99991"]
    assert (edge.relation, edge.tier) == ("treats_or_applied_or_studied_to_treat", 5)
    assert edge.attributes == {"rows": 2, "methods": ["NLP_indication", "text_mention"]}
    reasons = {q.row: q.reason for q in quarantined(found)}
    assert "condition of patients" in reasons["C9000005\tIlltwo"]
    assert "no disease" in reasons["C9000002\tAbdominal pain"]


def test_a_compound_is_a_drug_only_with_its_own_stereochemistry_and_when_it_is_one(tmp_path: Path) -> None:
    other = "CID100000011\tCID000000013\tC9000003\tPT\tC9000003\tCardiac arrest\n"
    several = "CID100000012\tCID000000012\tC9000003\tPT\tC9000003\tCardiac arrest\n"
    found = records(tmp_path, all_se=EFFECTS + other + several)
    assert {e.subject for e in found if isinstance(e, Edge)} == {DRUG}
    reasons = {q.row: q.reason for q in quarantined(found) if q.row.startswith("CID")}
    assert "no table gives a drug" in reasons["CID000000013"]
    assert "several drugs (DB99992, DB99993)" in reasons["CID000000012"]
    # Two compounds lie under the flat one now, of which one is unknown: its indications are put aside with it.
    assert "CID100000011" in reasons


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("CID100000011\tCID000000011\tC9000003\tPT\tC9000003\n", "5 cells under 6"),
        ("CID100000011\tCID000000011\tC9000003\tPT\tC9000003\tCardiac arrest\n", "stands twice"),
        ("CID100000011\tCID000000011\tC9000003\tXX\tC9000003\tCardiac arrest\n", "needs the type"),
        ("11\tDB00001\tC9000003\tPT\tC9000003\tCardiac arrest\n", "no STITCH identifier"),
    ],
)
def test_a_bad_row_is_put_aside(tmp_path: Path, row: str, reason: str) -> None:
    assert any(reason in q.reason for q in quarantined(records(tmp_path, all_se=EFFECTS + row)))


def test_a_range_that_is_none_is_put_aside(tmp_path: Path) -> None:
    row = "CID100000011\tCID000000011\tC9\t\t1-0%\t0.01\t0\tPT\tC9000002\tAbdominal pain\n"
    (bad,) = [q for q in quarantined(records(tmp_path, freq=FREQUENCIES + row)) if q.line]
    assert (bad.file, bad.line) == ("sider4/meddra_freq.tsv", 5) and "no range" in bad.reason


def test_a_file_cut_short_beside_others_costs_what_is_missing_alone(tmp_path: Path) -> None:
    found = records(tmp_path, freq=gzip.compress(FREQUENCIES.encode())[:-5])
    assert any("cannot be read after line" in q.reason for q in quarantined(found))
    assert ("causes", "UMLS:C9000002") in edges(found)


def test_without_the_table_of_compounds_nothing_is_read_and_the_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"pubchem-mapping\.tsv"):
        records(tmp_path, **{"pubchem-mapping": "drugbank_id\tpubchem_cid\n"})


def test_the_tables_of_others_alone_bring_no_source_into_a_build(tmp_path: Path) -> None:
    records(tmp_path)
    for path in (tmp_path / "sider4").iterdir():
        path.unlink()
    chosen, absent = choose(Plan(tmp_path))
    assert "sider" in absent and "sider" not in {source.name for source, _ in chosen}


def test_every_row_of_the_real_files_is_in_an_edge_folded_or_put_aside(data: Path) -> None:
    found = list(SIDER.read(Inputs(data, SIDER.found(data))))
    told: Counter[str] = Counter()
    for record in found:
        if isinstance(record, Edge):
            told["indications" if record.relation != "causes" else "effects"] += record.attributes["rows"]
        elif isinstance(record, Quarantined) and record.file.startswith("sider4/"):
            number = re.match(r"([\d,]+) rows?:", record.reason)
            kind = "indications" if "indications" in record.file else "effects"
            told[kind] += int(number[1].replace(",", "")) if number else 1
    assert told == {"effects": 309_849 + 291_632, "indications": 30_835}
    causes = [e for e in found if isinstance(e, Edge) and e.relation == "causes"]
    assert len(causes) > 100_000 and len({e.subject for e in causes}) > 900


def test_the_list_of_serious_terms_names_terms_of_sider(data: Path) -> None:
    with gzip.open(data / "sider4" / "meddra_all_se.tsv.gz", "rt", encoding="utf-8") as stream:
        terms = {line.rstrip("\n").split("\t")[5].casefold() for line in stream if "\tPT\t" in line}
    # The others are terms of later editions of MedDRA.
    assert len([t for t in criteria() if t in terms]) >= len(criteria()) - 4
