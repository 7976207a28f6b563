"""Evidence: text is quoted from its passage, a record quotes nothing, and what does not stand there is quarantined."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from galenic.house import House
from ingest.build import Plan, build_release
from ingest.literature.annotated import read_corpus
from ingest.literature.quoting import place
from ingest.merge import merge
from ingest.partition import Partition, make_partition
from ingest.source import Inputs, Source
from kg.errors import RecordError
from kg.records import Citation, Edge, Evidence, Mention, Node, Passage, Record
from kg.release.release import Release

DRUG, ILL = "MESH:D999901", "MESH:D999902"


def passage(text: str, section: str = "abstract", number: int = 0) -> Passage:
    """A passage whose words Fakedin and shamitis are marked."""
    marks = [
        Mention(at, at + len(word), word, identifier, "biolink:NamedThing")
        for word, identifier in (("Fakedin", DRUG), ("shamitis", ILL))
        for at in range(len(text))
        if text.startswith(word, at)
    ]
    return Passage(f"PMID:99999901#{number}", "PMID:99999901", section, text, 0, tuple(marks))


@pytest.mark.parametrize(
    ("passages", "quote", "directness"),
    [
        ([passage("We ask. Fakedin may cause shamitis. It may not.")], "Fakedin may cause shamitis.", "direct"),
        ([passage("Fakedin is, as we and others know, in shamitis. Fakedin-shamitis.")], "Fakedin-shamitis.", "direct"),
        ([passage("shamitis came after Fakedin."), passage("Fakedin shamitis.", "title")], "shamitis came after Fakedin.", "direct"),
        ([passage("Fakedin only."), passage("Fakedin and shamitis", "title")], "Fakedin and shamitis", "direct"),
        ([passage("Why? Fakedin was given. Then e.g. shamitis came. End.")], "Fakedin was given. Then e.g. shamitis came.", "direct"),
        ([passage("No. Fakedin was given. Yes."), passage("It was shamitis.")], "Fakedin was given.", "indirect"),
        ([passage("Some. It was shamitis.")], "It was shamitis.", "indirect"),
    ],
)  # fmt: skip
def test_the_sentence_that_names_both_is_quoted(passages: list[Passage], quote: str, directness: str) -> None:
    quotation = place(passages, DRUG, ILL)
    assert quotation is not None and (quotation.quote, quotation.directness) == (quote, directness)
    assert quotation.passage.text[quotation.start : quotation.end] == quote


def test_nothing_is_quoted_where_neither_is_named() -> None:
    assert place([passage("Nobody was named.")], DRUG, ILL) is None


def test_a_relation_of_a_corpus_says_where_it_stands_and_whether_it_is_a_finding(tmp_path: Path) -> None:
    rows = [
        "99999901|t|Fakedin and shamitis.",
        "99999901|a|Fakedin is known. It is given.",
        f"99999901\t0\t7\tFakedin\tChemical\t{DRUG}",
        f"99999901\t12\t20\tshamitis\tDisease\t{ILL}",
        f"99999901\t22\t29\tFakedin\tChemical\t{DRUG}",
        f"99999901\tAssociation\t{DRUG}\t{ILL}\tNovel",
        f"99999901\tBind\t{DRUG}\t{ILL}\tNo",
    ]
    path = tmp_path / "a.pubtator"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    records = list(read_corpus(Inputs(tmp_path, (path,))))
    evidence = [r for r in records if isinstance(r, Evidence)]
    assert [(e.passage, e.start, e.end, e.quote, e.role) for e in evidence] == [
        ("PMID:99999901#title", 0, 21, "Fakedin and shamitis.", "result"),
        ("PMID:99999901#title", 0, 21, "Fakedin and shamitis.", "background"),
    ]
    assert [p.text for p in records if isinstance(p, Passage) and p.section == "title"] == ["Fakedin and shamitis."]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "quotes no text"),
        ({"passage": "p", "quote": "x"}, "quotes no text"),
        ({"passage": "p", "start": 3, "end": 3, "quote": ""}, "quotes no text"),
        ({"passage": "p", "start": 3, "end": 9, "quote": "abc"}, "3 characters cannot stand at 3-9"),
        ({"passage": "p", "start": -1, "end": 2, "quote": "abc"}, "cannot stand"),
        ({"role": "record", "quote": "x"}, "is a record and quotes text"),
    ],
)
def test_text_without_its_place_is_no_evidence(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(RecordError, match=message):
        Evidence("0123", "PMID:99999901", **fields)


def made(folder: Path, *records: Record) -> Partition:
    source = Source("one", "one", "CC0-1.0", "https://example.org", ("*",), lambda _: iter(records))
    return make_partition(source, Inputs(folder, ()), folder)


def test_what_does_not_stand_in_its_passage_is_quarantined_with_the_reason(tmp_path: Path) -> None:
    edge = Edge(DRUG, "related_to", ILL, publications=("PMID:99999901",))
    right = Evidence(edge.id, "PMID:99999901", passage="PMID:99999901#0", start=3, end=7, quote="here")
    record = Evidence(edge.id, "DRUGBANK:DB99991", role="record")
    merged = merge(
        [
            made(
                tmp_path,
                Node(DRUG, "biolink:ChemicalEntity", "fakedin"),
                Node(ILL, "biolink:Disease", "shamitis"),
                Citation("PMID:99999901", "T"),
                Passage("PMID:99999901#0", "PMID:99999901", "abstract", "Is here é too."),
                edge,
                right,
                record,
                right,
                replace(right, quote="hers"),
                replace(right, passage="PMID:99999901#9"),
                replace(right, citation="PMID:99999902"),
                replace(right, start=8, end=13, quote="é too"),
            )
        ]
    ).tables
    assert [(e["citation"], e["quote"], e["role"], e["group"], e["source"]) for e in merged["evidence"].to_dicts()] == [
        ("DRUGBANK:DB99991", None, "record", "DRUGBANK:DB99991", "one"),
        ("PMID:99999901", "here", "unknown", "PMID:99999901", "one"),
        ("PMID:99999901", "é too", "unknown", "PMID:99999901", "one"),
    ]
    assert merged["quarantine"]["reason"].to_list() == [
        "the quote does not stand at 3-7 of the passage PMID:99999901#0",
        "evidence from the passage PMID:99999901#9, which is not there",
        "evidence from PMID:99999902 that names the passage PMID:99999901#0",
    ]


def opened(release: Release) -> int:
    """Open every piece of evidence and return how many there are."""
    texts = dict(release.read("passages", ["id", "text"]).iter_rows())
    rows = release.read("evidence").to_dicts()
    wrong = [r for r in rows if r["role"] != "record" and texts[r["passage"]][r["start"] : r["end"]] != r["quote"]]
    assert wrong == []
    assert all(r["quote"] is None for r in rows if r["role"] == "record")
    return len(rows)


def test_every_quote_of_the_sample_stands_in_its_passage(house: House) -> None:
    assert opened(house.release) == len(house.release.read("evidence"))


def test_every_quote_of_the_real_corpora_stands_in_its_passage(data: Path, tmp_path: Path) -> None:
    built = build_release(Plan(data, ("bc5cdr", "biored")), tmp_path, workers=1)
    assert opened(built.release) == 5934
    assert not built.release.read("quarantine")["reason"].str.contains("quote|quoted|passage").any()
