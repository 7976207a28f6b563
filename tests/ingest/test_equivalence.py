"""One node for one thing: what joins, what speaks against it, and how a person undoes it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from ingest.build import Plan, build_release, lock
from ingest.identity import APART, BY_HAND, EXACT, REPLACED, XREF, Identity, joins
from kg.release.release import Release

DRUG, DISEASE, SYMPTOM, TISSUE = (
    "biolink:Drug",
    "biolink:Disease",
    "biolink:PhenotypicFeature",
    "biolink:AnatomicalEntity",
)


def joined(
    nodes: list[tuple[str, str, str]],
    mappings: list[tuple[str, str, str, str]] = [],  # noqa: B006
    parents: list[tuple[str, str]] = [],  # noqa: B006
    **more: dict[str, str],
) -> Identity:
    texts = pl.List(pl.String)
    frame = pl.DataFrame(
        [(i, c, n.split("|")[0], n.split("|")[1:], False, False) for i, c, n in nodes],
        schema={
            "id": pl.String,
            "category": pl.String,
            "name": pl.String,
            "synonyms": texts,
            "mentioned": pl.Boolean,
            "integrated": pl.Boolean,
        },
        orient="row",
    )
    told = dict.fromkeys(("subject", "object", "predicate", "origin"), pl.String)
    return joins(
        frame,
        pl.DataFrame(mappings, schema=told, orient="row"),
        pl.DataFrame(parents, schema={"child": pl.String, "parent": pl.String}, orient="row"),
        **more,
    )


def pairs(identity: Identity) -> set[tuple[str, str]]:
    return set(identity.merges.select("old", "new").iter_rows())


def test_a_class_grows_over_several_vocabularies_and_has_the_preferred_name() -> None:
    three = [("DOID:1", DISEASE, "sham fever"), ("MONDO:0000002", DISEASE, "x"), ("MESH:D3", DISEASE, "y")]
    told = [("MONDO:0000002", "DOID:1", EXACT, "m"), ("MONDO:0000002", "MESH:D3", EXACT, "m")]
    assert pairs(joined(three, told)) == {("MONDO:0000002", "DOID:1"), ("MESH:D3", "DOID:1")}
    by_mondo = joined(three, told, first={DISEASE: "MONDO"})
    assert pairs(by_mondo) == {("DOID:1", "MONDO:0000002"), ("MESH:D3", "MONDO:0000002")}


def test_two_drugs_that_two_sources_make_one_stay_two_and_it_is_said() -> None:
    drugs = [("DRUGBANK:DB1", DRUG, "one"), ("DRUGBANK:DB2", DRUG, "two"), ("CHEBI:1", DRUG, "three")]
    found = joined(drugs, [("CHEBI:1", "DRUGBANK:DB1", EXACT, "a"), ("DRUGBANK:DB1", "DRUGBANK:DB2", EXACT, "b")])
    assert pairs(found) == {("CHEBI:1", "DRUGBANK:DB1")}
    assert found.refused.rows() == [("DRUGBANK:DB1", "DRUGBANK:DB2", "b", "two identifiers of DRUGBANK")]


@pytest.mark.parametrize(
    ("mapping", "parents", "expected"),
    [
        (("DOID:1", "MESH:D1", EXACT, "m"), [], True),
        (("DOID:1", "MESH:D1", EXACT, "m"), [("MESH:D1", "DOID:1")], False),
        (("DOID:1", "MESH:D1", XREF, "m"), [], False),
        (("DOID:1", "MESH:D1", APART, "m"), [], False),
    ],
)
def test_kinds_of_each_other_bare_references_and_denials_do_not_join(
    mapping: tuple[str, str, str, str], parents: list[tuple[str, str]], expected: bool
) -> None:
    two = [("DOID:1", DISEASE, "sham fever"), ("MESH:D1", DISEASE, "quibble fever")]
    assert bool(pairs(joined(two, [mapping], parents))) == expected


def test_a_reference_joins_where_a_name_bears_it_out() -> None:
    two = [("DOID:1", DISEASE, "sham fever|quibble fever"), ("MESH:D1", DISEASE, "Fever, Quibble")]
    assert pairs(joined(two, [("DOID:1", "MESH:D1", XREF, "m")])) == {("MESH:D1", "DOID:1")}


def test_a_denied_pair_stays_apart_whatever_the_names_say() -> None:
    two = [("UBERON:1", TISSUE, "sham gland"), ("MESH:A1", TISSUE, "Sham Gland")]
    assert pairs(joined(two)) == {("MESH:A1", "UBERON:1")}
    assert pairs(joined(two, [("MESH:A1", "UBERON:1", APART, "x")])) == set()


def test_a_replaced_identifier_leads_to_the_one_that_replaced_it() -> None:
    found = joined([("DOID:2", DISEASE, "new")], [("DOID:1", "DOID:2", REPLACED, "doid")])
    assert found.merges.rows() == [("DOID:1", "DOID:2", "doid")]
    both = [("DOID:1", DISEASE, "old"), ("DOID:2", DISEASE, "new")]
    assert pairs(joined(both, [("DOID:1", "DOID:2", REPLACED, "doid")])) == {("DOID:1", "DOID:2")}


def test_a_code_of_two_drugs_is_the_code_of_none() -> None:
    drugs = [("DRUGBANK:DB1", DRUG, "one"), ("DRUGBANK:DB2", DRUG, "two")]
    codes = [("DRUGBANK:DB1", "CAS:1", EXACT, "v"), ("DRUGBANK:DB2", "CAS:1", EXACT, "v")]
    assert pairs(joined(drugs, codes)) == set()
    assert pairs(joined(drugs, [*codes[:1], ("DRUGBANK:DB2", "CAS:2", EXACT, "v")])) == {
        ("CAS:1", "DRUGBANK:DB1"),
        ("CAS:2", "DRUGBANK:DB2"),
    }


def test_a_drug_may_have_several_codes_of_one_sort() -> None:
    codes = [("DRUGBANK:DB1", "RXCUI:1", EXACT, "v"), ("DRUGBANK:DB1", "RXCUI:2", EXACT, "v")]
    assert pairs(joined([("DRUGBANK:DB1", DRUG, "one")], codes)) == {
        ("RXCUI:1", "DRUGBANK:DB1"),
        ("RXCUI:2", "DRUGBANK:DB1"),
    }


def test_a_disease_and_a_symptom_of_one_name_are_tied_and_not_joined() -> None:
    found = joined([("DOID:1", DISEASE, "sham ache"), ("HP:0000001", SYMPTOM, "Sham ache")])
    assert pairs(found) == set()
    assert found.phenomena.rows() == [("DOID:1", "HP:0000001", "same name")]


def test_a_persons_word_wins() -> None:
    three = [("DOID:1", DISEASE, "a"), ("DOID:2", DISEASE, "b"), ("MESH:D1", DISEASE, "b")]
    told = [("DOID:1", "DOID:2", EXACT, BY_HAND), ("DOID:2", "MESH:D1", APART, BY_HAND)]
    assert pairs(joined(three, told)) == {("DOID:2", "DOID:1")}


TABLE = "id\tname\tparent\n"


def build(home: Path, data: Path) -> Release:
    with lock(home):
        return build_release(Plan(data), home).release


def test_one_line_undoes_a_join_and_an_unknown_identifier_is_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "ontologies").mkdir(parents=True)
    for name, term in (("doid-x.obo", "DOID:9000001"), ("mondo.obo", "MONDO:9000001")):
        text = f"format-version: 1.2\n\n[Term]\nid: {term}\nname: quibble fever\n"
        (data / "ontologies" / name).write_text(text, "utf-8")
    release = build(tmp_path / "home", data)
    assert release.read("merges").rows() == [("MONDO:9000001", "DOID:9000001", "same name")]
    assert release.read("nodes")["equivalent_identifiers"].to_list() == [["MONDO:9000001"]]
    (data / "merges.toml").write_text(
        'apart = [["MONDO:9000001", "DOID:9000001"]]\nsame = [["DOID:9000001", "DOID:9999999"]]', "utf-8"
    )
    release = build(tmp_path / "home", data)
    assert sorted(release.read("nodes")["id"]) == ["DOID:9000001", "MONDO:9000001"]
    bad = release.read("quarantine").select("file", "reason").rows()
    assert bad == [("merges.toml", "DOID:9999999 is no identifier of this release; mend or remove the line")]
