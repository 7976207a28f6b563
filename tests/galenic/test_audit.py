"""The audit of a release: stable codes, errors that fail, and what an export says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from galenic.cli.main import app
from kg.release.audit import CHECKS, Finding, audit, covered_things
from kg.release.description import croissant, kgx_metadata
from kg.release.release import Release, Shelf
from tests.neo4j.variants import variant

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "audit.md"


@pytest.fixture(scope="module")
def sample(sample_home: Path) -> Release:
    return Shelf(sample_home / "releases").current()


def codes(release: Release) -> dict[str, Finding]:
    return {f.code: f for f in audit(release)}


def test_the_sample_has_no_error_and_every_code_is_documented(sample: Release) -> None:
    assert [f for f in audit(sample) if f.severity == "error"] == []
    text = DOCS.read_text("utf-8")
    every = [f for check in CHECKS for f in check(sample)]
    assert [f.code for f in every if f"| `{f.code}` | {f.severity} |" not in text] == []


def test_what_is_wrong_is_found(sample: Release, tmp_path: Path) -> None:
    nodes, edges = sample.read("nodes"), sample.read("edges")
    broken = edges.head(3).with_columns(
        subject=pl.Series(["NOPE:1", edges["subject"][1], edges["object"][2]]), sources=pl.lit([], pl.List(pl.String))
    )
    odd = nodes.head(1).with_columns(id=pl.lit("nonsense"), name=pl.lit("odd"))
    found = codes(variant(sample, tmp_path / "broken", edges=broken, nodes=pl.concat([nodes, odd])))
    assert found["edge-without-end"].count == 1 and "NOPE:1" in found["edge-without-end"].examples[0]
    assert found["edge-without-source"].count == 3
    assert found["id-without-prefix"].examples == ("nonsense",)


def test_the_command_fails_on_errors_alone(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GALENIC_HOME", str(sample_home))
    run = CliRunner().invoke(app, ["audit", "--json", "--coverage"])
    told = json.loads(run.stdout)
    assert (run.exit_code, told["clean"]) == (0, True)
    assert {"relation", "source", "edges"} == set(told["coverage"][0])
    assert told["things"]["biolink:Disease"]["treats"] > 0


def test_an_export_names_sources_versions_and_columns(sample: Release) -> None:
    told = kgx_metadata(sample)
    assert told["nodes"]["count"] == len(sample.read("nodes", ["id"]))
    assert sum(told["edges"]["by_predicate"].values()) == told["edges"]["count"]
    assert all(s["infores"].startswith("infores:") and s["version"] for s in told["sources"])
    described = croissant(sample)
    columns = {f["name"] for s in described["recordSet"] if s["name"] == "nodes" for f in s["field"]}
    assert columns == set(sample.read("nodes").columns)
    assert {len(d["sha256"]) for d in described["distribution"]} == {64}


def test_things_are_counted_by_what_is_known_of_them(sample: Release) -> None:
    treated = sample.read("edges").filter((pl.col("relation") == "treats") & ~pl.col("negated"))
    assert covered_things(sample)["biolink:Disease"]["treats"] == treated["object"].n_unique()
