"""The verifier: what a sentence may say of what it rests on, and what it may not."""

from __future__ import annotations

import pytest

from kg.evidence.claims import Claim, EdgeSupport, NodeSupport, PassageSupport, QuerySupport, Support
from kg.evidence.results import Count, Found, Result, YesNo
from llm.checking import RuleVerifier
from llm.ports import Basis

NAMES = {
    "X:colchicine": ("Colchicine", "Colcrys"),
    "X:gout": ("gout", "podagra"),
    "X:nausea": ("Nausea",),
    "X:migraine": ("migraine disorder", "migraine"),
    "X:ptgs2": ("PTGS2", "COX-2"),
}


def edge(
    relation: str = "treats", ends: tuple[str, str] = ("X:colchicine", "X:gout"), negated: bool = False
) -> EdgeSupport:
    subject, obj = ends
    return EdgeSupport(
        edge=f"{subject}-{relation}-{obj}-{negated}",
        subject=subject,
        subject_name=NAMES[subject][0],
        predicate="biolink:related_to",
        relation=relation,
        object=obj,
        object_name=NAMES[obj][0],
        negated=negated,
        source="infores:test",
        source_title="Test",
        version="1",
        url="",
        tier=2,
        how="curated",
        licence="CC0",
    )


def query(form: str, *names: str, count: int | None = None) -> QuerySupport:
    return QuerySupport("sha256:0", ("MATCH (n) RETURN n",), form, names, count)


def carries(text: str, *supports: Support, results: tuple[Result, ...] = ()) -> bool:
    named = {f"s{n}": s for n, s in enumerate(supports)}
    return RuleVerifier(lambda i: NAMES.get(i, ())).carries(Claim(text, tuple(named)), Basis(named, results))


@pytest.mark.parametrize(
    "text",
    [
        "Colchicine treats gout.",
        "colchicine treats Gout",
        "Gout is treated by colchicine.",
        "Colcrys treats podagra.",
        "The drug Colchicine treats the disease gout.",
    ],
)
def test_an_edge_carries_its_own_sentence_in_either_voice_and_with_other_names(text: str) -> None:
    assert carries(text, edge())


@pytest.mark.parametrize(
    "text",
    [
        "Gout treats colchicine.",
        "Colchicine is treated by gout.",
        "Colchicine palliates gout.",
        "Colchicine binds gout.",
        "Colchicine cures gout.",
        "Colchicine does not treat gout.",
        "Colchicine never treats gout.",
        "Colchicine is recorded as not: treats gout.",
        "Colchicine treats migraine.",
        "Allopurinol treats gout.",
        "Colchicine treats gout in all patients.",
        "Colchicine is proven to treat gout.",
        "Colchicine treats gout at 0.5 mg.",
        "Colchicine treats chronic gout.",
        "Colchicine treats gout; Colchicine treats gout and asthma.",
        "Colchicine treats",
        "",
    ],
)
def test_an_edge_carries_nothing_that_it_does_not_say(text: str) -> None:
    assert not carries(text, edge())


def test_the_little_words_of_a_verb_decide_on_its_direction() -> None:
    effect = edge("causes", ("X:colchicine", "X:nausea"))
    assert carries("Colchicine has the side effect Nausea.", effect)
    assert carries("Nausea is a side effect of Colchicine.", effect)
    assert carries("Nausea is caused by Colchicine.", effect)
    assert not carries("Nausea has the side effect Colchicine.", effect)
    assert not carries("Colchicine is a side effect of Nausea.", effect)


def test_a_denial_needs_an_edge_that_denies() -> None:
    denied = edge(negated=True)
    for text in (
        "Colchicine is recorded as not: treats gout.",
        "Colchicine does not treat gout.",
        "Gout is not treated by colchicine.",
    ):
        assert carries(text, denied) and not carries(text, edge())
    assert not carries("Colchicine treats gout.", denied)
    assert not carries("Colchicine does not never treat gout.", denied)


