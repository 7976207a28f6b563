"""Follow-ups that narrow the last answer: 'only the approved ones', 'without metformin', 'since 2015'."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.logic.forms import (
    EVIDENCE,
    And,
    CountForm,
    Entity,
    ExistsForm,
    Expr,
    Form,
    ListForm,
    Minus,
    Or,
    TopForm,
    Where,
    category_of,
    parts_of,
)
from kg.logic.reading import Context, Linked, Read, unmarked
from kg.logic.rewriting import expr_of, rests_on_edges, within
from kg.logic.text import show
from kg.schema.relations import ANY
from llm.patterns import cues
from llm.patterns.followed import Unclear, one_of, rewritten
from llm.patterns.restrictions import restricted
from llm.patterns.utterance import Said, kind_of, plural, sure


def restriction(utterance: Said) -> Read | Unclear | None:
    """'only the approved ones', 'but not those that cause nausea', 'without metformin', 'which of them are
    approved?'
    """
    kept, left_out = cues.ONLY.match(utterance.text), cues.WITHOUT.match(utterance.text)
    asked = (
        (cues.ARE_ANY.match(utterance.text) or cues.ASKED.match(utterance.text))
        if cues.OF_THEM.search(utterance.text)
        else None
    )
    match = left_out or kept or asked
    if not match:
        return _bare(utterance)
    phrase = match.group(match.re.groups).strip(" ,")
    negated = match is left_out or bool(asked and asked.group(2)) or phrase.casefold().startswith("not ")
    phrase = re.sub(r"^not ", "", phrase, flags=re.IGNORECASE)
    base = _base(utterance.context)
    if not phrase or base is None:
        return (
            None
            if asked
            else Unclear(
                "the last answer is no set that could be restricted"
                if phrase
                else "it does not say to what the results should be restricted"
            )
        )
    readings: list[tuple[str, Read]] = []
    idle = False
    for expr, rebuild in base:
        for part, named in _restricted(phrase, expr, utterance):
            if _idle(part, expr, utterance.context.form):
                idle = True
                continue
            form = rebuild(_less(expr, part) if negated else part)
            inner = expr_of(form)
            if asked and inner is not None:
                form = _as_asked(asked.group(1).casefold(), inner)
            readings.append(
                (utterance.asked.describe(form, names_of(utterance.context, named)), rewritten(form, named))
            )
    if not readings and idle:
        return Unclear(_IDLE.format(phrase, kind_of(utterance.context)))
    if not readings:
        return (
            None
            if asked
            else Unclear(
                f"“{phrase}” is no value, source, year or relation that restricts {kind_of(utterance.context)} in this "
                "release"
            )
        )
    return one_of(readings)


def _bare(utterance: Said) -> Read | Unclear | None:
    """'since 2015', 'from DrugBank': a restriction without a word that says so."""
    base = None if utterance.marks else _base(utterance.context)
    return None if base is None else narrowed(utterance.text, base, utterance)


def narrowed(phrase: str, base: list[tuple[Expr, Callable[[Expr], Form]]], utterance: Said) -> Read | Unclear | None:
    """The sets with a phrase as their restriction, asked back where it has several readings; None where it is no
    restriction.
    """
    candidates = [
        (rebuild, expr, e)
        for expr, rebuild in base
        for e in restricted(phrase, expr, category_of(expr), utterance.asked.vocabulary)
    ]
    forms = [rebuild(e) for rebuild, expr, e in candidates if not _idle(e, expr, utterance.context.form)]
    if not forms:
        return Unclear(_IDLE.format(phrase, kind_of(utterance.context))) if candidates else None
    names = names_of(utterance.context, ())
    return one_of([(utterance.asked.describe(f, names), rewritten(f)) for f in forms])


_IDLE = "“{}” restricts evidence, and {} stand here by themselves; ask first how they are tied to something"


def _idle(part: Expr, expr: Expr, form: Form) -> bool:
    """Whether a filter of the evidence would restrict nothing: a set of things that are just named rests on no edge."""
    counted = isinstance(form, TopForm) and expr == form.of
    return not counted and any(
        isinstance(e, Where) and e.evidence and not rests_on_edges(e.of) for e in (part, *parts_of(part))
    )


def _less(expr: Expr, part: Expr) -> Expr:
    """A set without a part of it; where the part is the set and something more, without that."""
    if isinstance(part, And) and len(part.parts) == 2 and expr in part.parts:
        return Minus(expr, part.parts[0] if part.parts[1] == expr else part.parts[1])
    return Minus(expr, part)


def _as_asked(word: str, expr: Expr) -> Form:
    if word == "how many":
        return CountForm(expr)
    return ListForm(expr) if word == "which" else ExistsForm(expr)


def _restricted(phrase: str, expr: Expr, utterance: Said) -> list[tuple[Expr, tuple[Linked, ...]]]:
    """The readings of a restricting phrase, and what is named in it: a value, things named, or a clause of its own."""
    category = category_of(expr)
    plain = restricted(phrase, expr, category, utterance.asked.vocabulary)
    if plain:
        return [(e, ()) for e in plain]
    marks = [m for m in utterance.asked.find(phrase) if m.readings]
    words = set(re.findall(r"[\w-]+", unmarked(phrase, marks).casefold())) - cues.SMALL
    named = tuple(Linked.of(m, r) for m in marks if (r := m.of(category)))
    if marks and not words and len(named) == len(marks):
        parts = tuple(Entity(e.id, e.category) for e in named)
        return [(And((parts[0] if len(parts) == 1 else Or(parts), expr)), named)]
    clause = re.sub(
        r"^(?:(?:the|those|these|ones|them|who|that|which|are|also|with|of|for) )+",
        _relative,
        phrase,
        flags=re.IGNORECASE,
    )
    read = clause_by_itself(f"{plural(category)} {clause}", category, utterance)
    if read is None or not isinstance(read.form, ListForm):
        return []
    return [(within(expr, read.form.of), read.linked)]


def _relative(match: re.Match[str]) -> str:
    """'those that also cause' -> 'that also cause': the words that lead in a clause, without what stood for the set."""
    words = [
        w for w in match.group().casefold().split() if w in ("that", "which", "who", "are", "also", "with", "of", "for")
    ]
    return " ".join(words) + " " if words else ""


def clause_by_itself(text: str, category: str, utterance: Said) -> Read | None:
    """A description of nodes of a category by itself, or None where it is not read for sure."""
    marks = utterance.asked.find(text)
    parsed = utterance.read(text, marks)
    expr = parsed.form.of if isinstance(parsed.form, (ListForm, CountForm, ExistsForm, TopForm)) else None
    if not sure(parsed) or expr is None or category_of(expr) not in (category, ANY):
        return None
    if re.search(r"\d", unmarked(text, [m for m in marks if m.readings])) and not (
        isinstance(parsed.form, TopForm) or "having(" in show(parsed.form)
    ):
        # A number that the form does not hold was passed over.
        return None
    return rewritten(parsed.form, parsed.linked, confidence=parsed.confidence)


def names_of(context: Context, named: Sequence[Linked]) -> dict[str, str]:
    """The names of all that was spoken of, listed or named now."""
    return {e.id: e.name for e in (*context.spoken, *context.results, *named)}


def _counted(form: TopForm, expr: Expr) -> Form:
    """A ranking of a restricted set: what restricts the evidence holds for the edges that are counted too."""
    if not isinstance(expr, Where):
        return replace(form, of=expr)
    own = tuple(f for f in expr.filters if f.field not in EVIDENCE or rests_on_edges(expr.of))
    return replace(
        form,
        of=Where(expr.of, own) if own else expr.of,
        filters=(*form.filters, *(f for f in expr.evidence if not f.is_amount)),
    )


def _base(context: Context) -> list[tuple[Expr, Callable[[Expr], Form]]] | None:
    """The sets of the last form that a restriction may mean, each with the way back to a whole form."""
    form, shown = context.form, context.of_them()
    match form:
        case TopForm():
            # 'Only the approved ones': the first of those that are approved, or the approved among the first.
            ways: list[tuple[Expr, Callable[[Expr], Form]]] = [(form.of, lambda e: _counted(form, e))]
            return [*ways, (shown, ListForm)] if shown is not None else ways
        case CountForm():
            return [(form.of, CountForm)]
        case _:
            return None if shown is None else [(shown, ListForm)]
