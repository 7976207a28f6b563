"""'Approved', 'on chromosome 7', 'since 2015', 'from DrugBank': words that restrict a set, as filters of the
algebra.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.evidence.tiers import TIERS
from kg.logic.forms import Expr, Filter, Minus, Or, Test, Where
from kg.logic.reading import Vocabulary
from kg.schema import schema
from kg.schema.relations import ANY
from llm.words import NOUNS

_FILLER = frozenset(
    "the a an ones one those them that these which are is were was be have has having with in on of by from group "
    "groups value values kind please currently known"
    " called listed recorded already still all there at as who whose use used".split()
)
_TIERS = {word: tier.number for tier in TIERS.values() for word in tier.words}
_TIER_FILLER = frozenset(
    ("evidence", "guideline", "clinical", "randomised", "randomized", "or", "report", "reports", "facts")
)
_YEAR = re.compile(
    r"\b(since|from|after|before|until|up to|by|in)(?: the year)? ((?:1[89]|20)\d\d)\b(?: (?:on|onwards?|or later"
    r"|or newer|and later))?"
)
_YEAR_FILLER = frozenset(
    (
        "published",
        "papers",
        "paper",
        "publications",
        "publication",
        "evidence",
        "articles",
        "studies",
        "newer",
        "older",
        "than",
    )
)
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")
_AT_LEAST = re.compile(r"\bat least\b|\bno less than\b|\bor (?:more|longer)\b|\bminimum\b|>=")
_AT_MOST = re.compile(r"\bat most\b|\bno more than\b|\bup to\b|\bor (?:less|shorter|fewer)\b|\bmaximum\b|<=")
_OVER = re.compile(r"\b(?:more|longer|greater|larger|higher) than\b|\bover\b|\babove\b|(?<!=)>(?!=)")
_UNDER = re.compile(r"\b(?:less|shorter|smaller|lower|fewer) than\b|\bunder\b|\bbelow\b|<(?!=)")


@dataclass(frozen=True, slots=True)
class Restriction:
    """Filters that hold together; `strictly` is left out again ('more than 10' is '>= 10' without '= 10')."""

    filters: tuple[Filter, ...]
    strictly: Filter | None = None

    def of(self, expr: Expr) -> Expr:
        """The part of a set that passes.

        >>> from kg.logic.forms import All
        >>> from kg.logic.text import show
        >>> show(Restriction((Filter("groups", "=", "approved"),)).of(All("biolink:Drug")))
        'where(all(Drug), groups = "approved")'
        """
        passing = Where(expr, self.filters)
        return Minus(passing, Where(expr, (self.strictly,))) if self.strictly else passing


def restricted(phrase: str, expr: Expr, category: str, known: Vocabulary) -> list[Expr]:
    """The readings of a phrase as a restriction of a set: none, one, or several that differ.

    >>> from kg.logic.forms import All
    >>> from kg.logic.text import show
    >>> known = Vocabulary({"biolink:Drug": {"approved": ("groups",)}})
    >>> [show(e) for e in restricted("the approved ones", All("biolink:Drug"), "biolink:Drug", known)]
    ['where(all(Drug), groups = "approved")']
    """
    whole = [r.of(expr) for r in readings(phrase, category, known)]
    if whole:
        return whole
    for glue, kind in ((r"\bor\b", "or"), (r"\band\b|,", "and")):
        parts = [p for p in re.split(glue, phrase.casefold()) if p.strip()]
        part_readings = [readings(p, category, known) for p in parts]
        if len(parts) < 2 or any(len(f) != 1 for f in part_readings):
            continue
        if kind == "or":
            return [Or(tuple(f[0].of(expr) for f in part_readings))]
        joined = expr
        for choices in part_readings:
            joined = choices[0].of(joined)
        return [joined]
    return []


def readings(phrase: str, category: str, known: Vocabulary) -> list[Restriction]:
    """What one phrase may mean for nodes of a category."""
    text = " ".join(phrase.casefold().replace("?", " ").split()).strip(" .!,")
    words = text.split()
    for reading in (_year(text), _tier(words), _source(words, known), _number(text, category)):
        if reading is not None:
            return [reading]
    return _values(words, category, known)


def _year(text: str) -> Restriction | None:
    match = _YEAR.search(text)
    if not match or _rest(_YEAR.sub(" ", text).split()) - _YEAR_FILLER:
        return None
    year, cue = int(match.group(2)), match.group(1)
    if cue == "in" or (cue == "from" and not match.group().endswith(("on", "onward", "onwards", "later", "newer"))):
        return Restriction((Filter("year", "=" if cue == "in" else ">=", year),))
    test: Test = ">=" if cue in ("since", "after", "from") else "<="
    return Restriction((Filter("year", test, year + 1 if cue == "after" else year - 1 if cue == "before" else year),))


def _tier(words: list[str]) -> Restriction | None:
    if len(words) >= 2 and words[-2] == "tier" and words[-1].isdigit() and not _rest(words[:-2]) - {"evidence"}:
        return Restriction((Filter("tier", "=", int(words[-1])),))
    tiers = {_TIERS[w] for w in words if w in _TIERS}
    rest = _rest([w for w in words if w not in _TIERS]) - _TIER_FILLER
    return Restriction((Filter("tier", "=", tiers.pop()),)) if len(tiers) == 1 and not rest else None


def _source(words: list[str], known: Vocabulary) -> Restriction | None:
    text = " ".join(
        w
        for w in words
        if w
        not in ("the", "ones", "those", "that", "are", "evidence", "with", "licence", "licensed", "under", "source")
    ).strip()
    text = re.sub(r"^(?:from|according to|by|in|of|per|as said by|backed by|supported by)\b ?", "", text)
    for name, title in known.sources.items():
        if text in (name.casefold(), title.casefold(), name.replace("_", " ").casefold()):
            return Restriction((Filter("source", "=", name),))
    licence = next((candidate for candidate in known.licences if candidate.casefold() == text), None)
    return Restriction((Filter("licence", "=", licence),)) if licence else None


def _number(text: str, category: str) -> Restriction | None:
    """'a half-life of at least 10 hours': the attribute whose words are said, a comparison, one number."""
    numbers = _NUMBER.findall(text)
    for attribute in schema().attributes.values():
        attribute_words = {
            w for w in re.findall(r"[a-z]+", f"{attribute.says} {attribute.name}".casefold()) if len(w) > 2
        }
        heard = {w for w in re.findall(r"[a-z]+", text) if w in attribute_words}
        # 'hours' alone is a unit and names nothing: the first word of the attribute must be there.
        first = re.findall(r"[a-z]+", attribute.says.casefold())[0]
        if (
            attribute.value != "number"
            or category not in (attribute.category, ANY)
            or first not in heard
            or len(numbers) != 1
        ):
            continue
        number = float(numbers[0]) if "." in numbers[0] else int(numbers[0])
        if _AT_LEAST.search(text):
            return Restriction((Filter(attribute.name, ">=", number),))
        if _AT_MOST.search(text):
            return Restriction((Filter(attribute.name, "<=", number),))
        if _OVER.search(text):
            return Restriction((Filter(attribute.name, ">=", number),), Filter(attribute.name, "=", number))
        if _UNDER.search(text):
            return Restriction((Filter(attribute.name, "<=", number),), Filter(attribute.name, "=", number))
        return Restriction((Filter(attribute.name, "=", number),))
    return None


def _values(words: list[str], category: str, known: Vocabulary) -> list[Restriction]:
    """A value of an attribute, said alone or with the attribute's name ('chromosome 7')."""
    values = known.values.get(category, {})
    kept = [w for w in words if w not in _FILLER]
    for text in dict.fromkeys((" ".join(words), " ".join(kept), _without_noun(kept, category))):
        if text in values:
            return [Restriction((Filter(name, "=", text),)) for name in values[text]]
    for attribute in schema().attributes.values():
        names = {*re.findall(r"[\w-]+", attribute.says.casefold()), *attribute.name.split("_")}
        names |= {n.removesuffix("s") for n in names}
        left = " ".join(w for w in kept if w not in names)
        if attribute.value == "text" and any(w in names for w in kept) and attribute.name in values.get(left, ()):
            return [Restriction((Filter(attribute.name, "=", left),))]
    return []


def _without_noun(words: list[str], category: str) -> str:
    """'approved drugs' without the noun of the kind."""
    return " ".join(words[:-1]) if len(words) > 1 and NOUNS.get(words[-1]) == category else " ".join(words)


def _rest(words: list[str]) -> set[str]:
    return {w for w in words if w not in _FILLER}
