"""Which nodes are joined: by mappings, by one name alone, never inside a graph that its maker has joined."""

from __future__ import annotations

import polars as pl
import pytest

from ingest.identity import joins

DRUG, CHEMICAL, DISEASE = "biolink:Drug", "biolink:ChemicalEntity", "biolink:Disease"
NOTHING = pl.DataFrame(schema={"subject": pl.String, "object": pl.String, "predicate": pl.String, "origin": pl.String})
NO_PARENTS = pl.DataFrame(schema={"child": pl.String, "parent": pl.String})


def nodes(*rows: tuple[str, str, str, list[str], bool, bool]) -> pl.DataFrame:
    kinds = {
        "id": pl.String,
        "category": pl.String,
        "name": pl.String,
        "synonyms": pl.List(pl.String),
        "mentioned": pl.Boolean,
        "integrated": pl.Boolean,
    }
    return pl.DataFrame(list(rows), schema=kinds, orient="row")


ASPIRIN = ("DRUGBANK:X1", DRUG, "Acetylsalicylic acid", ["Aspirin", "mixture brand\tbroad"], False, False)


@pytest.mark.parametrize(
    ("name", "mentioned", "joined"),
    [
        ("aspirin", False, True),
        ("acetylsalicylic acid", False, True),
        ("acetylsalicylic acid", True, True),
        ("mixture brand", True, False),
        ("aspirin", True, False),
        ("something else", False, False),
    ],
)
def test_a_chemical_meets_its_drug_by_name(name: str, mentioned: bool, joined: bool) -> None:
    found = joins(nodes(ASPIRIN, ("MESH:X2", CHEMICAL, name, [], mentioned, False)), NOTHING, NO_PARENTS)
    assert found.merges.rows() == ([("MESH:X2", "DRUGBANK:X1", "same name")] if joined else [])
    assert found.ambiguous == 0


def test_a_synonym_of_two_drugs_joins_neither() -> None:
    other = ("DRUGBANK:X3", DRUG, "Another", ["aspirin"], False, False)
    found = joins(nodes(ASPIRIN, other, ("MESH:X2", CHEMICAL, "Aspirin", [], False, False)), NOTHING, NO_PARENTS)
    assert found.merges.is_empty()


@pytest.mark.parametrize(
    ("drug_whole", "chemical_whole", "joined"), [(True, True, 0), (True, False, 1), (False, True, 1)]
)
def test_two_nodes_of_one_integrated_graph_stay_apart(drug_whole: bool, chemical_whole: bool, joined: int) -> None:
    found = joins(
        nodes((*ASPIRIN[:5], drug_whole), ("MESH:X2", CHEMICAL, "Aspirin", [], False, chemical_whole)),
        NOTHING,
        NO_PARENTS,
    )
    assert len(found.merges) == joined


def test_a_mapping_joins_one_to_one_and_never_a_disease_with_its_kind() -> None:
    three = nodes(
        *(
            (f"{p}:X{n}", DISEASE, f"fever {p}{n}", [], False, False)
            for p, n in (("DOID", 1), ("MESH", 1), ("MESH", 2), ("DOID", 3), ("MESH", 3))
        )
    )
    mappings = pl.DataFrame(
        [
            ("DOID:X1", "MESH:X1", "skos:exactMatch", "m"),
            ("DOID:X1", "MESH:X2", "skos:exactMatch", "m"),
            ("DOID:X3", "MESH:X3", "skos:exactMatch", "m"),
        ],
        schema=NOTHING.schema,
        orient="row",
    )
    found = joins(three, mappings, NO_PARENTS)
    assert found.merges.rows() == [("MESH:X3", "DOID:X3", "m")]
    assert found.ambiguous == 2
    kin = pl.DataFrame([("MESH:X3", "DOID:X3")], schema=NO_PARENTS.schema, orient="row")
    assert joins(three, mappings, kin).merges.is_empty()


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("Tinea imbricata, susceptibility to", "Kerion celsi tinea", False),
        ("Lung cancer, susceptibility to", "lung cancer", False),
        ("osteoarthritis susceptibility 2", "Osteoarthritis of the hand", False),
        ("psoriasis 1, susceptibility to", "psoriasis 1", True),
        ("Epilepsy, susceptibility to, 3", "epilepsy, susceptibility to, 3", True),
        ("Asthma, susceptibility to", "inherited susceptibility to asthma", True),
        ("monocytopenia with susceptibility to infections", "monocytopenia 21", True),
    ],
)
def test_what_makes_people_prone_to_a_disease_is_not_the_disease(one: str, other: str, joined: bool) -> None:
    both = nodes(("OMIM:X1", DISEASE, one, [], False, False), ("MONDO:X1", DISEASE, other, [], False, False))
    mapping = pl.DataFrame([("OMIM:X1", "MONDO:X1", "skos:exactMatch", "m")], schema=NOTHING.schema, orient="row")
    found = joins(both, mapping, NO_PARENTS)
    assert bool(len(found.merges)) == joined
    assert joined or found.refused["reason"].to_list() == ["a susceptibility or a locus is not the disease"]
