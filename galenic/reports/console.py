"""The console that everything is shown on: texts are printed as they are, whatever they hold."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from galenic.reports.plain import plain


class PlainText(Text):
    """A styled text, made plain before its width is measured."""

    def __init__(self, text: str = "", style: str = "") -> None:
        super().__init__(plain(text), style)


class PlainConsole(Console):
    """A console without markup in texts, on which nothing but its own styles steers the terminal."""

    def __init__(self, **more: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **more)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of anything, their texts plain."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(plain(segment.text), segment.style)

    def render_str(self, text: str, **more: Any) -> Text:
        """A text as it is printed; made plain before its width is measured."""
        return super().render_str(plain(text), **more)


def console() -> PlainConsole:
    """Standard output; where it is no terminal 110 columns wide, and no line ends in blanks."""
    out = PlainConsole(soft_wrap=False)
    return out if out.is_terminal else PlainConsole(width=110, file=_Trimmed())


class _Trimmed(io.StringIO):
    """Standard output without the blanks that fill the last column of a table."""

    def write(self, text: str) -> int:
        sys.stdout.write(re.sub(r"[ \t]+(?=\n)", "", text))
        return len(text)

    def flush(self) -> None:
        sys.stdout.flush()
