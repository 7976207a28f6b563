"""Whether a word is another one mistyped: slips of the finger and of the ear, not another word."""

from __future__ import annotations

from itertools import pairwise

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_VOWELS = frozenset("aeiouy")
# Letters that are taken for each other where a word is heard.
_HEARD = frozenset(("ae", "ea", "ei", "ie", "iy", "yi", "ao", "oa", "sz", "zs", "ck", "kc", "mn", "nm"))
_ALIKE = frozenset(
    ("cs", "sc", "ck", "kc", "sz", "zs", "fv", "vf", "gj", "jg", "td", "dt", "mn", "nm", "bp", "pb", "st", "ts")
)
# The ending of a drug's name says its class: another letter there makes another drug.
_STEM = 5
# Another vowel is misheard before the ending alone: sertralone is no sertraline.
_ENDING = 3
_SHORTEST, _TWO_ERRORS = 5, 10


def _neighbours() -> frozenset[str]:
    """Pairs of letters that lie side by side on a keyboard."""
    beside = {(a, b) for row in _ROWS for a, b in pairwise(row)}
    for above, below in pairwise(_ROWS):
        beside |= {(a, b) for n, b in enumerate(below) for a in above[n : n + 2]}
    return frozenset(a + b for pair in beside for a, b in (pair, pair[::-1]))


_BESIDE = _neighbours()


def mistyped(word: str, right: str, *, stem: bool = False, strict: bool = False) -> bool:
    """Whether a word is another one with one slip, or two in a long word; never in its first letter.

    A slip swaps two letters, leaves one out, doubles one or strikes the key beside it, or writes another vowel or a
    like-sounding letter. With `stem` the last letters may be swapped, left out or misheard, but not be others, and of
    two slips none leaves out a consonant that is heard or strikes the key beside it; with `strict` no slip does.

    >>> mistyped("metfromin", "metformin", stem=True), mistyped("diabetis", "diabetes")
    (True, True)
    >>> mistyped("sertralone", "sertraline", stem=True), mistyped("cardiovexin", "digoxin", stem=True)
    (False, False)
    """
    if word == right or len(word) < _SHORTEST or word[0] != right[0]:
        return False
    ending = _STEM if stem else 0
    if _slips(word, right, 1, ending, not strict):
        return True
    return min(len(word), len(right)) >= _TWO_ERRORS and _slips(word, right, 2, ending, not stem and not strict)


def _slips(word: str, right: str, allowed: int, stem: int, lenient: bool) -> bool:
    at = next((n for n, (a, b) in enumerate(zip(word, right, strict=False)) if a != b), min(len(word), len(right)))
    left, meant = word[at:], right[at:]
    if not left and not meant:
        return True
    if allowed == 0:
        return False
    before = word[at - 1] if at else ""
    inside = len(meant) > stem
    rests: list[tuple[str, str]] = []
    if left and left[1:3] == meant[:2] and left[0] == meant[2:3]:
        # A letter that has come two places too early, or too late.
        rests.append((left[3:], meant[3:]))
    if meant and left[:2] == meant[1:3] and meant[0] == left[2:3]:
        rests.append((left[3:], meant[3:]))
    if len(left) > 1 and len(meant) > 1 and left[0] == meant[1] and left[1] == meant[0]:
        rests.append((left[2:], meant[2:]))
    if meant and (len(meant) > 1 or meant == "e" or not stem) and (lenient or _unheard(meant[0], before, meant[1:2])):
        rests.append((left, meant[1:]))
    if left and _struck_too(left[0], before, left[1:2], inside, lenient):
        rests.append((left[1:], meant))
    vowels = bool(left and meant) and left[0] in _VOWELS and meant[0] in _VOWELS and len(meant) > min(stem, _ENDING)
    if (
        left
        and meant
        and (vowels or left[0] + meant[0] in _HEARD or (inside and _taken_for(left[0], meant[0], lenient)))
    ):
        rests.append((left[1:], meant[1:]))
    return any(_slips(a, b, allowed - 1, stem, lenient) for a, b in rests)


def _struck_too(letter: str, before: str, after: str, inside: bool, lenient: bool) -> bool:
    """Whether a letter too many is the one beside it in the word or on the keyboard, or is not heard there."""
    if letter in (before, after) or letter + after in ("tz", "tc") or (letter == "e" and not after):
        return True
    unheard = letter in _VOWELS and (inside or before in _VOWELS or after in _VOWELS)
    return bool(before) and (
        unheard or (inside and lenient and (letter + before in _BESIDE or letter + after in _BESIDE))
    )


def _unheard(letter: str, before: str, after: str) -> bool:
    """Whether a letter may be left out by the ear: a vowel, an h, or one of two that are the same."""
    return letter in _VOWELS or letter == "h" or letter in (before, after)


def _taken_for(letter: str, meant: str, lenient: bool) -> bool:
    return letter + meant in _ALIKE or (lenient and letter + meant in _BESIDE)
