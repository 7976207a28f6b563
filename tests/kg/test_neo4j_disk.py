"""A real Neo4j whose disk is full: said in one line, and no half of a graph serves."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from galenic.house import House
from kg.errors import StoreError, StoreUnavailable
from kg.stores.bolt import BoltStore
from kg.stores.rows import facts
from tests.conftest import required
from tests.neo4j.own import COUNT, Own, load, one_line
from tests.neo4j.server import NoNeo4j
from tests.neo4j.variants import variant


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Own]:
    """A server on a disk of its own, of 800 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=800m", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"only root may mount a small disk here ({mounted.stderr.strip()})")
    server = Own(disk / "own")
    server.configure(db__tx_log__preallocate=False)
    try:
        yield server.up()
    except NoNeo4j as problem:
        required(str(problem))
    finally:
        server.kill()
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_said_in_one_line_and_no_half_serves(own: Own, house: House, tmp_path: Path) -> None:
    old = house.release
    new = variant(old, tmp_path / "new" / "release", edges=old.read("edges").head(-300))
    load(own, old)
    disk = os.statvfs(own.home)
    (own.home / "filler").write_bytes(bytes(disk.f_bavail * disk.f_frsize - 1_000_000))
    with pytest.raises(StoreError, match=r"disk is full.*free space") as raised:
        load(own, new)
    assert one_line(raised)
    # Neo4j stops the database as a rule; whether it recovers by a restart is its own affair, the release loads anew anyway.
    with BoltStore(own.address) as store:
        try:
            store.require(old.id)
            assert store.run(COUNT, {}) == [{"nodes": facts(old)["nodes"], "edges": facts(old)["edges"]}]
        except StoreUnavailable as problem:
            assert "disk is full" in str(problem) and "\n" not in str(problem)
