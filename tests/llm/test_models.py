"""The fine-tuned parser: what it may say, what it was made for, and how far it is believed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.logic.canonical import canonical
from kg.logic.forms import AbstainForm, All, ListForm
from kg.logic.reading import Asked, Mark, Reading, Vocabulary
from llm.models import adapter
from llm.models.binding import Binder
from llm.models.calibration import Calibration, Signs
from llm.models.errors import AdapterError, CorpusError, NotationError
from llm.models.grammar import allowed, read
from llm.models.notation import said
from llm.models.prompt import prompt
from llm.models.shelf import SHIPPED
from llm.models.vocabulary import END, LETTERS
from llm.models.voices import pairs
from llm.models.ways import strange
from tests.conftest import required

GOUT = Reading("DOID:13189", "gout", "biolink:Disease", 1.0)


def test_every_form_of_the_questions_at_hand_is_said_and_read_back(data: Path) -> None:
    files = [f for f in (data.parent / "questions").glob("*.tsv") if f.stem != "followups"]
    if not files:
        required("no questions at hand")
    number = 0
    for file in files:
        for pair in pairs(file):
            names = dict(zip(pair.slots, LETTERS, strict=False))
            kinds = {name: [pair.category(slot)] for slot, name in names.items()}
            form = pair.meant(names)
            tokens = said(form)
            ids = {name: {kind[0]: name} for name, kind in kinds.items()}
            assert canonical(Binder(ids).form(read(tokens, kinds))) == canonical(form), pair
            if number % 20 == 0:
                assert all(token in allowed(tokens[:n], kinds) for n, token in enumerate([*tokens, END])), pair
            number += 1
    assert number > 12_000


def test_only_well_typed_tokens_may_come_next() -> None:
    letters = {"A": ["biolink:Disease"], "B": ["biolink:Gene", "biolink:Drug"]}
    assert {"A", "B"} & allowed(["list", "treats:in"], letters) == {"A"}
    assert {"A", "B"} & allowed(["list", "and", "treats:in", "A"], letters) == {"B"}
    assert "mechanism" in allowed([], letters) and "screen" not in allowed([], letters)
    with pytest.raises(NotationError, match="cannot stand"):
        read(["list", "treats:in", "B"], {"B": ["biolink:Gene"]})
    with pytest.raises(NotationError, match="comes one of"):
        read(["list"], letters)


def test_a_name_is_taken_for_the_kind_that_its_place_asks_for() -> None:
    form = read(["list", "binds:in", "A"], {"A": ["biolink:Drug", "biolink:Gene"]})
    bound = Binder({"A": {"biolink:Drug": "DRUGBANK:DB0", "biolink:Gene": "NCBIGene:1"}}).form(form)
    assert isinstance(bound, ListForm) and bound.of.of.id == "NCBIGene:1"  # type: ignore[union-attr]


def test_unknown_and_repeated_names_are_marked() -> None:
    text = "gout or zorblax or Gout"
    marks = [Mark(0, 4, "gout", (GOUT,)), Mark(8, 15, "zorblax", ()), Mark(19, 23, "Gout", (GOUT,))]
    assert prompt(text, marks).text == "gout (disease A) or zorblax (unknown) or Gout (disease A)"


def test_an_adapter_for_other_forms_another_base_or_in_a_pickle_is_refused(tmp_path: Path) -> None:
    adapter.require(SHIPPED)
    for key, says in (("base_sha256", "another base"), ("speaks", "another schema")):
        folder = tmp_path / key
        folder.mkdir()
        made_for = json.loads((SHIPPED / "made_for.json").read_text("utf-8"))
        (folder / "made_for.json").write_text(json.dumps({**made_for, key: "0"}))
        with pytest.raises(AdapterError, match=says):
            adapter.load(folder)
    shutil.copy(SHIPPED / "made_for.json", tmp_path)
    (tmp_path / "adapter_model.bin").write_bytes(b"\x80")
    with pytest.raises(AdapterError, match="pickle"):
        adapter.load(tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"cut short")
    with pytest.raises(AdapterError, match="no whole adapter"):
        adapter.load(tmp_path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("list(hop(treats, in, entity({disease})))", "x.tsv:2: 1 fields; a line is"),
        ("list(hop(treats, in, entity({disease})))\tWhat treats {illness}?", "x.tsv:2: .illness. is no slot"),
        ("list(hop(treats, in, entity({disease2})))\tWhat treats {disease}?", "x.tsv:2: .disease2. stands in the form"),
        ("list(hop(cures, in, entity({disease})))\tWhat cures {disease}?", "x.tsv:2: unknown relation"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "x.tsv"
    file.write_text(f"list(hop(treats, in, entity({{disease}})))\tWhat treats {{disease}}?\n{line}\n")
    with pytest.raises(CorpusError, match=says):
        for pair in pairs(file):
            pair.meant(dict(zip(pair.slots, LETTERS, strict=False)))


def test_confidence_follows_what_was_right(tmp_path: Path) -> None:
    sure, unsure = Signs(-0.1, 5.0, 0, True, False, False), Signs(-3.0, 0.1, 1, False, True, False)
    fitted = Calibration.fitted([sure, unsure] * 50, [True, False] * 50)
    assert fitted.confidence(sure) > 0.9 and fitted.confidence(unsure) < 0.1
    fitted.save(tmp_path)
    assert Calibration.load(tmp_path).confidence(sure) == pytest.approx(fitted.confidence(sure), abs=1e-4)
    with pytest.raises(AdapterError):
        Calibration.load(tmp_path / "none")


def test_a_word_that_was_never_met_and_is_part_of_a_name_is_strange(tmp_path: Path) -> None:
    names = Vocabulary(is_in_names=lambda word: word in {"angina", "heart"})
    asked = Asked("Is it used for angina of the heart at teatime?", (), names, lambda text: (), lambda form, called: "")
    form = ListForm(All("biolink:Drug"))
    adapter.keep_words(["is", "it", "used", "for", "heart", "used"], tmp_path)
    familiar = adapter.familiar(tmp_path)
    assert strange(asked, form, familiar) == ("angina",)
    # An adapter that does not say what it learnt from, and a question that is not answered.
    assert strange(asked, form, adapter.familiar(tmp_path / "other")) == ()
    assert strange(asked, AbstainForm("out_of_scope"), familiar) == ()
    (tmp_path / "words.txt").write_bytes(b"\xff")
    with pytest.raises(AdapterError, match=r"words.txt cannot be read .* delete it, or take the adapter anew"):
        adapter.familiar(tmp_path)
