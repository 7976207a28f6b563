"""A causal model of one's own: tuned by the command, and served by llama.cpp or from its folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from safetensors.torch import load_file, save_file

from galenic.chat import connected
from galenic.finetuning import causal
from galenic.settings import Settings
from llm.causal.learner import Recipe
from llm.chat.errors import ChatUnavailable
from llm.models.errors import BaseUnfit, CorpusError
from tests.fakes.causal import lamps, tiny, written
from tests.galenic.test_evaluation import run

ASKED = [SystemMessage("You know lamps."), HumanMessage("Which colour has the first lamp of row 12?")]
RECIPE = Recipe(rank=8, alpha=16, rate=1e-2, batch=8, epochs=6)


def order(base: Path, data: Path, out: Path, gguf: str | None) -> causal.Order:
    return causal.Order(base, [data], out, gguf, 0.2, None, {"command": "galenic", "files": {}, "licences": []})


@pytest.mark.parametrize(("kind", "gguf"), [("llama", "f16"), ("qwen2", "q8_0")])
def test_a_tuned_model_is_served_from_its_folder_and_by_llama_cpp(tmp_path: Path, kind: str, gguf: str) -> None:
    import xllamacpp

    out = tmp_path / "tuned"
    figures = causal.tuned(order(tiny(tmp_path / kind, kind), lamps(tmp_path / "d.jsonl"), out, gguf), RECIPE, str)
    assert figures["before"]["tokens"] < 0.5 and figures["after"]["tokens"] > 0.99
    assert figures["merged"]["tokens"] == figures["gguf"]["tokens"] == figures["after"]["tokens"]
    of_folder = connected(Settings(chat_model=str(out / "merged"), offline=True))
    assert of_folder is not None and of_folder.name == "tuned/merged"
    assert of_folder.model.invoke(ASKED).text == "The first lamp is red."
    with pytest.raises(ChatUnavailable, match=r"the prompt has .* tokens and the model in .* takes 256; use one that"):
        of_folder.object([HumanMessage("row 12 " * 300)], {"title": "x"})
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(out / f"model-{gguf}.gguf")
    parameters.n_ctx, parameters.n_gpu_layers, parameters.verbosity = 256, 0, 0
    server = xllamacpp.Server(parameters)
    url = f"{server.listening_address}/v1"
    by_server = connected(Settings(chat_model="tuned", chat_url=url, chat_tokens=40, offline=True))
    assert by_server is not None
    assert by_server.model.invoke(ASKED).text == "The first lamp is red."
    with pytest.raises(
        ChatUnavailable, match=r"the language model tuned does not answer: .*exceeds the available context"
    ):
        by_server.object([HumanMessage("row 12 " * 300)], {"title": "x"})


def test_the_command_tunes_and_leaves_a_card_that_says_how(tmp_path: Path) -> None:
    base, data, out = tiny(tmp_path / "base"), lamps(tmp_path / "lamps.jsonl"), tmp_path / "out"
    words = ["--base", str(base), "--data", str(data), "--out", str(out), "--data-licence", "CC0-1.0"]
    done = run(tmp_path / "home", "finetune", "chat", *words, "--epochs", "1", "--rate", "0.01", "--hold-out", "0.2")
    assert done.returncode == 0, done.stderr
    assert "on 6 replies that were not learnt from" in done.stdout and "learning from 48 replies" in done.stderr
    assert sorted(p.name for p in out.iterdir()) == [
        "README.md",
        "adapter",
        "figures.json",
        "losses.json",
        "losses.png",
        "merged",
        "model-q8_0.gguf",
        "recipe.json",
    ]
    card = (out / "README.md").read_text()
    recipe = json.loads((out / "recipe.json").read_text())
    assert "model-index:" in card and "CC0-1.0" in card and recipe["base_sha256"] in card and "with seed 0" in card
    assert list(recipe["files"]) == ["lamps.jsonl"]
    lines = written(tmp_path / "one.jsonl", [json.loads(data.read_text().splitlines()[0])])
    done = run(
        tmp_path / "home", "finetune", "chat", "--base", str(base), "--data", str(lines), "--out", str(out / "x")
    )
    assert done.returncode == 1 and "only 1 ask something of their own" in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1
    done = run(tmp_path / "home", "finetune", "chat", "--data", str(tmp_path / "none"), "--out", str(out / "x"))
    assert done.returncode == 2 and "is no file" in done.stderr


def test_another_architecture_is_tuned_and_written_as_gguf_only_where_that_is_known(tmp_path: Path) -> None:
    base, data = tiny(tmp_path / "gpt2", "gpt2"), lamps(tmp_path / "d.jsonl", 20)
    with pytest.raises(BaseUnfit, match=r"of the architecture gpt2; only llama and qwen2 are written as GGUF"):
        causal.tuned(order(base, data, tmp_path / "a", "f16"), RECIPE, str)
    figures = causal.tuned(order(base, data, tmp_path / "b", None), RECIPE, str)
    assert figures["merged"]["loss"] < figures["before"]["loss"] and "gguf" not in figures


def test_an_export_that_fails_is_taken_away_again(tmp_path: Path) -> None:
    base, data, out = tiny(tmp_path / "base", tie_word_embeddings=False), lamps(tmp_path / "d.jsonl"), tmp_path / "out"
    weights = load_file(base / "model.safetensors")
    # The model divides by the size of these; as a GGUF they cannot be held.
    weights["model.embed_tokens.weight"] *= 1e7
    save_file(weights, base / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BaseUnfit, match="holds numbers that 16 bits cannot hold; export without GGUF"):
        causal.tuned(order(base, data, out, "f16"), RECIPE, str)
    assert (out / "adapter").is_dir() and not (out / "merged").exists() and not list(out.glob("*.gguf"))


def test_replies_longer_than_the_context_are_told_and_a_run_without_others_is_none(tmp_path: Path) -> None:
    base, data, told = tiny(tmp_path / "base", context=60), lamps(tmp_path / "d.jsonl", 20), list[str]()
    long = [{"messages": [{"role": "user", "content": "row " * 50}, {"role": "assistant", "content": "Red."}]}]
    data.write_text(data.read_text() + written(tmp_path / "long.jsonl", long).read_text())
    causal.tuned(order(base, data, tmp_path / "out", None), Recipe(rank=4, alpha=8, epochs=1), told.append)
    assert [
        line for line in told if "d.jsonl:21: a reply is left aside" in line and "longer than the context of 60" in line
    ]
    with pytest.raises(
        CorpusError, match=r"nothing is left to learn from, to watch or to measure on: 21 replies are longer"
    ):
        causal.tuned(order(base, data, tmp_path / "x", None), Recipe(rank=4, alpha=8, longest=20), told.append)


def test_a_folder_without_a_model_is_named_before_any_question() -> None:
    with pytest.raises(BaseUnfit, match=r"no-such-model is no folder"):
        connected(Settings(chat_model="./no-such-model"))
