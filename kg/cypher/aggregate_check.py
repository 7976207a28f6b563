"""Counts and sums beside other things in one column: in two steps where an engine cannot work it out in one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.cypher.functions import AGGREGATES
from kg.cypher.pattern_check import PatternCheck
from kg.cypher.tokens import applied, place
from kg.cypher.tree import (
    Access,
    At,
    Call,
    Columns,
    Entries,
    Expr,
    Item,
    Items,
    Key,
    Literal,
    Name,
    Operation,
    Over,
    Parameter,
    Projection,
    Subquery,
    name_end,
    within,
)
from kg.cypher.values import Scope

# Operators that the embedded engine works out over a count; with others it gives wrong values or none.
_SOUND = frozenset(("+", "-", "*", "/", "%", "^", "sign", "=", "<>", "<", ">", "<=", ">=", "CASE", "tests"))
_DISTINCT = re.compile(r"\w+\s+(DISTINCT\b)", re.IGNORECASE)
_Words = tuple[str, ...]


class AggregateCheck(PatternCheck):
    """The part of the check that looks at columns with counts and sums in them."""

    def aggregates(self, clause: Columns, scope: Scope) -> None:
        """Where one clause counts and then goes on with the count, let a WITH before it count; refuse what stands
        beside a count without being a column, for engines disagree on it.
        """
        nested = [item.value for item in clause.items if counts(item.value) and not _is_count(item.value)]
        counted = {self._text(item.value) for item in clause.items if _is_count(item.value)}
        sorts = [value for value in clause.order if counts(value) and self._text(value) not in counted]
        if sorts and not nested and not counted:
            raise self.fail(
                clause.start,
                "ORDER BY sorts by a count that stands in no column; write WITH x, count(*) AS n RETURN x ORDER BY n",
            )
        missing = [ref for value in nested for ref in self._missing(value, clause, scope)]
        refused = [ref for ref in missing if _words(ref)[0] not in scope.constant]
        if not (refused or missing or sorts) and all(_sound(value, scope) for value in nested):
            return
        if clause.everything:
            raise self.fail(clause.start, "a count beside other things stands with columns that are named, not with *")
        steps = _Steps(self, clause, scope)
        steps.write(missing)
        if refused:
            shown = ".".join(_words(refused[0]))[:60]
            written = applied(self.text, self.edits, clause.start, clause.end)
            raise self.fail(
                clause.start,
                f"{shown} stands beside a count or sum in one column; take it in a WITH before, or make it a column "
                f"of its own: {written[:400]}",
            )
        self.note(f"{place(self.text, clause.start)}: what is counted is counted in a WITH first, then gone on with")

    def _text(self, value: Expr) -> str:
        return self.text[value.start : value.end] if isinstance(value, Call) else ""

    def _missing(self, value: Expr, clause: Columns, scope: Scope) -> Iterator[Name | Access]:
        """The variables and properties beside a count that are no columns."""
        keys = _keys(clause)
        for ref in references(value, scope):
            words = _words(ref)
            if not any(words[:length] in keys for length in range(1, len(words) + 1)):
                yield ref


class _Steps:
    """One clause written as two: what the WITH before it counts and keeps, and what is then made of it."""

    def __init__(self, check: AggregateCheck, clause: Columns, scope: Scope) -> None:
        self.check, self.clause, self.scope = check, clause, scope
        self.taken = set(re.findall(r"\w+", check.text))
        self.kept: dict[_Words, str] = {}
        self.first: list[str] = []
        self.counts: dict[str, str] = {}

    def write(self, missing: list[Name | Access]) -> None:
        """Make the edits; what is `missing` among the columns is kept too."""
        check, clause = self.check, self.clause
        for item in clause.items:
            if not counts(item.value):
                self._keep(item)
        for ref in missing:
            words = _words(ref)
            if words not in self.kept:
                shown = check.text[_start(ref) : self._end(ref, len(words))]
                self.kept[words] = shown if len(words) == 1 else self._fresh("_".join(words))
                self.first.append(shown if len(words) == 1 else f"{shown} AS {self.kept[words]}")
        for item in clause.items:
            if counts(item.value):
                self._take(item.value, item)
        columns = {item.alias.text if item.alias else item.text for item in clause.items}
        for value in clause.order:
            self._take(value, None, columns)
        check.edits[clause.start, clause.start] = f"WITH {', '.join(self.first)} "
        # Each row has its own values of all that is kept, so no two are alike.
        if clause.distinct and (found := _DISTINCT.match(check.text, clause.start)):
            check.edits[found.span(1)] = ""

    def _keep(self, item: Item) -> None:
        value = self.check.moved(item.start, item.end)
        alias = self._written(item.alias) if item.alias else None
        if alias is None and not isinstance(item.value, Name):
            alias = self._fresh("_".join(path(item.value) or ("kept",)))
        self.first.append(f"{value} AS {alias}" if alias else value)
        if (alias or value) != item.text:
            self.check.edits[item.start, item.end] = alias or value
        if (words := path(item.value)) is not None:
            self.kept.setdefault(words, alias or value)

    def _take(self, value: Expr, item: Item | None, columns: set[str] | frozenset[str] = frozenset()) -> None:
        """Write the names of counts, and of what is kept, into a value; a name that is a `columns`' own stays."""
        for part in _outside(value):
            if isinstance(part, Call) and part.name in AGGREGATES:
                text = self.check.moved(part.start, part.end)
                if text not in self.counts:
                    named = item.alias if item is not None and part is item.value else None
                    self.counts[text] = self._written(named) if named else self._fresh("counted")
                    self.first.append(f"{text} AS {self.counts[text]}")
                self.check.edits[part.start, part.end] = self.counts[text]
        for ref in references(value, self.scope):
            words = _words(ref)
            length = next((n for n in range(len(words), 0, -1) if words[:n] in self.kept), 0)
            if words[0] in columns and not (length and words[:length] != words[:1]):
                continue
            if not length:
                if item is None:
                    raise self.check.fail(
                        self.clause.start,
                        f"{'.'.join(words)[:60]} is no column, so the counted rows have no such value",
                    )
                continue
            self._rename(ref, length, value)

    def _rename(self, ref: Name | Access, length: int, value: Expr) -> None:
        """Write the name that a variable or its property has been kept by."""
        start, end = _start(ref), self._end(ref, length)
        name = self.kept[_words(ref)[:length]]
        if self.check.text[start:end] == name:
            return
        # In `x {.id, n}` the name is a key too, and a path that was turned round has its own text already.
        short = any(isinstance(part, Projection) and ref in part.values for part in _outside(value))
        if short or any(
            first <= start and end <= last for first, last in self.check.edits if (first, last) != (start, end)
        ):
            raise self.check.fail(
                self.clause.start,
                f"{self.check.text[start:end]} stands beside a count; name it in a WITH before, as it is",
            )
        self.check.edits[start, end] = name

    def _end(self, ref: Name | Access, length: int) -> int:
        """Where the first words of a variable's property end in the text."""
        if isinstance(ref, Name):
            return name_end(self.check.text, ref)
        base = ref.base if length == 1 else ref.steps[length - 2]
        assert isinstance(base, (Name, Key))
        return name_end(self.check.text, base)

    def _written(self, name: Name) -> str:
        return self.check.text[name.start : name_end(self.check.text, name)]

    def _fresh(self, wanted: str) -> str:
        """A name that the query does not have yet."""
        name = re.sub(r"\W", "_", wanted)
        number = 2
        while name in self.taken:
            name, number = f"{wanted}{number}", number + 1
        self.taken.add(name)
        return name


