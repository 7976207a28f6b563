"""The model of pairs: what is learnt is kept, gone on with, exported and refused where it does not fit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from llm.models.errors import AdapterError
from llm.models.pairs import adapter, parity, shelf
from llm.models.pairs.adapter import RERANKER, VERIFIER, Shape
from llm.models.pairs.model import PairModel
from llm.models.pairs.training import Learner, Pair, Recipe, train

RECIPE = Recipe(rank=4, alpha=8, batch=4, warmup=1)
PAIRS = [
    Pair("Drug Q treats disease Z.", "Q is used for Z.", 0),
    Pair("Drug Q treats disease Z.", "Q is not used for Z.", 1),
    Pair("Drug Q treats disease Z.", "Q is similar to Z.", 2),
    Pair("Gene Q regulates gene Z. Gene Q interacts with gene K.", "Q regulates Z and interacts with K.", 0),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Learner, Path]:
    folder = tmp_path_factory.mktemp("pairs")
    learner = Learner(VERIFIER, RECIPE)
    train(learner, [[learner.coded(p) for p in PAIRS]] * 3)
    adapter.save(learner.state(), VERIFIER, Shape(RECIPE.rank, RECIPE.alpha), folder / "adapter")
    adapter.draw_line(folder / "adapter", 0.75)
    return learner, folder


def test_what_is_exported_judges_as_what_was_trained(made: tuple[Learner, Path]) -> None:
    learner, folder = made
    model = shelf.opened(VERIFIER, folder / "adapter", folder / "models")
    assert model.line == 0.75
    shares = model.shares([(p.first, p.second) for p in PAIRS])
    with torch.no_grad():
        wanted = torch.softmax(learner.scores([learner.coded(p) for p in PAIRS]), 1).numpy()
    assert np.abs(shares - wanted).max() < 0.05 and np.allclose(shares.sum(1), 1, atol=1e-5)
    # Each pair is judged alone: what stands beside it in a batch changes little.
    assert np.abs(model.shares([(PAIRS[0].first, PAIRS[0].second)])[0] - shares[0]).max() < 0.05
    trained, kept = parity.parity(learner, model.folder, VERIFIER, PAIRS)
    assert trained == kept


def test_an_export_that_judges_worse_is_refused(made: tuple[Learner, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    learner, folder = made
    graph = shelf.exported(folder / "adapter", VERIFIER, folder / "models")
    shares = PairModel(graph, VERIFIER).shares([(p.first, p.second) for p in PAIRS])
    right = [replace(p, label=int(s.argmax())) for p, s in zip(PAIRS, shares, strict=True)]
    monkeypatch.setattr(PairModel, "shares", lambda self, pairs: np.array([[s[1], s[2], s[0]] for s in shares]))
    with pytest.raises(AdapterError, match="the export is not used"):
        parity.parity(learner, graph, VERIFIER, right)


def test_a_run_that_was_broken_off_goes_on_and_gives_the_same(tmp_path: Path) -> None:
    def losses(stop_after: int | None) -> list[float]:
        learner = Learner(VERIFIER, RECIPE)
        coded = [[learner.coded(p) for p in PAIRS]] * 4

        def told(step: object) -> None:
            if stop_after is not None and getattr(step, "number", 0) > stop_after:
                raise KeyboardInterrupt

        return train(learner, coded, told, tmp_path / "checkpoint.pt", every=1)

    with pytest.raises(KeyboardInterrupt):
        losses(2)
    gone_on = losses(None)
    (tmp_path / "checkpoint.pt").unlink()
    assert gone_on == pytest.approx(losses(None), abs=1e-4)
    other = Learner(VERIFIER, replace(RECIPE, rate=1e-4))
    with pytest.raises(AdapterError, match="other pairs or another recipe"):
        train(other, [[other.coded(p) for p in PAIRS]] * 4, checkpoint=tmp_path / "checkpoint.pt")


def test_an_adapter_can_be_gone_on_from_and_one_of_another_shape_is_refused(made: tuple[Learner, Path]) -> None:
    learner, folder = made
    other = Learner(VERIFIER, RECIPE)
    other.start_from(folder / "adapter")
    for name, tensor in other.state().items():
        assert torch.allclose(tensor, learner.state()[name], atol=1e-2), name
    with pytest.raises(AdapterError, match="another rank"):
        Learner(VERIFIER, replace(RECIPE, rank=2)).start_from(folder / "adapter")


def test_an_adapter_for_another_task_or_base_damaged_or_a_pickle_is_refused(
    made: tuple[Learner, Path], tmp_path: Path
) -> None:
    source = made[1] / "adapter"
    with pytest.raises(AdapterError, match="is no reranker"):
        adapter.require(source, RERANKER)
    told = json.loads((source / "made_for.json").read_text("utf-8"))
    (tmp_path / "made_for.json").write_text(json.dumps({**told, "base_sha256": "0"}))
    with pytest.raises(AdapterError, match="another base"):
        adapter.load(tmp_path, VERIFIER)
    (tmp_path / "made_for.json").write_text(json.dumps(told))
    (tmp_path / "adapter_model.bin").write_bytes(b"\x80")
    with pytest.raises(AdapterError, match="pickle"):
        adapter.load(tmp_path, VERIFIER)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"cut short")
    with pytest.raises(AdapterError, match="no whole adapter"):
        adapter.load(tmp_path, VERIFIER)
    with pytest.raises(AdapterError, match="train the adapter again"):
        adapter.line_of(tmp_path)
    (tmp_path / "made_for.json").write_text("[")
    with pytest.raises(AdapterError, match="does not say what it was made for"):
        adapter.require(tmp_path, VERIFIER)
