"""Follow-up questions: what 'and its side effects?', 'only the approved ones' or 'why the second one?' ask of the
last form.

Each rule here rewrites the last logical form into another well-typed one, or says that it
cannot. None guesses: where two readings differ, both are given to be asked back.
"""

from __future__ import annotations

from dataclasses import replace

from kg.errors import FormError
from kg.logic.forms import (
    AbstainForm,
    And,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Hop,
    ListForm,
    TopForm,
    Where,
    category_of,
    entities,
)
from kg.logic.reading import Asked, Context, Linked, Read, unmarked
from kg.logic.rewriting import expr_of, mapped, replaced, within
from kg.schema import schema
from kg.schema.relations import ANY
from llm.patterns import cues
from llm.patterns.followed import Unclear, one_of, rewritten
from llm.patterns.narrowing import clause_by_itself, narrowed, restriction
from llm.patterns.pronouns import noun, pronouns
from llm.patterns.utterance import Said, kind_of, nth, plural


def follow(asked: Asked, context: Context) -> Read | Unclear | None:
    """What a question asks after the last answer; None when it stands by itself."""
    utterance = Said.of(asked, context)
    try:
        for rule in (_whole, _reasons, restriction, _swap, _member, _they_are, _among, pronouns, noun, _left_over):
            reading = rule(utterance)
            if reading is not None:
                return reading
    except FormError as problem:
        return Unclear(str(problem))
    return None


def lacks_context(asked: Asked) -> bool:
    """Whether a question can only be a follow-up: 'and asthma?', 'only the approved ones'."""
    utterance = Said.of(asked, Context("", AbstainForm("incomplete")))
    text = utterance.text
    only = (
        cues.ONLY.match(text)
        or cues.WITHOUT.match(text)
        or cues.OF_THEM.search(text)
        or (cues.WHY.match(utterance.plain) and len(utterance.marks) < 2)
        or (cues.COUNT.match(utterance.plain) and not cues.KIND.search(utterance.plain))
    )
    return bool(only) or bool(utterance.marks and cues.SAME.match(text) and not utterance.left() - cues.SMALL)


def _whole(utterance: Said) -> Read | Unclear | None:
    """'how many are there?', 'which are they?'"""
    count, listed = cues.COUNT.match(utterance.plain), cues.LIST.match(utterance.plain)
    if utterance.marks or not (count or listed):
        return None
    aside, expr = utterance.context.aside, utterance.context.of_them()
    if listed and isinstance(aside, ExistsForm) and cues.WHICH.match(utterance.plain):
        return rewritten(ListForm(aside.of))
    if expr is None:
        return Unclear("the last answer is no set of things that could be counted or listed")
    return rewritten(CountForm(expr) if count else ListForm(expr))


def _reasons(utterance: Said) -> Read | Unclear | None:
    """'why?', 'why the second one?', 'why not metformin?'"""
    asked = cues.WHY.match(utterance.plain)
    if not asked:
        return None
    rest, results = asked.group(1).strip(), utterance.context.results
    ordinal = (
        cues.ORDINAL.fullmatch(rest)
        or cues.ORDINAL.fullmatch(cues.WHY_TAIL.sub("", rest))
        or cues.BARE_NUMBER.fullmatch(rest)
    )
    named = len(utterance.marks) == 1 and not utterance.left() - cues.WHY_SMALL
    about: Linked | None
    if ordinal:
        about = nth(ordinal, utterance.context)
    elif rest in cues.WHY_BARE:
        about = results[0] if len(results) == 1 else None
    elif named:
        there = {r.id for r in results}
        expr = expr_of(utterance.context.form)
        fitting = utterance.marks[0].of(category_of(expr)) if expr is not None else None
        reading = next(
            (r for r in utterance.marks[0].readings if r.id in there), fitting or utterance.marks[0].readings[0]
        )
        if expr is not None and fitting is None and category_of(expr) != ANY:
            return Unclear(
                f"{reading.name} is a {schema().kind(reading.category).singular}, and the last answer was on "
                f"{kind_of(utterance.context)}"
            )
        about = Linked.of(utterance.marks[0], reading)
    else:
        return None
    if about is None:
        few = f"the last answer lists {len(results):,} results; say which one, as in 'why the second one?'"
        return Unclear(few if results else "the last answer lists nothing to give reasons for")
    return _because(about, utterance.context)


def _because(about: Linked, context: Context) -> Read | Unclear:
    """The question why one thing belongs to the last set."""
    form, entity = context.form, Entity(about.id, about.category)
    if isinstance(form, TopForm):
        counted = Hop(form.relation, form.direction, entity)
        return rewritten(ListForm(Where(counted, form.filters) if form.filters else counted), (about,), about, about)
    expr = expr_of(form)
    if expr is None:
        return Unclear(
            "the last answer is no set that something could belong to; `:evidence` shows what each sentence rests on"
        )
    return rewritten(ExistsForm(And((entity, expr))), (about,), about, about)


