"""Reads the notation that `kg.logic.text.show` prints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kg.errors import FormError, SchemaError
from kg.logic.forms import (
    MAX_DEPTH,
    REASONS,
    SOUGHT,
    AbstainForm,
    All,
    And,
    AskBackForm,
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

MAX_CHARACTERS = 20_000
_TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<test><=|>=|=)|(?P<sign>[(),])|(?P<word>[^\s(),"=<>]+))')


@dataclass(slots=True)
class _Tokens:
    """The rest of a text, and the categories of the entities in it where they are known."""

    parts: list[tuple[str, str, int]]
    categories: Mapping[str, str]
    at: int = 0

    def next(self, wanted: str = "") -> tuple[str, str]:
        kind, text, place = self.parts[self.at] if self.at < len(self.parts) else ("end", "the end", -1)
        if wanted and text != wanted:
            raise FormError(
                f"expected {wanted!r}, found {text!r}" + (f" at character {place + 1}" if place >= 0 else "")
            )
        self.at += 1
        return kind, text

    def peek(self) -> str:
        return self.parts[self.at][1] if self.at < len(self.parts) else ""


def read(text: str, categories: Mapping[str, str] | None = None) -> Form | Expr:
    """A form or an expression from its notation; raises `FormError`, which says where it stops making sense.

    `categories`: of the entities, where they are known; the others take any place.

    >>> from kg.logic.text import show
    >>> show(read("list( hop(treats, in, entity(DOID:9352)) )"))
    'list(hop(treats, in, entity(DOID:9352)))'
    """
    if len(text) > MAX_CHARACTERS:
        raise FormError(f"the form has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read")
    tokens = _Tokens(_split(text), categories or {})
    try:
        node = _node(tokens, 0)
    except SchemaError as problem:
        raise FormError(str(problem)) from problem
    if tokens.at < len(tokens.parts):
        raise FormError(
            f"{tokens.parts[tokens.at][1]!r} at character {tokens.parts[tokens.at][2] + 1} follows a form that is "
            "already whole"
        )
    return node


def read_form(text: str, categories: Mapping[str, str] | None = None) -> Form:
    """A form from its notation; an expression alone is taken as the list of its nodes."""
    node = read(text, categories)
    return ListForm(node) if isinstance(node, Expr) else node


def _split(text: str) -> list[tuple[str, str, int]]:
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise FormError(f"cannot read {text[at:].strip()[:10]!r} at character {at + 1}")
        kind = str(match.lastgroup)
        tokens.append((kind, match.group(kind), match.start(kind)))
        at = match.end()
    return tokens


def _node(tokens: _Tokens, depth: int) -> Form | Expr:
    if depth > MAX_DEPTH + 2:
        raise FormError("the form is nested too deeply")
    _, name = tokens.next()
    if name not in _READERS:
        raise FormError(f"unknown operation {name!r}; known: {', '.join(_READERS)}")
    tokens.next("(")
    node = _READERS[name](tokens, depth + 1)
    tokens.next(")")
    return node


def _expr(tokens: _Tokens, depth: int) -> Expr:
    node = _node(tokens, depth)
    if not isinstance(node, Expr):
        raise FormError(
            f"{type(node).__name__.removesuffix('Form').lower()} is a question of its own and cannot stand inside "
            "another"
        )
    return node


def _many(tokens: _Tokens, depth: int) -> tuple[Expr, ...]:
    parts = [_expr(tokens, depth)]
    while tokens.peek() == ",":
        tokens.next()
        parts.append(_expr(tokens, depth))
    return tuple(parts)


def _pair(tokens: _Tokens, depth: int) -> tuple[Expr, Expr]:
    left = _expr(tokens, depth)
    tokens.next(",")
    return left, _expr(tokens, depth)


def _word(tokens: _Tokens, known: tuple[str, ...] = ()) -> str:
    kind, text = tokens.next()
    if kind != "word" or (known and text not in known):
        raise FormError(f"expected {' or '.join(known) or 'a word'}, found {text!r}")
    return text


def _number(tokens: _Tokens) -> int:
    text = _word(tokens)
    if not text.isdecimal() or len(text) > 9:
        raise FormError(f"expected a whole number, found {text!r}")
    return int(text)


def _identifier(tokens: _Tokens) -> str:
    kind, text = tokens.next()
    if kind not in ("word", "text"):
        raise FormError(f"expected an identifier, found {text!r}")
    return str(_unquoted(text)) if kind == "text" else text


def _entity(tokens: _Tokens, depth: int) -> Entity:
    name, exact = _identifier(tokens), False
    if tokens.peek() == ",":
        tokens.next()
        exact = _word(tokens, ("exact",)) == "exact"
    return Entity(name, tokens.categories.get(name, ANY), exact)


def _category(tokens: _Tokens) -> str:
    name = _word(tokens)
    category = name if ":" in name else f"biolink:{name}"
    schema().kind(category)
    return category


def _way(tokens: _Tokens) -> tuple[str, Any]:
    relation = _word(tokens)
    tokens.next(",")
    return relation, _word(tokens, ("in", "out"))


def _hop(tokens: _Tokens, depth: int) -> Hop:
    relation, direction = _way(tokens)
    tokens.next(",")
    of = _expr(tokens, depth)
    # An entity of unknown kind is of the kind that the relation starts from.
    if isinstance(of, Entity) and of.category == ANY and relation in schema().relations:
        of = replace(of, category=schema().relation(relation).source(direction))
    return Hop(relation, direction, of)


def _having(tokens: _Tokens, depth: int) -> Having:
    of = _expr(tokens, depth)
    tokens.next(",")
    tokens.next("hop")
    tokens.next("(")
    relation, direction = _way(tokens)
    among = None
    if tokens.peek() == ",":
        tokens.next()
        among = _expr(tokens, depth)
    tokens.next(")")
    tokens.next(",")
    comparison: Any = _word(tokens, ("at_least", "at_most", "exactly", "every", "only"))
    number = 0
    if comparison not in ("every", "only"):
        tokens.next(",")
        number = _number(tokens)
    return Having(of, relation, direction, comparison, number, among)


def _where(tokens: _Tokens, depth: int) -> Where:
    of = _expr(tokens, depth)
    return Where(of, _filters(tokens))


def _filters(tokens: _Tokens) -> tuple[Filter, ...]:
    filters = []
    while tokens.peek() == ",":
        tokens.next()
        field = _word(tokens)
        kind, test = tokens.next()
        if kind != "test":
            raise FormError(f"expected =, <= or >= after {field}, found {test!r}")
        filters.append(Filter(field, test, _value(tokens)))  # type: ignore[arg-type]
    return tuple(filters)


def _value(tokens: _Tokens) -> str | int | float:
    kind, text = tokens.next()
    if kind == "text":
        return str(_unquoted(text))
    try:
        return float(text) if "." in text or "e" in text.casefold() else int(text)
    except ValueError:
        raise FormError(f"expected a number or a quoted text, found {text!r}") from None


def _unquoted(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise FormError(f"{text} is not a well-formed quoted text") from None


def _top(tokens: _Tokens, depth: int) -> TopForm:
    k = _number(tokens)
    tokens.next(",")
    of = _expr(tokens, depth)
    tokens.next(",")
    tokens.next("hop")
    tokens.next("(")
    relation, direction = _way(tokens)
    tokens.next(")")
    tokens.next(",")
    most = _word(tokens, ("most", "fewest")) == "most"
    return TopForm(k, of, relation, direction, most, _filters(tokens))


def _named(tokens: _Tokens, depth: int) -> Entity:
    tokens.next("entity")
    tokens.next("(")
    entity = _entity(tokens, depth)
    tokens.next(")")
    return entity


def _paths(tokens: _Tokens, depth: int) -> PathsForm:
    start = _named(tokens, depth)
    tokens.next(",")
    end = _named(tokens, depth)
    tokens.next(",")
    return PathsForm(start, end, _number(tokens))


def _of_kind(tokens: _Tokens, depth: int, category: str) -> Entity:
    """An entity where only one kind may stand; of unknown kind, it is of that."""
    entity = _named(tokens, depth)
    return replace(entity, category=category) if entity.category == ANY else entity


def _hypotheses(tokens: _Tokens, depth: int) -> HypothesesForm:
    sought: Any = _word(tokens, tuple(SOUGHT))
    tokens.next(",")
    return HypothesesForm(sought, _of_kind(tokens, depth, SOUGHT[sought]))


def _hypothesis(tokens: _Tokens, depth: int) -> HypothesisForm:
    drug = _of_kind(tokens, depth, "biolink:Drug")
    tokens.next(",")
    return HypothesisForm(drug, _of_kind(tokens, depth, "biolink:Disease"))


def _screen(tokens: _Tokens, depth: int) -> ScreenForm:
    drugs = [_of_kind(tokens, depth, "biolink:Drug")]
    while tokens.peek() == ",":
        tokens.next()
        drugs.append(_of_kind(tokens, depth, "biolink:Drug"))
    return ScreenForm(tuple(drugs))


def _quoted(tokens: _Tokens) -> str:
    kind, text = tokens.next()
    if kind != "text":
        raise FormError(f"expected a quoted text, found {text!r}")
    return str(_unquoted(text))


def _literature(tokens: _Tokens, depth: int) -> LiteratureForm:
    text, names = _quoted(tokens), []
    while tokens.peek() == ",":
        tokens.next()
        names.append(_identifier(tokens))
    return LiteratureForm(text, tuple(names))


def _ask_back(tokens: _Tokens, depth: int) -> AskBackForm:
    reason: Any = _word(tokens, REASONS)
    readings = []
    while tokens.peek() == ",":
        tokens.next()
        readings.append(_quoted(tokens))
    return AskBackForm(tuple(readings), reason)


def _abstain(tokens: _Tokens, depth: int) -> AbstainForm:
    reason: Any = _word(tokens, REASONS)
    return AbstainForm(reason)


_READERS: dict[str, Callable[[_Tokens, int], Form | Expr]] = {
    "entity": _entity,
    "all": lambda t, d: All(_category(t)),
    "hop": _hop,
    "and": lambda t, d: And(_many(t, d)),
    "or": lambda t, d: Or(_many(t, d)),
    "minus": lambda t, d: Minus(*_pair(t, d)),
    "having": _having,
    "where": _where,
    "list": lambda t, d: ListForm(_expr(t, d)),
    "count": lambda t, d: CountForm(_expr(t, d)),
    "exists": lambda t, d: ExistsForm(_expr(t, d)),
    "compare": lambda t, d: CompareForm(*_pair(t, d)),
    "top": _top,
    "paths": _paths,
    "describe": lambda t, d: DescribeForm(_named(t, d)),
    "mechanism": lambda t, d: MechanismForm(_named(t, d)),
    "hypotheses": _hypotheses,
    "hypothesis": _hypothesis,
    "screen": _screen,
    "literature": _literature,
    "ask_back": _ask_back,
    "abstain": _abstain,
}
# What a form and the sets in it are written with.
OPERATIONS: tuple[str, ...] = tuple(_READERS)
