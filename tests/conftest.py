"""What every test may use: the real data, a built sample, and a release of the real data without its literature."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from galenic.house import SAMPLE, House
from galenic.settings import Settings
from ingest.build import Plan
from kg.release.release import Release
from kg.stores.bolt import Address
from kg.stores.neo4j_load import Neo4jLoader
from ontologies.names.linker import NameLinker
from retrieval.catalogue import BGE_SMALL, Jar
from retrieval.fetching import held
from tests.neo4j.server import Neo4j, NoNeo4j

# What these tests say of how a question is read they say of the rules, which read the same on every day; the model is
# tested by its own, and those say so in their settings.
os.environ.setdefault("GALENIC_PARSER", "rules")
ROOT = Path(__file__).resolve().parent.parent
# Everything in the real data that answers questions on the graph, and a small corpus of papers.
REAL_SOURCES = (
    "ncbi_disease",
    "hetionet",
    "drugbank",
    "gene_info",
    "pharmacotherapydb",
    "disease_ontology",
    "human_phenotype_ontology",
    "gene_ontology",
    "uberon",
    "mesh",
    "mondo_mappings",
    "mondo",
    "hgnc",
    "drugbank_vocabulary",
    "unii",
    "mesh_drugbank",
    "rxnorm_brands",
    "drug_classes",
    "atc",
    "chebi_roles",
    "famplex",
    "clinical_abbreviations",
    "medquad_names",
    "sider",
    "ddinter",
    "drugcentral_interactions",
    "onc_interactions",
    "repodb",
    "drugmechdb",
)


# A test with one of these runs on a real Neo4j, or on both engines.
BOTH_ENGINES = {"engine", "engines", "neo4j_address", "own"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make conformance` runs what needs both engines."""
    for item in items:
        if isinstance(item, pytest.Function) and BOTH_ENGINES & set(item.fixturenames):
            item.add_marker("conformance")


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
def bge_jar() -> Path:
    """The jar of bge-small, where it was fetched; setup says in .venv/encoder whether it promised it."""
    downloads = Settings().downloads
    assert isinstance(BGE_SMALL.origin, Jar)
    found = held(BGE_SMALL.origin, downloads)
    if found is None:
        said = ROOT / ".venv" / "encoder"
        reason = f"bge-small is not in {downloads}; `galenic models add bge-small` fetches it"
        if said.exists() and said.read_text("utf-8").strip() == BGE_SMALL.name:
            required(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One folder for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def sample_home(shared_folder: Path) -> Path:
    """The home folder of the built sample, made once a run with the encoder that every machine has."""
    home = shared_folder / "sample-home"
    with (shared_folder / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        house = House(Settings(home=home, encoder="minilm"))
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
def neo4j_address(shared_folder: Path, sample_home: Path) -> Address:
    """A real Neo4j that serves the sample's release, started once a run and ended with it."""
    place = shared_folder / "neo4j"
    address_file = place / "address.json"
    with (shared_folder / "neo4j.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address_file.exists():
            place.mkdir(exist_ok=True)
            try:
                server = Neo4j(place).start()
            except NoNeo4j as problem:
                required(str(problem))
            release = House(Settings(home=sample_home)).release
            with Neo4jLoader(server.address) as loader:
                loader.stage(release)
                loader.publish(release)
            address_file.write_text(json.dumps({"pid": server.pid, "port": server.port}))
    facts = json.loads(address_file.read_text())
    return Neo4j(place, facts["port"], facts["pid"]).address


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the Neo4j of this run: the last process of the run does it."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if hasattr(session.config, "workerinput") or factory is None:
        return
    address_file = factory.getbasetemp() / "neo4j" / "address.json"
    if address_file.exists():
        facts = json.loads(address_file.read_text())
        Neo4j(address_file.parent, facts["port"], facts["pid"]).stop()


@pytest.fixture(scope="module")
def engines(sample_home: Path, neo4j_address: Address) -> Iterator[dict[str, House]]:
    """The built sample on both engines at once."""
    away = {"graph": neo4j_address.uri, "graph_user": neo4j_address.user, "graph_password": neo4j_address.password}
    opened = {
        "arcadedb": House(Settings(home=sample_home, idle_minutes=2)),
        "neo4j": House(Settings(home=sample_home, **away)),
    }
    yield opened
    for house in opened.values():
        house.close()


@pytest.fixture(scope="module", params=["arcadedb", "neo4j"])
def engine(request: pytest.FixtureRequest, sample_home: Path) -> Iterator[House]:
    """The built sample on each engine in turn."""
    more: dict[str, str] = {}
    if request.param == "neo4j":
        address: Address = request.getfixturevalue("neo4j_address")
        more = {"graph": address.uri, "graph_user": address.user, "graph_password": address.password}
    opened = House(Settings(home=sample_home, idle_minutes=2, **more))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def real_home(shared_folder: Path, data: Path) -> Path:
    """A home with the real data, of its literature one small corpus, made once a run."""
    home = shared_folder / "real-home"
    with (shared_folder / "real.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        house = House(Settings(home=home))
        if not (home / "releases" / "current").exists():
            house.build(Plan(data, REAL_SOURCES))
            house.server.stop()
    return home


@pytest.fixture(scope="session")
def real_release(real_home: Path) -> Release:
    """The release of the real data."""
    return House(Settings(home=real_home)).release


@pytest.fixture(scope="session")
def real_names(real_home: Path) -> NameLinker:
    """The index of names of the real data."""
    return House(Settings(home=real_home)).linker


@pytest.fixture(scope="module")
def real_house(real_home: Path) -> Iterator[House]:
    """The real data with its graph; the server is ended by its own idle watch."""
    opened = House(Settings(home=real_home, idle_minutes=2))
    yield opened
    opened.close()
