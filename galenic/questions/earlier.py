"""The form of an earlier answer, as a program hands it back, as what the next question may follow up on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kg.errors import FormError
from kg.logic.forms import AbstainForm, AskBackForm, CountForm, Entity, ListForm, TopForm, entities
from kg.logic.read import read_form
from kg.logic.reading import Context, Linked, Mark, Read
from kg.logic.rewriting import replaced
from kg.logic.simplify import simplify


def earlier(form: str, linker: Callable[[str], Sequence[Mark]]) -> Context:
    """What a form leaves for the next question; raises `FormError` where it is none or names what is not known.

    `linker` finds names and identifiers in a text. Identifiers may be written in any way that is accepted elsewhere.
    """
    read = read_form(form)
    if isinstance(read, (AbstainForm, AskBackForm)):
        raise FormError(f"{form!r} is no answer that a question could follow up on; leave the context out")
    spoken: list[Linked] = []
    for identifier in dict.fromkeys(e.id for e in entities(read)):
        mark = next((m for m in linker(identifier) if m.text == identifier and m.readings), None)
        if mark is None:
            raise FormError(f"this release has no {identifier}; give the form of an answer of this release")
        named = Linked.of(mark, mark.readings[0])
        spoken.append(named)
    kinds = {e.mention: e.category for e in spoken}
    typed = read_form(form, kinds)
    for named in spoken:
        exact = any(e.exact for e in entities(typed) if e.id == named.mention)
        typed = replaced(typed, named.mention, Entity(named.id, named.category, exact))
    return Context("", typed, (), None, tuple(spoken))


def whole(read: Read, spoken: Iterable[Linked]) -> Read:
    """A follow-up with its set said shortly, since follow-ups on follow-ups nest, and with all that it names."""
    form = read.form
    if not read.follows or isinstance(form, (AbstainForm, AskBackForm)):
        return read
    if isinstance(form, (ListForm, CountForm, TopForm)):
        form = replace(form, of=simplify(form.of))
    known = {e.id: e for e in (*spoken, *read.linked)}
    return replace(
        read, form=form, linked=tuple(known[e.id] for e in {e.id: e for e in entities(form)}.values() if e.id in known)
    )
