"""What kind of input a text is, and whether it is whole: Cypher by its first word, a command by its colon, else a
question.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from galenic.errors import UsageError
from galenic.explore.entries import Kind

_READS = ("MATCH", "OPTIONAL", "RETURN", "WITH", "UNWIND")
_REFUSED = (
    "CREATE",
    "MERGE",
    "DELETE",
    "DETACH",
    "SET",
    "REMOVE",
    "DROP",
    "CALL",
    "LOAD",
    "FOREACH",
    "USE",
    "EXPLAIN",
    "PROFILE",
    "SHOW",
    "ALTER",
    "CYPHER",
)
_FIRST = re.compile(r"(?:\s|//[^\n]*(?:\n|$)|/\*.*?\*/)*([A-Za-z]+)\b", re.DOTALL)
# In small letters these may begin a question too ('with which drugs ...', 'return all drugs that ...').
_SMALL = {
    "match": r"match\s+(?:\(|\w+\s*=\s*\()",
    "optional": r"optional\s+match\s*\(",
    "unwind": r"unwind\s+\S+.*\bas\b|unwind\s*[\[$(]",
    "return": r"return\s+(?:[\d'\"$\[({*-]|\w+\s*[.(]|distinct\s+\w+[.(])",
    "with": r"with\s+(?:\*|.*\bas\b)",
}
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
    """Whether Enter ends the input: questions and commands at once, Cypher at `;` or an empty line, unless a
    bracket is open.

    >>> is_whole("MATCH (n)"), is_whole("MATCH (n) RETURN n;"), is_whole("MATCH (n) RETURN n\\n")
    (False, True, True)
    >>> is_whole("What treats gout?")
    True
    """
    if kind_of(text) != "cypher":
        return True
    if is_open(text):
        return False
    return text.rstrip().endswith(";") or bool(re.search(r"\n[ \t]*$", text))


def is_open(text: str) -> bool:
    """Whether a bracket, a quote or a comment is not closed."""
    return opened_at(text) is not None


def opened_at(text: str) -> tuple[int, str] | None:
    """Where the innermost bracket, the quote or the comment stands that is not closed, and what opens it.

    >>> opened_at("MATCH (d:Drug RETURN [1]"), opened_at("RETURN 'it"), opened_at("RETURN (1)")
    ((6, '('), (7, "'"), None)
    """
    waiting: list[tuple[int, str]] = []
    for match in _SPLIT.finditer(text):
        piece = match.group()
        if piece in _CLOSES:
            waiting.append((match.start(), piece))
        elif piece in (")", "]", "}") and waiting and _CLOSES[waiting[-1][1]] == piece:
            waiting.pop()
        elif (piece[0] in "'\"`" and (len(piece) == 1 or piece[-1] != piece[0])) or (
            piece.startswith("/*") and not piece.endswith("*/")
        ):
            return match.start(), piece[:2] if piece[0] == "/" else piece[0]
    return waiting[-1] if waiting else None


def cleaned(text: str) -> str:
    """An input without space around it, Cypher without its closing semicolon."""
    text = text.strip()
    if kind_of(text) == "cypher":
        return re.sub(r"[;\s]+$", "", text)
    # The value of a parameter is taken as it stands.
    return text if re.match(r":param\s", text) else " ".join(text.split())


def number_of(text: str) -> int | None:
    """The number that a text of digits alone writes, None for any other.

    >>> number_of("12"), number_of("²"), number_of("1a")
    (12, None, None)
    """
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def value_of(name: str, text: str) -> Any:
    """The value of a parameter: JSON, or plain text; raises `UsageError` for what begins like JSON and is none.

    >>> value_of("ids", '["DOID:1"]'), value_of("n", "2"), value_of("name", "gout")
    (['DOID:1'], 2, 'gout')
    """
    text = text.strip()
    try:
        return json.loads(text)
    except RecursionError:
        raise UsageError(f"the value of {name} is nested too deep to be read; give it flatter") from None
    except json.JSONDecodeError as problem:
        if text.startswith(("[", "{", '"')):
            raise UsageError(
                f'the value of {name} begins like JSON but is none ({problem.msg}, character {problem.pos + 1}); write a list as {name}=["a","b"], a text as {name}=a'  # noqa: E501
            ) from problem
        return text


def inputs(lines: Iterable[str]) -> Iterator[str]:
    """The inputs of a text that was piped in, Cypher over several lines as one.

    A line that ends with `;` ends Cypher even where a bracket or a quote is open: nobody is there to close it, and what
    follows would be lost.
    """
    waiting = ""
    for line in lines:
        plain = line.rstrip("\n").rstrip("\r")
        if not waiting and not plain.strip():
            continue
        waiting = f"{waiting}\n{plain}" if waiting else plain
        if is_whole(waiting) or (plain.rstrip().endswith(";") and (opened_at(waiting) or (0, ""))[1] != "/*"):
            yield cleaned(waiting)
            waiting = ""
    if waiting.strip():
        yield cleaned(waiting)
