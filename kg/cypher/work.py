"""What the loops of one row work on, counted in steps: no engine looks at its time limit before a row is ready."""

from __future__ import annotations

from kg.cypher.checking import Checking
from kg.cypher.tree import Over, Path
from kg.cypher.values import UNIT, Value

# The embedded engine takes six million steps of a loop in a second.
MAX_WORK = 20_000_000
# Measured on the embedded engine against a step of a loop: to look at an element of a list, to copy one, to cut
# one from a text; to read a property of a node, to match a regular expression against a hundred characters.
_LOOKED, _COPIED, _CUT = 0.25, 0.05, 0.2
_READ, _MATCHED = 0.5, 25
# And all properties of a node, and a time.
_SLOW = dict.fromkeys(("keys", "labels", "properties"), 20) | dict.fromkeys(
    ("date", "datetime", "localdatetime", "time", "localtime", "duration"), 60
)
# A few hundred characters are part of a step.
_SHORT = 4
# An engine looks for a long text in a long one by trying every place.
_TRIED = 50
_READING = frozenset("tolower toupper lower upper trim ltrim rtrim left right substring tostring".split()) | {
    "char_length",
    "tointeger",
    "tofloat",
    "toboolean",
}


class Work(Checking):
    """The part of the check that counts what one row takes."""

    def count(self, at: int, steps: float) -> None:
        """So many more steps in this row; raises `QueryRefused` beyond `MAX_WORK`."""
        self.work += steps
        if self.work > MAX_WORK:
            raise self.fail(
                at,
                f"this goes through lists and texts more than {MAX_WORK:,} times in one row, and no time limit ends a "
                "row; write UNWIND and MATCH on rows instead, put LIMIT before collect(), or take smaller lists",
            )

    def begin_loop(self, expr: Over, source: Value) -> float:
        """How often a loop goes round counts for all in it. What was counted before it comes back."""
        before = self.steps
        self.steps *= max(source.whole, 1)
        self.count(expr.variable.start, self.steps)
        return before

    def compare(self, at: int, sign: str, parts: list[Value]) -> None:
        """Count what an operator does: comparing and joining take as long as the values are."""
        if self.steps == 1:
            return
        first, other = parts[0], parts[-1]
        if sign == "=~":
            cost = _MATCHED * first.whole * (1 if first.whole <= 1 else 10 * first.whole)
        elif sign in ("CONTAINS", "ENDS", "STARTS"):
            cost = first.whole * (_TRIED * other.whole if sign == "CONTAINS" and other.whole > 1 else 1)
        elif sign == "IN":
            cost = other.whole * _LOOKED
        elif sign == "+":
            cost = sum(part.whole * (_COPIED if part.kind == "list" else 1) for part in parts)
        else:
            cost = sum(part.whole * (_LOOKED if part.kind == "list" else 1) for part in parts)
        self.count(at, self.steps * (cost if cost > _SHORT else 0))

    def read(self, at: int) -> None:
        """Count that a loop reads a property of a node or relationship."""
        if self.steps > 1:
            self.count(at, self.steps * _READ)

    def call(self, at: int, name: str, parts: list[Value]) -> None:
        """Count what a function does: one that reads a text goes through it."""
        if self.steps == 1 or not parts:
            return
        first = parts[0].whole
        if name == "split":
            cost = first * UNIT * _CUT
        elif name == "replace":
            cost = first * (_TRIED * parts[1].whole if parts[1].whole > 1 else 1)
        elif name in _READING:
            cost = first
        elif name in ("reverse", "tail"):
            cost = first * (_COPIED if parts[0].kind == "list" else 1)
        else:
            cost = _SLOW.get(name.split(".", maxsplit=1)[0], 0)
        self.count(at, self.steps * (cost if cost > _SHORT else 0))

    def branches(self, path: Path, ways: float) -> float:
        """How often what is made of a path is worked out where a list of such paths is made; what was counted before
        comes back.
        """
        before = self.steps
        self.steps *= max(ways, 1)
        self.count(path.start, self.steps)
        return before
