"""A release exported for `neo4j-admin database import`, imported by the real tool, and compared with one loaded over Bolt."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from neo4j import Driver, GraphDatabase

from galenic.house import House
from kg.errors import StoreError
from kg.release.release import Release
from kg.stores.bolt import BoltStore
from kg.stores.neo4j_export import MARK, command, export
from kg.stores.neo4j_load import Neo4jLoader
from kg.stores.rows import facts
from tests.conftest import required
from tests.galenic.test_cli import run
from tests.neo4j.server import Neo4j, NoNeo4j
from tests.neo4j.variants import variant

# Whatever a CSV file could stumble over.
NAMES = (
    'said "so"',
    "a, b; c",
    "two\nlines",
    "carriage\r\nreturn",
    "tab\there",
    "it's",
    '"',
    '""',
    "back\\slash",
    "end\\",
    "naïve β-блокатор 高血圧 😀",
    " spaces ",
    "|;:",
    "null",
    "NULL",
    "0123",
    "true",
    "=1+1",
    "{}",
    "[]",
)
Graph = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def odd(house: House, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The sample with such names, lists with one, many and no values, numbers, negated edges, years and details."""
    nodes, edges = house.release.read("nodes"), house.release.read("edges")
    names = [NAMES[n % len(NAMES)] for n in range(len(nodes))]
    lists = [[], ["one"], [*NAMES], ["a,b", "c;d", "e|f"], ["x", ""]]
    drug = json.dumps(
        {"groups": ["approved", 'in "quotes", too'], "atc_codes": [], "half_life_hours": 2.5, "more": "kept\nas it is"}
    )
    nodes = nodes.with_columns(
        name=pl.Series(names),
        synonyms=pl.Series([lists[n % len(lists)] for n in range(len(nodes))], dtype=pl.List(pl.String)),
        attributes=pl.when(pl.col("category") == "biolink:Drug").then(pl.lit(drug)).otherwise("attributes"),
    )
    first, number = edges["id"][0], pl.int_range(pl.len())
    papers = pl.Series(
        [["PMID:99999901", "PMID:99999902"] if n % 3 == 0 else [] for n in range(len(edges))], dtype=pl.List(pl.String)
    )
    edges = edges.with_columns(
        negated=number % 7 == 1,
        publications=papers,
        qualifiers=pl.when(pl.col("id") == first).then(pl.lit('{"dose": "1,5 \\"mg\\"\\n"}')).otherwise("qualifiers"),
    )
    citations = house.release.read("citations")
    dated = citations.head(1).with_columns(id=pl.lit("PMID:99999902"), year=pl.lit(2019).cast(citations.schema["year"]))
    return variant(
        house.release,
        tmp_path_factory.mktemp("odd") / "release",
        nodes=nodes,
        edges=edges,
        citations=pl.concat([citations, dated]),
    )


@pytest.fixture(scope="module")
def imported(odd: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j]:
    """A real Neo4j on what its own tool imported by the command line that the export gives."""
    home, folder = tmp_path_factory.mktemp("imported"), tmp_path_factory.mktemp("export")
    list(export(odd, folder))
    server = Neo4j(home)
    try:
        server.admin(*shlex.split(command())[1:], folder=folder)
        server.start(heap="512m")
    except NoNeo4j as problem:
        required(str(problem))
    yield server
    server.kill()


@pytest.fixture
def driver(imported: Neo4j) -> Iterator[Driver]:
    with GraphDatabase.driver(imported.address.uri, auth=(imported.address.user, imported.address.password)) as opened:
        yield opened


def contents(driver: Driver) -> Graph:
    """Every node and edge with its labels and properties, in order."""
    nodes = driver.execute_query("MATCH (n) REMOVE n.epoch RETURN labels(n) AS labels, properties(n) AS p")
    pairs = driver.execute_query("MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS type, b.id AS b, properties(r) AS p")
    edges = [(r["a"], r["type"], r["b"], json.dumps(r["p"], sort_keys=True)) for r in pairs.records]
    return {
        "nodes": sorted((sorted(r["labels"]), json.dumps(r["p"], sort_keys=True)) for r in nodes.records),
        "edges": sorted(edges),
    }


