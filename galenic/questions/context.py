"""What one answer leaves for the next question: its form, the things it listed, what was spoken of, and how a follow-up
may be taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from galenic.questions.answer import LinkedEntity
from galenic.questions.restrictions import Vocabulary
from galenic.questions.rewriting import expr_of
from kg.logic.forms import MAX_PARTS, Entity, Expr, Form, Or
from llm.parser.parser import Parsed
from llm.parser.tokens import Mark


@dataclass(frozen=True, slots=True)
class Context:
    """What the last answer left behind: its form, the things it listed, what was spoken of, likeliest first, and a
    question of yes or no asked since.
    """

    question: str
    form: Form
    results: tuple[LinkedEntity, ...] = ()
    focus: LinkedEntity | None = None
    spoken: tuple[LinkedEntity, ...] = ()
    aside: Form | None = None

    def of_them(self) -> Expr | None:
        """The set that 'them' means: of the form, or of the things listed where they are few."""
        expr = expr_of(self.form)
        if expr is not None or not self.results or len(self.results) > MAX_PARTS:
            return expr
        kinds = {r.category for r in self.results}
        parts = tuple(Entity(r.id, r.category) for r in self.results)
        return None if len(kinds) != 1 else parts[0] if len(parts) == 1 else Or(parts)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A follow-up as a form of its own; `about` becomes the focus, `why` asks for the reasons of one result."""

    form: Form
    entities: tuple[LinkedEntity, ...] = ()
    about: LinkedEntity | None = None
    why: LinkedEntity | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Choices:
    """A follow-up with readings that differ; they are asked back."""

    readings: tuple[tuple[str, Rewritten], ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """A follow-up that was not understood, and why."""

    because: str


Followed = Rewritten | Choices | Unclear


@dataclass(frozen=True, slots=True)
class Reader:
    """What the rules read with: names in a text, the parser, and what a release can be restricted by."""

    marks: Callable[[str], list[Mark]]
    parse: Callable[[str, Sequence[Mark]], Parsed]
    vocabulary: Callable[[], Vocabulary]
    describe: Callable[[Form, Mapping[str, str]], str] = field(default=lambda form, names: "")
