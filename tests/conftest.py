"""What every test may use: the real data, a built sample, and a release of the real data without its literature."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from galenic.house import SAMPLE, House
from galenic.settings import Settings
from ingest.build import Plan, build_release
from kg.release.names import build_names
from kg.release.release import Release
from llm.parser.refusals import COMMON
from ontologies.names.linker import NameLinker

ROOT = Path(__file__).resolve().parent.parent
# Everything in the real data that answers questions on the graph.
GRAPH_SOURCES = (
    "hetionet", "drugbank", "gene_info", "pharmacotherapydb", "disease_ontology", "human_phenotype_ontology", "gene_ontology", "uberon", "mesh", "mondo_mappings",
)  # fmt: skip


def required(reason: str) -> None:
    """Skip with the reason on a laptop; fail where CI promises that everything is there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI requires it: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real public data, `GALENIC_DATA` or ../shared/data."""
    folder = Path(os.environ.get("GALENIC_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "hetionet").is_dir():
        required(f"no real data at {folder}; set GALENIC_DATA")
    return folder


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One folder for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def sample_home(shared_folder: Path) -> Path:
    """The home folder of the built sample, made once a run."""
    home = shared_folder / "sample-home"
    with (shared_folder / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        house = House(Settings(home=home))
        if not house.shelf.names() or not (home / "releases" / "current").exists():
            house.build(Plan(SAMPLE))
    return home


@pytest.fixture(scope="module")
def house(sample_home: Path) -> Iterator[House]:
    """The built sample; the graph server is ended with the run's last user, or by its own idle watch."""
    opened = House(Settings(home=sample_home, idle_minutes=2))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def real_home(shared_folder: Path, data: Path) -> Path:
    """A home with the release of the real data (no literature, no graph) and its index of names."""
    home = shared_folder / "real-home"
    with (shared_folder / "real.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "names" / "names.json").exists():
            release = build_release(Plan(data, GRAPH_SOURCES), home, workers=1).release
            (home / "names").parent.mkdir(parents=True, exist_ok=True)
            build_names(release, home / "names", COMMON)
    return home


@pytest.fixture(scope="session")
def real_release(real_home: Path) -> Release:
    """The release of the real data, without its literature."""
    name = next(p for p in (real_home / "releases").iterdir() if (p / "manifest.json").exists())
    return Release.open(name)


@pytest.fixture(scope="session")
def real_names(real_home: Path) -> NameLinker:
    """The index of names of the real data."""
    return NameLinker(real_home / "names")
