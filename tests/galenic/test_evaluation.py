"""What `galenic evaluate` measures, on the sample."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from galenic.errors import UsageError
from galenic.evaluation.corruptions import CORRUPTIONS
from galenic.evaluation.neighbours import Neighbours
from galenic.evaluation.questions import Line, lines_of, same
from galenic.evaluation.questions import measured as read_all
from galenic.evaluation.slots import Slots
from galenic.evaluation.verifier import COMPOSED, Verified, claims_of, verified
from galenic.house import House
from galenic.settings import Settings
from kg.logic.read import read_form
from tests.fakes.models import FakeVerifier
from tests.galenic.test_cli import run

QUESTIONS = (
    "What drugs treat gout?",
    "What is allopurinol?",
    "Which drug treats the most diseases?",
    "What does the literature say about an indication that palliates symptoms?",
    *COMPOSED,
)


@pytest.fixture(scope="module")
def measured(house: House) -> dict[str, Verified]:
    told = claims_of(house, QUESTIONS)
    near = Neighbours(house.release).near
    return {"rules": verified(house.models.verifier, told, near), "nobody": verified(FakeVerifier(), told, near)}


def test_the_verifier_catches_corrupted_claims_and_loses_no_true_one(measured: dict[str, Verified]) -> None:
    by_rules = measured["rules"]
    assert by_rules.lost == () and by_rules.true > 20
    assert by_rules.caught >= 0.97, [(k.name, k.passed) for k in by_rules.kinds if k.passed]
    assert [k.name for k in by_rules.kinds if k.number and k.caught < 0.9] == []


def test_the_measure_tells_a_verifier_that_lets_everything_pass(measured: dict[str, Verified]) -> None:
    assert measured["nobody"].caught == 0 and measured["nobody"].lost_share == 0
    used = {k.name for k in measured["nobody"].kinds if k.number}
    assert set(CORRUPTIONS) - used <= {"another unit"}


def test_a_corrupted_claim_says_something_else(house: House) -> None:
    told = claims_of(house, ["What drugs treat gout?"])
    near = Neighbours(house.release).near("Allopurinol")
    assert told[0].claim.text.endswith(" treats gout.")
    assert near is not None and near != "Allopurinol"


def test_the_command_prints_a_table_or_json(sample_home: Path, tmp_path: Path) -> None:
    asked = tmp_path / "questions.txt"
    asked.write_text("What drugs treat gout?\n\nDoes colchicine treat gout?\n")
    done = run(sample_home, "evaluate", "verifier", "--questions", str(asked))
    assert done.returncode == 0, done.stderr
    assert "swapped ends" in done.stdout and "true claims lost: 0 of " in done.stdout
    facts = json.loads(run(sample_home, "evaluate", "verifier", "--questions", str(asked), "--json").stdout)
    assert facts["lost"] == [] and facts["kinds"]["swapped ends"]["claims"] == facts["true"] > 0
    assert run(sample_home, "evaluate", "verifier", "--questions", str(tmp_path / "none.txt")).returncode == 2


LINES = (
    ("list(hop(treats, in, entity({disease})))", "What drugs treat {disease}?"),
    ("exists(and(entity({drug}), hop(treats, in, entity({disease}))))", "Does {drug} treat {disease}?"),
    ("abstain(unknown_name)", "What drugs treat {unknown}?"),
    ("screen(entity({drug}), entity({drug2}))", "Does {unknown} go with {drug} and {drug2}?"),
    ("count(hop(palliates, in, entity({disease})))", "What drugs treat {disease}?"),
)


def lines(*rows: tuple[str, str]) -> list[Line]:
    return [Line("voice", number, *row) for number, row in enumerate(rows, 1)]


def test_questions_are_right_refused_or_wrong(house: House) -> None:
    figures = read_all(house.pipeline.read, Slots(house.release), lines(*LINES))
    assert [r.outcome for r in figures.readings] == ["right", "right", "right", "refused", "wrong"]
    assert [r.kind for r in figures.readings][1:] == ["exists", "abstain", "screen", "count"]
    assert figures.by(lambda r: r.line.voice)["voice"] == {"right": 3, "refused": 1, "wrong": 1, "offered": 0}


def test_slots_are_filled_alike_in_form_and_question_and_each_time(house: House) -> None:
    slots, form, question = Slots(house.release), "compare({drug}, {drug2})", "{drug} | {drug2} | {unknown}"
    filled = slots.filled(form, question, "seed")
    assert filled is not None and filled == slots.filled(form, question, "seed")
    assert len(filled.categories) == 2 and "{" not in filled.form + filled.question
    called = filled.question.split(" | ")
    known = [house.release.names_of(i) for i in sorted(filled.categories, key=filled.form.index)]
    assert called[0] in known[0] and called[1] in known[1]
    drawn = {str(slots.filled(form, question, str(n))) for n in range(20)}
    assert len(drawn) > 10


def test_a_kind_that_the_release_lacks_leaves_the_line_out(house: House) -> None:
    slots = Slots(house.release)
    slots.things["pathway"] = []
    figures = read_all(
        house.pipeline.read, slots, lines(("list(hop(participates_pathway, in, entity({pathway})))", "?"))
    )
    assert (figures.readings, figures.unfilled) == ((), 1)


def test_the_literature_is_asked_about_things_in_any_words() -> None:
    form, other = (read_form(f) for f in ('literature("", A:1, B:1)', 'literature("what of B and A", B:1, A:1)'))
    assert same(form, other) and not same(form, read_form('literature("", A:1)'))


def test_lines_are_drawn_from_all_files_and_voices_left_out(tmp_path: Path) -> None:
    files = [tmp_path / "one.tsv", tmp_path / "two.tsv"]
    for file in files:
        file.write_text("".join(f"list(all(Drug))\tquestion {n}\n" for n in range(50)))
    assert {line.voice for line in lines_of(files, ["one"])} == {"two"}
    drawn = lines_of(files, limit=30)
    assert len(drawn) == 30 and {line.voice for line in drawn} == {"one", "two"} and drawn == lines_of(files, limit=30)
    with pytest.raises(UsageError, match="three"):
        lines_of(files, ["three"])
    files[0].write_text("list(all(Drug))\n")
    with pytest.raises(UsageError, match=r"one\.tsv:1: 1 fields"):
        lines_of(files)


def test_the_command_prints_shares_by_voice_form_and_confidence(sample_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "ward.tsv"
    file.write_text("".join(f"{form}\t{question}\n" for form, question in LINES))
    done = run(sample_home, "evaluate", "questions", str(file))
    assert done.returncode == 0, done.stderr
    assert "ward" in done.stdout and "  0.600    0.200    0.000  0.200" in done.stdout and "confidence" in done.stdout
    facts = json.loads(run(sample_home, "evaluate", "questions", str(file), "--json").stdout)
    assert facts["questions"] == 5 and [w["line"] for w in facts["wrong"]] == [5]
    assert run(sample_home, "evaluate", "questions", str(tmp_path / "none.tsv")).returncode == 2


def test_names_are_counted_by_what_they_mean(tmp_path: Path, sample_home: Path) -> None:
    from galenic.evaluation.names import Standard, evaluate, read

    house = House(Settings(home=sample_home))
    file = tmp_path / "names.tsv"
    rows = ["drug\tinn\tallopurinol\tAllopurinol\t\t", "drug\tinn\tcolchicine\tAllopurinol\t\t"]
    rows += ["drug\tinn\tallopurinol\tZorbloxinib\t\t", "made-up\tmade-up\tzorbloxinib\t-\t\t"]
    file.write_text("category\tkind\tmention\texpected\tid\tcontext\n" + "\n".join(rows) + "\n", "utf-8")
    linked, unresolvable = evaluate(read(file), house.linker, Standard(house.release))
    assert [item.outcome for item in linked] == ["right", "wrong", "right"]
    assert [row.expected for row in unresolvable] == ["Zorbloxinib"]
    house.close()
    with pytest.raises(UsageError, match="needs the columns"):
        file.write_text("a\tb\n1\t2\n", "utf-8")
        read(file)


def test_reach_tells_why_a_brand_is_missed(tmp_path: Path, sample_home: Path) -> None:
    from galenic.evaluation.reach import ABSENT, UNKNOWN, asked_of, reach

    names = tmp_path / "drug_names"
    names.mkdir()
    with pytest.raises(UsageError, match="holds no drug vocabulary"):
        asked_of(tmp_path)
    (names / "drugbank-vocabulary.csv").write_text(
        "DrugBank ID,Accession Numbers,Common name,CAS,UNII,Synonyms,Standard InChI Key\n"
        "DB00437,,Allopurinol,,,,\nDB99999,,Zorbloxinib,,,,\n",
        "utf-8",
    )
    (names / "rxnorm-brands.tsv").write_text(
        "brand\tingredients\tdrugbank_ids\nZorblox\tAllopurinol\tDB00437\n", "utf-8"
    )
    house = House(Settings(home=sample_home))
    found = {r.asked.text: r for r in reach(asked_of(tmp_path), house.linker, house.release)}
    house.close()
    assert found["Allopurinol"].right and found["Allopurinol"].held
    assert found["Zorbloxinib"].reason == ABSENT and found["Zorblox"].reason == UNKNOWN
    done = run(sample_home, "evaluate", "reach", str(tmp_path))
    assert done.returncode == 0 and "brand of one drug: not linked, 1" in done.stdout, done.stderr
