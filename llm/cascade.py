"""Parsers one after the other, cheapest first: the first that is sure of its reading is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.logic.reading import Asked, Read
from llm.ports import Parser

# From here on a reading is believed without asking the next parser.
SURE = 0.55


class Cascade:
    """Several parsers as one."""

    def __init__(self, parsers: Sequence[Parser], sure: float = SURE) -> None:
        """`sure` is the confidence from which a reading is believed without asking the parsers after it."""
        self.parsers, self.sure = tuple(parsers), sure

    def read(self, asked: Asked) -> Read | None:
        """The first sure reading, else the surest with the earlier winning a tie; None when no parser has any."""
        best: Read | None = None
        for parser in self.parsers:
            read = parser.parse(asked)
            if read is None:
                continue
            named = replace(read, parser=read.parser or parser.name)
            if named.confidence >= self.sure and not named.unread:
                return named
            if best is None or named.confidence > best.confidence:
                best = named
        return best
