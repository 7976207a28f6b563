"""What is said to the program and asks nothing of the graph: hello, help, examples, goodbye, show all, export."""

from __future__ import annotations

import re
from typing import Literal

Wish = Literal["hello", "help", "examples", "goodbye", "all", "csv", "parquet", "markdown"]

_FILES: tuple[Wish, ...] = ("csv", "parquet", "markdown")
_EXPORT = (
    r"(?:export|save|write|download)(?: (?:it|them|this|these|that|all|(?:the |all )?results?))?(?: all)?"
    r"(?: to| as| in| into)?(?: a| an)? ?{}(?: file)?"
)
_WORDS: tuple[tuple[Wish, str], ...] = (
    ("hello", r"(?:hello|hi|hey|good (?:morning|evening|afternoon|day))(?: there| galenic)?"),
    (
        "help",
        r"help(?: me)?|\?|what (?:can|do) (?:you|i|it) (?:do|ask|know)(?: here)?|how does (?:this|it) work|"
        r"what (?:is|are) (?:you|this)|who are you",
    ),
    ("examples", r"(?:show |give )?(?:me )?(?:some )?examples?(?: questions?)?|what should i ask"),
    ("goodbye", r"quit|exit|bye|goodbye|good bye|q"),
    (
        "all",
        r"(?:show|list|give|display|print)(?: me)? (?:them all|all(?: of (?:them|these|those))?|everything|the rest|"
        r"(?:the )?(?:whole|full|complete|entire) list|all (?:the )?results)|all of them|the (?:full|whole) list",
    ),
    *((kind, _EXPORT.format(kind)) for kind in _FILES),
)
_WISHES: tuple[tuple[Wish, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"^(?:please |can you |could you |now )*(?:{words})(?: please)?\W*$", re.IGNORECASE))
    for name, words in _WORDS
)


def wish(text: str) -> Wish | None:
    """What a person wants of the program; None for a question.

    >>> wish("hello"), wish("show me all of them"), wish("export to csv"), wish("What drugs treat gout?")
    ('hello', 'all', 'csv', None)
    """
    request = " ".join(text.split())
    return next((name for name, words in _WISHES if words.match(request)), None)
