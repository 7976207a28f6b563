"""Which nodes are joined: by mappings, by one name alone, never inside a graph that its maker has joined."""

from __future__ import annotations

import polars as pl
import pytest

from ingest.identity import joins

DRUG, CHEMICAL, DISEASE = "biolink:Drug", "biolink:ChemicalEntity", "biolink:Disease"
NOTHING = pl.DataFrame(schema={"subject": pl.String, "object": pl.String, "origin": pl.String})
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
    merges, ambiguous = joins(nodes(ASPIRIN, ("MESH:X2", CHEMICAL, name, [], mentioned, False)), NOTHING, NO_PARENTS)
    assert merges.rows() == ([("MESH:X2", "DRUGBANK:X1", "same name")] if joined else [])
    assert ambiguous == 0


def test_a_synonym_of_two_drugs_joins_neither() -> None:
    other = ("DRUGBANK:X3", DRUG, "Another", ["aspirin"], False, False)
    merges, _ = joins(nodes(ASPIRIN, other, ("MESH:X2", CHEMICAL, "Aspirin", [], False, False)), NOTHING, NO_PARENTS)
    assert merges.is_empty()


@pytest.mark.parametrize(
    ("drug_whole", "chemical_whole", "joined"), [(True, True, 0), (True, False, 1), (False, True, 1)]
)
def test_two_nodes_of_one_integrated_graph_stay_apart(drug_whole: bool, chemical_whole: bool, joined: int) -> None:
    merges, _ = joins(
        nodes((*ASPIRIN[:5], drug_whole), ("MESH:X2", CHEMICAL, "Aspirin", [], False, chemical_whole)),
        NOTHING,
        NO_PARENTS,
    )
    assert len(merges) == joined


def test_a_mapping_joins_one_to_one_and_never_a_disease_with_its_kind() -> None:
    three = nodes(
        *(
            (f"{p}:X{n}", DISEASE, f"{p}{n}", [], False, False)
            for p, n in (("DOID", 1), ("MESH", 1), ("MESH", 2), ("DOID", 3), ("MESH", 3))
        )
    )
    mappings = pl.DataFrame(
        [("DOID:X1", "MESH:X1", "m"), ("DOID:X1", "MESH:X2", "m"), ("DOID:X3", "MESH:X3", "m")],
        schema=NOTHING.schema,
        orient="row",
    )
    merges, ambiguous = joins(three, mappings, NO_PARENTS)
    assert merges.rows() == [("MESH:X3", "DOID:X3", "m")]
    assert ambiguous == 2
    kin = pl.DataFrame([("MESH:X3", "DOID:X3")], schema=NO_PARENTS.schema, orient="row")
    assert joins(three, mappings, kin)[0].is_empty()
