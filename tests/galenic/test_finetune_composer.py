"""Facts of a release worded in a few sentences: as data, by a tuned model, and what a verifier keeps of it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from galenic.finetuning.composed import carried, judged, kept_share
from galenic.finetuning.verbalised import drawn, worded
from galenic.house import House
from galenic.settings import Settings
from kg.evidence.permitted import ALL_SOURCES
from llm.causal.conversations import read_all
from llm.causal.fused import STYLES, clauses
from llm.checking import RuleVerifier
from tests.fakes.causal import tiny
from tests.galenic.test_evaluation import run


def test_the_data_names_nothing_repeats_nothing_and_says_what_it_is(sample_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "composer"
    words = ["finetune", "composer", "--out", str(out), "--data-only", "--number", "400"]
    done = run(sample_home, *words, "--licence", "commercial")
    assert done.returncode == 0, done.stderr
    train, held = (read_all([out / "data" / f"{name}.jsonl"]) for name in ("train", "held-out"))
    assert f"{len(train):,} conversations to learn from and {len(held):,} held out" in done.stdout
    assert len(train) > 50 and held and len({c.turns for c in train}) == len(train)
    assert not {c.asks for c in train} & {c.asks for c in held}
    text = (out / "data" / "train.jsonl").read_text()
    with closing(House(Settings(home=sample_home))) as house:
        assert not [n for n in ("Allopurinol", "gout", "PTGS2") if n in text]
        licences = {str(s["licence"]) for s in house.release.sources.values() if s["commercial"]}
    card = json.loads((out / "data" / "croissant.json").read_text())
    assert set(card["license"]) == licences and [f["name"] for f in card["distribution"]] == [
        "train.jsonl",
        "held-out.jsonl",
    ]
    assert run(sample_home, *words, "--licence", "none-such").returncode == 2


def test_only_what_its_own_fact_carries_is_kept(sample_home: Path) -> None:
    with closing(House(Settings(home=sample_home))) as house:
        evidence, verifier = list(drawn(house.release, ALL_SOURCES, 200, 0)), RuleVerifier(house.release.names_of)
        texts = iter(worded(one.facts, STYLES[n % 3]) for n, one in enumerate(evidence))
        assert kept_share(judged(house.release, verifier, lambda _: next(texts), evidence)) > 0.97
        one = next(e for e in evidence if len({f.says for f in e.facts}) > 1 and len({f.subject for f in e.facts}) == 1)
        good = worded(one.facts, "apart")
        marks = carried(house.release, verifier, one, good)
        assert marks is not None and sorted(m or 0 for m in marks) == list(range(1, len(one.facts) + 1))
        swapped = good.replace("[1]", "[#]").replace("[2]", "[1]").replace("[#]", "[2]")
        for bad in (
            swapped,
            good.replace(one.facts[0].says, "cures"),
            good.replace(f"{one.facts[0].object} [1]", "Z [1]"),
            good.replace("[1]", "[9]"),
        ):
            found = carried(house.release, verifier, one, bad)
            assert found is None or None in found, bad
        for loose in (
            good + " Take it daily",
            good.replace("It also", "It may also not"),
            good + " Ask a doctor.",
            "[1]",
            "",
        ):
            found = carried(house.release, verifier, one, loose)
            assert found is None or None in found, loose


def test_sentences_are_read_back_or_not_believed() -> None:
    read = clauses("C [1] and D [2] treat B. A treats B [3]; it also binds E [4].")
    assert [(c.mark, c.text) for c in read or ()] == [
        (1, "C treat B"),
        (2, "D treat B"),
        (3, "A treats B"),
        (4, "A binds E"),
    ]
    for text in (
        "It treats B [1].",
        "A treats B.",
        "A treats B [1] in 3 of 4 cases.",
        "A treats B [1]",
        "Yes.",
        "B [1] C [2].",
    ):
        assert clauses(text) is None, text


def test_a_model_is_tuned_on_facts_and_measured_on_others(sample_home: Path, tmp_path: Path) -> None:
    out, base = tmp_path / "composer", tiny(tmp_path / "base", context=512)
    words = ["--base", str(base), "--number", "400", "--measured", "5"]
    done = run(sample_home, "finetune", "composer", "--out", str(out), *words)
    assert done.returncode == 0, done.stderr
    assert "held-out facts are kept by the verifier; 0 of" in done.stdout
    lines = [json.loads(line) for line in (out / "worded.jsonl").read_text().splitlines()]
    assert lines and all(line["by_rule"] and line["kept"] <= line["facts"] for line in lines)
    assert "commercial" not in (out / "README.md").read_text() and (out / "model-q8_0.gguf").exists()
