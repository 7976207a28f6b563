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
from kg.logic.reading import Asked, Context, Linked, Read
from kg.logic.rewriting import expr_of, mapped, replaced, within
from kg.schema import schema
from kg.schema.relations import ANY
from llm.patterns import cues
from llm.patterns.followed import Unclear, one_of, rewritten
from llm.patterns.narrowing import clause_by_itself, narrowed, restriction
from llm.patterns.pronouns import noun, pronouns
from llm.patterns.said import Said, kind_of, nth, plural, unmarked


def follow(asked: Asked, context: Context) -> Read | Unclear | None:
    """What a question asks after the last answer; None when it stands by itself."""
    said = Said.of(asked, context)
    try:
        for rule in (_whole, _reasons, restriction, _swap, _member, _they_are, _among, pronouns, noun, _left_over):
            found = rule(said)
            if found is not None:
                return found
    except FormError as problem:
        return Unclear(str(problem))
    return None


def lacks_context(asked: Asked) -> bool:
    """Whether a question can only be a follow-up: 'and asthma?', 'only the approved ones'."""
    said = Said.of(asked, Context("", AbstainForm("incomplete")))
    text = said.text
    only = (
        cues.ONLY.match(text)
        or cues.WITHOUT.match(text)
        or cues.OF_THEM.search(text)
        or (cues.WHY.match(said.plain) and len(said.marks) < 2)
        or cues.COUNT.match(said.plain)
    )
    return bool(only) or bool(said.marks and cues.SAME.match(text) and not said.left() - cues.SMALL)


def _whole(said: Said) -> Read | Unclear | None:
    """'how many are there?', 'which are they?'"""
    count, listed = cues.COUNT.match(said.plain), cues.LIST.match(said.plain)
    if said.marks or not (count or listed):
        return None
    aside, expr = said.context.aside, said.context.of_them()
    if listed and isinstance(aside, ExistsForm) and cues.WHICH.match(said.plain):
        return rewritten(ListForm(aside.of))
    if expr is None:
        return Unclear("the last answer is no set of things that could be counted or listed")
    return rewritten(CountForm(expr) if count else ListForm(expr))


def _reasons(said: Said) -> Read | Unclear | None:
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
    about: Linked | None
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
        about = Linked.of(said.marks[0], reading)
    else:
        return None
    if about is None:
        few = f"the last answer lists {len(results):,} results; say which one, as in 'why the second one?'"
        return Unclear(few if results else "the last answer lists nothing to give reasons for")
    return _because(about, said.context)


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


def _swap(said: Said) -> Read | Unclear | None:
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
    new, context = [Linked.of(said.marks[0], r) for r in said.marks[0].readings], said.context
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
    if any(one.id == old.id for one in new for old in there):
        return Unclear(f"the last question already names {new[0].name}")
    for one in new:
        for old in there:
            if categories.get(old.id, old.category) == one.category and old.id != one.id:
                form = replaced(last, old.id, Entity(one.id, one.category), (names.get(old.id, ""), one.name))
                readings.append(
                    (
                        f"{one.name} instead of {names.get(old.id, old.id)}",
                        rewritten(form, (one,), one if context.aside is None else None),
                    )
                )
        if readings:
            return one_of(readings)
    expr = expr_of(last)
    member = next((e for e in new if expr is not None and e.category == category_of(expr)), None)
    if member is None or expr is None:
        return Unclear(f"the last question names nothing that {new[0].name} could stand in for")
    return rewritten(ExistsForm(And((Entity(member.id, member.category), expr))), (member,), member)


def _they_are(said: Said) -> Read | Unclear | None:
    """'are they approved?', 'are those on chromosome 4?': which of them are."""
    asked, expr = cues.THEY_ARE.match(said.text), said.context.of_them()
    return narrowed(asked.group(1), [(expr, ListForm)], said) if asked and expr is not None else None


def _member(said: Said) -> Read | Unclear | None:
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
    about = Linked.of(said.marks[0], reading)
    return rewritten(ExistsForm(And((Entity(about.id, about.category), expr))), (about,), about)


def _left_over(said: Said) -> Read | Unclear | None:
    """A question that speaks of the last answer in a way that no rule takes: read without that, it would be another
    question.
    """
    found = cues.LEFT_OVER.search(unmarked(said.text, said.marks))
    return Unclear(f"what it asks of “{found.group()}” was not understood") if found else None


def _among(said: Said) -> Read | Unclear | None:
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
    read = clause_by_itself(cues.AND.sub("", said.text[: found.start()]) + lead + rest, category, said)
    if read is None:
        return Unclear(f"how “{rest.strip()}” should restrict {kind_of(said.context)} was not understood")
    return replace(read, form=mapped(read.form, lambda other: within(expr, other)))
