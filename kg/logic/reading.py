"""What a question is before and after it is read: names found in it, what it may refer back to, its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.logic.forms import MAX_PARTS, AbstainForm, Entity, Expr, Form, Or
from kg.logic.rewriting import expr_of


@dataclass(frozen=True, slots=True)
class Reading:
    """One node that a mention may stand for; `why` says how, where it is not what the name means itself."""

    id: str
    name: str
    category: str
    score: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mention in a question: half-open character offsets and its readings, best first; none for an unknown name."""

    start: int
    end: int
    text: str
    readings: tuple[Reading, ...]

    def of(self, category: str) -> Reading | None:
        """The best reading of a category."""
        return next((r for r in self.readings if r.category == category), None)

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories of its readings, best first."""
        return tuple(dict.fromkeys(r.category for r in self.readings))


def masked(question: str, marks: Sequence[Mark]) -> str:
    """The question in lower case with {x} in place of each name.

    >>> masked("Does Aspirin help?", [Mark(5, 12, "Aspirin", ())])
    'does {x} help?'
    """
    text, at = "", 0
    for mark in marks:
        text += question[at : mark.start].casefold() + "{x}"
        at = mark.end
    return text + question[at:].casefold()


def unmarked(text: str, marks: Sequence[Mark]) -> str:
    """The text without its names."""
    for mark in sorted(marks, key=lambda m: -m.start):
        text = text[: mark.start] + " " + text[mark.end :]
    return text


@dataclass(frozen=True, slots=True)
class Linked:
    """A name and the node that it was taken for; `why` says how a follow-up or a name of another kind came to that."""

    mention: str
    id: str
    name: str
    category: str
    score: float
    why: str = ""

    @classmethod
    def of(cls, mark: Mark, reading: Reading) -> Linked:
        """A mention as one of its readings."""
        return cls(mark.text, reading.id, reading.name, reading.category, round(reading.score, 4), reading.why)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a release can be restricted by: values of attributes by category, titles of its sources, its licences; and
    whether an identifier is that of a chemical whose kinds are drugs, and a word one of some name.
    """

    values: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    licences: frozenset[str] = frozenset()
    is_group: Callable[[str], bool] = lambda identifier: False
    is_in_names: Callable[[str], bool] = lambda word: False


# Stands for the last form before the first question.
NOTHING_ASKED = AbstainForm("incomplete")


@dataclass(frozen=True, slots=True)
class Context:
    """What a conversation left for the next question.

    The form of the last answer, the things it listed, what was spoken of (likeliest first), the
    thing in focus, a question of yes or no asked since, and readings that wait to be chosen.
    """

    question: str = ""
    form: Form = NOTHING_ASKED
    results: tuple[Linked, ...] = ()
    focus: Linked | None = None
    spoken: tuple[Linked, ...] = ()
    aside: Form | None = None
    waiting: tuple[Read, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked yet that a question could follow up on."""
        return self.form == NOTHING_ASKED

    def of_them(self) -> Expr | None:
        """The set that 'them' means: of the form, or of the things listed where they are few."""
        expr = expr_of(self.form)
        if expr is not None or not self.results or len(self.results) > MAX_PARTS:
            return expr
        kinds = {r.category for r in self.results}
        parts = tuple(Entity(r.id, r.category, exact=True) for r in self.results)
        return None if len(kinds) != 1 else parts[0] if len(parts) == 1 else Or(parts)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a parser gets it: its words, the names in it, what may restrict it, and what it may follow up on.

    `find` gives the marks of a text that a parser makes on its way; `describe` says a form in words.
    """

    question: str
    marks: tuple[Mark, ...]
    vocabulary: Vocabulary
    find: Callable[[str], Sequence[Mark]]
    describe: Callable[[Form, Mapping[str, str]], str]
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What a parser made of a question.

    `linked` are the names with what each was taken for, `confidence` (0 to 1) is how sure the weakest step
    is, `unread` holds words that the form makes no use of. Of a follow-up `about` becomes the focus and `why` is the
    result whose reasons are asked for. `choices` are the readings of an `AskBackForm`, in its order.
    """

    form: Form
    linked: tuple[Linked, ...] = ()
    confidence: float = 1.0
    unread: tuple[str, ...] = ()
    follows: bool = False
    about: Linked | None = None
    why: Linked | None = None
    choices: tuple[Read, ...] = ()
    parser: str = ""
