"""Regular expressions that cannot take long: an engine that has begun to match one stops for no time limit."""

from __future__ import annotations

import re

MAX_OPEN, MAX_OPTIONAL, MAX_WAYS = 2, 5, 64
_PIECES = re.compile(
    r"(?P<flag>\(\?[ims]+\)|\(\?:)|(?P<special>\(\?)|(?P<back>\\[0-9kQ])|(?P<escaped>\\(?s:.))|(?P<set>\[\^?\]?(?:[^\[\]\\&]|\\(?![QE])(?s:.))*\])|(?P<badset>\[)"
    r"|(?P<repeat>[*+]|\{[0-9]*,?[0-9]*\})|(?P<maybe>\?)|(?P<open>\()|(?P<close>\))|(?P<bar>\|)|(?P<plain>(?s:.))"
)
_HINT = "use CONTAINS, STARTS WITH or toLower(...) instead"


def why_slow(pattern: str) -> str:
    """What makes a regular expression one that could take very long, or ''.

    Matching goes back over what it has matched: two open repeats cost the
    square of the text's length, repeats of groups or many alternatives more
    than any limit.

    >>> why_slow("(?i).*cancer.*")
    ''
    >>> why_slow("(a+)+b")
    'it repeats a group; use CONTAINS, STARTS WITH or toLower(...) instead'
    """
    opened = optional = 0
    ways, bars, before = 1, [0], ""
    for piece in _PIECES.finditer(pattern):
        kind, text = str(piece.lastgroup), piece.group()
        if kind in ("special", "back", "badset"):
            return f"{text!r} is not let through in it; {_HINT}"
        if kind == "open" or text == "(?:":
            bars.append(0)
        elif kind == "close":
            ways *= bars.pop() + 1
            bars = bars or [0]
        elif kind == "bar":
            bars[-1] += 1
        elif kind == "repeat":
            if before == "close":
                return f"it repeats a group; {_HINT}"
            opened += before != "repeat" and not text.strip("{}").isdigit()
        elif kind == "maybe" and before != "repeat":
            optional += 1
        before = kind
    ways *= sum(bars) + 1
    if opened > MAX_OPEN:
        return f"it has more than {MAX_OPEN} repeats such as .*; {_HINT}"
    if optional > MAX_OPTIONAL or ways > MAX_WAYS:
        return f"it has too many ways to match; {_HINT}"
    return ""
