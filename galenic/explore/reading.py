"""What kind of input a text is, and whether it is whole: Cypher by its first word, a command by its colon, else a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from galenic.explore.page import Kind

_READS = ("MATCH", "OPTIONAL", "RETURN", "WITH", "UNWIND")
_REFUSED = ("CREATE", "MERGE", "DELETE", "DETACH", "SET", "REMOVE", "DROP", "CALL", "LOAD", "FOREACH", "USE", "EXPLAIN", "PROFILE", "SHOW", "ALTER", "CYPHER")
_FIRST = re.compile(r"(?:\s|//[^\n]*(?:\n|$)|/\*.*?\*/)*([A-Za-z]+)\b", re.DOTALL)
# In small letters these may begin a question too ('with which drugs ...', 'return all drugs that ...').
_SMALL = {
    "match": r"match\s+(?:\(|\w+\s*=\s*\()", "optional": r"optional\s+match\s*\(", "unwind": r"unwind\s+\S+.*\bas\b|unwind\s*[\[$(]",
    "return": r"return\s+(?:[\d'\"$\[({*-]|\w+\s*[.(]|distinct\s+\w+[.(])", "with": r"with\s+(?:\*|.*\bas\b)",
}  # fmt: skip
_SPLIT = re.compile(r"'(?:\\.|[^'\\])*'?|\"(?:\\.|[^\"\\])*\"?|`(?:``|[^`])*`?|/\*.*?(?:\*/|$)|//[^\n]*|.", re.DOTALL)
_CLOSES = {"(": ")", "[": "]", "{": "}"}


def kind_of(text: str) -> Kind:
    """Cypher, a command or a question.

    >>> kind_of("MATCH (n) RETURN n"), kind_of(":help"), kind_of("What treats gout?")
    ('cypher', 'command', 'question')
    """
    if text.lstrip().startswith(":"):
        return "command"
    first = _FIRST.match(text)
    word = first.group(1) if first else ""
    rest = text[first.start(1) :] if first else ""
    if word in _READS or (word in _REFUSED and re.match(r"[A-Z]+\s+(?:[A-Z(]|$|\w+\s*[.(])", rest)):
        return "cypher"
    small = _SMALL.get(word.casefold())
    return "cypher" if small and re.match(small, rest, re.IGNORECASE | re.DOTALL) else "question"


def is_whole(text: str) -> bool:
    """Whether Enter ends the input: questions and commands at once, Cypher at `;` or an empty line, unless a bracket is open.

    >>> is_whole("MATCH (n)"), is_whole("MATCH (n) RETURN n;"), is_whole("MATCH (n) RETURN n\\n"), is_whole("What treats gout?")
    (False, True, True, True)
    """
    if kind_of(text) != "cypher":
        return True
    if is_open(text):
        return False
    return text.rstrip().endswith(";") or bool(re.search(r"\n[ \t]*$", text))


def is_open(text: str) -> bool:
    """Whether a bracket, a quote or a comment is not closed."""
    waiting: list[str] = []
    for piece in _SPLIT.findall(text):
        if piece in _CLOSES:
            waiting.append(_CLOSES[piece])
        elif piece in (")", "]", "}") and waiting and waiting[-1] == piece:
            waiting.pop()
        elif (piece[0] in "'\"`" and (len(piece) == 1 or piece[-1] != piece[0])) or (piece.startswith("/*") and not piece.endswith("*/")):
            return True
    return bool(waiting)


def cleaned(text: str) -> str:
    """An input without space around it, Cypher without its closing semicolon."""
    text = text.strip()
    return re.sub(r"[;\s]+$", "", text) if kind_of(text) == "cypher" else " ".join(text.split())


def inputs(lines: Iterable[str]) -> Iterator[str]:
    """The inputs of a text that was piped in, Cypher over several lines as one."""
    waiting = ""
    for line in lines:
        plain = line.rstrip("\n").rstrip("\r")
        if not waiting and not plain.strip():
            continue
        waiting = f"{waiting}\n{plain}" if waiting else plain
        if is_whole(waiting):
            yield cleaned(waiting)
            waiting = ""
    if waiting.strip():
        yield cleaned(waiting)
