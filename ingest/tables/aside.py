"""Rows that are put aside together: one row of quarantine for each thing that is wrong, with their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from kg.records import Quarantined


class Aside:
    """Counts rows by file, reason and what they have in common."""

    def __init__(self) -> None:
        self._rows: Counter[tuple[str, str, str]] = Counter()

    def add(self, file: str, reason: str, what: str, rows: int = 1) -> None:
        """Take some rows of a file: `what` they share is shown as the row."""
        self._rows[file, reason, what] += rows

    def told(self) -> Iterator[Quarantined]:
        """The rows of quarantine, in a fixed order.

        >>> aside = Aside()
        >>> aside.add("t.tsv", "no disease", "Hiccups")
        >>> aside.add("t.tsv", "no disease", "Hiccups")
        >>> [(q.reason, q.row) for q in aside.told()]
        [('2 rows: no disease', 'Hiccups')]
        """
        for (file, reason, what), number in sorted(self._rows.items()):
            yield Quarantined(file, None, f"{number:,} row{'s' if number > 1 else ''}: {reason}", what)
