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
from llm.patterns.said import Said, nth, plural, sure
from llm.words import NOUNS, RELATIONAL


def pronouns(said: Said) -> Read | Unclear | None:
    """'its side effects', 'does it treat asthma?', 'what genes do they bind?', 'what does the second one treat?'"""
    first = said.marks[0].start if said.marks and not cues.AND.match(said.text) else len(said.text)
    ordinal, it, them = cues.ORDINAL.search(said.text), cues.IT.search(said.text), cues.SET.search(said.text)
    if ordinal and ordinal.start() < first:
        named = nth(ordinal, said.context)
        if named is None:
            lists = f"{len(said.context.results):,} results" if said.context.results else "no results"
            alone = said.context.results or not cues.AND.sub("", said.text).replace(ordinal.group(), "").strip()
            return (
                Unclear(f"the last answer lists {lists}, so there is no “{ordinal.group().strip()}”") if alone else None
            )
        return _with(said, ordinal.span(), [named])
    if it and it.start() < first:
        wanted = NOUNS[it.group(2).casefold()] if it.group(2) else None
        candidates = [e for e in _it(said.context) if wanted in (None, e.category)]
        return (
            _with(said, it.span(), candidates)
            if candidates
            else Unclear(f"nothing was spoken of that “{it.group()}” could mean")
        )
    return _of_these(said, them) if them and them.start() < first else None


def _of_these(said: Said, them: re.Match[str]) -> Read | Unclear | None:
    expr, word = said.context.of_them(), them.group().casefold()
    if expr is None:
        return Unclear(f"the last answer is no set of things that “{them.group()}” could mean")
    if cues.ALL_OF_THEM.search(said.text):
        return Unclear(
            "whether something holds of all or most of them is not asked this way; ask in full, as in 'which drugs "
            "treat all of ...'"
        )
    end, after = them.end(), re.match(r"\s+([a-z]+)(?: ([a-z]+))?", said.text[them.end() :], re.IGNORECASE)
    if after and word in ("these", "those"):
        both = [" ".join(p for p in after.groups() if p).casefold(), after.group(1).casefold()]
        noun = next((n for n in both if n in NOUNS), None)
        if noun and NOUNS[noun] != category_of(expr):
            return Unclear(f"the last answer lists no {noun}")
        end += len(noun) + 1 if noun else 0
    return _with(said, (them.start(), end), [Linked(word, cues.THESE, "these", category_of(expr), 1.0)])


def noun(said: Said) -> Read | Unclear | None:
    """'and side effects?', 'what about the targets?': of what was spoken of, or of what was found."""
    lead = cues.NOUN_LEAD.match(said.text)
    rest = said.text[lead.end() :] if lead else ""
    if said.marks or rest.casefold() not in {*NOUNS, *RELATIONAL}:
        return None
    expr = said.context.of_them()
    candidates = list(_it(said.context))
    if expr is not None and not isinstance(expr, Entity):
        candidates.append(Linked("them", cues.THESE, "these", category_of(expr), 1.0))
    text = f"the {rest} of "
    return _with(replace(said, text=text), (len(text), len(text)), candidates)


def _it(context: Context) -> tuple[Linked, ...]:
    """What 'it' may be: the thing in focus alone, else all that was named and a result that stands alone."""
    if context.focus is not None:
        return (context.focus,)
    sole = context.results if len(context.results) == 1 else ()
    return tuple({e.id: e for e in (*context.spoken, *sole)}.values())


def _with(said: Said, span: tuple[int, int], candidates: Sequence[Linked]) -> Read | Unclear:
    """The question with a name in place of a pronoun, read for each thing that it may mean."""
    found: list[tuple[str, Read]] = []
    for one in candidates:
        text, marks = _put_in(said, span, one)
        parsed = said.read(text, marks)
        expr = said.context.of_them()
        form = (
            None
            if not sure(parsed)
            else parsed.form
            if one.id != cues.THESE or expr is None
            else _these(parsed.form, expr, bool(cues.OTHER.search(text)))
        )
        if form is not None and _asks_for(text, form):
            named = tuple(e for e in parsed.linked if e.id != cues.THESE)
            about = one if one.id != cues.THESE else None
            words = said.asked.describe(form, {e.id: e.name for e in (*said.context.spoken, *named)})
            found.append(
                (
                    f"of {one.name if about else 'all of them'}: {words}",
                    rewritten(form, named, about, None, parsed.confidence),
                )
            )
    best = max((r.confidence for _, r in found), default=0.0)
    found = [f for f in found if f[1].confidence >= best - 0.25]
    if not found:
        return Unclear(_why_not(said, span, candidates))
    return one_of(found)


def _why_not(said: Said, span: tuple[int, int], candidates: Sequence[Linked]) -> str:
    """What a pronoun was taken for in vain, and whether it would make sense of all that was found."""
    expr = said.context.of_them()
    all_found = f"the {plural(category_of(expr))} found" if expr is not None else "them"
    names = (
        ", ".join(dict.fromkeys(all_found if c.id == cues.THESE else c.name for c in candidates))
        or "what was spoken of"
    )
    if expr is None or any(c.id == cues.THESE for c in candidates):
        return f"what it asks of {names} was not understood"
    text, marks = _put_in(said, span, Linked("them", cues.THESE, "these", category_of(expr), 1.0))
    hint = f"; of {all_found}, ask with 'their' or 'they'" if sure(said.read(text, marks)) else ""
    return f"what it asks of {names} was not understood{hint}"


def _put_in(said: Said, span: tuple[int, int], one: Linked) -> tuple[str, list[Mark]]:
    """Text and names once a thing's own name stands at a place; a leading 'and' is dropped."""
    start, end = span
    shift = len(one.name) - (end - start)
    others = [m for m in said.asked.find(said.text) if m.readings and (m.end <= start or m.start >= end)]
    moved = [m if m.end <= start else replace(m, start=m.start + shift, end=m.end + shift) for m in others]
    mark = Mark(start, start + len(one.name), one.name, (Reading(one.id, one.name, one.category, one.score),))
    lead = cues.AND.match(said.text)
    cut = lead.end() if lead and lead.end() <= start else 0
    marks = [replace(m, start=m.start - cut, end=m.end - cut) for m in sorted([*moved, mark], key=lambda m: m.start)]
    return (said.text[:start] + one.name + said.text[end:])[cut:], marks


def _asks_for(text: str, form: Form) -> bool:
    """Whether a list holds what 'which symptoms ...' asks for: a reading that drops the symptoms is none."""
    if cues.YES_NO.match(text) and isinstance(form, (ListForm, CountForm)):
        return False
    said = cues.ASKED_KIND.match(text)
    if said is None or not isinstance(form, (ListForm, CountForm)):
        return True
    word = said.group(1).casefold()
    return word in RELATIONAL or category_of(form.of) in (NOUNS[word], ANY)


def _these(form: Form, expr: Expr, other: bool) -> Form | None:
    """The form with the set in place of 'these'; None where the set cannot stand there."""
    if isinstance(form, (DescribeForm, PathsForm, LiteratureForm)):
        return None
    try:
        found = mapped(form, lambda e: put(e, cues.THESE, expr))
        if other and isinstance(found, ListForm):
            # 'What other drugs bind them?': those that were named are not meant.
            named = [e for e in dict.fromkeys(entities(expr)) if e.category == category_of(found.of)]
            found = ListForm(Minus(found.of, named[0] if len(named) == 1 else Or(tuple(named)))) if named else found
        return found
    except FormError:
        return None
