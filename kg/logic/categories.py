"""Which categories a relation and a set operation allow, and what each leads to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from kg.errors import FormError
from kg.schema import schema
from kg.schema.relations import ANY


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, as the end of a message; empty when none is near."""
    near = get_close_matches(word.casefold(), list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""


def reached(name: str, direction: str, have: str) -> str:
    """The category that a hop ends at when it starts from `have`; raises `FormError` when the relation does not fit."""
    if name not in schema().relations:
        raise FormError(
            "unknown relation "
            f"{name!r}{nearest(name, schema().relations) or '; known: ' + ', '.join(schema().relations)}"
        )
    if direction not in ("in", "out"):
        raise FormError(f"{name}: the direction is 'out', along its arrow, or 'in', against it; not {direction!r}")
    relation = schema().relation(name)
    want = relation.source(direction)
    if have not in (want, ANY) and want != ANY:
        fitting = sorted(
            {f"{r.name} ({d})" for r in schema().relations.values() for d in ("in", "out") if r.source(d) == have}
        )
        raise FormError(
            f"{name} ({direction}) starts from {want}, not {have}; relations that fit: {', '.join(fitting) or 'none'}"
        )
    return relation.target(direction)


def together(categories: Sequence[str]) -> str:
    """The one category of sets that are joined; raises `FormError` when they are of several."""
    known = [c for c in dict.fromkeys(categories) if c != ANY]
    if not categories or len(known) > 1:
        raise FormError(
            f"sets of {' and '.join(known) or 'nothing'} cannot be joined; both sides must be of one category"
        )
    return known[0] if known else ANY
