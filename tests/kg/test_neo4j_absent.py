"""A Neo4j that is not there, or too old: each is said in one line with how to mend it, and no password is."""

from __future__ import annotations

import pytest

from galenic.house import House
from kg.errors import StoreError, StoreUnavailable
from kg.release.release import Release
from kg.stores.bolt import Address, BoltStore
from kg.stores.neo4j_load import Neo4jLoader
from tests.fakes.bolt import OldNeo4j
from tests.neo4j.own import one_line

NOBODY = "bolt://127.0.0.1:1"


@pytest.fixture(scope="module")
def old(house: House) -> Release:
    return house.release


@pytest.mark.parametrize(
    ("uri", "mend"),
    [
        (NOBODY, "does not answer (Connection refused)"),
        ("neo4j://127.0.0.1:1", "does not answer (Connection refused)"),
        ("bolt://nobody.invalid:7687", "does not answer"),
        ("localhost:7687", "write bolt://host:7687"),
        ("http://localhost:7474", "write bolt://host:7687"),
        ("bolt://", "write bolt://host:7687"),
        ("bolt://host:port", "does not answer"),
        ("bolt://me:secret@host:7687", "GALENIC_GRAPH_PASSWORD"),
    ],
)
def test_an_absent_server_and_what_is_no_address(old: Release, uri: str, mend: str) -> None:
    address = Address(uri, "neo4j", "x", "neo4j")
    with pytest.raises(StoreUnavailable) as raised, Neo4jLoader(address, retry_seconds=0) as loader:
        loader.stage(old)
    assert mend in one_line(raised) and "secret" not in one_line(raised)
    with pytest.raises(StoreUnavailable) as raised, BoltStore(address) as store:
        store.require(old.id)
    assert mend in one_line(raised) and "secret" not in one_line(raised)


@pytest.mark.parametrize(("version", "bolt"), [("4.4.38", (4, 4)), ("5.9.0", (5, 3))])
def test_a_server_that_is_too_old(old: Release, version: str, bolt: tuple[int, int]) -> None:
    # No later Java starts such a server, so its words are played.
    fake = OldNeo4j(version, bolt)
    with (
        Neo4jLoader(Address(fake.uri, "neo4j", "x", "neo4j"), retry_seconds=0) as loader,
        pytest.raises(StoreError) as raised,
    ):
        loader.stage(old)
    fake.close()
    assert "too old" in one_line(raised) and "Neo4j 5.13 or later is needed" in one_line(raised)
