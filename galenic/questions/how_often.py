"""Side effects as a person wants to hear them: the most frequent first, those that nobody measured last, serious ones
marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from galenic.questions.answer import Note
from galenic.questions.work import Work
from kg.evidence.amounts import Range, percent
from kg.logic.amounts import amounts
from kg.logic.expressions import last_steps
from kg.logic.filters import Filter
from kg.logic.forms import Expr, Where, category_of
from kg.logic.found import Found
from kg.schema import schema

_NAMED = 8
_SERIOUS = Filter("seriousness", "=", "serious")


@dataclass(frozen=True, slots=True)
class Ordered:
    """Nodes in the order in which they are told, what stands behind the name of each, and what is to be said of all."""

    found: list[Found]
    said: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def names(self, most: int) -> str:
        """The names of the first nodes, each with what stands behind it, and how many more there are."""
        told = (f"{f.name} ({self.said[f.id]})" if f.id in self.said else f.name for f in self.found[:most])
        more = f" and {len(self.found) - most:,} more" if len(self.found) > most else ""
        return ", ".join(told) + more


def ordered(expr: Expr, found: Sequence[Found], work: Work) -> Ordered:
    """The nodes of a set in their order: by how often where its edges say that, as they come for any other set.

    Drugs with a side effect stand in the order of their evidence, unless the question asks how often.
    """
    amount = next((a for a in schema().amounts.values() if a.relation in last_steps(expr)), None)
    if amount is None or not found:
        return Ordered(list(found))
    effects = category_of(expr) == schema().relation(amount.relation).object
    if not effects and not _asks(expr, amount.name):
        return Ordered(list(found))
    known = amounts(work.executor, expr, amount)
    serious = _serious(expr, work) if effects else frozenset()
    said = {f.id: _said(known.get(f.id), f.id in serious) for f in found}
    in_order = sorted(found, key=lambda f: _place(known.get(f.id)))
    notes = [_note(in_order, serious)] if serious else []
    return Ordered(in_order, {node: words for node, words in said.items() if words}, notes)


def _asks(expr: Expr, amount: str) -> bool:
    return isinstance(expr, Where) and any(f.field == amount for f in expr.evidence)


def _place(known: Range | None) -> tuple[float, float]:
    """The most frequent first: by the bound that is sure, then by the other; equals stay as they come."""
    return (1, 1) if known is None else (-known.lower, -known.upper)


def _said(known: Range | None, serious: bool) -> str:
    parts = []
    if known is not None:
        parts.append(_in_words(known))
    return ", ".join([*parts, *(["serious"] if serious else [])])


def _in_words(known: Range) -> str:
    """A range as a person says it; of the words of labels one bound alone is known.

    >>> _in_words(Range(0.01, 0.05)), _in_words(Range(0.1, 1)), _in_words(Range(0, 0.001)), _in_words(Range(0, 0))
    ('1% to 5%', 'at least 10%', 'at most 0.1%', '0%')
    """
    low, high = percent(known.lower), percent(known.upper)
    if known.lower == known.upper:
        return low
    if known.upper == 1:
        return f"at least {low}"
    return f"{low} to {high}" if known.lower else f"at most {high}"


def _serious(expr: Expr, work: Work) -> frozenset[str]:
    """The side effects of a set that are marked as serious."""
    return frozenset(work.executor.ids(Where(expr, (_SERIOUS,))))


def _note(found: Sequence[Found], serious: frozenset[str]) -> Note:
    names = [f.name for f in found if f.id in serious]
    return Note("serious", {"number": len(names), "whole": len(found), "names": names[:_NAMED]})
