"""A lab's own wordings: trained on the release that serves, exported, and asked."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from galenic.house import House
from galenic.settings import Settings
from kg.logic.text import show
from llm.causal.conversations import conversations
from tests.galenic.test_evaluation import run

OWN = "list(hop(treats, in, entity({disease})))\tWhat do we reach for in {disease}?\n" * 4


def test_the_tuned_parser_reads_and_own_questions_train_it_further(sample_home: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "own.tsv", tmp_path / "own-parser"
    file.write_text(OWN)
    held = tmp_path / "held.tsv"
    held.write_text(OWN)
    done = run(sample_home, "finetune", "parser", str(file), "--out", str(tmp_path / "data"), "--data-only")
    assert done.returncode == 0 and len((tmp_path / "data" / "train-1.jsonl").read_text().splitlines()) >= 2
    # What a tuner of another chat model reads is what `finetune chat` reads.
    first = next(conversations(tmp_path / "data" / "train-1.jsonl"))
    assert [t.role for t in first.turns] == ["user", "assistant"] and first.turns[1].content.startswith("list ")
    arguments = [
        "finetune",
        "parser",
        str(file),
        str(held),
        "--hold-out",
        "held",
        "--epochs",
        "1",
        "--composed",
        "0",
        "--out",
        str(out),
    ]
    done = run(sample_home, *arguments)
    assert done.returncode == 0, done.stderr
    assert "held: " in done.stdout and len(json.loads((out / "losses.json").read_text())) == 1
    assert run(sample_home, "finetune", "parser", str(tmp_path / "none.tsv"), "--out", str(out)).returncode != 0
    for adapter in (None, out):
        house = House(Settings(home=sample_home, parser="tuned", parser_adapter=adapter))
        read = house.pipeline.read("Which medicines are used to treat gout?")
        # Sure or asked back, it is read as it is meant.
        told = read.choices[0] if read.choices else read
        assert show(told.form) == "list(hop(treats, in, entity(DOID:13189)))"
        house.close()


def test_a_kind_that_the_release_lacks_is_counted_and_another_run_is_not_gone_on_with(
    sample_home: Path, tmp_path: Path
) -> None:
    file, out = tmp_path / "own.tsv", tmp_path / "data"
    file.write_text(OWN + "list(hop(is_variant_of, out, entity({variant})))\tWhich gene has {variant}?\n")
    done = run(
        sample_home,
        "finetune",
        "parser",
        str(file),
        "--out",
        str(out),
        "--data-only",
        "--epochs",
        "1",
        "--composed",
        "0",
    )
    assert done.returncode == 0, done.stderr
    assert "1 pairs left aside: the release holds nothing of a kind" in done.stderr
    checkpoint = tmp_path / "run" / "checkpoint.pt"
    checkpoint.parent.mkdir()
    torch.save({"of": "another run"}, checkpoint)
    done = run(sample_home, "finetune", "parser", str(file), "--out", str(checkpoint.parent), "--epochs", "1")
    assert done.returncode == 1 and "is of a run with other questions" in done.stderr
