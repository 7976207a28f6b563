"""The phrases in which a set may be described, as tokens: from the schema's own words for kinds and relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from kg.schema import schema
from kg.schema.relations import Relation
from llm.checking.conditions import Way, way_of
from llm.checking.edges import Words, words_of

Sort = Literal[
    "verb", "suffix", "kind", "bound", "not", "and", "or", "called", "place", "itself", "filter", "number", "(", ")"
]
_TOKEN = re.compile(r"⟦f?\d+⟧|[(),]|\d[\d,]*(?![\w])|[^\W_]+(?:['’\-][^\W_]+)*")
_SILENT = frozenset("a an the that which those is are was were be who whose".split())
_BOUNDS: Mapping[Words, str] = {
    ("at", "least"): "at_least",
    ("at", "most"): "at_most",
    ("exactly",): "exactly",
    ("every", "one"): "every",
    ("every",): "every",
    ("only",): "only",
}
_NEGATORS: tuple[Words, ...] = (("but", "not"), ("not",), ("other", "than"), ("except",), ("without",))


@dataclass(frozen=True, slots=True)
class Token:
    """A phrase: its sort and text, and for verbs the ways that it may mean, each with the words that close it."""

    sort: Sort
    text: str
    ways: Mapping[Way, Words] = field(default_factory=dict)
    kind: str = ""


class Unread(Exception):
    """A sentence holds what no rule reads."""


@lru_cache(maxsize=1)
def _phrases() -> dict[Words, Token]:
    """Every phrase of more than a sign, by its words."""
    ways: dict[Words, dict[Way, Words]] = {}
    closing: set[Words] = set()
    for relation in schema().relations.values():
        for phrase, direction, suffix in _of_relation(relation):
            ways.setdefault(phrase, {}).setdefault(way_of(relation.name, direction), suffix)
            closing |= {suffix} if suffix else set()
    phrases = {phrase: Token("verb", " ".join(phrase), of) for phrase, of in ways.items() if phrase}
    phrases |= {words: Token("suffix", " ".join(words)) for words in closing}
    phrases |= {words: Token("bound", name) for words, name in _BOUNDS.items()}
    phrases |= {words: Token("not", " ".join(words)) for words in _NEGATORS}
    phrases |= {("and",): Token("and", "and"), ("or",): Token("or", "or"), ("called",): Token("called", "called")}
    for kind in schema().kinds.values():
        phrases |= {words_of(noun): Token("kind", noun, kind=kind.category) for noun in (kind.singular, kind.plural)}
    return phrases


def _of_relation(relation: Relation) -> Iterator[tuple[Words, str, Words]]:
    """The words before an operand, the direction, and the words behind it."""
    target = schema().kind(relation.object).singular
    for text in (relation.says, relation.plural):
        yield words_of(text), "in", ()
        yield words_of(text.removesuffix(f" the {target}")), "in", ()
    before, _, after = relation.those.partition("{}")
    prefix = words_of(before.removeprefix("that "))
    yield prefix, "out", words_of(after)
    for copula in ("is", "are") if not after.strip() and prefix != ("of",) else ():
        yield (copula, *prefix), "out", ()
    yield words_of(relation.passive), "out", ()


def tokens_of(text: str) -> list[Token]:
    """The tokens of a description in which names are places; raises `Unread` for a word that is none of them."""
    pieces = [p.casefold().replace("’", "'") for p in _TOKEN.findall(text)]
    if _TOKEN.sub("", text).strip(" \n."):
        raise Unread(text)
    phrases, tokens, at = _phrases(), list[Token](), 0
    longest = max(map(len, phrases))
    while at < len(pieces):
        for length in range(min(longest, len(pieces) - at), 0, -1):
            token = phrases.get(tuple(pieces[at : at + length]))
            if token is not None:
                tokens.append(token)
                at += length
                break
        else:
            tokens += _sign(pieces[at])
            at += 1
    return tokens


def _sign(piece: str) -> list[Token]:
    """A single piece that is no phrase: a place, a number, a bracket, or a word that says nothing."""
    if piece.startswith("⟦"):
        return [Token("filter" if piece[1] == "f" else "place", piece.strip("⟦⟧f"))]
    if piece[0].isdigit():
        return [Token("number", piece.replace(",", ""))]
    if piece in ("(", ")"):
        return [Token("(" if piece == "(" else ")", piece)]
    if piece == "itself":
        return [Token("itself", piece)]
    if piece in ("more", "of", "no"):
        return [Token("bound", piece)]
    if piece == "," or piece in _SILENT:
        return []
    raise Unread(piece)
