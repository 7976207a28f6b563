"""Follow-up questions: what 'and its side effects?', 'only the approved ones' or 'why the second one?' ask of the
last form.

Each rule here rewrites the last logical form into another well-typed one, or says that it
cannot. None guesses: where two readings differ, both are given to be asked back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from galenic.questions import cues
from galenic.questions.answer import LinkedEntity
from galenic.questions.context import Choices, Context, Followed, Reader, Rewritten, Unclear
from galenic.questions.pronouns import noun, pronouns
from galenic.questions.restrictions import restricted
from galenic.questions.rewriting import expr_of, linked, mapped, replaced, rests_on_edges, within
from galenic.questions.said import Said, entity_of, kind_of, nth, plural, sure, unmarked
from kg.errors import FormError
from kg.logic.forms import (
    EVIDENCE,
    AbstainForm,
    And,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Expr,
    Form,
    Hop,
    ListForm,
    Minus,
    Or,
    TopForm,
    Where,
    category_of,
    entities,
    parts_of,
)
from kg.logic.text import show
from kg.schema import schema
from kg.schema.relations import ANY


def follow(question: str, context: Context, reader: Reader) -> Followed | None:
    """What a question asks after the last answer; None when it stands by itself."""
    said = Said.of(question, context, reader)
    try:
        for rule in (_whole, _reasons, _restriction, _swap, _member, _they_are, _among, pronouns, noun, _left_over):
            found = rule(said)
            if found is not None:
                return found
    except FormError as problem:
        return Unclear(str(problem))
    return None


def lacks_context(question: str, reader: Reader) -> bool:
    """Whether a question can only be a follow-up: 'and asthma?', 'only the approved ones'."""
    said = Said.of(question, Context("", AbstainForm("incomplete")), reader)
    text = said.text
    only = (
        cues.ONLY.match(text)
        or cues.WITHOUT.match(text)
        or cues.OF_THEM.search(text)
        or cues.WHY.match(said.plain)
        or cues.COUNT.match(said.plain)
    )
    return bool(only) or bool(said.marks and cues.SAME.match(text) and not said.left() - cues.SMALL)


def _whole(said: Said) -> Followed | None:
    """'how many are there?', 'which are they?'"""
    count, listed = cues.COUNT.match(said.plain), cues.LIST.match(said.plain)
    if said.marks or not (count or listed):
        return None
    aside, expr = said.context.aside, said.context.of_them()
    if listed and isinstance(aside, ExistsForm) and cues.WHICH.match(said.plain):
        return Rewritten(ListForm(aside.of))
    if expr is None:
        return Unclear("the last answer is no set of things that could be counted or listed")
    return Rewritten(CountForm(expr) if count else ListForm(expr))


def _reasons(said: Said) -> Followed | None:
    """'why?', 'why the second one?', 'why not metformin?'"""
    asked = cues.WHY.match(said.plain)
    if not asked:
        return None
    rest, results = asked.group(1).strip(), said.context.results
    ordinal = (
        cues.ORDINAL.fullmatch(rest)
        or cues.ORDINAL.fullmatch(cues.WHY_TAIL.sub("", rest))
        or cues.BARE_NUMBER.fullmatch(rest)
    )
    named = len(said.marks) == 1 and not said.left() - cues.WHY_SMALL
    about: LinkedEntity | None
    if ordinal:
        about = nth(ordinal, said.context)
    elif rest in cues.WHY_BARE:
        about = results[0] if len(results) == 1 else None
    elif named:
        there = {r.id for r in results}
        expr = expr_of(said.context.form)
        fitting = said.marks[0].of(category_of(expr)) if expr is not None else None
        reading = next((r for r in said.marks[0].readings if r.id in there), fitting or said.marks[0].readings[0])
        if expr is not None and fitting is None and category_of(expr) != ANY:
            return Unclear(
                f"{reading.name} is a {schema().kind(reading.category).singular}, and the last answer was on "
                f"{kind_of(said.context)}"
            )
        about = entity_of(said.marks[0], reading)
    else:
        return None
    if about is None:
        few = f"the last answer lists {len(results):,} results; say which one, as in 'why the second one?'"
        return Unclear(few if results else "the last answer lists nothing to give reasons for")
    return _because(about, said.context)


def _because(about: LinkedEntity, context: Context) -> Followed:
    """The question why one thing belongs to the last set."""
    form, entity = context.form, Entity(about.id, about.category)
    if isinstance(form, TopForm):
        counted = Hop(form.relation, form.direction, entity)
        return Rewritten(ListForm(Where(counted, form.filters) if form.filters else counted), (about,), about, about)
    expr = expr_of(form)
    if expr is None:
        return Unclear(
            "the last answer is no set that something could belong to; `:evidence` shows what each sentence rests on"
        )
    return Rewritten(ExistsForm(And((entity, expr))), (about,), about, about)


def _restriction(said: Said) -> Followed | None:
    """'only the approved ones', 'but not those that cause nausea', 'without metformin', 'which of them are
    approved?'
    """
    kept, left_out = cues.ONLY.match(said.text), cues.WITHOUT.match(said.text)
    asked = (cues.ARE_ANY.match(said.text) or cues.ASKED.match(said.text)) if cues.OF_THEM.search(said.text) else None
    match = left_out or kept or asked
    if not match:
        return _bare(said)
    phrase = match.group(match.re.groups).strip(" ,")
    negated = match is left_out or bool(asked and asked.group(2)) or phrase.casefold().startswith("not ")
    phrase = re.sub(r"^not ", "", phrase, flags=re.IGNORECASE)
    base = _base(said.context)
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
    readings: list[tuple[str, Rewritten]] = []
    idle = False
    for expr, rebuild in base:
        for part, named in _restricted(phrase, expr, said):
            if _idle(part, expr, said.context.form):
                idle = True
                continue
            form = rebuild(_less(expr, part) if negated else part)
            inner = expr_of(form)
            if asked and inner is not None:
                form = _as_asked(asked.group(1).casefold(), inner)
            readings.append((said.reader.describe(form, _names(said.context, named)), Rewritten(form, named)))
    if not readings and idle:
        return Unclear(_IDLE.format(phrase, kind_of(said.context)))
    if not readings:
        return (
            None
            if asked
            else Unclear(
                f"“{phrase}” is no value, source, year or relation that restricts {kind_of(said.context)} in this "
                "release"
            )
        )
    return readings[0][1] if len(readings) == 1 else Choices(tuple(readings))


def _bare(said: Said) -> Followed | None:
    """'since 2015', 'from DrugBank': a restriction without a word that says so."""
    base = None if said.marks else _base(said.context)
    return None if base is None else _narrowed(said.text, base, said)


def _narrowed(phrase: str, base: list[tuple[Expr, Callable[[Expr], Form]]], said: Said) -> Followed | None:
    """The sets with a phrase as their restriction, asked back where it has several readings; None where it is no
    restriction.
    """
    found = [
        (rebuild, expr, e)
        for expr, rebuild in base
        for e in restricted(phrase, expr, category_of(expr), said.reader.vocabulary())
    ]
    forms = [rebuild(e) for rebuild, expr, e in found if not _idle(e, expr, said.context.form)]
    if not forms:
        return Unclear(_IDLE.format(phrase, kind_of(said.context))) if found else None
    names = _names(said.context, ())
    return (
        Rewritten(forms[0])
        if len(forms) == 1
        else Choices(tuple((said.reader.describe(f, names), Rewritten(f)) for f in forms))
    )


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


def _restricted(phrase: str, expr: Expr, said: Said) -> list[tuple[Expr, tuple[LinkedEntity, ...]]]:
    """The readings of a restricting phrase, and what is named in it: a value, things named, or a clause of its own."""
    category, reader = category_of(expr), said.reader
    plain = restricted(phrase, expr, category, reader.vocabulary())
    if plain:
        return [(e, ()) for e in plain]
    marks = [m for m in reader.marks(phrase) if m.readings]
    words = set(re.findall(r"[\w-]+", unmarked(phrase, marks).casefold())) - cues.SMALL
    named = tuple(entity_of(m, r) for m in marks if (r := m.of(category)))
    if marks and not words and len(named) == len(marks):
        parts = tuple(Entity(e.id, e.category) for e in named)
        return [(And((parts[0] if len(parts) == 1 else Or(parts), expr)), named)]
    clause = re.sub(
        r"^(?:(?:the|those|these|ones|them|who|that|which|are|also|with|of|for) )+",
        _relative,
        phrase,
        flags=re.IGNORECASE,
    )
    found = _clause(f"{plural(category)} {clause}", category, reader)
    if found is None or not isinstance(found.form, ListForm):
        return []
    return [(within(expr, found.form.of), found.entities)]


def _relative(match: re.Match[str]) -> str:
    """'those that also cause' -> 'that also cause': the words that lead in a clause, without what stood for the set."""
    words = [
        w for w in match.group().casefold().split() if w in ("that", "which", "who", "are", "also", "with", "of", "for")
    ]
    return " ".join(words) + " " if words else ""


def _clause(text: str, category: str, reader: Reader) -> Rewritten | None:
    """A description of nodes of a category by itself, or None where it is not read for sure."""
    marks = reader.marks(text)
    parsed = reader.parse(text, marks)
    found = parsed.form.of if isinstance(parsed.form, (ListForm, CountForm, ExistsForm, TopForm)) else None
    if not sure(parsed) or found is None or category_of(found) not in (category, ANY):
        return None
    if re.search(r"\d", unmarked(text, [m for m in marks if m.readings])) and not (
        isinstance(parsed.form, TopForm) or "having(" in show(parsed.form)
    ):
        # A number that the form does not hold was passed over.
        return None
    return Rewritten(parsed.form, linked(marks, parsed), confidence=parsed.confidence)


def _swap(said: Said) -> Followed | None:
    """'and asthma?', 'what about ibuprofen instead?': the same question of another thing."""
    if (
        cues.SAME.match(said.text)
        and not said.marks
        and said.unknown
        and not said.left() - cues.SMALL - {w.casefold() for m in said.unknown for w in m.text.split()}
    ):
        return Unclear(f"no name in this release matches {', '.join(m.text for m in said.unknown)}")
    if not said.marks or not cues.SAME.match(said.text) or said.left() - cues.SMALL:
        return None
    if len(said.marks) > 1:
        return Unclear("it names several things; ask of one at a time, or in full")
    new, context = [entity_of(said.marks[0], r) for r in said.marks[0].readings], said.context
    if isinstance(context.form, DescribeForm):
        return Rewritten(DescribeForm(Entity(new[0].id, new[0].category)), (new[0],), new[0])
    names = {e.id: e.name for e in context.spoken}
    categories = {e.id: e.category for e in context.spoken}
    readings: list[tuple[str, Rewritten]] = []
    last = context.aside or context.form
    there = tuple(dict.fromkeys(entities(last)))
    if context.aside is not None and context.focus is not None and len(there) > 1:
        # 'does it treat asthma? and gout?': it stays what it was.
        there = tuple(e for e in there if e.id != context.focus.id)
    if any(one.id == old.id for one in new for old in there):
        return Unclear(f"the last question already names {new[0].name}")
    for one in new:
        for old in there:
            if categories.get(old.id, old.category) == one.category and old.id != one.id:
                form = replaced(last, old.id, Entity(one.id, one.category), (names.get(old.id, ""), one.name))
                readings.append(
                    (
                        f"{one.name} instead of {names.get(old.id, old.id)}",
                        Rewritten(form, (one,), one if context.aside is None else None),
                    )
                )
        if readings:
            return readings[0][1] if len(readings) == 1 else Choices(tuple(readings))
    expr = expr_of(last)
    member = next((e for e in new if expr is not None and e.category == category_of(expr)), None)
    if member is None or expr is None:
        return Unclear(f"the last question names nothing that {new[0].name} could stand in for")
    return Rewritten(ExistsForm(And((Entity(member.id, member.category), expr))), (member,), member)


def _they_are(said: Said) -> Followed | None:
    """'are they approved?', 'are those on chromosome 4?': which of them are."""
    asked, expr = cues.THEY_ARE.match(said.text), said.context.of_them()
    return _narrowed(asked.group(1), [(expr, ListForm)], said) if asked and expr is not None else None


def _member(said: Said) -> Followed | None:
    """'is colchicine one of them?', 'is asthma on the list?'"""
    expr = said.context.of_them()
    if len(said.marks) != 1 or expr is None or not cues.MEMBER.match(unmarked(said.text, said.marks).strip()):
        return None
    reading = said.marks[0].of(category_of(expr))
    if reading is None:
        other = said.marks[0].readings[0]
        return Unclear(
            f"{other.name} is a {schema().kind(other.category).singular}, and the last answer was on "
            f"{kind_of(said.context)}"
        )
    about = entity_of(said.marks[0], reading)
    return Rewritten(ExistsForm(And((Entity(about.id, about.category), expr))), (about,), about)


def _left_over(said: Said) -> Followed | None:
    """A question that speaks of the last answer in a way that no rule takes: read without that, it would be another
    question.
    """
    found = cues.LEFT_OVER.search(unmarked(said.text, said.marks))
    return Unclear(f"what it asks of “{found.group()}” was not understood") if found else None


def _among(said: Said) -> Followed | None:
    """'which of them cause headache?', 'do any of those treat asthma?', 'which ones bind PTGS2?'"""
    found = cues.OF_THEM.search(said.text) or cues.ONES.match(said.text)
    if not found or (said.marks and found.start() > said.marks[0].start):
        return None
    expr = said.context.of_them()
    if expr is None:
        return Unclear("the last answer is no set of things that 'them' could mean")
    category = category_of(expr)
    word, noun = next(g for g in found.groups() if g).casefold(), plural(category)
    lead = {"the": f"which {noun}", "that": f"which {noun}", "ones": noun, "one": f"which {noun}"}.get(
        word, f"{word} {noun}"
    )
    rest = said.text[found.end() :]
    read = _clause(cues.AND.sub("", said.text[: found.start()]) + lead + rest, category, said.reader)
    if read is None:
        return Unclear(f"how “{rest.strip()}” should restrict {kind_of(said.context)} was not understood")
    return replace(read, form=mapped(read.form, lambda other: within(expr, other)))


def _names(context: Context, named: Sequence[LinkedEntity]) -> dict[str, str]:
    return {e.id: e.name for e in (*context.spoken, *context.results, *named)}


def _counted(form: TopForm, expr: Expr) -> Form:
    """A ranking of a restricted set: what restricts the evidence holds for the edges that are counted too."""
    if not isinstance(expr, Where):
        return replace(form, of=expr)
    own = tuple(f for f in expr.filters if f.field not in EVIDENCE or rests_on_edges(expr.of))
    return replace(form, of=Where(expr.of, own) if own else expr.of, filters=(*form.filters, *expr.evidence))


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
