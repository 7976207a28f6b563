"""Names that stand for several things alike, of which nothing prefers one."""

from __future__ import annotations

from collections.abc import Sequence

from kg.logic.reading import Mark, Read, Reading

# Two readings of one kind whose scores are nearer than this are told apart by nothing but chance.
_TIED = 0.003
_GENE = "biolink:Gene"


def rivals(marks: Sequence[Mark], read: Read) -> list[tuple[Mark, str]]:
    """The readings of names that nothing prefers to the ones that were taken, those among them."""
    found = []
    for linked in read.linked:
        mark = next((m for m in marks if m.text == linked.mention and any(r.id == linked.id for r in m.readings)), None)
        if mark is None:
            continue
        taken = next(r for r in mark.readings if r.id == linked.id)
        alike = [r for r in mark.readings if r.category == taken.category and abs(r.score - taken.score) < _TIED]
        if len({r.name for r in alike}) == 1:
            # Two sources often name one thing under two identifiers; one that names two alike means two.
            alike = [r for r in mark.readings if _twins(r, taken)]
        if len(alike) > 1:
            found += [(mark, r.id) for r in alike]
    return found


def _twins(reading: Reading, other: Reading) -> bool:
    """Whether two things of one source and kind have the same name; a thing is its own twin.

    Capitals tell a gene from that of another species.
    """

    def key(r: Reading) -> tuple[str, str, str]:
        return r.id.split(":", 1)[0], r.category, r.name if r.category == _GENE else r.name.casefold()

    return key(reading) == key(other)
