"""A place in the tokens of a query: what comes next, what must come next, and how deep things nest."""

from __future__ import annotations

from abc import ABC, abstractmethod

from kg.cypher.tokens import Token, place, refusal, tokens
from kg.cypher.tree import Expr, Labels, Name, Path, Query
from kg.errors import QueryRefused

MAX_DEPTH = 40
MAX_STEPS = 6
# An engine's planner takes longer than linear in what one MATCH joins, and heeds no limit of time.
MAX_EDGES = 20
# Words that begin or join clauses are no names unless in back-ticks: an engine could read a clause where we read a
# name.
RESERVED = frozenset(
    "MATCH OPTIONAL WHERE WITH UNWIND RETURN UNION CALL YIELD CREATE MERGE DELETE DETACH NODETACH SET REMOVE DROP LOAD "
    "CSV FOREACH USE USING INSERT FINISH SHOW"
    " TERMINATE EXPLAIN PROFILE CYPHER ALTER GRANT DENY REVOKE RENAME ENABLE DRYRUN REALLOCATE DEALLOCATE TRUNCATE "
    "REBUILD BEGIN COMMIT ROLLBACK PERIODIC"
    " TRANSACTIONS EXPORT IMPORT BACKUP LET FILTER NEXT FOR AND OR XOR NOT IN IS AS CASE WHEN THEN ELSE DISTINCT "
    "NULL TRUE FALSE"
    " ORDER SKIP OFFSET LIMIT".split()
)
_WRITES = frozenset(
    (
        "CREATE MERGE DELETE DETACH NODETACH SET REMOVE DROP FOREACH INSERT ALTER GRANT DENY REVOKE RENAME TRUNCATE "
        "REBUILD"
    ).split()
)

# What other languages write there, and what it is here.
_MEANT = {
    "!": "not equal is written <>",
    "=": "equal is written with one =",
    "LIKE": "write n.name CONTAINS 'text' or STARTS WITH",
    "NOT": "NOT stands first: NOT n.id IN $ids",
    "GROUP": "what stands beside a count() groups by itself",
    "HAVING": "write WITH n, count(*) AS c WHERE c > 2",
    "SKIP": "SKIP stands before LIMIT",
    "WHERE": "WHERE stands after its MATCH or WITH, once; join conditions with AND",
    "ORDER": "ORDER BY stands after RETURN or WITH, before SKIP and LIMIT",
    ">": "an arrow is written -[:TYPE]-> or -->",
    "|": "texts and lists are joined with +, conditions with OR",
    "&": "conditions are joined with AND",
}


class Cursor(ABC):
    """Reads tokens one after the other; each part of the grammar is a class on top of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self._depth = 0
        self._closing = self._pairs()
        # What is written otherwise in what runs, by the span that it replaces, and what is said of it.
        self.edits: dict[tuple[int, int], str] = {}
        self.notes: list[str] = []

    def _pairs(self) -> dict[int, int]:
        """The token that closes each bracket, so that looking ahead costs nothing."""
        pairs, opened = {}, []
        for at, token in enumerate(self.tokens):
            if token.word in ("(", "[", "{"):
                opened.append(at)
            elif token.word in (")", "]", "}"):
                if not opened or self.tokens[opened[-1]].word + token.word not in ("()", "[]", "{}"):
                    raise self.fail(f"{token.word!r} closes nothing that is open", token)
                pairs[opened.pop()] = at
            if len(opened) > MAX_DEPTH:
                raise self.fail(f"the query nests deeper than {MAX_DEPTH} brackets; write it in steps with WITH", token)
        if opened:
            raise self.fail(f"{self.tokens[opened[-1]].word!r} is not closed", self.tokens[opened[-1]])
        return pairs

    def fail(self, message: str, token: Token | None = None) -> QueryRefused:
        """The error to raise for a token, by default the next one."""
        return refusal(self.text, (token or self.tokens[self.at]).start, message)

    def note(self, start: int, message: str) -> None:
        """Tell the reader what was changed at a place."""
        self.notes.append(f"{place(self.text, start)}: {message}")

    def ahead(self, count: int = 0) -> Token:
        """The token after `count` others."""
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def comes(self, *words: str) -> bool:
        """Whether these words or signs come next."""
        return all(self.ahead(n).word == word for n, word in enumerate(words))

    def closing(self, at: int) -> int:
        """The place of the bracket that closes the one at a place."""
        return self._closing[at]

    def take(self) -> Token:
        """The next token, passed."""
        token = self.tokens[self.at]
        self.at += token.kind != "end"
        return token

    def found(self, *words: str) -> bool:
        """Pass these words or signs if they come next; whether they did."""
        if not self.comes(*words):
            return False
        self.at += len(words)
        return True

    def expect(self, sign: str, inside: str) -> Token:
        """Pass the sign or word that must come next in such a thing."""
        token = self.ahead()
        if token.word != sign:
            raise self.unexpected(f"{sign} in {inside}")
        return self.take()

    def unexpected(self, wanted: str) -> QueryRefused:
        """The error for a token that has no place here; says what a word means that is refused anywhere."""
        token = self.ahead()
        if token.word in _WRITES:
            return self.fail(f"{token.word} writes; this command only reads")
        if token.kind == "end":
            return self.fail(f"the query ends where {wanted} is expected")
        if token.word == ";":
            return self.fail("one query at a time: more than one statement is refused")
        shown = token.text if token.kind != "text" else f"'{token.text[:20]}'"
        meant = _MEANT.get(token.word, "") if "name" not in wanted else ""
        also = f"; {meant}" if meant else "; put it in back-ticks if it is a name" if token.word in RESERVED else ""
        return self.fail(f"{shown!r} where {wanted} is expected{also}")

    def name(self, what: str) -> Name:
        """A name that must come next: a word that is not reserved, or any text in back-ticks."""
        token = self.ahead()
        if token.kind == "name" or (token.kind == "word" and token.word not in RESERVED):
            self.at += 1
            return Name(token.text, token.start)
        raise self.unexpected(what)

    def names_follow(self) -> bool:
        """Whether a name comes next."""
        token = self.ahead()
        return token.kind == "name" or (token.kind == "word" and token.word not in RESERVED)

    def key(self, what: str) -> Name:
        """A name where any word can stand: after a dot or colon, or in a map."""
        token = self.ahead()
        if token.kind in ("word", "name"):
            self.at += 1
            return Name(token.text, token.start)
        raise self.unexpected(what)

    def enter(self) -> None:
        """One level deeper."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.fail(f"the query nests deeper than {MAX_DEPTH} levels; write it in steps with WITH")

    def leave(self) -> None:
        """One level up again."""
        self._depth -= 1

    @abstractmethod
    def expression(self) -> Expr:
        """A value; the expressions' part of the grammar says how."""

    @abstractmethod
    def path(self, named: bool = True) -> Path:
        """A path; the patterns' part of the grammar says how."""

    @abstractmethod
    def labels(self) -> Labels:
        """A label expression; the patterns' part of the grammar says how."""

    @abstractmethod
    def subquery(self, kind: str) -> Query:
        """A query in braces; the clauses' part of the grammar says how."""
