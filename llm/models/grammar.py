"""Reads the tokens that a model says as a form, and tells which tokens may come next: nothing ill-typed can be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.errors import FormError
from kg.evidence.tiers import TIERS
from kg.logic.forms import (
    AbstainForm,
    All,
    And,
    CompareForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Expr,
    Filter,
    Form,
    Having,
    Hop,
    HypothesesForm,
    HypothesisForm,
    ListForm,
    LiteratureForm,
    MechanismForm,
    Minus,
    Or,
    PathsForm,
    ScreenForm,
    TopForm,
    Where,
)
from kg.schema import schema
from kg.schema.relations import ANY
from llm.models.errors import NotationError
from llm.models.vocabulary import DIGITS, END, THOUSANDTHS, tokens

Kinds = frozenset[str]
# A set within so many others is said plainly.
_DEEPEST, _LONGEST_NUMBER, _MOST_FILTERS = 6, 4, 3
_DRUG, _DISEASE = "biolink:Drug", "biolink:Disease"
_OF_NAMES: dict[str, tuple[str | None, ...]] = {
    "paths": (None, None),
    "describe": (None,),
    "mechanism": (_DRUG,),
    "hypothesis": (_DRUG, _DISEASE),
    "hypotheses:drugs": (_DISEASE,),
    "hypotheses:targets": (_DISEASE,),
    "hypotheses:diseases": (_DRUG,),
    "literature": (None,),
    "screen": (_DRUG, _DRUG),
}
_OPEN = ("literature", "screen")


@dataclass(frozen=True, slots=True)
class _Words:
    """The tokens by what they say."""

    every_kind: Kinds
    ways: Mapping[str, tuple[str, str]]
    filters: frozenset[str]
    texts: Mapping[str, frozenset[str]]
    reasons: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    known, ways = schema(), {}
    for token in tokens():
        name, _, direction = token.partition(":")
        if direction in ("in", "out") and name in known.relations:
            relation = known.relation(name)
            ways[token] = (relation.target(direction), relation.source(direction))
    return _Words(
        frozenset(f"biolink:{t[2:]}" for t in tokens() if t.startswith("K:")),
        ways,
        frozenset(t for t in tokens() if t.endswith("=")),
        {
            "groups=": frozenset(('"approved"', '"withdrawn"', '"investigational"', '"experimental"')),
            "source=": frozenset(('"drugbank"', '"sider"', '"hetionet"')),
        },
        frozenset(t for t in tokens() if t.startswith("abstain:")),
    )


class _Wanted(Exception):
    """The tokens end where one of these must come."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self.allowed = allowed


