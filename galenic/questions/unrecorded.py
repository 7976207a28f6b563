"""What a restriction leaves out because nothing is recorded, which is not the same as not being so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from galenic.questions.answer import Note
from galenic.questions.wording import described
from kg.logic.execute import Executor
from kg.logic.forms import And, Expr, Filter, Minus, Or, Where
from kg.schema import schema


def unrecorded(expr: Expr, executor: Executor, names: Mapping[str, str]) -> list[Note]:
    """A note for each restriction by a year or a number: how many things pass no such test for want of a value."""
    notes: dict[tuple[str, str], Note] = {}
    for where in _restrictions(expr):
        for one in where.filters:
            attribute = schema().attributes.get(one.field)
            if one.field != "year" and (attribute is None or attribute.value != "number"):
                continue
            whole = executor.count(where.of)
            known = executor.count(Where(where.of, (Filter(one.field, ">=", 0),)))
            if known < whole:
                what = attribute.says if attribute is not None else "year of publication"
                of = described(where.of, names, whole)
                notes[of, what] = Note(
                    "no_value", {"number": whole - known, "whole": whole, "of": of, "attribute": what}
                )
    return list(notes.values())


def _restrictions(expr: Expr) -> Iterator[Where]:
    """The restrictions of the nodes themselves; what stands further down restricts others."""
    match expr:
        case Where():
            yield expr
            yield from _restrictions(expr.of)
        case And() | Or():
            for part in expr.parts:
                yield from _restrictions(part)
        case Minus():
            yield from _restrictions(expr.left)
        case _:
            return
