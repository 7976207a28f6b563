"""Descriptions of sets read back into conditions, and held against those that a form asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from kg.evidence.amounts import percent
from kg.evidence.tiers import TIERS
from kg.logic.forms import Expr, Filter, category_of
from kg.schema import schema
from kg.schema.relations import ANY, STANDS_IN
from llm.checking.conditions import Condition, Quantity, Way, alternatives, any_or, asked_of, filters_of
from llm.checking.edges import Words
from llm.checking.lexicon import Token, Unread, tokens_of
from llm.checking.places import Things

_UNTITLED: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class Said:
    """One condition that a sentence says; of several ways the form decides."""

    ways: dict[Way, Words] = field(default_factory=dict)
    things: frozenset[str] = frozenset()
    kind: str = ""
    quantity: Quantity | None = None
    filter: int | None = None
    excluded: bool = False
    closed: Words = ()
    exact: bool = False

    def fits(self, condition: Condition, filters: Sequence[Filter]) -> bool:
        """Whether it says a condition of the form."""
        if condition.excluded is not None and condition.excluded != self.excluded:
            return False
        if self.filter is not None or condition.filter is not None:
            return self.filter is not None and filters[self.filter] == condition.filter
        if condition.quantity != self.quantity or (condition.way is None) != (not self.ways):
            return False
        if condition.way is not None and self.ways.get(condition.way) != self.closed:
            return False
        if condition.thing:
            return condition.thing in self.things and condition.exact == self.exact
        return not self.things and (
            self.kind in ("", condition.kind, ANY) or condition.kind in (ANY, STANDS_IN.get(self.kind))
        )


@dataclass(slots=True)
class _Level:
    """What holds between two brackets: the verb of what comes, and whether it is all excluded.

    `waits`: whether a verb, a 'not' or an 'and' still wants something to stand behind it.
    """

    excluded: bool = False
    opened_by: dict[Way, Words] = field(default_factory=dict)
    verb: dict[Way, Words] = field(default_factory=dict)
    bound: str = ""
    quantity: Quantity | None = None
    headed: bool = False
    waits: bool = False


@dataclass(slots=True)
class _Reader:
    """Reads tokens into conditions."""

    things: Things
    conditions: list[Said] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=lambda: [_Level()])
    head: str = ""
    either: bool = False
    cut: bool = False

    @property
    def level(self) -> _Level:
        return self.levels[-1]

    def read(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            self.level.waits |= token.sort in ("verb", "not", "and", "or", "called")
            match token.sort:
                case "verb":
                    # 'At least 2 of' counts among what follows.
                    if token.text != "of" or self.level.quantity is None:
                        self.level.verb = dict(token.ways)
                case "called":
                    self.level.verb = {}
                case "not":
                    self.level.excluded, self.level.verb = True, {}
                case "or":
                    self.either = True
                case "kind":
                    self._kind(token.kind)
                case "place":
                    self._thing(int(token.text))
                case "itself":
                    self._exactly()
                case "filter":
                    self._add(Said(filter=int(token.text)))
                case "bound" | "number":
                    self._quantity(token)
                case "suffix":
                    self._close(token)
                case "(":
                    self.level.waits = False
                    self.levels.append(_Level(self.level.excluded, self.level.verb))
                case ")":
                    self._up()
                case _:
                    pass
        if len(self.levels) > 1 or self.level.waits or self.level.bound or self.level.quantity is not None:
            raise Unread("a bracket, a verb or a quantity stays open")

    def _add(self, condition: Said) -> None:
        condition.excluded, self.level.waits = self.level.excluded, False
        self.conditions.append(condition)

    def _thing(self, place: int) -> None:
        if self.level.quantity is not None:
            self._counted("")
            self.level.verb = {}
        self._add(Said(dict(self.level.verb), self.things[place]))

    def _exactly(self) -> None:
        """'itself' right behind a name."""
        if not self.conditions or not self.conditions[-1].things or self.conditions[-1].exact:
            raise Unread("itself")
        self.conditions[-1].exact = True

    def _kind(self, kind: str) -> None:
        level = self.level
        if level.quantity is not None:
            self._counted(kind)
        elif level.headed or (self.conditions and len(self.levels) == 1):
            raise Unread(f"a second kind: {kind}")
        elif len(self.levels) == 1:
            self.head, level.headed = kind, True
        else:
            level.headed = True
            self._add(Said(dict(level.opened_by), kind=kind))

    def _counted(self, kind: str) -> None:
        level = self.level
        self._add(Said(dict(level.verb), kind=kind, quantity=level.quantity))
        level.quantity, level.bound = None, ""

    def _quantity(self, token: Token) -> None:
        level = self.level
        if token.text == "no" and not level.bound:
            level.quantity = ("exactly", 0)
        elif token.text in ("every", "only") and not level.bound:
            level.quantity = (token.text, 0)
        elif token.text == "more" and level.quantity is None and level.bound.isdigit():
            self.cut, level.bound = True, ""
        elif token.sort == "number" and level.bound and not level.bound.isdigit():
            level.quantity = (level.bound, int(token.text))
        elif not level.bound and token.text not in ("more", "of"):
            level.bound = token.text
        else:
            raise Unread(token.text)

    def _close(self, token: Token) -> None:
        words = tuple(token.text.split())
        opened = next((s for s in reversed(self.conditions) if words in s.ways.values() and not s.closed), None)
        if opened is None:
            raise Unread(token.text)
        opened.closed = words

    def _up(self) -> None:
        if len(self.levels) == 1 or not self.level.headed or self.level.waits:
            raise Unread(")")
        self.levels.pop()


def describes(text: str, things: Things, expr: Expr, titles: Mapping[str, str] = _UNTITLED) -> bool:
    """Whether a description, its names made places, says each condition of a set and no other.

    `titles` are what the sources of its filters are called, by their names.
    """
    asked = list(asked_of(expr))
    filters = filters_of(asked)
    reader = _Reader(things)
    try:
        reader.read(tokens_of(_filtered(text, filters, titles)))
    except Unread:
        return False
    kind = category_of(expr)
    if kind != ANY and reader.head not in ("", ANY, kind) and STANDS_IN.get(reader.head) != kind:
        return False
    # 'or' where there is a choice, and nowhere else: filters with 'or later' are read before.
    if alternatives(expr) and not reader.either:
        return False
    if reader.either and not any_or(expr):
        return False
    return _matched(asked, reader, filters)


def _matched(asked: Sequence[Condition], reader: _Reader, filters: Sequence[Filter]) -> bool:
    """Whether each condition said is one that is asked, and each that must be said is said."""
    open_ = sorted(asked, key=lambda c: c.free)
    for stated in sorted(reader.conditions, key=lambda s: len(s.ways)):
        condition = next((c for c in open_ if stated.fits(c, filters)), None)
        if condition is None:
            return False
        open_.remove(condition)
    return all(c.free or (reader.cut and c.thing and c.way is None) for c in open_)


def _filtered(text: str, filters: Sequence[Filter], titles: Mapping[str, str]) -> str:
    """The text with a place for each filter that it says, value and test included."""
    for number, filter_ in enumerate(filters):
        for phrase in _phrases(filter_, titles):
            text = re.sub(rf"(?<!\w){phrase}(?![\w.]*\w)", f"⟦f{number}⟧", text, flags=re.IGNORECASE)
    return text


def _phrases(filter_: Filter, titles: Mapping[str, str]) -> list[str]:
    """Patterns of the ways to say a filter."""
    value = re.escape(f"{filter_.value}")
    match filter_.field:
        case "tier":
            bound = {"=": "", ">=": " or worse", "<=": " or better"}[filter_.test]
            named = [rf"with {re.escape(TIERS[int(filter_.value)].kind)} evidence"] if filter_.test == "=" else []
            return [rf"with evidence of tier {value}{bound}(?! or )", *named]
        case "source":
            return [rf"with evidence from {re.escape(titles.get(str(filter_.value), str(filter_.value)))}"]
        case "licence":
            return [rf"with evidence under {value}"]
        case "year":
            bound = {"=": "", ">=": " or later", "<=": " or earlier"}[filter_.test]
            return [rf"with a latest publication of {value}{bound}(?! or )"]
        case _ if filter_.is_amount:
            bound = {"=": "", ">=": "at least ", "<=": "at most "}[filter_.test]
            of = re.escape(schema().amounts[filter_.field].says)
            return [rf"with a {of} of {bound}{re.escape(percent(float(filter_.value)))}"]
        case _:
            says = re.escape(schema().attributes[filter_.field].says)
            bound = {"=": "", ">=": "at least ", "<=": "at most "}[filter_.test]
            return [rf"whose {says} (?:includes?|is|are) {bound}{value}"]
