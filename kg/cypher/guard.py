"""A gate for Cypher that a person wrote: only plain reads pass, and whatever is not understood is refused."""

from __future__ import annotations

import re

from kg.errors import QueryRefused

MAX_CHARACTERS = 20_000
_TOKENS = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")|(?P<name>`(?:``|[^`])*`)"
    r"|(?P<parameter>\$\s*\w+)|(?P<word>[^\W\d]\w*)|(?P<number>\d[\w.]*)|(?P<space>\s+)|(?P<sign>.)",
    re.DOTALL,
)
_FIRST = {"MATCH", "OPTIONAL", "RETURN", "WITH", "UNWIND"}
# Clauses and statements beyond reading. A word is harmless after '.' or ':' and inside back-ticks, where it is a name.
_FORBIDDEN = frozenset(
    "CREATE MERGE DELETE DETACH SET REMOVE DROP CALL LOAD FOREACH USE ALTER INSERT GRANT DENY REVOKE START STOP SHOW TERMINATE EXPLAIN PROFILE USING"
    " PERIODIC COMMIT RENAME ENABLE DRYRUN REALLOCATE DEALLOCATE CYPHER FINISH YIELD TRUNCATE REBUILD BEGIN ROLLBACK EXPORT IMPORT BACKUP".split()
)
# These may stand as variables or functions too; as clauses they never pass because the first word is checked.
_FUNCTIONS = frozenset(
    "abs acos all any asin atan atan2 avg ceil char_length coalesce collect cos count cot degrees elementid endnode exists exp floor haversin head id"
    " isempty keys labels last left length log log10 ltrim max min nodes none nullif percentilecont percentiledisc properties radians rand range reduce"
    " relationships replace reverse right round rtrim shortestpath allshortestpaths sign sin single size split sqrt startnode stdev stdevp substring sum"
    " tail tan timestamp toboolean tofloat tointeger tolower tostring toupper trim type in and or not xor where return with match on as by then when"
    " else case contains".split()
)


def tokens(query: str) -> list[tuple[str, str]]:
    """(kind, text) of every token but space and comments."""
    return [(str(m.lastgroup), m.group()) for m in _TOKENS.finditer(query) if m.lastgroup not in ("space", "comment")]


def parameters_of(query: str) -> set[str]:
    """Names of the parameters in a query.

    >>> parameters_of("MATCH (n) WHERE n.id = $id RETURN n.name")
    {'id'}
    """
    return {text.lstrip("$ \\t\\n") for kind, text in tokens(query) if kind == "parameter"}


def require_read(query: str) -> None:
    """Return when the query is one plain read; raises `QueryRefused`, which says why, for all others.

    >>> require_read("MATCH (d:Drug) RETURN count(d)")
    """
    if len(query) > MAX_CHARACTERS:
        raise QueryRefused(f"the query has {len(query):,} characters; at most {MAX_CHARACTERS:,} are read")
    if re.search(r"\\[uU]", query):
        raise QueryRefused("unicode escapes are refused in queries; write the character itself")
    if not query.isprintable() and re.search(r"[^\S \t\r\n]|[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202f\u2060\ufeff]", query):
        raise QueryRefused("the query holds control or invisible characters")
    found = tokens(query)
    while found and found[-1] == ("sign", ";"):
        found.pop()
    if not found:
        raise QueryRefused("the query is empty")
    if ("sign", ";") in found:
        raise QueryRefused("one query at a time: more than one statement is refused")
    if any(kind == "sign" and text in "'\"`" for kind, text in found) or "/*" in "".join(t for k, t in found if k == "sign"):
        raise QueryRefused("a quote, back-tick or comment is not closed")
    if found[0][0] != "word" or found[0][1].upper() not in _FIRST:
        raise QueryRefused(f"a query that only reads begins with MATCH, OPTIONAL MATCH, WITH, UNWIND or RETURN, not {found[0][1]!r}")
    _check_words(found)


def _check_words(found: list[tuple[str, str]]) -> None:
    for at, (kind, text) in enumerate(found):
        before = found[at - 1][1] if at else ""
        after = found[at + 1][1] if at + 1 < len(found) else ""
        if kind == "word" and before not in (".", ":", "|", "&", "!") and text.upper() in _FORBIDDEN and after != ":":
            raise QueryRefused(f"{text.upper()} is refused: this command only reads")
        called = after == "(" and kind in ("word", "name") and before not in (":", "|", "&", "!")
        if called and (before == "." or kind == "name" or text.casefold() not in _FUNCTIONS):
            raise QueryRefused(f"the function {text!r} is refused; plain Cypher functions alone are let through")
        if kind == "sign" and text == "*" and _unbounded(found, at):
            raise QueryRefused("a path of any length is refused; give it an end: -[*1..3]-")


def _unbounded(found: list[tuple[str, str]], at: int) -> bool:
    """Whether a star inside a relationship has no upper end of at most 6 steps."""
    opened = [text for kind, text in found[:at] if kind == "sign" and text in "[]"]
    if not opened or opened[-1] != "[" or found[at - 1][1] in (")", "]") or (found[at - 1][0] == "number"):
        return False
    said = ""
    for _, text in found[at + 1 :]:
        if text not in (".", "..") and not text[0].isdigit():
            break
        said += text
    if found[at - 1][1] == "[" or found[at - 1][0] in ("word", "name"):
        end = said.rsplit(".", 1)[-1]
        return not end.isdigit() or int(end) > 6
    return False
