"""What a restriction leaves out because nothing is recorded, which is not the same as not being so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from galenic.questions.answer import Note
from galenic.questions.wording import described
from kg.logic.execute import Executor
from kg.logic.forms import And, Expr, Filter, Having, Minus, Or, Where
from kg.schema import schema


def unrecorded(expr: Expr, executor: Executor, names: Mapping[str, str]) -> list[Note]:
    """A note for each restriction by a year or a number: how many things pass no such test for want of a value."""
    notes: dict[tuple[str, str], Note] = {}
    for where in _restrictions(expr):
        for one in where.filters:
            says = _measured(one)
            # Of what is counted, those without a value are some of many.
            if not says or (one.is_amount and isinstance(where.of, Having)):
                continue
            whole = executor.count(where.of)
            known = executor.count(Where(where.of, (Filter(one.field, ">=", 0),)))
            if known < whole:
                of = described(where.of, names, whole)
                facts = {"number": whole - known, "whole": whole, "of": of, "attribute": says}
                notes[of, says] = Note("no_value", facts)
    return [*notes.values(), *_kept(expr, executor, names)]


def _kept(expr: Expr, executor: Executor, names: Mapping[str, str]) -> list[Note]:
    """A note for each amount by which things are taken out of a set: how many stay for want of a value."""
    notes = []
    for minus in _exclusions(expr):
        for where in _restrictions(minus.right):
            for one in where.evidence:
                if one.is_amount:
                    known = Where(where.of, (Filter(one.field, ">=", 0),))
                    whole = executor.count(minus)
                    number = executor.count(Minus(And((minus.left, where.of)), known))
                    of, says = described(where.of, names), _measured(one)
                    facts = {"number": number, "whole": whole, "of": of, "attribute": says}
                    notes += [Note("kept", facts)] if number else []
    return notes


def _exclusions(expr: Expr) -> Iterator[Minus]:
    """The exclusions from a set of nodes; what stands further down takes out others."""
    match expr:
        case Minus():
            yield expr
            yield from _exclusions(expr.left)
        case And() | Or():
            for part in expr.parts:
                yield from _exclusions(part)
        case Where():
            yield from _exclusions(expr.of)
        case _:
            return


def _measured(filter_: Filter) -> str:
    """What a test of a number is of, in words; empty for a test of a text or of a tier, which every edge has."""
    if filter_.field == "year":
        return "year of publication"
    if filter_.is_amount:
        return schema().amounts[filter_.field].says
    attribute = schema().attributes.get(filter_.field)
    return attribute.says if attribute is not None and attribute.value == "number" else ""


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
