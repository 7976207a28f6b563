"""Text is data: what steers a terminal, turns writing round or breaks lines is shown, never sent."""

from __future__ import annotations

import json
import re
from typing import Any

# Control characters but tab and line feed, marks and overrides of direction, separators of lines, halves of characters.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(text: str) -> str:
    r"""Text that a terminal prints as it is: what would steer it is written out.

    >>> print(plain("a\x1b[31mred\u202e"))
    a\x1b[31mred\u202e
    """
    return _STEERING.sub(_written_out, text)


def one_line(text: str) -> str:
    """The same in one line."""
    return plain(" ".join(text.split()))


def code_span(text: str) -> str:
    """Text as a span of code in Markdown, whatever backticks it holds.

    >>> code_span("a`b")
    '``a`b``'
    """
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{one_line(text)}{space}{fence}"


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def json_text(value: Any, indent: int | None = None) -> str:
    r"""JSON of a value; what would steer a terminal is escaped, so that it is read back as it was.

    >>> print(json_text({"name": "β\x9b\u202e"}))
    {"name": "β\u009b\u202e"}
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def spreadsheet_cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula; numbers stay numbers.

    >>> spreadsheet_cell("=1+2"), spreadsheet_cell("5-HT2A"), spreadsheet_cell(-2.5)
    ("'=1+2", '5-HT2A', '-2.5')
    """
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return plain(f"'{value}" if value.startswith(_FORMULA) and not _NUMBER.fullmatch(value) else value)
