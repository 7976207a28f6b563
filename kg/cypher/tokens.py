"""Cypher as tokens, and the door before them: length and characters. What is no token of Cypher is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from kg.errors import QueryRefused

MAX_CHARACTERS = 20_000
# Only ASCII makes words, numbers and spaces: engines fold other letters into keywords, and see other spaces otherwise
# than we do.
_TOKENS = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<comment>/\*(?s:.*?)\*/|//[^\r\n]*)"
    r"|(?P<text>'[^'\\]*(?:\\.[^'\\]*)*'|\"[^\"\\]*(?:\\.[^\"\\]*)*\")|(?P<name>`[^`]+`)"
    r"|(?P<parameter>\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+))|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign><=|>=|<>|=~|\.\.|[()\[\]{}.,:;+\-*/%^=<>|&!])"
)
_ESCAPE = re.compile(r"\\(?s:.)")
_ESCAPED = "\\'\"`bfnrt"
_PRINTED = re.compile(r"[\t\n\r -~]*")
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


class Token(NamedTuple):
    """A piece of a query: kind, text without its quotes or `$`, where it stands, and the word or sign in capitals (''
    for all else).
    """

    kind: str
    text: str
    start: int
    end: int
    word: str


def refusal(query: str, at: int, message: str) -> QueryRefused:
    """An error that names the line and column.

    >>> str(refusal("MATCH (n)\\nRETRUN n", 10, "there is no clause RETRUN"))
    'line 2, column 1: there is no clause RETRUN'
    """
    return QueryRefused(f"{place(query, at)}: {' '.join(message.split())}")


def place(query: str, at: int) -> str:
    """Line and column of a place in a query, as a person counts them."""
    before = query[:at].replace("\r\n", " \n").replace("\r", "\n")
    return f"line {before.count(chr(10)) + 1}, column {at - (before.rfind(chr(10)) + 1) + 1}"


def tokens(query: str) -> list[Token]:
    """The tokens of a query without spaces and comments, and one of kind 'end'; raises `QueryRefused`.

    >>> [t.text for t in tokens("RETURN 'a' // all")]
    ['RETURN', 'a', '']
    """
    _check_characters(query)
    found, at = [], 0
    while at < len(query):
        match = _TOKENS.match(query, at)
        if match is None or (query.startswith("/*", at) and match.lastgroup == "sign"):
            raise refusal(query, at, _no_token(query, at))
        kind, text, end = str(match.lastgroup), match.group(), match.end()
        if kind == "number" and _TOKENS.match(query, end) and re.match(r"\w", query[end]):
            raise refusal(
                query, at, f"{text + query[end]!r} is neither a number nor a name; write numbers as 12, 0.5 or 1e3"
            )
        if kind not in ("space", "comment"):
            found.append(_token(query, kind, text, at))
        at = end
    found.append(Token("end", "", len(query), len(query), ""))
    return found


def _token(query: str, kind: str, text: str, at: int) -> Token:
    end = at + len(text)
    if kind == "text":
        for escape in _ESCAPE.finditer(text):
            if escape.group()[1] in _ESCAPED:
                continue
            raise refusal(
                query,
                at + escape.start(),
                f"the escape {escape.group()!r} is refused in a text; \\\\ \\' \\\" \\n \\r \\t are read",
            )
        return Token(kind, text[1:-1], at, end, "")
    if kind == "name":
        return Token(kind, text[1:-1], at, end, "")
    if kind == "parameter":
        return Token(kind, text[1:], at, end, "")
    return Token(kind, text, at, end, text.upper() if kind != "number" else "")


def _check_characters(query: str) -> None:
    if len(query) > MAX_CHARACTERS:
        raise QueryRefused(f"the query has {len(query):,} characters; at most {MAX_CHARACTERS:,} are read")
    if (at := query.find("\\u")) >= 0 or (at := query.find("\\U")) >= 0:
        raise refusal(query, at, "unicode escapes are refused in queries; write the character itself")
    if _PRINTED.fullmatch(query):
        return
    for at, character in enumerate(query):
        if unicodedata.category(character) in _INVISIBLE and character not in "\t\n\r":
            raise refusal(
                query, at, f"the query holds a control or invisible character (U+{ord(character):04X}); remove it"
            )


def _no_token(query: str, at: int) -> str:
    character = query[at]
    if query.startswith("/*", at):
        return "the comment is not closed"
    if character in "'\"`":
        return "a quote or back-tick is not closed, or nothing stands in it"
    if character == "$":
        return "a parameter is written $name; labels, types and names that are computed are refused"
    if character.isspace():
        return f"U+{ord(character):04X} is no space of Cypher; write a plain one"
    if character.isalpha():
        return f"{character!r} is no letter of a plain name; put the name in back-ticks"
    return f"{character!r} has no place in a query"


def plain(query: str, edits: Mapping[tuple[int, int], str]) -> str:
    """The query as it runs: comments gone, one kind of line end, and the edits made, given by the span that each
    replaces.

    >>> plain("RETURN 1 /* one */ AS x", {(7, 8): "2"})
    'RETURN 2   AS x'
    """
    return applied(query, edits, 0, len(query)).strip(" \t\n;")


def applied(query: str, edits: Mapping[tuple[int, int], str], start: int, end: int) -> str:
    """A part of a query as it runs, the edits made that lie in it.

    >>> applied("RETURN 1 + 1 AS x", {(7, 8): "2"}, 7, 12)
    '2 + 1'
    """
    changes = {span: text for span, text in edits.items() if start <= span[0] and span[1] <= end}
    for match in _TOKENS.finditer(query, start, end):
        if match.lastgroup == "comment":
            changes[match.span()] = " "
        elif match.lastgroup == "space" and "\r" in match.group():
            changes[match.span()] = match.group().replace("\r\n", "\n").replace("\r", "\n")
    parts, at = [], start
    for (first, last), text in sorted(changes.items()):
        # A comment between the signs of an arrow goes with the arrow.
        if first >= at:
            parts += [query[at:first], text]
            at = last
    return "".join([*parts, query[at:end]])
