"""'Common', 'in more than 10% of patients': how often a side effect is seen, as a filter on the step that tells it.

The words are those of the European guideline on the summary of product characteristics: very common from one in ten,
common from one in a hundred, uncommon from one in a thousand, rare below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg.logic.forms import And, Expr, Filter, Having, Hop, Minus, Or, Test, Where
from kg.schema import schema
from llm.patterns.restrictions import Restriction

_NAME = "frequency"
_BANDS: Mapping[str, tuple[tuple[Test, float], ...]] = {
    "very common": ((">=", 0.1),),
    "common": ((">=", 0.01),),
    "uncommon": ((">=", 0.001), ("<=", 0.01)),
    "rare": (("<=", 0.001),),
    "very rare": (("<=", 0.0001),),
}
_SAME = {"frequent": "common", "infrequent": "uncommon", "often": "common"}
_EFFECTS = r"(?:(?:side|adverse|unwanted|undesirable)[ -]?(?:drug )?(?:effects?|reactions?|events?)|AEs?|ADRs?)\b"
_BAND = re.compile(
    r"\b(?P<very>very )?(?:(?<!more )(?:most )?(?P<word>common|uncommon|frequent|infrequent|rare)"
    rf"(?= (?:but serious |and serious )?{_EFFECTS})"
    r"|(?P<adverb>commonly|frequently|often|uncommonly|infrequently|rarely)(?= (?:cause|lead to|give|produce)s?\b))",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"[,(]? ?\b(?:(?:that )?(?:seen|occur(?:ring|s)?|reported|affect(?:ing|s)?) )?(?:in |by |of )?"
    r"(?P<how>at least|at most|no more than|no less than|up to|over|under|above|below|more than|less than|fewer than)"
    r" (?P<number>\d+(?:\.\d+)?) ?(?:%|percent\b|per cent\b)"
    r"(?: of (?:all |the )?(?:patients|people|users|cases|those treated|takers))?\)?",
    re.IGNORECASE,
)
_LESS = re.compile(r"at most|no more|up to|under|below|(?:less|fewer) than", re.IGNORECASE)
_STRICT = re.compile(r"over|under|above|below|(?<!no )(?:more|less|fewer) than", re.IGNORECASE)


def told_in(text: str) -> Iterator[tuple[int, int, Restriction]]:
    """Where a question says how often, and what that asks.

    >>> [r.filters[0].value for _, _, r in told_in("very common side effects of X, in more than 20% of patients")]
    [0.1, 0.2]
    """
    for match in _BAND.finditer(text):
        word = (match.group("word") or match.group("adverb").removesuffix("ly")).casefold()
        band = f"{'very ' if match.group('very') else ''}{_SAME.get(word, word)}"
        if tests := _BANDS.get(band):
            yield (*match.span(), Restriction(tuple(Filter(_NAME, test, share) for test, share in tests)))
    for match in _SHARE.finditer(text):
        share, how = round(float(match.group("number")) / 100, 10), match.group("how")
        if share <= 1:
            strictly = Filter(_NAME, "=", share) if _STRICT.search(how) else None
            test: Test = "<=" if _LESS.search(how) and "no less" not in how else ">="
            yield (*match.span(), Restriction((Filter(_NAME, test, share),), strictly))


def is_of_amount(restriction: Restriction) -> bool:
    """Whether a restriction asks for an amount of edges."""
    return any(f.is_amount for f in restriction.filters)


def on_steps(expr: Expr, restriction: Restriction) -> Expr | None:
    """A set with a restriction of an amount on the steps that tell it; None where there is none."""
    relation = schema().amounts[restriction.filters[0].field].relation
    match expr:
        case Hop() if expr.relation == relation:
            return restriction.of(expr)
        case Having() if expr.relation == relation:
            return restriction.of(expr)
        case Hop():
            of = on_steps(expr.of, restriction)
            return None if of is None else Hop(expr.relation, expr.direction, of)
        case And() | Or():
            parts = [on_steps(part, restriction) for part in expr.parts]
            if not any(parts):
                return None
            return type(expr)(tuple(new or old for new, old in zip(parts, expr.parts, strict=True)))
        case Minus():
            left = on_steps(expr.left, restriction)
            right = None if left is not None else on_steps(expr.right, restriction)
            return None if left is right is None else Minus(left or expr.left, right or expr.right)
        case Where():
            of = on_steps(expr.of, restriction)
            return None if of is None else Where(of, expr.filters)
        case _:
            return None
