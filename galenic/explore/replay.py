"""A notebook run again: what is the same, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from galenic.explore.entries import Entry
from galenic.explore.notebook import Notebook, Saved
from galenic.explore.session import Session
from galenic.reports.page import cell
from galenic.reports.plain import plain

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """One entry run again: what changed, nothing where all is the same, and the rows that came or went."""

    saved: Saved
    entry: Entry
    changes: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


def replay(session: Session, notebook: Notebook) -> Iterator[Outcome]:
    """Every entry in turn; one that fails does not stop the others."""
    for saved in notebook.entries:
        yield compared(saved, session.run(saved.text))


def compared(saved: Saved, entry: Entry) -> Outcome:
    """What is different: how it ended, columns, rows added, removed or in another order."""
    if saved.status != entry.status:
        now = {"answered": "now answered", "abstained": "now refused", "failed": "now failed"}[entry.status]
        return Outcome(saved, entry, (f"{now}: {entry.said}" if entry.status != "answered" else now,))
    # Without rows there is no table, so its columns say nothing.
    if saved.rows and entry.rows and saved.columns != entry.columns:
        return Outcome(saved, entry, (f"columns were {', '.join(saved.columns)}, are {', '.join(entry.columns)}",))
    before, after = saved.rows, tuple(tuple(plain(cell(v)).strip(" ") for v in row) for row in entry.rows)
    added, removed = Counter(after) - Counter(before), Counter(before) - Counter(after)
    changes = [
        f"{n:,} row{'' if n == 1 else 's'} {what}"
        for what, n in (("added", added.total()), ("removed", removed.total()))
        if n
    ]
    if not changes and before != after:
        changes.append("rows in another order")
    details = [*_shown("+", list(added.elements())), *_shown("-", list(removed.elements()))]
    return Outcome(saved, entry, tuple(changes), tuple(details))


def _shown(sign: str, rows: Sequence[tuple[str, ...]]) -> list[str]:
    lines = [f"{sign} {', '.join(row)[:120]}" for row in rows[:_SHOWN]]
    return [*lines, f"{sign} and {len(rows) - _SHOWN:,} more"] if len(rows) > _SHOWN else lines
