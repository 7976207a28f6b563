"""The verifier and the reranker are trained by one command each, from data that can be looked at."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from galenic.finetuning.claims import ClaimMaker
from galenic.finetuning.pairs import Labelled, line_for, write_data
from galenic.finetuning.passages import PassageMaker, questions
from galenic.finetuning.verifier import held_out, lesson
from galenic.house import House
from galenic.settings import Settings
from llm.checking import FreeWording
from llm.checking.free import plain
from llm.checking.letters import lettered
from llm.checking.telling import shipped_wordings, vocabulary
from llm.models.errors import CorpusError
from llm.models.pairs.adapter import RERANKER, VERIFIER
from tests.galenic.test_cli import run
from tests.llm.test_free_wording import GOUT


def test_true_claims_pass_the_checks_by_word_and_false_ones_of_every_kind_are_made() -> None:
    made = list(ClaimMaker(3, shipped_wordings()).make(1_500))
    true = [j for j in made if j.label == 0]
    # What is told of some edges alone leaves the others unnamed.
    assert sum(plain(j.read, vocabulary()) for j in true) / len(true) > 0.85
    kinds = Counter(j.made for j in made)
    assert len(kinds) == 13 and min(kinds.values()) > 10
    assert {j.label for j in made} == {0, 1, 2}


def test_the_same_seed_makes_the_same_claims_and_no_claim_of_a_wording_kept_out_is_learnt() -> None:
    assert lesson(200, 1, None) == lesson(200, 1, None)
    learnt = {p.second for e in lesson(400, 1, None).epochs for p in e}
    held = {p.second for p in held_out(400)}
    assert len(held & learnt) < len(held) * 0.1


def test_one_command_trains_a_verifier_that_the_home_then_uses(sample_home: Path, tmp_path: Path) -> None:
    own, out = tmp_path / "own.tsv", tmp_path / "own-verifier"
    own.write_text("relation\tdirection\twords\ntreats\tout\tis our choice in\n")
    done = run(sample_home, "finetune", "verifier", str(own), "--out", str(tmp_path / "data"), "--data-only")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(x) for x in (tmp_path / "data" / "train-2.jsonl").read_text("utf-8").splitlines()]
    assert {x["label"] for x in lines} == set(VERIFIER.classes)
    assert any("is our choice in" in x["second"] for x in lines)
    done = run(sample_home, "finetune", "verifier", str(own), "--number", "128", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "exported" in done.stderr and f"GALENIC_VERIFIER_ADAPTER={out}" in done.stdout
    assert "classed rightly" in (out / "README.md").read_text("utf-8")
    house = House(Settings(home=sample_home, verifier_adapter=out))
    assert isinstance(house.models.verifier, FreeWording)
    sentence = lettered("Colchicine is our choice in gout.", [GOUT])
    # The line is high after so little training: what is tested is that words of one's own come so far.
    assert sentence is not None and plain(sentence, vocabulary(out / "wordings.tsv"))
    assert not plain(sentence, vocabulary())
    house.close()
    assert run(sample_home, "finetune", "verifier", str(tmp_path / "none.tsv"), "--out", str(out)).returncode != 0
    assert run(sample_home, "finetune", "verifier", "--out", str(own)).returncode == 2


def test_questions_are_read_from_both_files_and_a_broken_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="has neither"):
        questions(tmp_path)
    (tmp_path / "lay_questions").mkdir()
    file = tmp_path / "lay_questions" / "bioasq-12b-golden.jsonl.gz"
    row = {"body": "Does X treat Y?", "documents": ["http://x/99999901"], "snippets": [{"text": "X treats\u2028 Y. "}]}
    file.write_bytes(gzip.compress(json.dumps(row, ensure_ascii=False).encode()))
    (one,) = questions(tmp_path)
    assert one.papers == {"PMID:99999901"} and one.fitting == ("X treats\u2028 Y.",)
    (tmp_path / "pubmedqa").mkdir()
    (tmp_path / "pubmedqa" / "labelled_train.json.gz").write_bytes(b"cut short")
    with pytest.raises(CorpusError, match="labelled_train"):
        questions(tmp_path)


def test_passages_that_search_finds_stand_against_those_that_answer(house: House, tmp_path: Path) -> None:
    (tmp_path / "pubmedqa").mkdir()
    row = {"QUESTION": "Do papers speak of an indication?", "CONTEXTS": ["They do.", "Often."]}
    packed = gzip.compress(json.dumps({"99999901": row, "99999902": row}).encode())
    (tmp_path / "pubmedqa" / "labelled_train.json.gz").write_bytes(packed)
    maker = PassageMaker(house.passages, None, frozenset())
    made = maker.lesson(questions(tmp_path), 1)
    labels = Counter(p.label for p in made.epochs[0])
    assert labels[0] == 2 and labels[1] >= 1
    apart = PassageMaker(house.passages, None, frozenset(["PMID:99999902"]))
    assert apart.lesson(questions(tmp_path), 1).epochs[0] == []


def test_pairs_are_written_once_with_their_classes_in_words(tmp_path: Path) -> None:
    pair = Labelled("Does X treat Y?", "X treats Y.", 0, "bioasq")
    assert write_data([pair, pair], RERANKER, tmp_path / "a" / "b.jsonl") == 1
    assert json.loads((tmp_path / "a" / "b.jsonl").read_text("utf-8"))["label"] == "fits"


def test_without_false_pairs_the_line_is_at_even_odds() -> None:
    import numpy as np

    assert line_for(np.array([[0.9, 0.1]], np.float32), [Labelled("", "", 0)]) == 0.5
