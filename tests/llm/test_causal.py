"""Any causal model by its folder: what it learns from, what is refused, what is kept when a run breaks off."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from llm.causal import adapter, checkpoint, gate, gguf_reading, gguf_writing, merged
from llm.causal.conversations import Parts, conversations, read_all
from llm.causal.folder import Folder, tokenizer_of
from llm.causal.learner import Learner, Recipe
from llm.causal.replies import Coder, Reply
from llm.causal.saying import Said
from llm.causal.tuning import tune
from llm.models.errors import AdapterError, BaseUnfit, CorpusError, DiskFull
from tests.fakes.causal import lamps, tiny, written

QUICK = Recipe(rank=4, alpha=8, rate=1e-2, batch=8, epochs=2)
SAYS = {"role": "assistant", "content": "Red."}
ASKS = {"role": "user", "content": "Which colour?"}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder.of(tiny(tmp_path_factory.mktemp("models") / "llama"))


@pytest.fixture(scope="module")
def replies(base: Folder, tmp_path_factory: pytest.TempPathFactory) -> list[Reply]:
    file = lamps(tmp_path_factory.mktemp("data") / "lamps.jsonl", 40)
    return list(Coder(tokenizer_of(base.path), 256).replies(conversations(file)))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", r"own.jsonl:2: is no JSON .*; mend or remove the line"),
        ('{"text": "x"}', r'own.jsonl:2: has no messages; a line is \{"messages"'),
        (
            json.dumps({"messages": [ASKS, {"role": "robot", "content": "x"}]}),
            "unknown role 'robot'; known: system, user",
        ),
        (json.dumps({"messages": [ASKS, {"role": "assistant", "content": " "}]}), "message 2 is an empty reply"),
        (
            json.dumps({"messages": [ASKS, {"role": "assistant", "content": ["x"]}]}),
            "message 2 has no text as its content",
        ),
        (json.dumps({"messages": [ASKS]}), "nothing in it is said by the assistant"),
        (json.dumps({"messages": [SAYS]}), "begins with a reply"),
    ],
)
def test_a_line_that_cannot_be_learnt_from_is_named_with_its_mend(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text(json.dumps({"messages": [ASKS, SAYS]}) + "\n" + line + "\n")
    with pytest.raises(CorpusError, match=says):
        list(conversations(file))


def test_no_question_stands_in_two_parts_and_repetitions_are_counted(tmp_path: Path) -> None:
    rows: list[Any] = [{"messages": [{"role": "user", "content": f"{n}?"}, SAYS]} for n in range(20)]
    other = {"messages": [{"role": "user", "content": " 3? "}, {"role": "assistant", "content": "Blue."}]}
    parts = Parts.of(read_all([written(tmp_path / "own.jsonl", [*rows, rows[3], other])]), 0.2, 0)
    asked = [{c.asks for c in part} for part in (parts.learnt, parts.watched, parts.measured)]
    assert [len(a) for a in asked] == [16, 2, 2] and len(set.union(*asked)) == 20 and parts.repeated == 1
    assert sum(len(p) for p in (parts.learnt, parts.watched, parts.measured)) == 21
    with pytest.raises(CorpusError, match=r"only 1 ask something of their own; at least 3 must"):
        Parts.of(read_all([written(tmp_path / "one.jsonl", [rows[0], rows[0]])]), 0.2, 0)


def test_only_what_the_assistant_says_is_learnt_each_reply_with_its_end(base: Folder, tmp_path: Path) -> None:
    tokenizer = tokenizer_of(base.path)
    talk = {
        "messages": [{"role": "system", "content": "Be brief."}, ASKS, SAYS, {"role": "user", "content": "And?"}, SAYS]
    }
    coder = Coder(tokenizer, 256)
    first, second = coder.replies(conversations(written(tmp_path / "own.jsonl", [talk])))
    assert tokenizer.decode(first.said) == tokenizer.decode(second.said) == "Red.<|im_end|>"
    assert tokenizer.decode(second.before).endswith("user\nAnd?<|im_end|>\n<|im_start|>assistant\n")
    short = Coder(tokenizer, 20)
    assert list(short.replies(conversations(tmp_path / "own.jsonl"))) == []
    assert short.left[0][1].endswith("longer than the context of 20") and len(short.left) == 2


def test_a_folder_that_holds_no_model_to_trust_is_refused(base: Folder, tmp_path: Path) -> None:
    def changed(name: str, **config: Any) -> Path:
        folder = Path(shutil.copytree(base.path, tmp_path / name))
        told = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(told | config))
        return folder

    pickled = changed("pickled")
    (pickled / "pytorch_model.bin").write_bytes(b"\x80\x04")
    assert Folder.of(pickled).passed_over == ("pytorch_model.bin",)
    (pickled / "model.safetensors").unlink()
    with pytest.raises(BaseUnfit, match=r"pytorch_model.bin is a pickle, which may run code and is not read"):
        Folder.of(pickled)
    with pytest.raises(BaseUnfit, match=r"brings code of its own"):
        Folder.of(changed("code", auto_map={"AutoModel": "x.Y"}))
    with pytest.raises(BaseUnfit, match=r"holds BertModel, which is no causal language model"):
        Folder.of(changed("bert", architectures=["BertModel"]))
    with pytest.raises(BaseUnfit, match=r"mistral; only llama and qwen2 are written as GGUF"):
        gguf_writing.require(Folder.of(changed("mistral", model_type="mistral")))
    cut = changed("cut")
    (cut / "model.safetensors").write_bytes((base.path / "model.safetensors").read_bytes()[:2000])
    with pytest.raises(BaseUnfit, match=r"is no whole model"):
        Learner(Folder.of(cut), QUICK)
    with pytest.raises(BaseUnfit, match=r"is no folder; give the folder with config.json"):
        Folder.of(tmp_path / "none")


def test_a_run_that_was_broken_off_comes_to_what_a_whole_one_comes_to(
    base: Folder, replies: list[Reply], tmp_path: Path
) -> None:
    learnt, watched = replies[:32], replies[32:]
    file = tmp_path / "checkpoint.safetensors"
    whole = Learner(base, QUICK)
    course = tune(whole, learnt, watched, tmp_path / "whole.safetensors")
    written_before = 0

    def full(tensors: Mapping[str, Any], part: Path, told: Mapping[str, str]) -> None:
        nonlocal written_before
        if written_before == 2:
            part.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        written_before += 1
        checkpoint.write(tensors, part, told)

    with pytest.raises(DiskFull, match=r"no space is left on the disk; make room and run the same command again"):
        tune(Learner(base, QUICK), learnt, watched, file, write=full)
    assert file.exists() and [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []
    done = []
    again = Learner(base, QUICK)
    assert tune(again, learnt, watched, file, lambda step: done.append(step.number)).losses == pytest.approx(
        course.losses
    )
    assert done[0] == 5 and course.stopped_at is None
    assert all(
        torch.allclose(a, b, atol=1e-5) for a, b in zip(whole.state().values(), again.state().values(), strict=True)
    )
    with pytest.raises(AdapterError, match=r"is of a run with other data, base or recipe"):
        tune(Learner(base, Recipe(rank=4, alpha=8, seed=1)), learnt, watched, file)
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(AdapterError, match=r"is damaged .*; remove it to begin anew"):
        tune(Learner(base, QUICK), learnt, watched, file)


def test_learning_stops_when_nothing_is_gained_and_the_best_is_kept(
    base: Folder, replies: list[Reply], tmp_path: Path
) -> None:
    backwards = [Reply(r.at, r.before, tuple(reversed(r.said))) for r in replies[32:]]
    learner = Learner(base, Recipe(rank=4, alpha=8, rate=5e-2, batch=8, epochs=9, patience=2))
    before = learner.said(backwards).loss
    course = tune(learner, replies[:32], backwards, tmp_path / "c.safetensors")
    assert course.stopped_at is not None and course.stopped_at < 36
    best = min(loss for _, loss in course.watched)
    assert learner.said(backwards).loss == pytest.approx(best) and best <= before


def test_an_adapter_goes_with_its_own_base_alone(base: Folder, replies: list[Reply], tmp_path: Path) -> None:
    learner = Learner(base, QUICK)
    for _ in range(3):
        learner.learn(replies[:8])
        with torch.no_grad():
            for parameter in learner.learning:
                parameter -= 0.05 * parameter.grad
    made = adapter.save(learner.state(), learner.settings, base, tmp_path / "adapter")
    again = Learner(base, QUICK)
    again.start_from(made)
    assert again.said(replies).loss == pytest.approx(learner.said(replies).loss, rel=1e-2)
    other = Folder.of(tiny(tmp_path / "other", "qwen2"))
    with pytest.raises(AdapterError, match=r"was trained on another base"):
        Learner(other, QUICK).start_from(made)
    with pytest.raises(AdapterError, match=r"has other layers or another rank than the recipe"):
        Learner(base, Recipe(rank=8)).start_from(made)
    (made / "adapter_model.safetensors").rename(made / "adapter_model.bin")
    with pytest.raises(AdapterError, match=r"adapter_model\.bin is a pickle"):
        again.start_from(made)


@pytest.mark.parametrize(
    ("kind", "form", "more"),
    [
        ("llama", "f16", {}),
        ("llama", "q8_0", {"tie_word_embeddings": False, "attention_bias": True, "head_dim": 32}),
        ("qwen2", "q8_0", {"tie_word_embeddings": True}),
        ("llama", "f16", {"rope_parameters": {"rope_type": "llama3", "rope_theta": 1e4, "factor": 8.0, "low_freq_factor": 1.0,
          "high_freq_factor": 4.0, "original_max_position_embeddings": 64}}),
    ],
)  # fmt: skip
def test_a_gguf_that_is_read_back_says_what_the_model_says(
    replies: list[Reply], tmp_path: Path, kind: str, form: gguf_writing.Kind, more: dict[str, Any]
) -> None:
    folder = Folder.of(tiny(tmp_path / "model", kind, **more))
    tokenizer = tokenizer_of(folder.path)
    learner = Learner(folder, QUICK)
    figures = learner.said(replies)
    file = gguf_writing.write(folder.path, tokenizer, 2, form, tmp_path / "model.gguf")
    found = gate.gguf_says(file, folder.path, 2, figures, replies)
    assert found.loss == pytest.approx(figures.loss, abs=0.02)
    with pytest.raises(AdapterError, match=r"has another tokenizer\.ggml\.eot_token_id"):
        gate.gguf_says(file, folder.path, 1, figures, replies)


def test_an_export_that_says_less_or_ends_elsewhere_is_not_used(
    base: Folder, replies: list[Reply], tmp_path: Path
) -> None:
    learner = Learner(base, Recipe(rank=4, alpha=8, rate=1e-2, batch=8, epochs=4))
    tune(learner, replies[:32], replies[32:], tmp_path / "c.safetensors")
    figures = learner.said(replies)
    assert figures.tokens > 0.9
    made = adapter.save(learner.state(), learner.settings, base, tmp_path / "adapter")
    tokenizer = tokenizer_of(base.path)
    whole = merged.write(base, made, tokenizer, {2}, tmp_path / "merged")
    assert gate.merged_says(whole, {2}, figures, replies).tokens == pytest.approx(figures.tokens)
    with pytest.raises(AdapterError, match=r"ends a reply by \[2\] where \[1\] was learnt"):
        gate.merged_says(whole, {1}, figures, replies)
    with pytest.raises(AdapterError, match=r"tokens rightly where the trained model says|has a loss of"):
        gate.merged_says(base.path, {2}, figures, replies)
    # Rows of a head in the order of another tool: the fault that merged files come out with unnoticed.
    file = gguf_writing.write(whole, tokenizer, 2, "f16", tmp_path / "model.gguf")
    wrong = np.memmap(file, np.uint8, "r+")
    tensor = next(t for t in gguf_reading.opened(file).tensors if t.name == "blk.0.attn_v.weight")
    at = tensor.data_offset
    wrong[at : at + tensor.n_bytes] = wrong[at : at + tensor.n_bytes].reshape(-1, 128)[::-1].reshape(-1)
    wrong.flush()
    with pytest.raises(AdapterError, match=r"rightly where the trained model says|has a loss of"):
        gate.gguf_says(file, whole, 2, figures, replies)
    gate.compare(file, Said(4, 8, 1.0, 1.0, 1.0, 1.0), Said(4, 8, 1.0, 0.9, 0.75, 1.0))


def test_a_gguf_that_is_truncated_foreign_or_an_adapter_is_refused(base: Folder, tmp_path: Path) -> None:
    from gguf import GGUFWriter

    tokenizer = tokenizer_of(base.path)
    file = gguf_writing.write(base.path, tokenizer, 2, "f16", tmp_path / "whole.gguf")
    folder = gguf_reading.unpacked(file, tmp_path / "unpacked", gguf_writing.ARCHITECTURES)
    assert Folder.of(folder).architecture == "llama"
    for size in (100, 3000, file.stat().st_size - 500):
        cut = tmp_path / f"cut-{size}.gguf"
        cut.write_bytes(file.read_bytes()[:size])
        with pytest.raises(BaseUnfit, match=r"is truncated or damaged"):
            gguf_reading.opened(cut)
    (tmp_path / "other.gguf").write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(BaseUnfit, match=r"is no GGUF file"):
        gguf_reading.opened(tmp_path / "other.gguf")
    for name, architecture, kind, says in (
        ("bert", "bert", "model", "of the architecture bert; only GGUF of llama and qwen2 is taken as a base"),
        ("lora", "llama", "adapter", "is an adapter and no whole model"),
    ):
        writer = GGUFWriter(tmp_path / f"{name}.gguf", architecture)
        writer.add_type(kind)
        writer.add_tensor("x", np.zeros((2, 32), np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        with pytest.raises(BaseUnfit, match=says):
            gguf_reading.unpacked(tmp_path / f"{name}.gguf", tmp_path / name, gguf_writing.ARCHITECTURES)
