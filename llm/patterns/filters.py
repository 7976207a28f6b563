"""Restrictions in a question that stands by itself: 'approved drugs', 'on chromosome 7', 'according to DrugBank'.

They are taken out of the question before it is read, and put on the set they speak of afterwards: a property of nodes
on the outermost set of its kind, a demand on the evidence on the whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.logic.forms import (
    EVIDENCE,
    All,
    And,
    CountForm,
    Entity,
    ExistsForm,
    Expr,
    Filter,
    Form,
    Having,
    Hop,
    ListForm,
    Minus,
    Or,
    Test,
    TopForm,
    Where,
    category_of,
)
from kg.logic.reading import Mark, Vocabulary
from kg.logic.rewriting import rests_on_edges
from kg.schema import schema
from llm.patterns.frequencies import is_of_amount, on_steps, told_in
from llm.patterns.restrictions import Restriction, readings
from llm.words import NUMBERS

_YEAR = r"(?:1[89]|20)\d\d"
_YEARS = re.compile(
    rf"[,(]? ?\b(?:(?:published |evidenced |reported |recorded |dated )?(?:since|after|before|until|up to|prior "
    rf"to) (?:the year )?{_YEAR}"
    rf"|(?:published |evidenced |reported |dated )?(?:from )?{_YEAR} (?:on(?:wards?)?|or (?:later|newer|after"
    rf"|earlier|before|older)|and (?:later|earlier))"
    rf"|(?:published |dated )in {_YEAR})\b\)?",
    re.IGNORECASE,
)
_TIERS = re.compile(
    r"[,(]? ?\b(?:(?:that |which )?(?:rest(?:s|ing)? on|(?:is |are )?(?:supported|backed|evidenced)(?: at least)? "
    r"by|on the strength of|with|on|by|from|per|at)"
    r" )?(?:at least )?(?P<tier>curated|(?:clinical |randomi[sz]ed )?trials?|guidelines?|labels?|observational"
    r"|text-mined)"
    r"(?:(?P<evidence>[- ](?:level |grade )?(?:evidence|grade|backed|data|only|sources?))|(?P<better> evidence or "
    r"better| or (?:better|stronger|above)))"
    r"(?: or (?:better|stronger|above))?(?: only)?\b\)?",
    re.IGNORECASE,
)
_BETTER = re.compile(r"\bor (?:better|stronger|above)\b|\bat least\b", re.IGNORECASE)
_CHROMOSOME = re.compile(r"\b(?:on|of|from|in) (?:human )?(?:chromosome|chr\.?) ?(\d{1,2}|[xy]|mt)\b", re.IGNORECASE)
_BY = (
    r"[,(]? ?\b(?:according to|as (?:listed|recorded|given) (?:by|in)|(?:listed|recorded|sourced) (?:by|in|from)|"
    r"per|in|from|by|out of|of)"
)
_UNIT = r"(?:h(?:ours?|rs?)?|days?|d)"
_AMOUNT = rf"(?:\d+(?:\.\d+)?|{'|'.join(NUMBERS)}|an?) ?{_UNIT}"
_HALF_LIFE = re.compile(
    rf"[,(:]? ?\b(?:with |whose |having |that have )?(?:an? )?(?:plasma |elimination )?half[-_ ]?li(?:fe"
    rf"|ves)(?:_hours)?(?: is| are)?(?: of)?,?"
    rf" ?(?P<how>at least|at most|no more than|no less than|up to|over|under|above|below|more than|less than"
    rf"|longer than|shorter than|>=|<=|>|<)?"
    rf" ?(?P<amount>{_AMOUNT})(?P<after> or (?:more|longer|less|shorter|under|over|fewer))?\b\)?",
    re.IGNORECASE,
)
_MORE = re.compile(r"at least|no less|over|above|more|longer|>", re.IGNORECASE)
_LESS = re.compile(r"at most|no more|up to|under|below|less|shorter|<", re.IGNORECASE)
_STRICT = re.compile(r"over|under|above|below|(?:more|less|longer|shorter) than|[<>](?!=)", re.IGNORECASE)
_SAID_OF = re.compile(r"\b(?:(?:that|which|who|and) )?(?:are|is|have been|has been|were|was|being) $", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A restriction that was said: its words, the filters, and the kinds of node it may speak of (none: evidence)."""

    words: str
    restriction: Restriction
    kinds: frozenset[str] = frozenset()


