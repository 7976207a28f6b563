"""What engines report, in our own words: their advice names settings that nobody should turn for one query."""

from __future__ import annotations

import re

from kg.errors import QueryRefused, StoreError

_MEMORY = (
    "the query holds more in memory than the engine allows one to sort, group or collect; add LIMIT or WHERE, or count "
    "in a WITH before"
)
_DEEP = "the query nests deeper, or has more clauses, than the engine reads; write it in steps with WITH"
_STEPS = (
    "the graph reports that its engine cannot run this query as it stands; count in a WITH first, go on with the count "
    "in the next clause, and look for patterns with MATCH or EXISTS { }"
)
_ENDS = "shortestPath() was asked to lead from a node to itself; add WHERE a <> b before it"
_KNOWN: tuple[tuple[re.Pattern[str], type[StoreError], str], ...] = (
    (
        re.compile(r"limit of allowed|increase the budget|OutOfMemory|memory\.transaction", re.IGNORECASE),
        StoreError,
        _MEMORY,
    ),
    (re.compile(r"maxExpressionDepth|maxClauses|stack overflow|nested inside one another"), QueryRefused, _DEEP),
    (re.compile(r"Cannot execute command on a read only database"), StoreError, _STEPS),
    (re.compile(r"start and end nodes are the same"), StoreError, _ENDS),
)
# A setting is a word with dots in it that begins as those of both engines do.
_SETTING = re.compile(
    r"\b(?:arcadedb|dbms|server|db|cypher|internal|initial)\.[a-z_]\w*(?:\.\w+)*|\bGlobalConfiguration\b"
)
_SENTENCE = re.compile(r"(?<=[.;!?])\s+")


def in_our_words(code: str, message: str) -> StoreError | None:
    """The error for what an engine reports where we know what to do about it.

    >>> str(in_our_words("", "Limit of allowed elements. Set arcadedb.queryMaxHeap to increase this limit"))[:38]
    'the query holds more in memory than th'
    """
    return next((kind(said) for known, kind, said in _KNOWN if known.search(f"{code} {message}")), None)


def without_settings(message: str) -> str:
    """What an engine reports, in one line, without the sentences that name its settings.

    >>> without_settings("It failed. Set arcadedb.some.setting to true to enable. Sorry.")
    'It failed. Sorry.'
    """
    sentences = [part for part in _SENTENCE.split(" ".join(message.split())) if not _SETTING.search(part)]
    return " ".join(sentences) or "it cannot run this query"