def test_every_clause_rests_on_an_edge_and_every_edge_is_said() -> None:
    treats, binds = edge(), edge("binds", ("X:colchicine", "X:ptgs2"))
    assert carries("Colchicine treats gout; Colchicine binds COX-2.", treats, binds)
    assert not carries("Colchicine treats gout.", treats, binds)
    assert not carries("Colchicine treats gout; Colchicine binds COX-2.", treats)


def test_what_is_said_of_a_list_is_said_of_each_of_its_things() -> None:
    both = edge(), edge(ends=("X:colchicine", "X:migraine"))
    for text in (
        "Colchicine treats gout and migraine.",
        "Colchicine treats both gout and the migraine.",
        "Gout and migraine are treated by Colchicine.",
    ):
        assert carries(text, *both) and not carries(text, both[0])
    denied = edge(negated=True), edge(ends=("X:colchicine", "X:migraine"), negated=True)
    assert carries("Colchicine does not treat gout and migraine.", *denied)
    four = (*both, edge(ends=("X:ptgs2", "X:gout")), edge(ends=("X:ptgs2", "X:migraine")))
    assert carries("Colchicine and PTGS2 treat gout and migraine.", *four)
    assert not carries("Colchicine and PTGS2 treat gout and migraine.", *four[:3])


@pytest.mark.parametrize(
    "text",
    [
        "Colchicine treats gout or migraine.",
        "Colchicine treats gout, not migraine.",
        "Colchicine treats gout and migraine together.",
        "Only colchicine treats gout and migraine.",
        "Colchicine treats gout and causes migraine.",
        "Colchicine does not treat gout and migraine.",
        "Colchicine treats gout and migraine and asthma.",
        "Gout and migraine treat colchicine.",
        "Gout, colchicine treats migraine.",
        "Colchicine, gout and migraine.",
        "Colchicine, gout and migraine treats " * 40,
    ],
)
def test_a_list_says_no_more_than_each_of_its_things(text: str) -> None:
    assert not carries(text, edge(), edge(ends=("X:colchicine", "X:migraine")))


def test_a_support_that_is_not_there_or_of_another_kind_carries_nothing() -> None:
    claim = Claim("Colchicine treats gout.", ("s0", "s1"))
    assert not RuleVerifier().carries(claim, Basis({"s0": edge()}))
    assert not RuleVerifier().carries(Claim("Colchicine treats gout.", ()), Basis({}))
    assert not carries("Colchicine treats gout.", edge(), query("count(hop(treats, in, entity(X:gout)))", "gout"))


QUOTE = "It was well borne. A dose of 0.5 mg daily, in patients with gout, did not lower CRP by 20%. None died."


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        ("A dose of 0.5 mg daily, in patients with gout, did not lower CRP by 20%.", True),
        ("None died.", True),
        ("It was well borne. A dose of 0.5 mg daily, in patients with gout, did not lower CRP by 20%.", True),
        ("A dose of 0.5 g daily, in patients with gout, did not lower CRP by 20%.", False),
        ("A dose of 5 mg daily, in patients with gout, did not lower CRP by 20%.", False),
        ("A dose of 0.5 mg daily, in patients with gout, did lower CRP by 20%.", False),
        ("A dose of 0.5 mg daily, did not lower CRP by 20%.", False),
        ("did not lower CRP by 20%.", False),
        ("A dose of 0.5 mg daily", False),
        ("died.", False),
        ("None died in all patients.", False),
    ],
)
def test_a_passage_carries_whole_sentences_word_for_word(text: str, carried: bool) -> None:
    passage = PassageSupport("PMID:99999901", "PMID:99999901#1", "abstract", 0, len(QUOTE), QUOTE)
    assert carries(text, passage) is carried


