"""A build in two stages: what reads passages gets the names of the knowledge, and adds to the release."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from galenic.house import SAMPLE
from ingest.build import Built, Plan, build_release
from ingest.literature.reading import Reading
from kg.records import Edge, Marking, Mention, Passage, Record
from kg.release.release import Release
from ontologies.names.linker import NameLinker
from tests.fakes.reader import WordReader

TEXT = "# A note\n\nWe saw it. Colchicine helps gout. Gout is old.\n"
NOTE, COLCHICINE, GOUT = "NOTE:read-me", "DRUGBANK:DB01394", "DOID:13189"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The sample's files and a note that says something."""
    folder = tmp_path / "data"
    shutil.copytree(SAMPLE, folder)
    (folder / "notes" / "read-me.md").write_text(TEXT)
    (folder / "ncbi_disease").mkdir()
    (folder / "ncbi_disease" / "a.pubtator").write_text("99999901|t|A title\n99999901|a|Colchicine and gout. Gout.\n")
    return folder


def build(files: Path, home: Path, reader: WordReader | None, **more: object) -> Built:
    return build_release(Plan(files, **more), home, workers=1, reading=Reading(reader) if reader else None)  # type: ignore[arg-type]


def statements(release: Release) -> set[tuple[str, str, str]]:
    return set(release.read("edges", ["subject", "relation", "object"]).iter_rows())


def test_mentions_edges_and_evidence_of_a_reader_stand_in_the_release(files: Path, tmp_path: Path) -> None:
    before = build(files, tmp_path / "without", None).release
    release = build(files, tmp_path / "with", WordReader()).release
    (passage,) = [p for p in release.read("passages").to_dicts() if p["citation"] == NOTE]
    assert [(m["text"], m["id"]) for m in passage["mentions"]] == [
        ("Colchicine", COLCHICINE),
        ("gout", GOUT),
        ("Gout", GOUT),
    ]
    assert passage["source"] == "notes"
    (edge,) = [
        e
        for e in release.read("edges").to_dicts()
        if (e["subject"], e["relation"], e["object"]) == (COLCHICINE, "treats", GOUT)
    ]
    assert "notes.words" in edge["sources"] and edge["tier"] == 2 and NOTE in edge["publications"]
    (evidence,) = [e for e in release.read("evidence").to_dicts() if e["edge"] == edge["id"]]
    assert (evidence["quote"], evidence["source"]) == ("Colchicine helps gout.", "notes.words")
    assert {s for s in statements(release) - statements(before) if s[2] in (COLCHICINE, GOUT)} == {
        ("PMID:99999901", "mentions", COLCHICINE),
        ("PMID:99999901", "mentions", GOUT),
    }
    assert release.id != before.id and before.manifest["reader"] is None and release.manifest["reader"] == "words/1"
    read = release.sources["notes.words"]
    assert read["counts"]["markings"] >= 3 and read["counts"]["evidence"] == 1
    assert (read["licence"], read["commercial"]) == ("own", True)


def test_the_same_input_and_reader_give_the_same_release(files: Path, tmp_path: Path) -> None:
    first, second = (build(files, tmp_path / name, WordReader()) for name in ("one", "two"))
    assert first.release.id == second.release.id
    assert not build(files, tmp_path / "one", WordReader()).changed
    assert not list((tmp_path / "one").rglob(".*"))


def test_only_what_depends_on_a_change_is_read_again(files: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    build(files, home, first := WordReader())
    (files / "pharmacotherapydb" / "extra.txt").write_text("Nothing reads this.")
    build(files, home, same := WordReader(), sources=())
    build_release(Plan(files), home, workers=1, force=True, reading=Reading(forced := WordReader()))
    build(files, home, newer := WordReader(2))
    (files / "notes" / "read-me.md").write_text(TEXT + "\nColchicine again.\n")
    build(files, home, changed := WordReader(2))
    asked = [r.asked for r in (first, same, forced, newer, changed)]
    assert asked[0] > 0 and asked == [asked[0], 0, 0, asked[0], asked[4]] and asked[4] >= asked[0]


class Careless(WordReader):
    """Marks what is not there, and a thing that nobody knows."""

    name = "careless"

    def read(self, passages: Iterable[Passage], names: NameLinker) -> Iterator[Record]:
        for passage in passages:
            if passage.citation == NOTE:
                yield Marking(passage.id, Mention(0, 4, "none", GOUT, "biolink:Disease"))
                yield Marking(f"{NOTE}#99", Mention(0, 4, "gout", GOUT, "biolink:Disease"))
                yield Edge(COLCHICINE, "treats", "DOID:9999901", tier=5)


def test_what_a_reader_gets_wrong_is_quarantined_under_its_name(files: Path, tmp_path: Path) -> None:
    release = build(files, tmp_path / "home", Careless()).release
    rows = release.read("quarantine").to_dicts()
    assert [r["reason"] for r in rows if r["source"] == "notes.careless"] == [
        "edge to the unknown node DOID:9999901",
        f"the name none does not stand at 0-4 of the passage {NOTE}#0",
        f"the name gout does not stand at 0-4 of the passage {NOTE}#99",
    ]
