"""The ways to read a question that the model says, as forms of the things that it or the last answer names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.errors import FormError
from kg.logic.forms import AbstainForm, And, AskBackForm, Entity, ExistsForm, Expr, Form, Hop, LiteratureForm, entities
from kg.logic.reading import Asked, Context, Linked, Mark, Read, unmarked
from kg.logic.rewriting import everywhere, is_void, mapped
from kg.logic.text import show
from llm.models.binding import Binder
from llm.models.errors import NotationError
from llm.models.grammar import read
from llm.models.prompt import CHEMICAL, Before, Prompt, as_classes, prompt
from llm.policy import BECAUSE
from llm.words import RESTRICTING, everyday_words, known_words

if TYPE_CHECKING:
    from llm.models.decoder import Decoder, Said


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read a question: the form, the names that it uses, how many it leaves unused, its log-probability.

    `follows` tells whether it rests on the last answer: on what that named, or on its form with other names.
    """

    form: Form
    linked: tuple[Linked, ...]
    unused: int
    score: float
    follows: bool = False

    @property
    def likelihood(self) -> float:
        """The probability that the model gives it."""
        return math.exp(self.score)


def ways_of(decoder: Decoder, asked: Asked, width: int) -> list[Way]:
    """The ways to read a question, likeliest first."""
    before = before_of(asked.context)
    shown = shown_of(asked, before)
    said = decoder.ways(shown.text, shown.letters, width)
    return [way for one in said if (way := _way(one, shown, asked, before)) is not None]


def shown_of(asked: Asked, before: Before | None) -> Prompt:
    """The question as a model is shown it."""
    return prompt(asked.question, as_classes(asked.marks, asked.vocabulary.is_group), before)


def before_of(context: Context | None) -> Before | None:
    """The last answer, where its form can be said."""
    if context is None or context.is_empty:
        return None
    try:
        return Before.of(context.form, context.spoken)
    except NotationError:
        return None


def _way(said: Said, shown: Prompt, asked: Asked, before: Before | None) -> Way | None:
    try:
        form = read(said.tokens, shown.letters)
        follows = before is not None and before.is_like(said.tokens)
        return way_of(form, shown, asked, said.score, follows=follows)
    except (NotationError, FormError):
        return None


def way_of(form: Form, shown: Prompt, asked: Asked, score: float, *, follows: bool) -> Way:
    """A form of letters as one of the things that they stand for; raises `FormError` where their kinds do not fit.

    `follows` tells whether it is the last form with other names.
    """
    used = {e.id for e in entities(form)}
    bound = Binder({a: {c: r.id for c, r in shown.readings(a).items()} for a in shown.marks}).form(form)
    by_kinds = _by_kinds(asked.vocabulary.is_group)
    bound = mapped(bound, lambda expr: everywhere(expr, lambda part: _named_first(by_kinds(part))))
    if is_void(bound):
        raise FormError("nothing can be in such a set")
    if isinstance(bound, LiteratureForm):
        bound = replace(bound, text=asked.question.strip())
    if isinstance(bound, AbstainForm):
        bound = replace(bound, because=_because(bound, asked.marks))
    abstains = isinstance(bound, AbstainForm)
    named = {e.id for e in entities(bound)}
    linked = tuple(
        Linked.of(mark, next((r for r in mark.readings if r.id in named), mark.readings[0]))
        for letter, mark in shown.marks.items()
        if letter in used or abstains
    )
    follows = not abstains and (follows or bool(used - shown.asked))
    return Way(bound, linked, 0 if abstains else len(shown.asked - used), score, follows)


def _by_kinds(is_group: Callable[[str], bool]) -> Callable[[Expr], Expr]:
    """The members of a class that is a chemical are its kinds."""

    def turned(expr: Expr) -> Expr:
        match expr:
            case Hop("includes", "out", Entity(identifier, _, exact)) if is_group(identifier):
                return Hop("subclass_of", "in", Entity(identifier, CHEMICAL, exact))
        return expr

    return turned


def _named_first(expr: Expr) -> Expr:
    """Of what is joined, what is named stands first: 'X is among ...'."""
    if isinstance(expr, And):
        return And(tuple(sorted(expr.parts, key=lambda part: not isinstance(part, Entity))))
    return expr


def _because(form: AbstainForm, marks: Sequence[Mark]) -> str:
    if form.reason != "unknown_name":
        return BECAUSE.get(form.reason, "")
    unknown = [m.text for m in marks if not m.readings]
    return f"No name in this release matches {', '.join(unknown)}." if unknown else "A name was not recognised."


def is_form(form: Form) -> bool:
    """Whether a form asks something of the graph or of passages."""
    return not isinstance(form, (AbstainForm, AskBackForm))


