"""Pronouns of a follow-up: 'its side effects', 'do they treat asthma?', 'the second one'; each is read as what it may
stand for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.errors import FormError
from kg.logic.forms import (
    CountForm,
    DescribeForm,
    Entity,
    Expr,
    Form,
    ListForm,
    LiteratureForm,
    Minus,
    Or,
    PathsForm,
    category_of,
    entities,
)
from kg.logic.reading import Context, Linked, Mark, Read, Reading
from kg.logic.rewriting import mapped, put
from kg.schema.relations import ANY
from llm.patterns import cues
from llm.patterns.followed import Unclear, one_of, rewritten
from llm.patterns.utterance import Said, nth, plural, sure
from llm.words import NOUNS, RELATIONAL


def pronouns(utterance: Said) -> Read | Unclear | None:
    """'its side effects', 'does it treat asthma?', 'what genes do they bind?', 'what does the second one treat?'"""
    first = utterance.marks[0].start if utterance.marks and not cues.AND.match(utterance.text) else len(utterance.text)
    ordinal, it, them = (
        cues.ORDINAL.search(utterance.text),
        cues.IT.search(utterance.text),
        cues.SET.search(utterance.text),
    )
    if ordinal and ordinal.start() < first:
        named = nth(ordinal, utterance.context)
        if named is None:
            lists = f"{len(utterance.context.results):,} results" if utterance.context.results else "no results"
            alone = (
                utterance.context.results or not cues.AND.sub("", utterance.text).replace(ordinal.group(), "").strip()
            )
            return (
                Unclear(f"the last answer lists {lists}, so there is no “{ordinal.group().strip()}”") if alone else None
            )
        return _with(utterance, ordinal.span(), [named])
    if it and it.start() < first:
        wanted = NOUNS[it.group(2).casefold()] if it.group(2) else None
        candidates = [e for e in _it(utterance.context) if wanted in (None, e.category)]
        return (
            _with(utterance, it.span(), candidates)
            if candidates
            else Unclear(f"nothing was spoken of that “{it.group()}” could mean")
        )
    return _of_these(utterance, them) if them and them.start() < first else None


def _of_these(utterance: Said, them: re.Match[str]) -> Read | Unclear | None:
    expr, word = utterance.context.of_them(), them.group().casefold()
    if expr is None:
        return Unclear(f"the last answer is no set of things that “{them.group()}” could mean")
    if cues.ALL_OF_THEM.search(utterance.text):
        return Unclear(
            "whether something holds of all or most of them is not asked this way; ask in full, as in 'which drugs "
            "treat all of ...'"
        )
    end, after = them.end(), re.match(r"\s+([a-z]+)(?: ([a-z]+))?", utterance.text[them.end() :], re.IGNORECASE)
    if after and word in ("these", "those"):
        both = [" ".join(p for p in after.groups() if p).casefold(), after.group(1).casefold()]
        noun = next((n for n in both if n in NOUNS), None)
        if noun and NOUNS[noun] != category_of(expr):
            return Unclear(f"the last answer lists no {noun}")
        end += len(noun) + 1 if noun else 0
    return _with(utterance, (them.start(), end), [Linked(word, cues.THESE, "these", category_of(expr), 1.0)])


def noun(utterance: Said) -> Read | Unclear | None:
    """'and side effects?', 'what about the targets?': of what was spoken of, or of what was found."""
    lead = cues.NOUN_LEAD.match(utterance.text)
    rest = utterance.text[lead.end() :] if lead else ""
    if utterance.marks or rest.casefold() not in {*NOUNS, *RELATIONAL}:
        return None
    expr = utterance.context.of_them()
    candidates = list(_it(utterance.context))
    if expr is not None and not isinstance(expr, Entity):
        candidates.append(Linked("them", cues.THESE, "these", category_of(expr), 1.0))
    text = f"the {rest} of "
    return _with(replace(utterance, text=text), (len(text), len(text)), candidates)


def _it(context: Context) -> tuple[Linked, ...]:
    """What 'it' may be: the thing in focus alone, else all that was named and a result that stands alone."""
    if context.focus is not None:
        return (context.focus,)
    sole = context.results if len(context.results) == 1 else ()
    return tuple({e.id: e for e in (*context.spoken, *sole)}.values())


def _with(utterance: Said, span: tuple[int, int], candidates: Sequence[Linked]) -> Read | Unclear:
    """The question with a name in place of a pronoun, read for each thing that it may mean."""
    readings: list[tuple[str, Read]] = []
    for candidate in candidates:
        text, marks = _put_in(utterance, span, candidate)
        parsed = utterance.read(text, marks)
        expr = utterance.context.of_them()
        form = (
            None
            if not sure(parsed)
            else parsed.form
            if candidate.id != cues.THESE or expr is None
            else _these(parsed.form, expr, bool(cues.OTHER.search(text)))
        )
        if form is not None and _asks_for(text, form):
            named = tuple(e for e in parsed.linked if e.id != cues.THESE)
            about = candidate if candidate.id != cues.THESE else None
            words = utterance.asked.describe(form, {e.id: e.name for e in (*utterance.context.spoken, *named)})
            readings.append(
                (
                    f"of {candidate.name if about else 'all of them'}: {words}",
                    rewritten(form, named, about, None, parsed.confidence),
                )
            )
    best = max((r.confidence for _, r in readings), default=0.0)
    readings = [f for f in readings if f[1].confidence >= best - 0.25]
    if not readings:
        return Unclear(_why_not(utterance, span, candidates))
    return one_of(readings)


def _why_not(utterance: Said, span: tuple[int, int], candidates: Sequence[Linked]) -> str:
    """What a pronoun was taken for in vain, and whether it would make sense of all that was found."""
    expr = utterance.context.of_them()
    all_found = f"the {plural(category_of(expr))} found" if expr is not None else "them"
    names = (
        ", ".join(dict.fromkeys(all_found if c.id == cues.THESE else c.name for c in candidates))
        or "what was spoken of"
    )
    if expr is None or any(c.id == cues.THESE for c in candidates):
        return f"what it asks of {names} was not understood"
    text, marks = _put_in(utterance, span, Linked("them", cues.THESE, "these", category_of(expr), 1.0))
    hint = f"; of {all_found}, ask with 'their' or 'they'" if sure(utterance.read(text, marks)) else ""
    return f"what it asks of {names} was not understood{hint}"


def _put_in(utterance: Said, span: tuple[int, int], linked: Linked) -> tuple[str, list[Mark]]:
    """Text and names once a thing's own name stands at a place; a leading 'and' is dropped."""
    start, end = span
    shift = len(linked.name) - (end - start)
    others = [m for m in utterance.asked.find(utterance.text) if m.readings and (m.end <= start or m.start >= end)]
    moved = [m if m.end <= start else replace(m, start=m.start + shift, end=m.end + shift) for m in others]
    mark = Mark(
        start, start + len(linked.name), linked.name, (Reading(linked.id, linked.name, linked.category, linked.score),)
    )
    lead = cues.AND.match(utterance.text)
    cut = lead.end() if lead and lead.end() <= start else 0
    marks = [replace(m, start=m.start - cut, end=m.end - cut) for m in sorted([*moved, mark], key=lambda m: m.start)]
    return (utterance.text[:start] + linked.name + utterance.text[end:])[cut:], marks


def _asks_for(text: str, form: Form) -> bool:
    """Whether a list holds what 'which symptoms ...' asks for: a reading that drops the symptoms is none."""
    if cues.YES_NO.match(text) and isinstance(form, (ListForm, CountForm)):
        return False
    match = cues.ASKED_KIND.match(text)
    if match is None or not isinstance(form, (ListForm, CountForm)):
        return True
    word = match.group(1).casefold()
    return word in RELATIONAL or category_of(form.of) in (NOUNS[word], ANY)


def _these(form: Form, expr: Expr, other: bool) -> Form | None:
    """The form with the set in place of 'these'; None where the set cannot stand there."""
    if isinstance(form, (DescribeForm, PathsForm, LiteratureForm)):
        return None
    try:
        filled = mapped(form, lambda e: put(e, cues.THESE, expr))
        if other and isinstance(filled, ListForm):
            # 'What other drugs bind them?': those that were named are not meant.
            named = [e for e in dict.fromkeys(entities(expr)) if e.category == category_of(filled.of)]
            filled = ListForm(Minus(filled.of, named[0] if len(named) == 1 else Or(tuple(named)))) if named else filled
        return filled
    except FormError:
        return None
