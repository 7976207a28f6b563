"""Sentences of free wording on edges: what is checked word by word, and what is left to a trained model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kg.evidence.claims import Claim, EdgeSupport
from llm.checking import FreeVerifier, FreeWording, RuleVerifier
from llm.checking.edges import edges_refute
from llm.checking.letters import lettered
from llm.checking.telling import denied, of_many, read_wordings, shipped_wordings, vocabulary, words_of
from llm.models.errors import CorpusError
from llm.models.pairs.model import Shares
from llm.ports import Basis


def edge(name: str, subject: str, relation: str, obj: str, negated: bool = False) -> EdgeSupport:
    return EdgeSupport(name, subject, subject, "", relation, obj, obj, negated, "", "", "", "", 4, "", "")


GOUT = edge("e0", "Colchicine", "treats", "gout")
NAUSEA = edge("e1", "Colchicine", "causes", "Nausea")
NOT_PAIN = edge("e2", "Colchicine", "palliates", "back pain", negated=True)


class Sure:
    """Believes all that it is asked, and keeps it."""

    line = 0.5

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def shares(self, pairs: Sequence[tuple[str, str]]) -> Shares:
        self.asked += pairs
        return np.array([[1.0, 0.0, 0.0]] * len(pairs), np.float32)


def carried(text: str, *edges: EdgeSupport, names: dict[str, tuple[str, ...]] | None = None) -> bool:
    free = FreeVerifier(Sure, lambda i: (names or {}).get(i, ()))
    supports = {e.edge: e for e in edges}
    return FreeWording(RuleVerifier(), free).carries(Claim(text, tuple(supports)), Basis(supports))


def test_a_sentence_of_free_wording_is_left_to_the_model_with_letters_for_names() -> None:
    model = Sure()
    free = FreeVerifier(lambda: model)
    assert free.carries("Colchicine is a medicine used for gout, and it can cause Nausea.", [GOUT, NAUSEA])
    evidence, sentence = model.asked[0]
    assert sentence == "Q is a medicine used for Z, and it can cause K."
    assert evidence == "Drug Q treats disease Z. Drug Q has the side effect K."


def test_what_rests_on_our_own_wording_never_reaches_the_model() -> None:
    def unopened() -> Sure:
        raise AssertionError("the model was opened")

    both = FreeWording(RuleVerifier(), FreeVerifier(unopened))
    basis = Basis({"e0": GOUT})
    assert both.carries(Claim("Colchicine treats gout.", ("e0",)), basis)
    for refuted in ("Gout treats colchicine.", "Colchicine does not treat gout.", "Colchicine palliates gout."):
        assert not both.carries(Claim(refuted, ("e0",)), basis), refuted


@pytest.mark.parametrize(
    "text",
    [
        "Colchicine is a medicine used for gout in 40 patients.",
        "Colchicine is a medicine used for gout and Allopurinol.",
        "Colchicine is a medicine used for gout and K.",
        "Colchicine is a medicine used effectively for gout.",
        "Colchicine is not a medicine used for gout.",
        "Colchicine is the only medicine used for gout.",
        "A medicine is used for gout.",
        "Colchicine is a medicine used for gout (100%).",
        "Colchicine is a medicine used for gout because it binds.",
        "",
    ],
)
def test_a_name_a_number_a_denial_or_a_word_that_no_edge_has_is_refused_whatever_the_model_says(text: str) -> None:
    assert not carried(text, GOUT)


def test_a_denial_must_stand_where_an_edge_denies() -> None:
    assert carried("Colchicine is not used to palliate back pain.", NOT_PAIN)
    assert not carried("Colchicine is used to palliate back pain.", NOT_PAIN)


def test_each_support_must_be_named_and_other_names_of_a_thing_are_names() -> None:
    assert not carried("Colchicine is a medicine used for gout.", GOUT, NAUSEA)
    assert carried("Colcrys is a medicine used for gout.", GOUT, names={"Colchicine": ("Colcrys",)})


def test_the_model_is_believed_from_its_line_on() -> None:
    class Doubts(Sure):
        line = 0.9

        def shares(self, pairs: Sequence[tuple[str, str]]) -> Shares:
            return np.array([[0.89, 0.0, 0.11]], np.float32)

    assert not FreeVerifier(Doubts).carries("Colchicine is a medicine used for gout.", [GOUT])


def test_only_edges_are_left_to_the_model() -> None:
    both = FreeWording(RuleVerifier(), FreeVerifier(Sure))
    assert not both.carries(Claim("Colchicine is a medicine used for gout.", ()), Basis({}))
    assert not both.carries(Claim("Colchicine is a medicine used for gout.", ("e0", "e9")), Basis({"e0": GOUT}))


def test_the_rules_refute_what_they_read_and_have_no_opinion_on_what_they_do_not() -> None:
    def refuted(text: str, *edges: EdgeSupport) -> bool:
        return edges_refute(text, edges, lambda i: ())

    assert not refuted("Colchicine is a medicine used for gout.", GOUT)
    assert not refuted("Colchicine treats gout.", GOUT)
    assert refuted("The drug Colchicine binds gout.", GOUT)
    assert refuted("Colchicine palliates gout; it is a medicine that can cause Nausea.", GOUT, NAUSEA)
    assert refuted("Colchicine treats gout.", GOUT, edge("e3", "Colchicine", "palliates", "gout"))


UP, DOWN = edge("u", "Ouabain", "drug_upregulates", "IER3"), edge("d", "Ouabain", "drug_downregulates", "RIOX1")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Ouabain upregulates IER3 but downregulates RIOX1.", True),
        ("Ouabain downregulates IER3 but upregulates RIOX1.", False),
        ("Ouabain upregulates IER3, and it raises the expression of RIOX1.", False),
        ("Ouabain upregulates IER3 and RIOX1.", False),
        ("RIOX1 is downregulated by Ouabain and IER3 is upregulated by the drug Ouabain.", True),
    ],
)
def test_a_known_wording_inside_of_a_free_sentence_is_held_against_the_edges(text: str, right: bool) -> None:
    assert carried(text, UP, DOWN) is right


def test_more_things_than_there_are_letters_are_not_judged() -> None:
    many = [edge(f"e{n}", f"drug{n}x", "treats", f"disease{n}x") for n in range(9)]
    assert lettered("drug0x is used for disease0x.", many) is None


def test_letters_go_by_the_order_in_which_a_sentence_names_things() -> None:
    turned = lettered("Gout is treated with colchicine.", [replace(GOUT)])
    assert turned is not None and turned.sentence == "Q is treated with Z."
    assert turned.evidence() == "Drug Z treats disease Q."


def test_every_wording_can_be_denied_and_is_of_known_words() -> None:
    known = vocabulary()
    for wordings in shipped_wordings().values():
        for words in wordings:
            assert words_of(denied(words)) <= known and words_of(of_many(words)) <= known
            assert any(w in denied(words).split() for w in ("not", "cannot")), words


def test_wordings_of_ones_own_are_read_beside_ours_and_a_broken_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.tsv"
    file.write_text("relation\tdirection\twords\ntreats\tout\tis our choice in\n")
    assert "is our choice in" in read_wordings(file)["treats", "out"]
    for line in ("treats\tup\tcures", "heals\tout\theals", "treats\tout", "treats\tout\t "):
        file.write_text(f"relation\tdirection\twords\n{line}\n")
        with pytest.raises(CorpusError, match=r"own\.tsv:2"):
            read_wordings(file)
    file.write_text("treats\tout\tcures\n")
    with pytest.raises(CorpusError, match=r"own\.tsv:1"):
        read_wordings(file)
    with pytest.raises(CorpusError, match="UTF-8"):
        read_wordings(tmp_path / "none.tsv")