def asked_back(asked: Asked, first: Read, choices: Sequence[Read]) -> Read:
    """A question asked back with its readings in words; `first` is the reading that was not sure enough."""
    words = tuple(asked.describe(c.form, {e.id: e.name for e in c.linked}) for c in choices)
    told = tuple(replace(c, confidence=1.0, follows=True) for c in choices)
    return replace(first, form=AskBackForm(words), linked=choices[0].linked, choices=told)


def passed_over(asked: Asked, form: Form) -> tuple[str, ...]:
    """Words that the form makes no use of: 'in children', 'oral', a 'not' where nothing is taken away."""
    if not is_form(form) or isinstance(form, LiteratureForm):
        return ()
    written = unmarked(asked.question, asked.marks)
    text = written.casefold()
    words = [*_unnamed(written), *(w for w in re.findall(r"[a-z][a-z-]+", text) if w in RESTRICTING)]
    if not _TAKES_AWAY.search(show(form)):
        # 'Yes' to a question with a 'not' says the opposite; a list mostly has it for what the relation itself says.
        denied = _NEGATION if isinstance(form, ExistsForm) else _DENIAL
        words += denied.findall(_ASIDE.sub(" ", text))
    return tuple(dict.fromkeys([*words, *_uncounted(text, show(form))]))


def strange(asked: Asked, form: Form, familiar: frozenset[str]) -> tuple[str, ...]:
    """Words that the model has never met in a question and that are parts of names: 'angina' where that is no name."""
    if not is_form(form) or isinstance(form, LiteratureForm) or not familiar:
        return ()
    known = (familiar, everyday_words(), known_words())
    words = (w for w in question_words(unmarked(asked.question, asked.marks)) if len(w) > _SHORT)
    return tuple(w for w in words if not any(w in of for of in known) and asked.vocabulary.is_in_names(w))


def question_words(text: str) -> tuple[str, ...]:
    """The words of a question in lower case, each once.

    >>> question_words("Which drugs don't treat {disease}?")
    ('which', 'drugs', "don't", 'treat', 'disease')
    """
    return tuple(dict.fromkeys(w.strip("'’-") for w in _ANY_WORD.findall(text.casefold())))


def left_out(asked: Asked, way: Way) -> tuple[str, ...]:
    """The names that a way makes no use of: however likely it is, it answers another question."""
    if not way.unused:
        return ()
    used = {linked.mention for linked in way.linked}
    return tuple(dict.fromkeys(mark.text for mark in asked.marks if mark.readings and mark.text not in used))


def _unnamed(text: str) -> list[str]:
    """Words inside a sentence that are written like a name, and are none that is known.

    >>> _unnamed("Is there an approved vaccine against Helicobacter?"), _unnamed("Which Drugs Treat Lyme Disease?")
    (['Helicobacter'], [])
    """
    words = text.split()
    if sum(word[0].isupper() for word in words) > len(words) / 2:
        return []
    named = _LIKE_A_NAME.findall(text)
    return [w for w in named if w.casefold() not in everyday_words() and w.casefold() not in known_words()]


def _uncounted(text: str, form: str) -> list[str]:
    """The numbers of a question that its form does not hold, as they are or as shares, hours, or one more or less.

    >>> _uncounted("drugs for people over 80 with at least 2 targets", "having(X, hop(binds, out), at_least, 2)")
    ['80']
    """
    held = [float(n) for n in _NUMBER.findall(form)]

    def counts(number: float) -> bool:
        said = (number, number + 1, number - 1, number * _HOURS, *(number / share for share in _SHARES))
        return any(math.isclose(one, n) for one in said for n in held)

    return [n for n in _NUMBER.findall(text) if not counts(float(n))]


_ANY_WORD, _SHORT = re.compile(r"[a-z][a-z'’-]+"), 3
_LIKE_A_NAME = re.compile(r"(?<=[a-z0-9,] )[A-Z][a-z]{3,}\b")
_NUMBER, _HOURS, _SHARES = re.compile(r"(?<![\w.:-])\d+(?:\.\d+)?(?![\w-])"), 24, (100, 1_000, 10_000)
_NEGATION = re.compile(
    r"\b(?:not|never|neither|nor|no|none|nothing|cannot|fails?|lacks?|false|untrue|wrong)\b|\b[a-z]+n['’]t\b"
)
_DENIAL = re.compile(r"\b(?:neither|fails?)\b")
_TAKES_AWAY = re.compile(r"minus\(|exactly, 0|at_most|only\)|exact\)|fewest")
# Nothing is denied by these.
_ASIDE = re.compile(
    r"\b(?:yes or no|yes ?/ ?no|true or false"
    r"|no idea|not sure|no matter|not only|or not|if not|why not|know nothing|not much|nothing else|no one|no need"
    r"|(?:i|we|he|she|they|you) (?:do not|don['’]t|did not|didn['’]t|can['’]t|cannot|could not|couldn['’]t) \w+)\b"
)
