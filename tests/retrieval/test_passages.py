"""Passages: found by words and by meaning, filtered, embedded once, bound to one release."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ingest.build import Plan, build_release
from kg.errors import ReleaseMismatch
from kg.release.release import Release
from retrieval import passages, vectors
from retrieval.cache import VectorCache
from retrieval.errors import IndexMissing
from retrieval.passages import Filters, PassageIndex
from retrieval.speaking import Thing
from tests.fakes.encoder import WordEncoder

TEXTS = {
    "gout": "Allopurinol lowers uric acid.",
    "pain": "Aspirin eases pain and fever.",
    "salt": "Salt raises the pressure of the blood.",
}


def release_of(folder: Path, texts: dict[str, str]) -> Release:
    (folder / "data" / "notes").mkdir(parents=True, exist_ok=True)
    for old in (folder / "data" / "notes").iterdir():
        old.unlink()
    for name, text in texts.items():
        (folder / "data" / "notes" / f"{name}.md").write_text(f"# {name}\n\n{text}\n")
    return build_release(Plan(folder / "data"), folder / "home", workers=1).release


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return release_of(tmp_path, TEXTS)


def index_of(release: Release, folder: Path, encoder: WordEncoder) -> PassageIndex:
    passages.build(release, folder / "index", folder / "cache", encoder)
    return PassageIndex(folder / "index", release, encoder)


def test_words_and_meaning_find_the_passage(release: Release, tmp_path: Path) -> None:
    index = index_of(release, tmp_path, WordEncoder())
    assert [index.search(q, 1)[0].citation for q in ("uric acid", "what eases pain?", "pressure of blood")] == [
        "NOTE:gout",
        "NOTE:pain",
        "NOTE:salt",
    ]
    assert index.search("   ") == []


def test_filters_let_through_only_what_they_name(release: Release, tmp_path: Path) -> None:
    index = index_of(release, tmp_path, WordEncoder())
    assert index.search("pain", filters=Filters(sources=["nothing"])) == []
    assert index.search("pain", filters=Filters(sources=["notes"]))
    assert index.search("pain", filters=Filters(first_year=2000)) == []


def test_passages_that_hold_all_words_of_a_name_are_found_however_low_they_rank(
    release: Release, tmp_path: Path
) -> None:
    index = index_of(release, tmp_path, WordEncoder())

    def holding(*things: Thing) -> set[str]:
        return {h.citation for h in index.search("pain", filters=Filters(things=things))}

    acid, salt = Thing("X:1", ("nothing", "uric acid\texact")), Thing("X:2", ("blood pressure", "table salt"))
    assert holding(acid) == {"NOTE:gout"}
    # All words, though not as the name: whether it stands there is for `retrieval.speaking` to say.
    assert holding(salt) == {"NOTE:salt"}
    assert holding(acid, salt) == holding(Thing("X:3", ("uric salt", "the", ""))) == set()
    assert (index.knows("allopur"), index.knows("zorb")) == (True, False)
    assert (index.holds("acid, uric"), index.holds("uric salt")) == (True, False)


def test_an_unchanged_passage_is_never_embedded_twice(release: Release, tmp_path: Path) -> None:
    encoder = WordEncoder()
    index_of(release, tmp_path, encoder)
    assert encoder.asked == len(TEXTS)
    more = release_of(tmp_path, {**TEXTS, "new": "Something else."})
    facts = passages.build(more, tmp_path / "other", tmp_path / "cache", encoder)
    assert (encoder.asked, facts["embedded"]) == (len(TEXTS) + 1, 1)


def test_an_index_of_another_release_is_refused(release: Release, tmp_path: Path) -> None:
    encoder = WordEncoder()
    passages.build(release, tmp_path / "index", tmp_path / "cache", encoder)
    other = release_of(tmp_path, {"only": "Another text."})
    with pytest.raises(ReleaseMismatch, match="galenic build"):
        PassageIndex(tmp_path / "index", other, encoder)
    with pytest.raises(IndexMissing, match="galenic build"):
        PassageIndex(tmp_path / "nowhere", release, encoder)


def test_the_cache_gives_back_what_was_embedded(tmp_path: Path) -> None:
    encoder = WordEncoder()
    texts = [f"text {n}" for n in range(50)]
    first, made = VectorCache(tmp_path, encoder).encode(texts)
    again, nothing = VectorCache(tmp_path, encoder).encode(list(reversed(texts)))
    assert (made, nothing) == (50, 0)
    assert np.array_equal(first, again[::-1])
    assert np.allclose(first, encoder.encode(texts))


def test_beyond_the_limit_an_approximate_index_keeps_its_recall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    made = rng.normal(size=(3000, 384)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    assert vectors.build(made, tmp_path / "exact") == "exact"
    monkeypatch.setattr(vectors, "EXACT_LIMIT", 1000)
    assert vectors.build(made, tmp_path / "hnsw") == "hnsw"
    exact, near = vectors.VectorIndex(tmp_path / "exact"), vectors.VectorIndex(tmp_path / "hnsw")
    shared = [len(set(exact.search(q, 10)[0]) & set(near.search(q, 10)[0])) for q in made[:50]]
    assert sum(shared) / 500 > 0.9
    assert near.scores(made[0]) is None
