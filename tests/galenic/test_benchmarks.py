"""`galenic evaluate benchmarks`: published questions, what was answered, and what a guess reaches beside it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from galenic.errors import UsageError
from galenic.evaluation.benchmarks import Outcome, as_question, biomixqa, drawn, row, statements, yes_or_no
from galenic.evaluation.mechanisms import drugmechdb
from galenic.house import House
from galenic.hypotheses.errors import TooLittleKnown
from galenic.hypotheses.genes import SIGNS, Bindings, Through, _edge, cases, likeliest
from galenic.questions.answer import Answer
from kg.evidence.results import YesNo
from tests.galenic.test_cli import run


def test_statements_are_asked_as_questions_and_turned_round_where_they_deny() -> None:
    assert as_question("metronidazole treats gout") == ("Does metronidazole treat gout?", False)
    assert as_question("Obesity is not associated with Gene MC4R") == ("Is MC4R associated with Obesity?", True)
    assert as_question("sarcoma is a cancer") == ("Is sarcoma a cancer?", False)
    assert as_question("gout, whatever") is None


def test_what_is_not_answered_counts_as_not_right() -> None:
    found = row("B", "m", [Outcome(True, True, 1), Outcome(True, False, 2), Outcome(False, False, 9)])
    assert (found.score, found.answered, found.right_if_answered, found.seconds) == (0.3333, 0.6667, 0.5, 2)
    assert drawn(list(range(10)), 3) == [0, 3, 6] and drawn([1], 5) == [1]


def test_neither_yes_nor_no_is_no_answer() -> None:
    def says(value: bool | None) -> Answer:
        return Answer("?", "answered", "r", results=(YesNo.of(value),))

    assert [yes_or_no(says(v)) for v in (True, False, None)] == [True, False, None]
    assert yes_or_no(Answer("?", "abstained", "r")) is None


def test_a_statement_that_denies_is_right_where_the_answer_is_no(tmp_path: Path) -> None:
    (tmp_path / "biomixqa").mkdir()
    lines = ["text,label", "gout is not a cancer,True", "gout is a cancer,False", "gout is a puzzle here,True"]
    (tmp_path / "biomixqa" / "told.csv").write_text("\n".join(lines) + "\n")

    def ask(question: str) -> Answer:
        return Answer(question, "answered", "r", results=(YesNo.of(False if "cancer" in question else None),))

    found = biomixqa(tmp_path, ask, lambda name: None)
    assert (found.number, found.score, found.answered, found.right_if_answered) == (3, 0.6667, 0.6667, 1.0)
    with pytest.raises(UsageError, match="holds no "):
        statements(tmp_path / "elsewhere")


def test_genes_of_mechanisms_are_asked_for_among_all_that_a_drug_binds(real_house: House) -> None:
    asked = cases(real_house.release)
    assert len(asked) > 1_000 and all(case.genes & set(case.bound) and len(case.bound) > 1 for case in asked)
    first, reciprocal = drugmechdb(real_house.release)
    assert first.number == reciprocal.number == len(asked) and "at random" in first.beside
    assert 0.6 <= first.score < reciprocal.score < 1
    bindings, case = Bindings(real_house.release), asked[0]
    signs = bindings.signs(case.drug, case.disease, case.bound)
    assert signs.shape == (len(case.bound), len(SIGNS)) and bindings.signs("x", "y", ()).shape == (0, len(SIGNS))
    # Donepezil in Alzheimer's disease: acetylcholinesterase, learnt from other drugs alone.
    (gene, chance), *others = likeliest(real_house.release, "DRUGBANK:DB00843", "DOID:10652")
    assert gene == "NCBIGene:43" and chance > 0.5 > max(c for _, c in others)
    assert likeliest(real_house.release, "DRUGBANK:DB0", "DOID:10652") == []


def test_whether_a_gene_is_known_for_a_target_is_not_read() -> None:
    def told(known: str, **more: object) -> dict[str, object]:
        attributes = {"known_action": known, "role": "target", "actions": ["inhibitor"], **more}
        return {"source": "drugbank", "attributes": json.dumps(attributes), "publications": ["PMID:0"]}

    assert _edge([told("yes", uniprot="P0")]) == _edge([told("no", uniprot="P0")]) != _edge([])
    # A source that holds a binding for no other reason says nothing.
    assert _edge([told("yes")]) == _edge([])
    strong = _edge([told("yes", activities=[{"unit": "pChEMBL", "value": 8.5}, {"unit": "pChEMBL", "value": 6}])])
    assert (strong.strength, strong.papers, strong.sources) == (8.5, 1, 1)


def test_a_fit_on_few_mechanisms_is_refused() -> None:
    with pytest.raises(TooLittleKnown, match="3 curated mechanisms name a bound gene; at least 30"):
        Through.fitted([np.zeros((2, len(SIGNS)))] * 3, [np.array([True, False])] * 3)


def test_the_command_prints_one_table(sample_home: Path, tmp_path: Path) -> None:
    (tmp_path / "biomixqa").mkdir()
    (tmp_path / "biomixqa" / "told.csv").write_text("text,label\ncolchicine treats gout,True\n")
    (tmp_path / "lay_questions").mkdir()
    with gzip.open(tmp_path / "lay_questions" / "bioasq-0.jsonl.gz", "wt") as out:
        out.write(json.dumps({"type": "yesno", "body": "Does colchicine treat gout?", "exact_answer": "yes"}) + "\n")
        asked = {"type": "factoid", "body": "What drugs treat gout?", "exact_answer": [["Colchicine"]]}
        out.write(json.dumps(asked) + "\n")
    only = ("--only", "biomixqa", "--only", "bioasq")
    told = json.loads(run(sample_home, "evaluate", "benchmarks", str(tmp_path), *only, "--json").stdout)
    assert [(r["benchmark"], r["score"]) for r in told] == [("BiomixQA", 1.0), ("BioASQ 12b", 1.0), ("BioASQ 12b", 1.0)]
    table = run(sample_home, "evaluate", "benchmarks", str(tmp_path), *only, "--limit", "1").stdout
    assert "always 'true' 1.000" in table and "s/question" in table
    lacking = run(sample_home, "evaluate", "benchmarks", str(tmp_path), "--only", "pubmedqa")
    assert lacking.returncode == 2 and lacking.stderr.count("\n") == 1 and "--only" in lacking.stderr
