"""Whether a word is another one mistyped: slips of the finger and of the ear, not another word."""

from __future__ import annotations

from itertools import pairwise

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouy")
# Vowels that are taken for each other where a word is heard.
_HEARD = frozenset(("ae", "ea", "ei", "ie", "iy", "yi", "ao", "oa"))
_ALIKE = frozenset(
    ("cs", "sc", "ck", "kc", "sz", "zs", "fv", "vf", "gj", "jg", "td", "dt", "mn", "nm", "bp", "pb", "st", "ts")
)
# The ending of a drug's name says its class: another letter there makes another drug.
_STEM = 5
_SHORTEST, _TWO_ERRORS = 5, 10


def _neighbours() -> frozenset[str]:
    """Pairs of letters that lie side by side on a keyboard."""
    beside = {(a, b) for row in _ROWS for a, b in pairwise(row)}
    for above, below in pairwise(_ROWS):
        beside |= {(a, b) for n, b in enumerate(below) for a in above[n : n + 2]}
    return frozenset(a + b for pair in beside for a, b in (pair, pair[::-1]))


_BESIDE = _neighbours()


def mistyped(word: str, right: str, *, stem: bool = False) -> bool:
    """Whether a word is another one with one slip, or two in a long word; never in its first letter.

    A slip swaps two letters, leaves one out, doubles one or strikes the key beside it, or writes another vowel or a
    like-sounding letter. With `stem` the last letters may be swapped, left out or misheard, but not be others.

    >>> mistyped("metfromin", "metformin", stem=True), mistyped("diabetis", "diabetes")
    (True, True)
    >>> mistyped("sertralone", "sertraline", stem=True), mistyped("cardiovexin", "digoxin", stem=True)
    (False, False)
    """
    if word == right or len(word) < _SHORTEST or word[0] != right[0]:
        return False
    return _slips(word, right, 2 if min(len(word), len(right)) >= _TWO_ERRORS else 1, _STEM if stem else 0)


def _slips(word: str, right: str, allowed: int, stem: int) -> bool:
    at = next((n for n, (a, b) in enumerate(zip(word, right, strict=False)) if a != b), min(len(word), len(right)))
    left, meant = word[at:], right[at:]
    if not left and not meant:
        return True
    if allowed == 0:
        return False
    before = word[at - 1] if at else ""
    inside = len(meant) > stem
    rests: list[tuple[str, str]] = []
    if len(left) > 1 and len(meant) > 1 and left[0] == meant[1] and left[1] == meant[0]:
        rests.append((left[2:], meant[2:]))
    if meant and (len(meant) > 1 or meant == "e" or not stem):
        rests.append((left, meant[1:]))
    if left and _struck_too(left[0], before, left[1:2], inside):
        rests.append((left[1:], meant))
    if left and meant and (left[0] + meant[0] in _HEARD or (inside and _taken_for(left[0], meant[0]))):
        rests.append((left[1:], meant[1:]))
    return any(_slips(a, b, allowed - 1, stem) for a, b in rests)


def _struck_too(letter: str, before: str, after: str, inside: bool) -> bool:
    """Whether a letter too many is the one beside it in the word or on the keyboard, or is not heard there."""
    if letter in (before, after) or letter + after in ("tz", "tc"):
        return True
    unheard = letter in _VOWELS and (before in _VOWELS or after in _VOWELS)
    return bool(before) and (unheard or (inside and (letter + before in _BESIDE or letter + after in _BESIDE)))


def _taken_for(letter: str, meant: str) -> bool:
    return (letter in _VOWELS and meant in _VOWELS) or letter + meant in _BESIDE or letter + meant in _ALIKE
