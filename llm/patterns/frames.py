"""Frames that a question is cast in: how many, the most, which of two, what they share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.logic.forms import (
    All,
    And,
    CompareForm,
    CountForm,
    Entity,
    Expr,
    Form,
    Hop,
    ListForm,
    Minus,
    TopForm,
    category_of,
)
from kg.schema import schema
from llm.patterns import lexicon
from llm.patterns.clauses import read_clause, read_clauses, read_set
from llm.patterns.quantities import having
from llm.patterns.reader import Reader
from llm.patterns.relations import steps
from llm.patterns.spans import groups, strip_frame
from llm.patterns.tokens import Token, words_of
from llm.words import DETERMINERS, NUMBERS, RELATIONAL


def count(reader: Reader, parts: list[Token]) -> Form | None:
    """'how many genes ...'."""
    match = lexicon.COUNT.search(words_of(parts))
    if not match or re.search(
        r"\bby (?:the )?number of\b|\b(?:highest|largest|greatest|most|lowest) number of\b", words_of(parts)
    ):
        return None
    drop = set(match.group().casefold().split()) | {"how", "many", "there"}
    rest = [t for n, t in enumerate(parts) if not (t.is_word and t.text in drop and n < 8)]
    expr = having(reader, rest) or read_set(reader, rest)
    return CountForm(expr) if expr is not None else None


_PAPERS = r"(?:articles?|papers?|publications?|abstracts?|references|pmids)"
_MENTIONED = re.compile(
    rf"{_PAPERS}\b.{{0,40}}\b(?:mention\w*|nam(?:e|es|ed|e?ing)|contain\w*|cit(?:e|es|ing)|comes? up|appears?"
    rf"|talk(?:s|ing)? about|refer(?:s|ring)? to|bring(?:s|ing)? up|tagged with)\b"
    rf"|{_PAPERS} (?:with|w/) @ in (?:it|them)\b"
    rf"|\bmention\w*\b.{{0,60}}\b{_PAPERS}"
    rf"|(?:how many|number of|count(?: of)?)(?: the)? {_PAPERS}|{_PAPERS} count|\bmentioned in (?:which|what|how "
    rf"many) {_PAPERS}"
)
_COUNTED = re.compile(rf"how many|number of|\bcount\b|{_PAPERS} count")
# What papers say of a thing is a question to the literature, not a list of papers.
_SAY = re.compile(r"\b(?:say|says|said|report\w*|conclu\w*|claim\w*|findings?|evidence|effect|show|shows|suggest\w*)\b")


def mentioned(reader: Reader, wording: str) -> Form | None:
    """'articles that mention X and Y', 'how many papers name X': the papers themselves; `wording` has @ for names."""
    if not reader.marks or not _MENTIONED.search(wording) or _SAY.search(wording):
        return None
    between = wording.split("@")[1:-1]
    if any(b.strip() not in ("and", ",", "both", "together with", "as well as", "& ", "&", ", and") for b in between):
        return None
    hops = []
    for number, mark in enumerate(reader.marks):
        reading = mark.readings[0]
        reader.chosen[number] = Entity(reading.id, reading.category)
        hops.append(Hop("mentions", "in", reader.chosen[number]))
    reader.scores.append(1.0)
    of = hops[0] if len(hops) == 1 else And(tuple(hops))
    return CountForm(of) if _COUNTED.search(wording) else ListForm(of)


def _with_relational(parts: Sequence[Token]) -> list[Token]:
    """Tokens in which nouns such as 'targets' stand for the kind that they mean."""
    return [
        Token(t.text, category=RELATION_NOUNS[t.text]) if t.is_word and t.text in RELATION_NOUNS else t for t in parts
    ]


RELATION_NOUNS = {k: v for k, v in RELATIONAL.items() if v and k.endswith("s")}
_STRONG = re.compile(r"most|fewest|least|highest|largest|greatest|smallest|lowest|maximum|minimum|counting")


def top(reader: Reader, parts: list[Token]) -> Form | None:
    """'the five drugs with the most targets', 'which gene is bound by the fewest drugs'."""
    words = words_of(parts)
    if not lexicon.TOP.search(words) or re.search(r"\bmost (?:like|similar)|\bat (?:least|most)\b", words):
        return None
    if sum(1 for t in parts if t.category) < 2:
        parts = _with_relational(parts)
    nouns = [n for n, t in enumerate(parts) if t.category]
    if len(nouns) < 2:
        return None
    head_at, counted_at = _head_and_counted(parts, nouns)
    head, counted = parts[head_at].category, parts[counted_at].category
    verb = " ".join(
        t.text
        for n, t in enumerate(parts)
        if t.mark is None and n not in (head_at, counted_at) and not lexicon.TOP.fullmatch(t.text)
    )
    options = steps(f"{verb} {{x}}", [str(head)], [str(counted)])
    if not options:
        return None
    step = options[0]
    direction = schema().relation(step.relation).back(step.direction)
    base = _restriction(reader, parts, head_at, counted_at)
    return TopForm(_number(parts, head_at), base, step.relation, direction, most=not lexicon.FEWEST.search(words))


def _head_and_counted(parts: Sequence[Token], nouns: Sequence[int]) -> tuple[int, int]:
    """Places of the noun that is asked for and of the noun that is counted."""
    by = next((n for n, t in enumerate(parts) if t.is_word and t.text == "by"), None)
    if by is not None and any(n > by for n in nouns) and any(n < by for n in nouns):
        return nouns[0], next(n for n in nouns if n > by)
    strong = next(
        (n for n, t in enumerate(parts) if t.is_word and _STRONG.fullmatch(t.text) and any(p > n for p in nouns)), None
    )
    if strong is not None:
        counted = next(n for n in nouns if n > strong)
        others = [n for n in nouns if n != counted]
        return others[0], counted
    cue = next((n for n, t in enumerate(parts) if t.is_word and lexicon.TOP.fullmatch(t.text)), 0)
    after = [n for n in nouns if n > cue]
    return (after[0], after[1]) if len(after) > 1 else (nouns[0], nouns[-1])


def _number(parts: Sequence[Token], head_at: int) -> int:
    """How many are asked for: the number said before the noun, one for 'which drug', ten for a ranking."""
    for token in parts[: head_at + 1]:
        if token.is_word and (token.text.isdigit() or token.text in NUMBERS):
            return max(int(token.text) if token.text.isdigit() else NUMBERS[token.text], 1)
    plural = parts[head_at].text.endswith("s") and parts[head_at].text != "process"
    return 10 if plural and any(t.text in ("rank", "top", "leaderboard", "order") for t in parts) else 1


def _restriction(reader: Reader, parts: Sequence[Token], head_at: int, counted_at: int) -> Expr:
    """The set among which the most is looked for: all of the kind, or those that a clause with marks describes."""
    head = str(parts[head_at].category)
    if not reader.marks:
        return All(head)
    between = [t for t in parts[head_at + 1 :] if t.category is None or t.text != parts[counted_at].text]
    described = read_clauses(reader, head, _until_cue(between))
    return All(head) if described is None or isinstance(described, Entity) else described


def _until_cue(parts: Sequence[Token]) -> list[Token]:
    """The clause with the marks, without the words that ask for the most."""
    kept: list[Token] = []
    for token in parts:
        if token.is_word and (
            lexicon.TOP.fullmatch(token.text) or token.text in ("number", "by", "with", "has", "have")
        ):
            if any(t.mark is not None for t in kept):
                break
            continue
        kept.append(token)
    return kept


_COMPARING = frozenset(
    "more fewer less compare than or versus vs number larger greater higher numerous one which of".split()
)


def compare(reader: Reader, parts: list[Token]) -> Form | None:
    """'which has more side effects, X or Y', 'are the targets of X more numerous than those of Y'."""
    words = words_of(parts)
    if len(reader.marks) != 2 or not lexicon.COMPARE.search(words) or "more or less" in words:
        return None
    parts = _with_relational(parts)
    sources = reader.shared_categories([0, 1])
    nouns = [n for n, t in enumerate(parts) if t.category and t.category not in sources] or [
        n for n, t in enumerate(parts) if t.category
    ]
    first = next(n for n, t in enumerate(parts) if t.mark is not None)
    if nouns:
        wording = [t.text for t in parts if t.is_word and t.text not in _COMPARING]
        more = next((n for n, t in enumerate(parts) if t.is_word and t.text in ("more", "fewer", "less")), 0)
        verb_first = any(
            t.is_word and t.text not in _COMPARING and t.text not in DETERMINERS for t in parts[first:more]
        )
        text = f"{{x}} {' '.join(wording)}" if verb_first else f"{' '.join(wording)} {{x}}"
        step = reader.step(text, [str(parts[nouns[-1]].category)], sources)
    else:
        step = reader.step(f"{words_of(strip_frame(parts[:first]))} {{x}}", None, sources) if first else None
    if step is None:
        return None
    left, right = reader.entity(0, step.source), reader.entity(1, step.source)
    if left is None or right is None:
        return None
    return CompareForm(Hop(step.relation, step.direction, left), Hop(step.relation, step.direction, right))  # type: ignore[arg-type]


_EITHER = re.compile(r"\bunion of\b|\bat least one (?:of these )?(?:holds|is true|applies)\b|\bany of the following\b")
_BOTH = re.compile(
    r"\b(?:intersection|overlap) (?:of|between)\b|\b(?:fulfilling|satisfying) both\b|\ball of the following\b"
)
_ASIDE = re.compile(
    r"^(?:leaving|setting|not|apart from|besides|except(?: for)?|excluding|other than|ignoring|aside from)$"
)
_REMOVE = re.compile(r"^(?:remove|subtract|take|drop|exclude)\b")


def combined(reader: Reader, parts: list[Token]) -> Expr | None:
    """Sets put together in words: 'union of ...', 'remove A from B', 'leaving X aside, which ...'."""
    words = words_of(parts)
    spans = groups(parts)
    if not spans:
        return None
    if _EITHER.search(words) or _BOTH.search(words):
        glue = "or" if _EITHER.search(words) else "and"
        skip = set(
            (
                "union intersection overlap of between at least one holds is true applies any all the following "
                "fulfilling satisfying both these for"
            ).split()
        )
        first = next(
            (
                n
                for n, t in enumerate(parts)
                if t.is_word and t.text in ("union", "intersection", "overlap", "holds", "following", "both")
            ),
            0,
        )
        lead = [t for t in parts[: first + 3] if not (t.is_word and t.text in skip | {"which", ":"})]
        rest = [Token(glue) if t.is_word and t.text in ("and", ",", ";") else t for t in parts[first + 3 :]]
        return read_set(reader, [*lead, *rest])
    if re.search(r"\b(?:unique|specific|exclusive) to\b", words) and len(reader.marks) >= 2:
        return _unique(reader, parts, spans)
    before = " ".join(t.text for t in parts[: spans[0][0]] if t.text != "the")
    if _ASIDE.match(before) and len(spans) > 1:
        rest = [t for t in parts[spans[0][1] :] if not (t.is_word and t.text in ("aside", "out", "but", "other", ","))]
        kept = read_set(reader, rest)
        entity = reader.entity(spans[0][2][0], category_of(kept)) if kept is not None else None
        return Minus(kept, entity) if kept is not None and entity is not None else None
    if _REMOVE.match(before) and len(spans) == 2:
        cut = next((n for n in range(spans[0][1], spans[1][0]) if parts[n].is_word and parts[n].text == "from"), None)
        if cut is not None:
            kept = read_set(reader, parts[cut + 1 :])
            gone = read_set(reader, parts[1:cut], category_of(kept)) if kept is not None else None
            return Minus(kept, gone) if kept is not None and gone is not None else None
    return None


def _unique(reader: Reader, parts: list[Token], spans: Sequence[tuple[int, int, list[int], str]]) -> Expr | None:
    """'genes unique to A versus B: those that are expressed in A' : what holds for A and not for B."""
    category = next((t.category for t in parts[: spans[0][0]] if t.category), None)
    clause = (
        [t for t in parts[spans[1][1] :] if t.text not in (":", "those")] if len(spans) > 2 else parts[: spans[0][1]]
    )
    hop = read_clauses(reader, category, strip_frame(clause)) if category else None
    if not isinstance(hop, Hop) or not isinstance(hop.of, Entity):
        return None
    numbers = [n for _, _, group, _ in spans for n in group]
    other = reader.entity(numbers[1], hop.of.category)
    return Minus(hop, Hop(hop.relation, hop.direction, other)) if other is not None else None


def share(reader: Reader, parts: list[Token]) -> Expr | None:
    """'drugs that share targets with X', 'which genes do X and Y have in common'."""
    words = words_of(parts)
    if (
        not re.search(r"\b(?:shares?|shared|sharing|in common|common|same|overlap|overlaps|overlapping)\b", words)
        or not reader.marks
    ):
        return None
    parts = _with_relational(parts)
    nouns = [t for t in parts if t.category]
    spans = groups(parts)
    if len(spans) == 1 and len(spans[0][2]) >= 2:
        kept = [
            t
            for t in parts
            if not (
                t.is_word
                and t.text
                in {"share", "shares", "shared", "common", "in", "both", "same", "overlap", "have", "do", "between"}
            )
        ]
        category = nouns[0].category if nouns else None
        return read_clause(
            reader, category, [t for t in kept if t.category is None or t.category != category]
        ) or read_set(reader, kept)
    if len(nouns) >= 2 and len(reader.marks) == 1:
        outer, inner = nouns[0].category, nouns[1].category
        if outer is None or inner in (None, outer) or outer not in reader.marks[0].categories:
            return None
        verb = " ".join(
            t.text
            for t in parts
            if t.is_word
            and t.text not in ("share", "sharing", "same", "common", "with", "as", "overlapping", "in", "their")
        )
        there = steps(f"{verb} {{x}}", [inner], [outer])
        entity = reader.entity(0, outer)
        if not there or entity is None:
            return None
        first = Hop(there[0].relation, there[0].direction, entity)  # type: ignore[arg-type]
        return Minus(
            Hop(there[0].relation, schema().relation(there[0].relation).back(there[0].direction), first), entity
        )
    return None