def path(expr: Expr) -> _Words | None:
    """A variable or one of its properties as words."""
    if isinstance(expr, Name):
        return (expr.text,)
    if isinstance(expr, Access) and isinstance(expr.base, Name) and all(isinstance(step, Key) for step in expr.steps):
        return _words(expr)
    return None


def _words(ref: Name | Access) -> _Words:
    """A variable and the properties taken from it one after the other, up to what is none."""
    if isinstance(ref, Name):
        return (ref.text,)
    assert isinstance(ref.base, Name)
    found = [ref.base.text]
    for step in ref.steps:
        if not isinstance(step, Key):
            break
        found.append(step.name)
    return tuple(found)


def _start(ref: Name | Access) -> int:
    base = _base(ref)
    assert base is not None
    return base.start


def _keys(clause: Columns) -> set[_Words]:
    """The columns that are variables or properties of them."""
    return {words for item in clause.items if (words := path(item.value)) is not None}


def _outside(part: object) -> Iterator[object]:
    """A value and all in it, but what stands in a count or in a subquery."""
    return within(part, lambda inner: not isinstance(inner, Subquery) and not _is_count(inner))


def _is_count(part: object) -> bool:
    return isinstance(part, Call) and part.name in AGGREGATES


def counts(value: Expr) -> bool:
    """Whether a count, a sum or their like stands in a value, outside of subqueries."""
    return any(map(_is_count, _outside(value)))


def references(part: object, scope: Scope) -> Iterator[Name | Access]:
    """The variables of the rows and their properties that stand in a value, in no count."""
    taken: set[int] = set()
    for inner in within(part, lambda found: not _is_count(found)):
        if isinstance(inner, Access) and isinstance(inner.base, Name):
            taken.add(id(inner.base))
        if isinstance(inner, Name) and id(inner) in taken:
            continue
        if (name := _base(inner)) is not None and name.text in scope.names:
            assert isinstance(inner, (Name, Access))
            yield inner


def _base(part: object) -> Name | None:
    base = part.base if isinstance(part, Access) else part
    return base if isinstance(base, Name) else None


def _sound(value: Expr, scope: Scope, called: bool = False) -> bool:
    """Whether the embedded engine works out such a value over a count rightly; `called`: in a function."""
    match value:
        case Literal() | Parameter():
            return True
        case Name():
            return not called
        case Access():
            if isinstance(value.base, Name):
                return not called
            places = [part for step in value.steps if isinstance(step, At) for part in step.parts]
            return _sound(value.base, scope, called) and all(_sound(part, scope, True) for part in places)
        case Call():
            return _is_count(value) or all(_sound(part, scope, True) for part in value.parts)
        case Operation():
            return value.sign in _SOUND and all(_sound(part, scope, called) for part in value.parts)
        case Items(parts) | Entries(_, parts):
            return all(_is_count(part) or (not counts(part) and _sound(part, scope, called)) for part in parts)
        case Over():
            inside = (value.where, value.result, value.total)
            return _sound(value.source, scope, True) and not any(references(inside, scope)) and not _within(inside)
    return False


def _within(parts: tuple[object, ...]) -> bool:
    return any(map(_is_count, _outside(parts)))
