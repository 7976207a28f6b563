"""Encoders: described once, brought whole or not at all, and their vectors never mixed."""

from __future__ import annotations

import shutil
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from galenic.settings import Settings
from kg.release.seals import file_sha256
from retrieval import passages
from retrieval.cache import VectorCache
from retrieval.catalogue import BGE_SMALL, CARDS, MINILM, EncoderCard, Jar, Wheel, card_of
from retrieval.embedder import OnnxEncoder
from retrieval.errors import IndexMissing, ModelError
from retrieval.fetching import fetched
from retrieval.passages import PassageIndex
from retrieval.shelf import EncoderShelf
from tests.fakes.encoder import WordEncoder
from tests.retrieval.test_passages import TEXTS, release_of


@pytest.fixture
def shelf(tmp_path: Path) -> EncoderShelf:
    return EncoderShelf(tmp_path / "home" / "models", tmp_path / "downloads")


@pytest.fixture
def jar_file(tmp_path: Path) -> Path:
    """A jar with the two files that an encoder's has."""
    file = tmp_path / "source" / "tiny-1.jar"
    file.parent.mkdir()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tiny.onnx", b"a graph " * 4000)
        archive.writestr("tiny-tokenizer.json", b"{}")
    return file


@pytest.fixture
def card(jar_file: Path, tmp_path: Path) -> EncoderCard:
    files = {}
    with zipfile.ZipFile(jar_file) as archive:
        for name, member in (("model.onnx", "tiny.onnx"), ("tokenizer.json", "tiny-tokenizer.json")):
            (tmp_path / name).write_bytes(archive.read(member))
            files[name] = file_sha256(tmp_path / name)
    origin = Jar("org.example", "tiny", "1", file_sha256(jar_file), "tiny.onnx", "tiny-tokenizer.json", files)
    return replace(BGE_SMALL, name="tiny", origin=origin)