@dataclass(slots=True)
class _Reader:
    """Reads tokens from left to right; `letters` holds the kinds that each name in the question may be of."""

    said: Sequence[str]
    letters: Mapping[str, Sequence[str]]
    at: int = 0
    optional: frozenset[str] = frozenset()

    def take(self, allowed: frozenset[str]) -> str:
        if self.at == len(self.said):
            raise _Wanted(allowed | self.optional)
        token = self.said[self.at]
        if token not in allowed:
            raise NotationError(f"{token!r} cannot stand after {' '.join(self.said[: self.at])!r}")
        self.at, self.optional = self.at + 1, frozenset()
        return token

    def maybe(self, allowed: frozenset[str]) -> str | None:
        """One of these where it stands here; where the tokens end, it or what comes after it."""
        if self.at == len(self.said):
            self.optional |= allowed
            return None
        return self.take(allowed) if self.said[self.at] in allowed else None

    def form(self) -> Form:
        named = [k for k, needs in _OF_NAMES.items() if self._enough(needs)]
        heads = {"list", "count", "exists", "compare", "top", *named, *_words().reasons}
        head = self.take(frozenset(heads))
        if head.startswith("abstain:"):
            return AbstainForm(head.removeprefix("abstain:"))  # type: ignore[arg-type]
        if head in _OF_NAMES:
            return self._of_names(head)
        if head == "compare":
            left, _ = self.set(bare=False)
            return CompareForm(left, self.set(bare=False)[0])
        if head == "top":
            return self._top()
        form: Any = {"list": ListForm, "count": CountForm, "exists": ExistsForm}[head]
        return form(self.set(bare=head == "exists")[0])  # type: ignore[no-any-return]

    def _enough(self, needs: tuple[str | None, ...]) -> bool:
        if len(self.letters) < len(needs):
            return False
        return all(n is None or sum(n in k for k in self.letters.values()) >= needs.count(n) for n in needs)

    def _of_names(self, head: str) -> Form:
        needs = _OF_NAMES[head]
        names: list[Entity] = []
        for need in needs:
            names.append(self._name(need, names))
        while head in _OPEN and (more := self._free(needs[0], names)):
            token = self.maybe(more)
            if token is None:
                break
            names.append(self._entity(token, needs[0]))
        match head:
            case "paths":
                return PathsForm(names[0], names[1])
            case "describe":
                return DescribeForm(names[0])
            case "mechanism":
                return MechanismForm(names[0])
            case "hypothesis":
                return HypothesisForm(names[0], names[1])
            case "literature":
                return LiteratureForm("", tuple(n.id for n in names))
            case "screen":
                return ScreenForm(tuple(names))
            case _:
                return HypothesesForm(head.removeprefix("hypotheses:"), names[0])  # type: ignore[arg-type]

    def _free(self, need: str | None, taken: Sequence[Entity]) -> frozenset[str]:
        """Names of a kind that are not taken yet."""
        used = {n.id for n in taken}
        return frozenset(a for a, kinds in self.letters.items() if a not in used and (need is None or need in kinds))

    def _name(self, need: str | None, taken: Sequence[Entity]) -> Entity:
        return self._entity(self.take(self._free(need, taken)), need)

    def _entity(self, letter: str, need: str | None) -> Entity:
        return Entity(letter, need or self.letters[letter][0])

    def _top(self) -> TopForm:
        most = self.take(frozenset(("most", "fewest"))) == "most"
        k = self._number()
        way = self.take(frozenset(_words().ways))
        filters = self._filters(_words().every_kind, edges=True) if self.maybe(frozenset(("every",))) else ()
        of, _ = self.set(_kinds_of(_words().ways[way][1]), bare=False)
        name, _, direction = way.partition(":")
        return TopForm(max(k, 1), of, name, direction, most, filters)  # type: ignore[arg-type]

    def set(self, kinds: Kinds | None = None, *, bare: bool = True, depth: int = 0) -> tuple[Expr, Kinds]:
        """A set of things of one of some kinds, and the kinds that it may be of."""
        kinds = _words().every_kind if kinds is None else kinds
        fits = {t for t, (found, _) in _words().ways.items() if found == ANY or found in kinds}
        deep = {"and", "or", "minus", "where", "having", *fits} if depth < _DEEPEST else set()
        letters = {a for a, of in self.letters.items() if kinds.intersection(of)} if bare else set()
        token = self.take(frozenset({"all", *deep, *letters, *(("exact",) if letters else ())}))
        if token in letters or token == "exact":
            letter = self.take(frozenset(letters)) if token == "exact" else token
            return Entity(letter, exact=token == "exact"), kinds.intersection(self.letters[letter])
        if token == "all":
            kind = f"biolink:{self.take(frozenset('K:' + k.removeprefix('biolink:') for k in kinds))[2:]}"
            return All(kind), frozenset((kind,))
        if token in ("and", "or", "minus"):
            left, of = self.set(kinds, depth=depth + 1)
            right, both = self.set(of, depth=depth + 1)
            return Minus(left, right) if token == "minus" else (And if token == "and" else Or)((left, right)), both
        if token == "where":
            filters = self._filters(kinds)
            about = [schema().attributes[f.field].category for f in filters if f.field in schema().attributes]
            within, narrowed = self.set(frozenset(about) & kinds or kinds, depth=depth + 1)
            return Where(within, filters), narrowed
        return self._having(kinds, depth) if token == "having" else self._hop(token, kinds, depth)

    def _hop(self, token: str, kinds: Kinds, depth: int) -> tuple[Expr, Kinds]:
        found, start = _words().ways[token]
        name, _, direction = token.partition(":")
        # What is a kind or a part of a thing is a thing of its kind.
        alike = found == ANY and start == ANY
        of, kinds_of = self.set(kinds if alike else _kinds_of(start), depth=depth + 1)
        return Hop(name, direction, of), kinds_of if alike else kinds & _kinds_of(found)  # type: ignore[arg-type]

    def _having(self, kinds: Kinds, depth: int) -> tuple[Expr, Kinds]:
        comparison: Any = self.take(frozenset(("at_least", "at_most", "exactly", "every", "only")))
        number = 0 if comparison in ("every", "only") else self._number()
        fits = frozenset(t for t, (_, start) in _words().ways.items() if start == ANY or start in kinds)
        way = self.take(fits)
        found, start = _words().ways[way]
        name, _, direction = way.partition(":")
        among = None
        anything = frozenset(("any",)) if comparison not in ("every", "only") else frozenset()
        if self.maybe(anything) is None:
            among, _ = self.set(_kinds_of(found), depth=depth + 1)
        of, narrowed = self.set(kinds & _kinds_of(start), depth=depth + 1)
        return Having(of, name, direction, comparison, number, among), narrowed  # type: ignore[arg-type]

    def _number(self) -> int:
        text = self.take(DIGITS)
        while len(text) < _LONGEST_NUMBER and (digit := self.maybe(DIGITS)):
            text += digit
        return int(text)

    def _filters(self, kinds: Kinds, *, edges: bool = False) -> tuple[Filter, ...]:
        known = schema().attributes
        fits = frozenset(
            t
            for t in _words().filters
            if (name := t.rstrip("=<>")) not in known or (not edges and known[name].category in kinds)
        )
        filters = [self._filter(self.take(fits))]
        while len(filters) < _MOST_FILTERS and (token := self.maybe(fits)):
            filters.append(self._filter(token))
        return tuple(filters)

    def _filter(self, token: str) -> Filter:
        name = token.rstrip("=<>")
        test: Any = token[len(name) :]
        if token in _words().texts:
            return Filter(name, test, self.take(_words().texts[token]).strip('"'))
        if name == "tier":
            return Filter(name, test, int(self.take(frozenset(map(str, TIERS)))))
        number = self._number()
        return Filter(name, test, number / THOUSANDTHS if name == "frequency" else number)