def extracted(
    question: str, marks: Sequence[Mark], known: Vocabulary, values: bool = True
) -> tuple[str, tuple[Mark, ...], tuple[Found, ...]]:
    """The question with blanks where restrictions stood, so that names keep their places, its names, the restrictions.

    Without `values` none of those by what is recorded of a thing. A name within a restriction ('chromosome', a source)
    is a part of it; one that reaches beyond it is a name.
    """
    text, kept, mentions = question, tuple(marks), list[Found]()
    of_things = (_of_half_life, _of_chromosome, _of_value)
    for finder in (_of_year, _of_tier, _of_frequency, _of_half_life, _of_chromosome, _of_source, _of_value):
        if not values and finder in of_things:
            continue
        for start, end, mention in finder(text, known):
            touched = [m for m in kept if m.start < end and m.end > start]
            if all(start <= m.start and m.end <= end for m in touched) and not (touched and finder is _of_value):
                mentions.append(mention)
                kept = tuple(m for m in kept if m not in touched)
                text = text[:start] + " " * (end - start) + text[end:]
    return text, kept, tuple(mentions)


_Places = list[tuple[int, int, Found]]


def _of_year(text: str, known: Vocabulary) -> _Places:
    places = []
    for match in _YEARS.finditer(text):
        words = match.group().strip(" ,()")
        year = int(re.findall(_YEAR, words)[0])
        low = words.casefold()
        test: Test = "<=" if re.search(r"before|until|up to|prior|earlier|older", low) else ">="
        year += (
            1 if "after" in low and not low.endswith("after") else -1 if re.search(r"\b(?:before|prior)\b", low) else 0
        )
        test = "=" if re.search(r"\bin \d", low) else test
        places.append((*match.span(), Found(words, Restriction((Filter("year", test, year),)))))
    return places


def _of_tier(text: str, known: Vocabulary) -> _Places:
    places = []
    for match in _TIERS.finditer(text):
        word = match.group("tier").casefold().split()[-1]
        read = readings(word, "", known)
        if len(read) != 1:
            continue
        test: Test = "<=" if _BETTER.search(match.group()) else "="
        restriction = Restriction((replace(read[0].filters[0], test=test),))
        places.append((*match.span(), Found(match.group().strip(" ,()"), restriction)))
    return places


def _of_frequency(text: str, known: Vocabulary) -> _Places:
    return [(start, end, Found(text[start:end].strip(" ,()"), told)) for start, end, told in told_in(text)]


def _of_half_life(text: str, known: Vocabulary) -> _Places:
    places = []
    for match in _HALF_LIFE.finditer(text):
        amount = match.group("amount").casefold()
        number = re.match(r"\d+(?:\.\d+)?", amount)
        word = amount.split()[0]
        value = float(number.group()) if number else float(NUMBERS.get(word, 1))
        hours = value * 24 if re.search(r"\d ?d|days?|\bd\b", amount) else value
        exact = int(hours) if hours.is_integer() else hours
        how = f"{match.group('how') or ''} {match.group('after') or ''}"
        test: Test = ">=" if _MORE.search(how) and "no more" not in how else "<=" if _LESS.search(how) else "="
        strictly = Filter("half_life_hours", "=", exact) if _STRICT.search(how) and "no " not in how else None
        restriction = Restriction((Filter("half_life_hours", test, exact),), strictly)
        owner = schema().attributes["half_life_hours"].category
        places.append((*match.span(), Found(match.group().strip(" ,():"), restriction, frozenset((owner,)))))
    return places


def _of_chromosome(text: str, known: Vocabulary) -> _Places:
    owner = frozenset((schema().attributes["chromosome"].category,))
    return [
        (
            *m.span(),
            Found(
                m.group(),
                Restriction((Filter("chromosome", "=", m.group(1).casefold()),)),
                owner,
            ),
        )
        for m in _CHROMOSOME.finditer(text)
    ]


def _of_source(text: str, known: Vocabulary) -> _Places:
    places = []
    titles: dict[str, str] = {}
    for name, called in known.sources.items():
        # A title that several sources share stands for all of them, whichever of them is named.
        titles.setdefault(called.casefold(), name)
        titles.setdefault(name.casefold(), name)
    for title in sorted(titles, key=len, reverse=True):
        for match in re.finditer(rf"{_BY} (?:the )?{re.escape(title)}(?![\w-])\)?", text, re.IGNORECASE):
            restriction = Restriction((Filter("source", "=", titles[title]),))
            places.append((*match.span(), Found(match.group().strip(" ,()"), restriction)))
        if places:
            return places[:1]
    return places


