"""Notes of an answer in words; each code has one wording, and a door adds what it alone can offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from galenic.questions.answer import Note
from kg.logic.paths import not_walked
from kg.schema import schema

Facts = Mapping[str, Any]
# How a door shows all of a long list.
ALL_BY_FLAG, ALL_IN_EXPLORE = "--all lists them", "`:results` lists them all"


def in_words(note: Note, all_of_them: str = "") -> str:
    """A note as a person reads it; `all_of_them` is how this door shows all of a long list, if it does not already.

    >>> in_words(Note("instead", {"number": 4, "what": "symptoms seen in gout"}))
    'Recorded instead: 4 symptoms seen in gout.'
    """
    facts = {**note.facts, "all": f"; {all_of_them}" if all_of_them else ""}
    return _WORDS[note.code](facts)


def _shown(f: Facts) -> str:
    which = f"{f['shown']} best supported" if f["best"] else f"first {f['shown']}"
    return f"Evidence is shown for the {which} of {f['whole']:,}{f['all']}."


def _unknown(f: Facts) -> str:
    names = ", ".join(f["names"])
    more = f" and {f['number'] - len(f['names']):,} more" if f["number"] > len(f["names"]) else ""
    have = "has" if f["number"] == 1 else "have"
    says = schema().relation(f["relation"]).says
    return (
        f"{f['number']:,} of the {f['whole']:,} {have} no {f['what']} recorded at all, so it is not known whether "
        f"“{says}” holds of {names}{more}."
    )


def _no_value(f: Facts) -> str:
    single = f["number"] == 1
    return (
        f"{f['number']:,} of the {f['whole']:,} {f['of']} {'has' if single else 'have'} no recorded {f['attribute']} "
        f"and {'is' if single else 'are'} left out, which does not mean that they would not fit."
    )


def _serious(f: Facts) -> str:
    names = ", ".join(f["names"])
    more = f" and {f['number'] - len(f['names']):,} more" if f["number"] > len(f["names"]) else ""
    return f"Serious by the criteria of ICH E2A, {f['number']:,} of the {f['whole']:,}: {names}{more}."


def _kept(f: Facts) -> str:
    single = f["number"] == 1
    return (
        f"{f['number']:,} of the {f['whole']:,} {'has' if single else 'have'} no recorded {f['attribute']} as "
        f"{f['of']}, and {'is' if single else 'are'} not taken out for want of it."
    )


def _not_walked(f: Facts) -> str:
    return f"Not walked on the way, for through them most things meet: {not_walked()}."


def _levels(f: Facts) -> str:
    told = "; ".join(f"{t['level'] or 'no level'} ({t['source']})" for t in f["told"])
    silent = f"; not listed by {' and '.join(f['silent'])}, which does not mean harmless" if f["silent"] else ""
    return f"Levels of the interaction of {f['of']}: {told}{silent}."


def _kin(f: Facts) -> str:
    return (
        f"Recorded of {f['name']}, the nearest broader term of {f['of']} with such records: {f['number']:,} "
        f"{f['what']}; that need not hold of {f['of']}."
    )


def _kin_member(f: Facts) -> str:
    return (
        f"Recorded of a broader term of {f['of']}: {f['who']} is among the {f['what']}; "
        f"that need not hold of {f['of']}."
    )


_WORDS: Mapping[str, Callable[[Facts], str]] = {
    "shown": _shown,
    "instead": lambda f: f"Recorded instead: {f['number']:,} {f['what']}.",
    "instead_of": lambda f: f"Recorded instead: {f['who']} is among the {f['what']}.",
    "every_step": lambda f: f"Such evidence is asked of every step: {' and '.join(f['relations'])}.",
    "unknown": _unknown,
    "gap": lambda f: f"Not recorded: {f['because']}.",
    "no_value": _no_value,
    "kept": _kept,
    "not_listed": lambda f: "A pair that is not listed, or not recorded, is not therefore harmless.",
    "serious": _serious,
    "not_walked": _not_walked,
    "kin": _kin,
    "kin_member": _kin_member,
    "untied": lambda f: f"{f['name']} itself is tied to nothing but broader and narrower terms and papers.",
    "fewest": lambda f: (
        f"Of those that have {f['what']} recorded; for those with none, none may mean that nobody looked."
    ),
    "partial": lambda f: f"{f['source']} holds only a part of the relation '{f['relation']}': {f['because']}.",
    "capped": lambda f: (
        f"{f['source']} keeps at most {f['most']:,} {f['kept']} of a {f['of']} in '{f['relation']}': more are cut."
    ),
    "levels": _levels,
    "retracted": lambda f: f"Retracted: {', '.join(f['citations'])}. Do not rely on it.",
    "order": lambda f: (
        "Results stand in order of their best tier of evidence, then the number of sources, then of publications."
    ),
    "no_model": lambda f: (
        "No logical form covers this, and no language model is set that could write Cypher for it "
        "(settings chat_model and chat_url). You can write the Cypher yourself: `:schema` shows what there is."
    ),
}
CODES = frozenset(_WORDS)