def _swap(utterance: Said) -> Read | Unclear | None:
    """'and asthma?', 'what about ibuprofen instead?': the same question of another thing."""
    if (
        cues.SAME.match(utterance.text)
        and not utterance.marks
        and utterance.unknown
        and not utterance.left() - cues.SMALL - {w.casefold() for m in utterance.unknown for w in m.text.split()}
    ):
        return Unclear(f"no name in this release matches {', '.join(m.text for m in utterance.unknown)}")
    if not utterance.marks or not cues.SAME.match(utterance.text) or utterance.left() - cues.SMALL:
        return None
    if len(utterance.marks) > 1:
        return Unclear("it names several things; ask of one at a time, or in full")
    new, context = [Linked.of(utterance.marks[0], r) for r in utterance.marks[0].readings], utterance.context
    if isinstance(context.form, DescribeForm):
        return rewritten(DescribeForm(Entity(new[0].id, new[0].category)), (new[0],), new[0])
    names = {e.id: e.name for e in context.spoken}
    categories = {e.id: e.category for e in context.spoken}
    readings: list[tuple[str, Read]] = []
    last = context.aside or context.form
    there = tuple(dict.fromkeys(entities(last)))
    if context.aside is not None and context.focus is not None and len(there) > 1:
        # 'does it treat asthma? and gout?': it stays what it was.
        there = tuple(e for e in there if e.id != context.focus.id)
    if any(linked.id == old.id for linked in new for old in there):
        return Unclear(f"the last question already names {new[0].name}")
    for linked in new:
        for old in there:
            if categories.get(old.id, old.category) == linked.category and old.id != linked.id:
                form = replaced(last, old.id, Entity(linked.id, linked.category), (names.get(old.id, ""), linked.name))
                readings.append(
                    (
                        f"{linked.name} instead of {names.get(old.id, old.id)}",
                        rewritten(form, (linked,), linked if context.aside is None else None),
                    )
                )
        if readings:
            return one_of(readings)
    expr = expr_of(last)
    member = next((e for e in new if expr is not None and e.category == category_of(expr)), None)
    if member is None or expr is None:
        return Unclear(f"the last question names nothing that {new[0].name} could stand in for")
    return rewritten(ExistsForm(And((Entity(member.id, member.category), expr))), (member,), member)


def _they_are(utterance: Said) -> Read | Unclear | None:
    """'are they approved?', 'are those on chromosome 4?': which of them are."""
    asked, expr = cues.THEY_ARE.match(utterance.text), utterance.context.of_them()
    return narrowed(asked.group(1), [(expr, ListForm)], utterance) if asked and expr is not None else None


def _member(utterance: Said) -> Read | Unclear | None:
    """'is colchicine one of them?', 'is asthma on the list?'"""
    expr = utterance.context.of_them()
    if (
        len(utterance.marks) != 1
        or expr is None
        or not cues.MEMBER.match(unmarked(utterance.text, utterance.marks).strip())
    ):
        return None
    reading = utterance.marks[0].of(category_of(expr))
    if reading is None:
        other = utterance.marks[0].readings[0]
        return Unclear(
            f"{other.name} is a {schema().kind(other.category).singular}, and the last answer was on "
            f"{kind_of(utterance.context)}"
        )
    about = Linked.of(utterance.marks[0], reading)
    return rewritten(ExistsForm(And((Entity(about.id, about.category), expr))), (about,), about)


def _left_over(utterance: Said) -> Read | Unclear | None:
    """A question that speaks of the last answer in a way that no rule takes: read without that, it would be another
    question.
    """
    match = cues.LEFT_OVER.search(unmarked(utterance.text, utterance.marks))
    return Unclear(f"what it asks of “{match.group()}” was not understood") if match else None


def _among(utterance: Said) -> Read | Unclear | None:
    """'which of them cause headache?', 'do any of those treat asthma?', 'which ones bind PTGS2?'"""
    match = cues.OF_THEM.search(utterance.text) or cues.ONES.match(utterance.text)
    if not match or (utterance.marks and match.start() > utterance.marks[0].start):
        return None
    expr = utterance.context.of_them()
    if expr is None:
        return Unclear("the last answer is no set of things that 'them' could mean")
    category = category_of(expr)
    word, noun = next(g for g in match.groups() if g).casefold(), plural(category)
    lead = {"the": f"which {noun}", "that": f"which {noun}", "ones": noun, "one": f"which {noun}"}.get(
        word, f"{word} {noun}"
    )
    rest = utterance.text[match.end() :]
    read = clause_by_itself(cues.AND.sub("", utterance.text[: match.start()]) + lead + rest, category, utterance)
    if read is None:
        return Unclear(f"how “{rest.strip()}” should restrict {kind_of(utterance.context)} was not understood")
    return replace(read, form=mapped(read.form, lambda other: within(expr, other)))
