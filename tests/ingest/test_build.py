"""The promises of a release: same id, rebuild only what changed, atomic, quarantine that adds up, licences, KGX."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from galenic.house import SAMPLE
from ingest.build import Plan, build_release, lock
from ingest.errors import BuildError, BuildLocked, SourceError
from kg.errors import ReleaseError
from kg.release.kgx import export
from kg.release.release import FORMAT, Release, Shelf


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the sample's files, to be changed at will."""
    folder = tmp_path / "data"
    shutil.copytree(SAMPLE, folder)
    return folder


def build(files: Path, home: Path, **more: object) -> Release:
    return build_release(Plan(files, **more), home, workers=1).release  # type: ignore[arg-type]


def test_the_same_input_gives_the_same_id_anywhere(files: Path, tmp_path: Path) -> None:
    first = build(files, tmp_path / "one")
    moved = tmp_path / "elsewhere"
    shutil.copytree(files, moved)
    assert build(moved, tmp_path / "two").id == first.id


def test_an_unchanged_input_builds_nothing(files: Path, tmp_path: Path) -> None:
    build(files, tmp_path / "home")
    assert not build_release(Plan(files), tmp_path / "home", workers=1).changed


def test_one_changed_source_rebuilds_its_partition_alone(files: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = build(files, home)
    before = {p.name: p.stat().st_mtime_ns for p in (home / "partitions").iterdir()}
    (files / "notes" / "new.md").write_text("# New\n\nA new note of our own.\n")
    second = build(files, home)
    after = {p.name: p.stat().st_mtime_ns for p in (home / "partitions").iterdir()}
    fresh = {name.rsplit("-", 1)[0] for name in after if before.get(name) != after[name]}
    assert fresh == {"notes"}
    assert second.id != first.id
    assert second.manifest["tables"]["edges"] == first.manifest["tables"]["edges"]


def test_a_second_build_at_once_is_told_so(tmp_path: Path) -> None:
    with lock(tmp_path), pytest.raises(BuildLocked, match=f"process {os.getpid()}"), lock(tmp_path):
        pass


@pytest.mark.parametrize("delay", [0.4, 1.2, 2.0])
def test_a_killed_build_leaves_the_former_release_whole(files: Path, tmp_path: Path, delay: float) -> None:
    home = tmp_path / "home"
    shelf = Shelf(home / "releases")
    former = build(files, home)
    shelf.serve(former)
    (files / "notes" / "new.md").write_text("# New\n\nA new note.\n")
    code = f"from ingest.build import *; from pathlib import Path; build_release(Plan(Path({str(files)!r})), Path({str(home)!r}), workers=1)"
    process = subprocess.Popen([sys.executable, "-c", code])
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    shelf.current().verify()
    assert shelf.current().id == former.id
    assert build(files, home).id != former.id


@pytest.mark.parametrize("kib", [2, 20, 60])
def test_a_disk_that_fills_up_is_said_in_one_line_and_costs_nothing(files: Path, tmp_path: Path, kib: int) -> None:
    home = tmp_path / "home"
    shelf = Shelf(home / "releases")
    former = build(files, home)
    shelf.serve(former)
    (files / "notes" / "new.md").write_text("# New\n\nA new note.\n" + "It is long. " * 400)
    # A limit on the size of a file fails a write as a full disk does, and needs no disk of its own.
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({kib * 1024},) * 2)"
    code = f"{limit}; from galenic.house import *; House(Settings(home=Path({str(home)!r}))).build(__import__('ingest.build').build.Plan(Path({str(files)!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert (
        done.returncode == 1
        and last.startswith(f"ingest.errors.BuildError: cannot write below {home}: ")
        and "free some disk" in last
    )
    shelf.current().verify()
    assert shelf.current().id == former.id
    assert build(files, home).id != former.id
    assert not list((home / "releases").glob(".*"))


def test_a_cycle_in_an_ontology_loses_only_the_edge_that_closes_it(files: Path, tmp_path: Path) -> None:
    (files / "ontologies").mkdir(exist_ok=True)
    for old in files.glob("ontologies/doid*"):
        old.unlink()
    terms = "".join(f"[Term]\nid: DOID:999999{n}\nname: sham {n}\nis_a: DOID:999999{(n + 1) % 3}\n\n" for n in range(3))
    (files / "ontologies" / "doid.obo").write_text("format-version: 1.4\n\n" + terms)
    release = build(files, tmp_path / "home", sources=("disease_ontology",))
    (bad,) = release.read("quarantine").rows(named=True)
    assert (
        bad["reason"].startswith("closes a cycle of subclass_of: DOID:999999") and bad["file"] == "ontologies/doid.obo"
    )
    kept = release.read("edges").filter(pl.col("relation") == "subclass_of")
    assert len(kept) == 2 and f"{bad['row']}" not in {
        f"{s}\t{o}" for s, o in zip(kept["subject"], kept["object"], strict=True)
    }


