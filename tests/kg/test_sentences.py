"""Sentences: where they end, and that nothing of a text is lost between them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sentences import sentences


@pytest.mark.parametrize(
    "text",
    [
        "It was given i.v. 3 times, e.g. Monday.|None died.",
        "Smith et al. (1999) saw it, i.e. Fig. 2 and no. 4.|Then it ended.",
        "It was given p.o.|Patients slept.",
        "We used E. coli.|S. Typhimurium grew.|By A. B. Smith.",
        "With hepatitis B.|At 40 degrees C.|They had MS.|Her NO.|RESULTS: none.",
        '"Quoted."|(Bracketed.)|Next one?|Yes!|12 patients were seen at p < 0.05.',
        "Approx. 5 mg vs. Placebo was 1.5 mmol/L (cf. Table 1).|Dr. Doe agreed.",
        "A heading|A line that ends in none|An end.",
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text: str) -> None:
    wanted = text.split("|")
    joined = ("\n" if "heading" in text else " ").join(wanted)
    assert [joined[start:end] for start, end in sentences(joined)] == wanted


@given(st.text("aB1. ?!\n()'\"é", max_size=60))
def test_sentences_follow_one_another_and_hold_all_but_space(text: str) -> None:
    spans = list(sentences(text))
    assert all(a < b and text[a:b] == text[a:b].strip() for a, b in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
