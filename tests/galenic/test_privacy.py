"""A home is its owner's alone, or its group's, and keeps nothing that was asked."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from galenic.doctor import examine
from galenic.house import SAMPLE, House
from galenic.privacy import open_to_others, secure
from galenic.settings import Settings
from ingest.build import Plan
from kg.cypher.safe import SafeCypher
from kg.errors import GraphError


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A home built and asked under a umask that lets everybody read."""
    before = os.umask(0o022)
    house = House(Settings(home=tmp_path_factory.mktemp("private") / "home", idle_minutes=2))
    try:
        house.build(Plan(SAMPLE))
        house.pipeline.ask("Which drugs treat zorblitis or gout?")
        house.pipeline.ask("What drugs treat gout?")
        for query in ("RETURN 'zorblitis' AS x", "RETURN 1 / 0 AS zorblitis", "RETURN toInteger('zorblitis') / 0 AS x"):
            try:
                SafeCypher(house.cypher_store).run(query)
            except GraphError:
                continue
    finally:
        os.umask(before)
    yield house
    house.close()
    house.server.stop()


def loose(home: Path, mask: int) -> list[str]:
    """What in a home gives rights that it should not."""
    return [str(p) for p in (home, *home.rglob("*")) if not p.is_symlink() and stat.S_IMODE(p.stat().st_mode) & mask]


def test_nobody_else_reads_a_home(built: House) -> None:
    assert loose(built.home, 0o077) == []
    [check] = [c for c in examine(built) if c.what == "privacy"]
    assert check.state == "ok"


def test_nothing_that_was_asked_is_on_the_disk(built: House) -> None:
    kept = [str(p) for p in built.home.rglob("*") if p.is_file() and b"zorblitis" in p.read_bytes()]
    assert kept == []


def test_an_open_home_is_said_and_closed_by_the_next_build(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "releases").mkdir(parents=True)
    (home / "releases" / "table").write_text("x")
    for path in (home, home / "releases", home / "releases" / "table"):
        path.chmod(0o755)
    [check] = [c for c in examine(House(Settings(home=home))) if c.what == "privacy"]
    assert check.state == "warn" and check.mend == f"run `chmod -R go= {home}`"
    secure(home)
    assert loose(home, 0o077) == [] and not open_to_others(home)


def test_a_shared_home_is_its_groups_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    secure(home, shared=True)
    assert stat.S_IMODE(home.stat().st_mode) == 0o2770 and not open_to_others(home, shared=True)


def test_a_folder_of_other_use_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    tmp_path.chmod(0o755)
    secure(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