def _of_value(text: str, known: Vocabulary) -> _Places:
    """A value of an attribute that may be said alone, as an adjective: 'approved', 'that have been withdrawn'."""
    alone = {a.name for a in schema().attributes.values() if a.list}
    owners: dict[str, dict[str, set[str]]] = {}
    for category, values in known.values.items():
        for value, names in values.items():
            if " " not in value and alone.intersection(names):
                owners.setdefault(value, {}).setdefault(sorted(alone.intersection(names))[0], set()).add(category)
    places = []
    for match in re.finditer(r"(?<![\w-])[a-z_]+(?![\w-])", text.casefold()):
        named = owners.get(match.group())
        if named is None or len(named) != 1:
            continue
        name, categories = next(iter(named.items()))
        start = match.start()
        lead = _SAID_OF.search(text[:start])
        start = lead.start() if lead else start
        restriction = Restriction((Filter(name, "=", match.group()),))
        places.append((start, match.end(), Found(match.group(), restriction, frozenset(categories))))
    return places


def applied(form: Form, mentions: Sequence[Found]) -> tuple[Form, tuple[str, ...]]:
    """The form with the restrictions on the sets that they speak of, and the words of those that fit nowhere."""
    left: list[str] = []
    for mention in mentions:
        changed = _with(form, mention)
        if changed is None:
            left.append(mention.words)
        else:
            form = changed
    return form, tuple(left)


def _with(form: Form, mention: Found) -> Form | None:
    match form:
        case ListForm() | CountForm():
            of = _on_set(form.of, mention)
            return None if of is None else replace(form, of=of)
        case ExistsForm(of=And(parts=(Entity() as subject, *rest))):
            inner = rest[0] if len(rest) == 1 else And(tuple(rest))
            of = _on_set(inner, mention)
            return None if of is None else ExistsForm(And((subject, of)))
        case ExistsForm():
            of = _on_set(form.of, mention)
            return None if of is None else ExistsForm(of)
        case TopForm():
            amount = is_of_amount(mention.restriction)
            if not mention.kinds and not (amount and mention.restriction.strictly) and _is_counted(form, mention):
                return replace(form, filters=(*form.filters, *mention.restriction.filters))
            of = _on_set(form.of, mention)
            return None if of is None else replace(form, of=of)
        case _:
            return None


def _is_counted(form: TopForm, mention: Found) -> bool:
    """Whether a restriction speaks of the edges that a ranking counts."""
    amounts = [schema().amounts[f.field] for f in mention.restriction.filters if f.is_amount]
    return all(amount.relation == form.relation for amount in amounts)


def _on_set(expr: Expr, mention: Found) -> Expr | None:
    """The set with a restriction: of nodes on the outermost set of their kind, of evidence on the whole."""
    if is_of_amount(mention.restriction):
        return on_steps(expr, mention.restriction)
    if not mention.kinds:
        evidence = all(f.field in EVIDENCE for f in mention.restriction.filters)
        return mention.restriction.of(expr) if evidence and rests_on_edges(expr) else None
    if isinstance(expr, Minus):
        left = _on_set(expr.left, mention)
        return None if left is None else Minus(left, expr.right)
    if category_of(expr) in mention.kinds:
        return mention.restriction.of(expr)
    match expr:
        case Hop():
            inner = _on_set(expr.of, mention)
            return None if inner is None or isinstance(expr.of, Entity) else replace(expr, of=inner)
        case Having():
            inner = _on_set(expr.among, mention) if expr.among is not None else None
            return None if inner is None else replace(expr, among=inner)
        case And() | Or():
            for at, part in enumerate(expr.parts):
                inner = _on_set(part, mention) if not isinstance(part, (Entity, All)) else None
                if inner is not None:
                    return replace(expr, parts=(*expr.parts[:at], inner, *expr.parts[at + 1 :]))
            return None
        case Where():
            inner = _on_set(expr.of, mention)
            return None if inner is None else replace(expr, of=inner)
        case _:
            return None