def test_the_import_holds_the_whole_release_and_a_reader_accepts_it(
    imported: Neo4j, driver: Driver, odd: Release
) -> None:
    tables = odd.manifest["tables"]
    with BoltStore(imported.address) as store:
        store.require(odd.id)
        assert store.run("MATCH (n:Entity) RETURN count(n) AS n", {}) == [{"n": tables["nodes"]["rows"]}]
        assert store.run("MATCH ()-[r]->() RETURN count(r) AS n", {}) == [{"n": tables["edges"]["rows"]}]
        assert store.run("MATCH (r:Release) RETURN properties(r) AS p", {}) == [{"p": {**facts(odd), "epoch": 0}}]
        negated = store.run(
            "MATCH ()-[r]->() WHERE type(r) STARTS WITH 'NOT_' RETURN count(r) AS n, count(r.year) AS years", {}
        )
        assert negated[0]["n"] > 0 and negated[0]["years"] > 0
        names = {r["name"] for r in store.run("MATCH (n:Entity) RETURN DISTINCT n.name AS name", {})}
    assert names == set(NAMES)


def test_the_indexes_serve_after_their_statements(
    imported: Neo4j, driver: Driver, odd: Release, tmp_path: Path
) -> None:
    *_, indexes, _ = export(odd, tmp_path)
    for statement in indexes.read_text("utf-8").split(";\n")[:-1]:
        driver.execute_query(statement)  # type: ignore[arg-type]
    driver.execute_query("CALL db.awaitIndexes(60)")
    there = driver.execute_query(
        "SHOW INDEXES YIELD name, type, state WHERE name STARTS WITH 'entity' RETURN name, type, state"
    ).records
    assert {(r["name"], r["type"], r["state"]) for r in there} == {
        ("entity_id", "RANGE", "ONLINE"),
        ("entity_name", "FULLTEXT", "ONLINE"),
    }
    records = driver.execute_query(
        "CALL db.index.fulltext.queryNodes('entity_name', 'naïve') YIELD node RETURN count(node) AS n"
    ).records
    assert records[0]["n"] > 0


def test_imported_and_loaded_graphs_are_the_same_row_by_row(imported: Neo4j, driver: Driver, odd: Release) -> None:
    by_import = contents(driver)
    driver.execute_query("MATCH (n) DETACH DELETE n")
    with Neo4jLoader(imported.address) as loader:
        loader.stage(odd)
        loader.publish(odd)
    by_bolt = contents(driver)
    assert (
        by_import["nodes"] == by_bolt["nodes"] and len(by_bolt["nodes"]) == odd.manifest["tables"]["nodes"]["rows"] + 1
    )
    assert by_import["edges"] == by_bolt["edges"] and len(by_bolt["edges"]) == odd.manifest["tables"]["edges"]["rows"]


def test_an_export_replaces_an_export_and_nothing_else(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = list(export(house.release, folder))
    (folder / "import.sh").unlink()
    assert list(export(house.release, folder, "other")) == first and "full other" in (folder / "import.sh").read_text()
    assert {p.name for p in folder.iterdir()} == {MARK, *(p.name for p in first)}
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"notes\.txt.*give an empty or a new folder"):
        list(export(house.release, folder))
    own = tmp_path / "own"
    own.mkdir()
    (own / "nodes.csv").write_text("mine")
    with pytest.raises(StoreError, match="no export wrote"):
        list(export(house.release, own))
    assert (own / "nodes.csv").read_text() == "mine"
    with pytest.raises(StoreError, match="is a file; give a folder"):
        list(export(house.release, own / "nodes.csv"))


def test_the_command_prints_files_and_the_import_and_errors_in_one_line(sample_home: Path, tmp_path: Path) -> None:
    done = run(sample_home, "export", "--neo4j-import", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert command() in done.stdout and "indexes.cypher" in done.stdout
    script = tmp_path / "out" / "import.sh"
    assert command() in script.read_text() and script.stat().st_mode & 0o111
    (tmp_path / "mine.txt").write_text("mine")
    for words, code, message in (
        (("--neo4j-import", str(tmp_path)), 1, "give an empty or a new folder"),
        (("--neo4j-import", "/proc/nowhere"), 1, "/proc/nowhere"),
        (("--neo4j-import", "x", "--kgx", "y"), 2, "galenic export --neo4j-import"),
        ((), 2, "galenic export --kgx"),
    ):
        wrong = run(sample_home, "export", *words)
        assert wrong.returncode == code and message in wrong.stderr and wrong.stderr.count("\n") == 1, wrong.stderr