def test_bad_rows_go_to_quarantine_and_the_counts_add_up(files: Path, tmp_path: Path) -> None:
    edges = files / "hetionet" / "sample-edges.sif"
    lines = edges.read_text().splitlines()
    lines += ["Compound::DB00331\tXXX\tDisease::DOID:9352", "Compound::DB00331\tCtD\tDisease::DOID:0", lines[1]]
    edges.write_text("\n".join(lines) + "\n")
    release = build(files, tmp_path / "home", sources=("hetionet",))
    bad = release.read("quarantine")
    assert sorted(bad["line"].to_list()) == [len(lines) - 2, len(lines) - 1, len(lines)]
    assert all(bad["file"] == "hetionet/sample-edges.sif")
    counts = release.sources["hetionet"]["counts"]
    assert counts["edges"] + counts["quarantine"] == len(lines) - 1


def test_a_licence_filter_lets_only_those_sources_in(files: Path, tmp_path: Path) -> None:
    release = build(files, tmp_path / "home", licences=("CC0-1.0",))
    assert {s["licence"] for s in release.sources.values()} == {"CC0-1.0"}


@pytest.mark.parametrize("layout", ["tsv", "jsonl"])
def test_kgx_goes_out_and_comes_back_without_loss(files: Path, tmp_path: Path, layout: str) -> None:
    nodes = files / "hetionet" / "sample-nodes.tsv"
    nodes.write_text(nodes.read_text() + "Symptom::D999999\tpipe | back\\slash\tSymptom\n")
    release = build(files, tmp_path / "home", sources=("hetionet", "pharmacotherapydb", "gene_info"))
    out = tmp_path / "again"
    assert {f"galenic_nodes.{layout}", f"galenic_edges.{layout}"} <= {
        f.name for f in export(release, out / "kgx", layout)
    }
    back = build(out, tmp_path / "second")
    columns = ["id", "category", "name", "synonyms", "xrefs", "attributes"]
    assert back.read("nodes", columns).equals(release.read("nodes", columns))
    edge_columns = ["id", "subject", "predicate", "object", "relation", "qualifiers", "negated", "tier", "publications"]
    assert back.read("edges", edge_columns).equals(release.read("edges", edge_columns))
    origin = (
        pl.col("assertions")
        .list.eval(pl.element().struct.field("attributes").str.json_path_match("$.original_source"))
        .list.unique()
        .list.sort()
    )
    theirs = release.read("edges", ["id", "sources"]).select("id", pl.col("sources").list.sort())
    assert back.read("edges", ["id", "assertions"]).select("id", sources=origin).equals(theirs)


def test_foreign_kgx_finds_its_relation_or_keeps_its_predicate(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "kgx"
    folder.mkdir(parents=True)
    (folder / "a_nodes.tsv").write_text(
        "id\tcategory\tname\nDRUGBANK:DB99991\tbiolink:Drug\tx\nDOID:999\tbiolink:Disease\ty\nNOPE:1\tbiolink:Drug\tz\n"
    )
    (folder / "a_edges.tsv").write_text(
        "subject\tpredicate\tobject\nDRUGBANK:DB99991\tbiolink:treats\tDOID:999\nDRUGBANK:DB99991\tbiolink:odd\tDOID:999\n"
    )
    release = build(tmp_path / "data", tmp_path / "home")
    assert sorted(release.read("edges")["relation"]) == ["related_to", "treats"]
    assert release.read("quarantine")["reason"].str.contains("unknown prefix").to_list() == [True]


def test_no_data_and_unknown_sources_are_said_in_one_line(tmp_path: Path, files: Path) -> None:
    with pytest.raises(BuildError, match="no data folder"):
        build(tmp_path / "none", tmp_path / "home")
    with pytest.raises(BuildError, match="unknown source nothing"):
        build(files, tmp_path / "home", sources=("nothing",))
    with pytest.raises(SourceError, match="no file matches"):
        build(files, tmp_path / "home", sources=("scifact",))


def test_a_release_of_another_version_or_a_changed_table_is_refused(files: Path, tmp_path: Path) -> None:
    release = build(files, tmp_path / "home", sources=("notes",))
    nodes = release.folder / "nodes.parquet"
    nodes.write_bytes(b"x" * nodes.stat().st_size)
    with pytest.raises(ReleaseError, match=r"nodes\.parquet is damaged: it was changed since it was written"):
        Release.open(release.folder).verify()
    nodes.write_bytes(b"changed")
    with pytest.raises(ReleaseError, match=r"nodes\.parquet is damaged: it has 7 bytes instead of"):
        Release.open(release.folder)
    manifest = release.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace(FORMAT, "galenic.release/0"))
    with pytest.raises(ReleaseError, match=r"another version.*run `galenic build`"):
        Release.open(release.folder)


def test_joins_are_rows_and_can_be_read_back(real_release: Release) -> None:
    merges = real_release.read("merges")
    nodes = set(real_release.read("nodes", ["id"])["id"])
    assert len(merges) > 3_000
    assert merges["old"].is_unique().all()
    assert set(merges["new"]) <= nodes and not set(merges["old"]) & nodes
