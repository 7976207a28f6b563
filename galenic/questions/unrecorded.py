"""What a restriction leaves out because nothing is recorded, which is not the same as not being so."""

from __future__ import annotations

from collections.abc import Iterator

from galenic.questions import compose
from kg.logic.execute import Executor
from kg.logic.forms import And, Expr, Filter, Minus, Or, Where
from kg.schema import schema


def unrecorded(expr: Expr, executor: Executor, names: dict[str, str]) -> list[str]:
    """A note for each restriction by a year or a number: how many things pass no such test because they have no
    value.
    """
    notes: dict[str, None] = {}
    for where in _restrictions(expr):
        for one in where.filters:
            if one.field != "year" and (
                one.field not in schema().attributes or schema().attributes[one.field].value != "number"
            ):
                continue
            whole = executor.count(where.of)
            known = executor.count(Where(where.of, (Filter(one.field, ">=", 0),)))
            if known < whole:
                what = "year of publication" if one.field == "year" else schema().attributes[one.field].says
                many = f"{whole - known:,} of the {whole:,} {compose.described(where.of, names, whole)} {'has' if whole - known == 1 else 'have'}"  # noqa: E501
                notes[
                    f"{many} no recorded {what} and {'is' if whole - known == 1 else 'are'} left out, which does not "
                    "mean that they would not fit."
                ] = None
    return list(notes)


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
