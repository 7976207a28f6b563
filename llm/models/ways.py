"""The ways to read a question that the model says, as forms of the things that it or the last answer names."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kg.errors import FormError
from kg.logic.forms import AbstainForm, Entity, Expr, Form, Hop, LiteratureForm, entities
from kg.logic.reading import Asked, Context, Linked, Mark
from kg.logic.rewriting import everywhere, mapped
from llm.models.binding import Binder
from llm.models.decoder import Decoder, Said
from llm.models.errors import NotationError
from llm.models.grammar import read
from llm.models.prompt import CHEMICAL, Before, Prompt, as_classes, prompt
from llm.models.vocabulary import LETTERS
from llm.policy import BECAUSE


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
    before = _before(asked.context)
    shown = prompt(asked.question, as_classes(asked.marks, asked.vocabulary.is_group), before)
    said = decoder.ways(shown.text, shown.letters, width)
    return [way for one in said if (way := _way(one, shown, asked, before)) is not None]


def _before(context: Context | None) -> Before | None:
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
        used = {e.id for e in entities(form)}
        bound = Binder({a: {c: r.id for c, r in shown.readings(a).items()} for a in shown.marks}).form(form)
        bound = mapped(bound, lambda expr: everywhere(expr, _by_kinds(asked.vocabulary.is_group)))
    except (NotationError, FormError):
        return None
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
    follows = before is not None and not abstains and (bool(used - shown.asked) or _alike(said.tokens, before.tokens))
    return Way(bound, linked, 0 if abstains else len(shown.asked - used), said.score, follows)


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two forms differ in names alone."""
    return [t not in LETTERS and t for t in one] == [t not in LETTERS and t for t in other]


def _by_kinds(is_group: Callable[[str], bool]) -> Callable[[Expr], Expr]:
    """The members of a class that is a chemical are its kinds."""

    def turned(expr: Expr) -> Expr:
        match expr:
            case Hop("includes", "out", Entity(identifier, _, exact)) if is_group(identifier):
                return Hop("subclass_of", "in", Entity(identifier, CHEMICAL, exact))
        return expr

    return turned


def _because(form: AbstainForm, marks: Sequence[Mark]) -> str:
    if form.reason != "unknown_name":
        return BECAUSE.get(form.reason, "")
    unknown = [m.text for m in marks if not m.readings]
    return f"No name in this release matches {', '.join(unknown)}." if unknown else "A name was not recognised."
