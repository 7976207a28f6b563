"""Functions before they run: how large what they give can be, and those that an engine would do for very long."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from kg.cypher.functions import AGGREGATES
from kg.cypher.tree import Call, Expr, Literal, Operation
from kg.cypher.values import COLLECTED, MAX_SIZE, PLAIN, REPEATED, UNIT, Scope, Value, collected, either, node, together
from kg.cypher.vocabulary import types
from kg.cypher.work import Work

MAX_RANGE = 100_000
NUMBERS = frozenset(
    "size length id count sum avg stdev stdevp percentilecont percentiledisc abs ceil floor round sign sqrt exp log "
    "log10 e pi rand sin cos tan cot asin acos"
    " atan atan2 degrees radians char_length isempty toboolean tofloat tointeger timestamp date datetime localdatetime "
    "time localtime duration elementid type"
    " duration.between duration.indays duration.inmonths duration.inseconds date.truncate datetime.truncate".split()
)
# Units of text that a regular expression may be matched against, and that a number or date may be read from: both can
# take the square.
MATCHED = 100
_READ = frozenset("tointeger tofloat toboolean date datetime localdatetime time localtime duration".split())
# The digits that round() may keep: an engine writes all of them out.
_MAX_DIGITS = 20


class CallCheck(Work):
    """The part of the check that looks at functions."""

    def function(self, expr: Call, scope: Scope) -> Value:
        """What is known of what a function gives."""
        name = expr.name
        if name == "range":
            return self._range(expr, scope)
        if name in AGGREGATES:
            self.aggregated = True
        parts = [self.value(part, scope) for part in expr.parts]
        self._bounded_call(expr, parts, scope)
        self.call(expr.start, name, parts)
        if name in NUMBERS:
            return PLAIN
        if name == "collect":
            return self.gathered(parts[0], scope.rows, expr.start, scope.group)
        if name == "replace":
            return self._replace(expr, parts)
        if name in ("coalesce", "min", "max", "nullif"):
            return either(parts)
        if name in ("head", "last"):
            return parts[0].element() if parts[0].kind == "list" else parts[0]
        if name in ("tail", "reverse") or (name == "properties" and parts[0].kind not in ("node", "edge")):
            return parts[0]
        if name == "split":
            return replace(together(parts, "list", replace(parts[0], marks=0)), size=parts[0].size * UNIT)
        fixed = {
            "nodes": Value("list", inner=node(), size=10),
            "relationships": Value("list", inner=Value("edge", frozenset(types())), size=10),
            "startnode": node(),
            "endnode": node(),
            "labels": Value("list", inner=PLAIN, size=10),
            "properties": Value(size=10),
            "keys": Value("list", inner=PLAIN, size=max(10, parts[0].size)) if parts else PLAIN,
        }
        return fixed[name] if name in fixed else together(parts)

    def _bounded_call(self, expr: Call, parts: list[Value], scope: Scope) -> None:
        """Refuse what an engine would do for very long, or in very much memory, at one go."""
        name = expr.name
        if name == "round" and len(parts) > 1:
            digits = expr.parts[1]
            if not isinstance(digits, Literal) or digits.number is None or abs(digits.number) > _MAX_DIGITS:
                raise self.fail(
                    expr.start, f"round() takes its digits as a number written out, at most {_MAX_DIGITS}: round(x, 2)"
                )
        if name in _READ and any(part.big or part.size > MATCHED for part in parts):
            raise self.fail(
                expr.start, f"{name} of a text that the query builds is refused; use it on a property or a short text"
            )
        if (expr.distinct or name.startswith("percentile")) and scope.rows * sum(
            part.size for part in parts
        ) > MAX_SIZE:
            raise self.fail(
                expr.start,
                f"this holds more than {MAX_SIZE:,} values in memory to compare them; UNWIND fewer, or smaller ones",
            )

    def gathered(self, of: Value, rows: float, at: int, many: float) -> Value:
        """A list of one such value for each row, of which the graph makes so many."""
        if REPEATED in of.big:
            raise self.fail(
                at,
                "this collects a collected list once for each row; collect it before the rows multiply, or return rows",
            )
        return collected(of, rows, many=many)

    def _replace(self, expr: Call, parts: list[Value]) -> Value:
        instead = expr.parts[2]
        if not isinstance(instead, Literal) or len(instead.text) > UNIT:
            raise self.fail(
                expr.start, f"the third value of replace() must be a text of at most {UNIT} characters, written out"
            )
        # An empty text is found between all characters.
        search = len(re.sub(r"\\(.)", r"\1", expr.parts[1].text)) if isinstance(expr.parts[1], Literal) else 0
        grows = len(instead.text) > search or (search == 0 and len(instead.text) > 0)
        return replace(
            parts[0],
            size=parts[0].size * (len(instead.text) + 1 if grows else 1),
            marks=parts[0].marks * (2 if grows else 1),
        )

    def _range(self, expr: Call, scope: Scope) -> Value:
        """A range whose length the query says: numbers that are written out, or the size of something."""
        ends = [self._end(part, scope) for part in expr.parts]
        if any(end is None for end in ends) or (len(ends) == 3 and not isinstance(expr.parts[2], Literal)):
            raise self.fail(
                expr.start,
                "range() takes numbers that are written out, or size(...) and length(...); anything else could be too "
                "long",
            )
        low, high, step = (*(end[0] if end else 0.0 for end in ends), 1.0)[:3]
        if step == 0 or abs(high - low) / abs(step) > MAX_RANGE:
            raise self.fail(
                expr.start,
                f"this range has more than {MAX_RANGE:,} numbers, or no step"
                if step
                else "a range needs a step other than 0",
            )
        big = any(not isinstance(part, Literal) for part in expr.parts)
        return Value(
            "list",
            inner=PLAIN,
            size=max((high - low) / step + 1, 1),
            big=frozenset((COLLECTED,)) if big else frozenset(),
            many=max(end[1] if end else 1 for end in ends),
        )

    def _end(self, expr: Expr, scope: Scope) -> tuple[float, float] | None:
        """The number that a range's end is at most and how many times that the graph makes it, None where nobody
        knows.
        """
        if isinstance(expr, Literal):
            return (expr.number, 1) if expr.number is not None and math.isfinite(expr.number) else None
        if isinstance(expr, Call) and expr.name in ("size", "length", "char_length"):
            of = self.value(expr.parts[0], scope)
            return of.size * (1 if of.kind == "list" else UNIT), of.many
        if isinstance(expr, Operation) and expr.sign in ("+", "-", "sign"):
            found = [end for part in expr.parts if (end := self._end(part, scope))]
            if len(found) < len(expr.parts):
                return None
            return sum(abs(number) for number, _ in found), max(many for _, many in found)
        return None