Maven = Callable[[str], Path]


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maven:
    """Puts a program in Maven's place that does what a line of shell says; $OUT is where the jar should go."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(line: str) -> Path:
        program = folder / "mvn"
        program.write_text(f"#!/bin/sh\nfor a; do case $a in -DoutputDirectory=*) OUT=${{a#*=}};; esac; done\n{line}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return put


def test_the_setting_names_the_encoders_that_are_known() -> None:
    allowed = Settings.model_json_schema()["properties"]["encoder"]["anyOf"][0]["enum"]
    assert allowed == list(CARDS)
    with pytest.raises(ModelError, match=r"no encoder is called 'word2vec'; there are minilm, bge-small"):
        card_of("word2vec")


def test_what_makes_a_vector_is_in_an_encoders_identity() -> None:
    assert len({card.identity for card in CARDS.values()}) == len(CARDS)
    others = [
        replace(MINILM, pooling="cls"),
        replace(MINILM, tokens=128),
        replace(MINILM, origin=Wheel("a", "a", {"model.safetensors": "0" * 64})),
    ]
    assert MINILM.identity not in {other.identity for other in others}
    # What is done to queries alone leaves the vectors of passages as they are.
    assert replace(MINILM, prefix="query: ", share=0.1).identity == MINILM.identity


def test_a_jar_is_fetched_once_for_all_homes(
    shelf: EncoderShelf, card: EncoderCard, jar_file: Path, maven: Maven, tmp_path: Path
) -> None:
    program = maven(f'cp "{jar_file}" "$OUT"')
    assert not shelf.at_hand(card)
    folder = shelf.add(card)
    assert shelf.at_hand(card) and not shelf.wrong(card, whole=True)
    assert {p.name for p in folder.iterdir()} >= {"model.onnx", "tokenizer.json", "sealed.json"}
    program.unlink()
    other = EncoderShelf(tmp_path / "other" / "models", shelf.downloads)
    assert other.at_hand(card) and other.add(card).is_dir()
    # Damaged, it is made again from the download.
    (folder / "model.onnx").write_bytes(b"cut")
    assert "3 bytes instead of" in shelf.wrong(card)
    shelf.add(card)
    assert not shelf.wrong(card, whole=True)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('echo "[ERROR] Could not transfer artifact: the network is unreachable"; exit 1', "network is unreachable"),
        ("exit 0", "Maven could not fetch tiny-1.jar"),
        ('head -c 1000 "{jar}" > "$OUT/tiny-1.jar"', "cut off or another file; delete tiny from Maven's"),
        ('echo "<html>not here</html>" > "$OUT/tiny-1.jar"', "cut off or another file"),
    ],
    ids=["fails", "brings nothing", "cut off", "another file"],
)
def test_a_fetch_that_fails_says_so_in_one_line_and_leaves_what_was_there(
    shelf: EncoderShelf, card: EncoderCard, jar_file: Path, maven: Maven, line: str, told: str
) -> None:
    shelf.downloads.mkdir(parents=True)
    (shelf.downloads / "tiny-1.jar").write_bytes(b"an older one")
    shelf.folder(card).mkdir(parents=True)
    (shelf.folder(card) / "model.onnx").write_bytes(b"older")
    maven(line.replace("{jar}", str(jar_file)))
    with pytest.raises(ModelError, match=told) as raised:
        shelf.add(card)
    assert "\n" not in str(raised.value)
    assert [(p.name, p.read_bytes()) for p in shelf.downloads.iterdir()] == [("tiny-1.jar", b"an older one")]
    assert [p.name for p in shelf.models.iterdir()] == ["tiny"]
    assert (shelf.folder(card) / "model.onnx").read_bytes() == b"older"
    with pytest.raises(ModelError, match="the encoder tiny cannot be used"):
        shelf.open(card)


def test_without_maven_the_jar_may_be_given(
    shelf: EncoderShelf, card: EncoderCard, jar_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(ModelError, match=r"no Maven on the PATH.*--from FILE"):
        shelf.add(card)
    with pytest.raises(ModelError, match="there is no file"):
        shelf.add(card, tmp_path / "no.jar")
    strange = tmp_path / "strange.jar"
    strange.write_bytes(b"PK")
    with pytest.raises(ModelError, match=r"strange.jar has 2 bytes .* another file$"):
        shelf.add(card, strange)
    assert not shelf.at_hand(card) and list(shelf.downloads.iterdir()) == []
    shelf.add(card, jar_file)
    assert not shelf.wrong(card, whole=True) and jar_file.exists()


def test_a_jar_with_other_files_inside_is_refused(shelf: EncoderShelf, card: EncoderCard, jar_file: Path) -> None:
    assert isinstance(card.origin, Jar)
    for origin, told in (
        (replace(card.origin, model="absent.onnx"), "holds no encoder"),
        (replace(card.origin, files={"model.onnx": "0" * 64}), "not the file that is expected"),
    ):
        with pytest.raises(ModelError, match=told):
            shelf.add(replace(card, origin=origin), jar_file)
        assert list(shelf.models.iterdir()) == []


def test_vectors_of_two_encoders_never_mix_and_both_are_kept(tmp_path: Path) -> None:
    release = release_of(tmp_path, TEXTS)
    first, second = WordEncoder("first"), WordEncoder("second")
    index = tmp_path / "index"
    passages.build(release, index, tmp_path / "cache", first)
    with pytest.raises(IndexMissing, match="made with first, not second; run `galenic build`"):
        PassageIndex(index, release, second)
    for encoder in (second, first, second, first):
        passages.build(release, index, tmp_path / "cache", encoder)
        assert PassageIndex(index, release, encoder).facts["encoder"] == encoder.name
    assert (first.asked, second.asked) == (len(TEXTS), len(TEXTS))


def test_vectors_of_another_length_have_a_cache_and_an_index_of_their_own(tmp_path: Path) -> None:
    release = release_of(tmp_path, TEXTS)
    short = WordEncoder("short")
    short.dimensions = 64
    assert VectorCache(tmp_path / "cache", short).encode([])[0].shape == (0, 64)
    passages.build(release, tmp_path / "index", tmp_path / "cache", short)
    assert PassageIndex(tmp_path / "index", release, short).search("uric acid", 1)[0].citation == "NOTE:gout"


@pytest.fixture(scope="module")
def bge(tmp_path_factory: pytest.TempPathFactory, bge_jar: Path) -> OnnxEncoder:
    """The real bge-small, where it was fetched."""
    shelf = EncoderShelf(tmp_path_factory.mktemp("bge"), bge_jar.parent)
    shelf.add(BGE_SMALL)
    return shelf.open(BGE_SMALL)


def test_bge_small_ranks_what_answers_first(bge: OnnxEncoder) -> None:
    texts = [*TEXTS.values(), "A long text. " * 400, ""]
    vectors = bge.encode(texts)
    assert vectors.shape == (len(texts), BGE_SMALL.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for question, best in (("what is given against gout?", 0), ("a drug for a headache", 1), ("hypertension", 2)):
        assert int((vectors[:3] @ bge.encode_query(question)).argmax()) == best
    # The prefix is for queries alone.
    assert not np.allclose(bge.encode(["gout"])[0], bge.encode_query("gout"), atol=1e-3)


def test_a_vector_does_not_depend_on_what_shares_its_batch(bge: OnnxEncoder) -> None:
    alone = bge.encode([TEXTS["gout"]])[0]
    among = bge.encode([TEXTS["gout"], "pain " * 300])[0]
    assert float(alone @ among) > 0.99


def test_minilm_is_made_from_its_package(sample_home: Path, tmp_path: Path) -> None:
    shelf = EncoderShelf(sample_home / "models", tmp_path)
    assert shelf.at_hand(MINILM) and not shelf.wrong(MINILM, whole=True)
    encoder = shelf.open(MINILM)
    vectors = encoder.encode(list(TEXTS.values()))
    assert int((vectors @ encoder.encode_query("what eases pain?")).argmax()) == 1
    assert isinstance(MINILM.origin, Wheel)
    copied = EncoderShelf(tmp_path / "models", tmp_path)
    shutil.copytree(shelf.folder(MINILM), copied.folder(MINILM))
    other = replace(MINILM, origin=replace(MINILM.origin, files={"model.safetensors": "0" * 64}))
    assert "made in another way" in copied.wrong(other)
    with pytest.raises(ModelError, match="not the file that is expected"):
        copied.add(other)
    assert not copied.wrong(MINILM, whole=True)


def test_downloads_that_cannot_be_written_are_one_clear_line(card: EncoderCard, jar_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert isinstance(card.origin, Jar)
    with pytest.raises(ModelError, match=r"tiny-1.jar cannot be kept in .*file/downloads"):
        fetched(card.origin, tmp_path / "file" / "downloads", jar_file)