def test_a_record_carries_kind_names_and_values() -> None:
    node = NodeSupport(
        "X:1", "Gouterol", "biolink:Drug", ("t",), ("T",), ("Gout-X, oral", "Gx"), {"Half-life in hours": "12"}
    )
    for text in (
        "Gouterol (X:1) is a drug.",
        "Gx is a drug.",
        "It is also called Gout-X, oral, Gx.",
        "Half-life in hours: 12.",
    ):
        assert carries(text, node), text
    for text in (
        "Gouterol (X:2) is a drug.",
        "Gouterol (X:1) is a disease.",
        "It is also called Gz.",
        "Half-life in hours: 13.",
        "Half-life in hours: 12 in adults.",
        "Gouterol is a drug that cures gout.",
    ):
        assert not carries(text, node), text


BOTH = "count(minus(and(hop(treats, in, entity(X:gout)), hop(causes, in, entity(X:nausea))), hop(binds, in, entity(X:ptgs2))))"


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        ("This release records 12 drugs that treat gout and that have the side effect Nausea but not those that bind PTGS2.", True),
        ("This release records 12 drugs that have the side effect Nausea and that treat gout but not those that bind PTGS2.", True),
        ("This release records 12 drugs that treat podagra and that have the side effect Nausea but not those that bind COX-2.", True),
        ("This release records 13 drugs that treat gout and that have the side effect Nausea but not those that bind PTGS2.", False),
        ("This release records 12 drugs that treat gout and that have the side effect Nausea.", False),
        ("This release records 12 drugs that treat gout but not those that bind PTGS2.", False),
        ("This release records 12 drugs that treat gout and that bind PTGS2 but not those that have the side effect Nausea.", False),
        ("This release records 12 drugs that treat gout or that have the side effect Nausea but not those that bind PTGS2.", False),
        ("This release records 12 drugs that palliate gout and that have the side effect Nausea but not those that bind PTGS2.", False),
        ("This release records 12 diseases that treat gout and that have the side effect Nausea but not those that bind PTGS2.", False),
        ("This release proves 12 drugs that treat gout and that have the side effect Nausea but not those that bind PTGS2.", False),
        ("This release records no drugs that treat gout and that have the side effect Nausea but not those that bind PTGS2.", False),
        ("This release records 12 drugs that treat gout and that have the side effect Nausea but not those that bind PTGS2 in all patients.", False),
    ],
)  # fmt: skip
def test_a_number_is_that_of_the_form_with_all_its_conditions(text: str, carried: bool) -> None:
    assert carries(text, query(BOTH, "gout", "Nausea", "PTGS2"), results=(Count(12),)) is carried


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        (
            'list(where(hop(treats, in, entity(X:gout)), groups = "approved", tier <= 2))',
            "drugs that treat gout whose approval groups include approved and with evidence of tier 2 or better",
            "drugs that treat gout whose approval groups include withdrawn and with evidence of tier 2 or better|"
            "drugs that treat gout whose approval groups include approved and with evidence of tier 2 or worse|"
            "drugs that treat gout whose approval groups include approved",
        ),
        (
            "list(having(all(Drug), hop(treats, out), at_least, 2))",
            "drugs that treat at least 2 diseases",
            "drugs that treat at most 2 diseases|drugs that treat at least 3 diseases|drugs that treat at least 2 genes|"
            "drugs treated by at least 2 diseases|drugs that treat 2 diseases",
        ),
        (
            "list(hop(binds, in, hop(associates, out, entity(X:gout))))",
            "drugs that bind (genes associated with gout)",
            "drugs that bind gout|drugs that bind (genes upregulated in gout)|genes associated with gout|"
            "drugs that bind (genes associated with gout) but not|drugs that bind (genes associated with gout) and treat|"
            "drugs that bind (genes associated with gout|drugs that bind (genes associated with gout) 3",
        ),
        (
            "list(or(hop(treats, in, entity(X:gout)), hop(palliates, in, entity(X:gout))))",
            "drugs that treat gout or that palliate gout",
            "drugs that treat gout and that palliate gout|drugs that treat gout",
        ),
        (
            "list(having(all(Pathway), hop(participates_pathway, in, hop(associates, out, entity(X:gout))), at_least, 5))",
            "pathways in which at least 5 genes associated with gout takes part",
            "pathways in which at least 5 genes associated with gout is located|pathways in which at least 5 genes takes part",
        ),
        (
            "list(having(all(Drug), hop(treats, out, or(entity(X:gout), entity(X:migraine))), every))",
            "drugs that treat every one of gout and migraine disorder",
            "drugs that treat every one of gout|drugs that treat only gout and migraine disorder",
        ),
    ],
)
def test_descriptions_are_read_back_condition_by_condition(form: str, right: str, wrong: str) -> None:
    names = [NAMES[i][0] for i in ("X:gout", "X:migraine") if i in form]
    assert carries(f"This release records no {right}.", query(form, *names))
    assert not carries(f"This release records no {right}.", query(form, *names), results=(Found("X:1", "one"),))
    for text in wrong.split("|"):
        assert not carries(f"This release records no {text}.", query(form, *names)), text


