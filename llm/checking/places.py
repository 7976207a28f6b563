"""Names in a sentence become places, so that what remains are the words that say something of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

PLACE = re.compile(r"⟦(\d+)⟧")
# Right after a number stands what is counted: '1 disease' names no thing that is called disease.
_AROUND = r"(?<![\w⟦])(?<!\d ){}(?![\w⟧])"

Things = tuple[frozenset[str], ...]


def marked(
    text: str, names: Mapping[str, str], others: Callable[[str], Iterable[str]] = lambda identifier: ()
) -> tuple[str, Things]:
    """The text with a place for each name, and for each place the things that it may stand for.

    Names stand there as a whole, longest first, as they are written, else in another case; a thing that is not called
    by its name is sought by its other names.

    >>> text, things = marked("Aspirin treats back pain.", {"X:1": "Aspirin", "X:2": "back pain", "X:3": "pain"})
    >>> text, [sorted(t) for t in things]
    ('⟦0⟧ treats ⟦1⟧.', [['X:1'], ['X:2']])
    """
    places: list[frozenset[str]] = []
    for exact in (True, False):
        text = _replaced(text, _by_name((n, i) for i, n in names.items() if not _has(places, i)), places, exact)
    missing = [i for i in names if not _has(places, i)]
    if missing:
        text = _replaced(text, _by_name((n, i) for i in missing for n in others(i)), places, False)
    return text, tuple(places)


def _has(places: Sequence[frozenset[str]], identifier: str) -> bool:
    return any(identifier in things for things in places)


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    grouped: dict[str, set[str]] = {}
    for name, identifier in pairs:
        if name.strip():
            grouped.setdefault(name, set()).add(identifier)
    return grouped


def _replaced(text: str, names: Mapping[str, set[str]], places: list[frozenset[str]], exact: bool) -> str:
    """The text with places for these names; what each stands for is added to `places`."""
    if not names:
        return text
    keys = names if exact else {}
    if not exact:
        keys = {}
        for name, things in names.items():
            keys.setdefault(name.casefold(), set()).update(things)
    longest = sorted(keys, key=len, reverse=True)
    pattern = _AROUND.format(f"(?:{'|'.join(map(re.escape, longest))})")

    def place(match: re.Match[str]) -> str:
        places.append(frozenset(keys[match[0] if exact else match[0].casefold()]))
        return f"⟦{len(places) - 1}⟧"

    return re.sub(pattern, place, text, flags=0 if exact else re.IGNORECASE)
