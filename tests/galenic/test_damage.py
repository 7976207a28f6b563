"""Damaged files: found by doctor, said in one line by every command, and mended by the one command that doctor names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from galenic.doctor import examine
from galenic.house import SAMPLE, House
from galenic.settings import Settings
from ingest.build import Plan
from kg.release.seals import damage, is_sealed, seal
from tests.galenic.test_cli import run

ASKED = "What drugs treat gout?"
COMMANDS = (
    ("ask", ASKED),
    ("ask", "What does the literature say about gout?"),
    ("link", "gout"),
    ("search", "gout"),
    ("cypher", "MATCH (d:Drug) RETURN count(d) AS n"),
    ("status",),
    ("status", "--coverage"),
    ("sources", "--release"),
    ("parse", ASKED),
)
# What is damaged, below the home with R for the release's folder, and what doctor calls it.
FILES = (
    ("releases/R/nodes.parquet", "release"),
    ("releases/R/edges.parquet", "release"),
    ("releases/R/passages.parquet", "release"),
    ("indexes/R/names/node_id_blob.npy", "index of names"),
    ("indexes/R/topology/ends.npy", "topology"),
    ("indexes/R/passages/vectors.faiss", "passage index"),
    ("models/minilm/model.onnx", "embedding model"),
    ("graph/R/databases/galenic/*.bucket", "graph"),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("damage") / "home"
    House(Settings(home=home, encoder="minilm")).build(Plan(SAMPLE))
    yield home
    House(Settings(home=home)).server.stop()


def place(home: Path, pattern: str) -> Path:
    release = House(Settings(home=home)).shelf.folder.joinpath("current").read_text().strip()
    found = [p for p in sorted(home.glob(pattern.replace("R", release, 1))) if p.stat().st_size > 2000]
    assert found, pattern
    return max(found, key=lambda p: p.stat().st_size)


def cut(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size // 2)


def turned(path: Path) -> None:
    """Other bytes in the middle, the size as it was."""
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        was = stream.read(64)
        stream.seek(-len(was), os.SEEK_CUR)
        stream.write(bytes(255 - b for b in was))


@pytest.mark.parametrize(
    ("pattern", "what", "how"),
    [(file, what, (cut, turned)[number % 2]) for number, (file, what) in enumerate(FILES)],
    ids=[f.rpartition("/")[2] for f, _ in FILES],
)
def test_damage_is_found_and_mended_by_one_command(home: Path, pattern: str, what: str, how: object) -> None:
    path = place(home, pattern)
    House(Settings(home=home)).server.stop()
    how(path)  # type: ignore[operator]
    bad = [c for c in examine(House(Settings(home=home))) if c.state == "bad"]
    assert what in [c.what for c in bad] and str(path) in " ".join(c.found for c in bad)
    assert {c.mend for c in bad} == {"run `galenic build`"}
    House(Settings(home=home)).build(Plan(SAMPLE))
    assert [c for c in examine(House(Settings(home=home))) if c.state == "bad"] == []
    house = House(Settings(home=home, idle_minutes=2))
    assert len(house.pipeline.ask(ASKED).results) == 9
    house.close()


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        ("releases/R/nodes.parquet", cut),
        ("releases/R/nodes.parquet", turned),
        ("indexes/R/names/node_id_blob.npy", cut),
    ],
)
def test_no_command_ends_in_a_traceback(home: Path, tmp_path: Path, pattern: str, how: object) -> None:
    copied = tmp_path / "home"
    shutil.copytree(home, copied, ignore=shutil.ignore_patterns("partitions", "vectors", "*.json.lock"))
    how(place(copied, pattern))  # type: ignore[operator]
    for words in COMMANDS:
        done = run(copied, *words)
        assert "Traceback" not in done.stderr, (words, done.stderr[-300:])
        assert done.returncode in (0, 1, 3)
        if done.returncode == 1 and how is cut:
            assert "galenic build" in done.stderr + done.stdout, (words, done.stderr)
    House(Settings(home=copied)).server.stop()


def test_a_seal_knows_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one").write_bytes(b"1234")
    (tmp_path / "counter").write_bytes(b"0")
    assert damage(tmp_path) and not is_sealed(tmp_path)
    seal(tmp_path, {"counter"})
    (tmp_path / "counter").write_bytes(b"100")
    assert not damage(tmp_path, whole=True)
    (tmp_path / "a" / "one").write_bytes(b"1235")
    assert not damage(tmp_path) and "was changed" in damage(tmp_path, whole=True)
    (tmp_path / "a" / "one").write_bytes(b"12")
    assert "2 bytes instead of 4" in damage(tmp_path)
    (tmp_path / "a" / "one").unlink()
    assert "is missing" in damage(tmp_path)
    (tmp_path / "sealed.json").write_text("{")
    assert "lacks" in damage(tmp_path)