def _kinds_of(category: str) -> Kinds:
    return _words().every_kind if category == ANY else frozenset((category,))


def allowed(said: Sequence[str], letters: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The tokens that may come after some; `letters` holds the kinds that each name may be of, likeliest first.

    >>> sorted(allowed(["list", "treats:in"], {"A": ["biolink:Disease"]}))[:3]
    ['A', 'all', 'and']
    """
    reader = _Reader(said, letters)
    try:
        reader.form()
    except _Wanted as wanted:
        return wanted.allowed
    except FormError:
        # What is said so far can be no part of a form.
        return frozenset()
    return reader.optional | {END}


def read(said: Sequence[str], letters: Mapping[str, Sequence[str]]) -> Form:
    """The form that whole tokens say, of the letters as entities; raises `NotationError` where it is none.

    >>> read(["list", "treats:in", "A"], {"A": ["biolink:Disease"]}).of.relation
    'treats'
    """
    reader = _Reader([t for t in said if t != END], letters)
    try:
        form = reader.form()
    except _Wanted as wanted:
        raise NotationError(f"after {' '.join(said)!r} comes one of {', '.join(sorted(wanted.allowed))}") from None
    except FormError as problem:
        raise NotationError(str(problem)) from problem
    if reader.at < len(reader.said):
        raise NotationError(f"{reader.said[reader.at]!r} stands after the end of the form")
    return form