def test_yes_no_and_not_recorded_are_three_things() -> None:
    asked = query("exists(and(entity(X:colchicine), hop(treats, in, entity(X:gout))))", "Colchicine", "gout")
    no = "No: Colchicine is not among the drugs that treat gout that this release records."
    yes = "Colchicine is among the drugs that treat gout."
    gap = "Not recorded: no source in this release lists drugs that treat gout."
    other = "Not recorded: no source in this release lists diseases treated by Colchicine."
    for value, carried in ((False, (no,)), (True, (yes,)), (None, (gap, other))):
        assert [t for t in (no, yes, gap, other) if carries(t, asked, results=(YesNo.of(value),))] == list(carried)
    gaps = (
        "Not recorded: no source in this release lists drugs that treat migraine.",
        "Not recorded: no source in this release lists genes bound by Colchicine.",
        "Not recorded: no source in this release lists drugs that treat gout in children.",
    )
    assert not any(carries(t, asked, results=(YesNo.of(None),)) for t in gaps)


def test_each_side_of_a_comparison_has_its_own_count() -> None:
    sides = [
        query("count(hop(causes, out, entity(X:colchicine)))", "Colchicine", count=40),
        query("count(hop(causes, out, entity(X:prednisone)))", "Prednisone", count=12),
    ]
    assert carries("Colchicine has 40 side effects, Prednisone 12.", *sides)
    assert carries("Prednisone has 12 side effects, Colchicine 40.", *sides)
    for text in (
        "Prednisone has 40 side effects, Colchicine 12.",
        "Colchicine has 40 side effects, Prednisone 13.",
        "Colchicine has 40 diseases, Prednisone 12.",
        "Colchicine and Prednisone both have 40 side effects.",
        "Colchicine always has 40 side effects, Prednisone 12.",
    ):
        assert not carries(text, *sides), text


def test_a_ranking_rests_on_its_results() -> None:
    ranked = query("top(1, all(Drug), hop(treats, out), most)")
    results = (Found("X:colchicine", "Colchicine", 7.0),)
    assert carries("Colchicine has 7 diseases.", ranked, results=results)
    for text in ("Colchicine has 8 diseases.", "Prednisone has 7 diseases.", "Colchicine has 7 genes."):
        assert not carries(text, ranked, results=results), text


def test_a_source_is_called_by_its_title() -> None:
    asked = query('count(where(hop(treats, in, entity(X:gout)), source = "pharm"))', "gout", "PharmDB")
    text = "This release records 3 drugs that treat gout with evidence from {}."
    assert carries(text.format("PharmDB"), asked, results=(Count(3),))
    assert not carries(text.format("Hetionet"), asked, results=(Count(3),))
