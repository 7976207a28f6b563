"""What a mapping may say of one field: a template over columns, a split column, or a choice by a column's value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Row = Mapping[str, str]
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")


class RowProblem(ValueError):
    """A row that a mapping cannot use; the text says why."""


@dataclass(frozen=True, slots=True)
class Template:
    """Text with columns in braces, such as `DOID:{doid}`; `{{` and `}}` are braces themselves.

    >>> Template.of("DOID:{id}").fill({"id": "9999901"})
    'DOID:9999901'
    """

    literals: tuple[str, ...]
    columns: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Template:
        """Read a template; raises `ValueError` for a brace without its partner."""
        literals, columns, place = [""], [], 0
        for match in _FIELD.finditer(text):
            literals[-1] += text[place : match.start()]
            place = match.end()
            if match[1]:
                columns.append(match[1])
                literals.append("")
            elif len(match[0]) == 2:
                literals[-1] += match[0][0]
            else:
                raise ValueError(
                    f"{text!r} has a brace without its partner; write {{column}}, or {match[0] * 2} for the sign itself"
                )
        literals[-1] += text[place:]
        return cls(tuple(literals), tuple(columns))

    def fill(self, row: Row) -> str:
        """The text for a row; raises `RowProblem` when a column is empty."""
        if not self.columns:
            return self.literals[0]
        text = self.literals[0]
        for column, literal in zip(self.columns, self.literals[1:], strict=True):
            value = row[column]
            if not value:
                raise RowProblem(f"column {column!r} is empty")
            text += value + literal
        return text

    def texts(self, row: Row) -> list[str]:
        """The text in a list, none when a column is empty."""
        return [self.fill(row)] if all(row[c] for c in self.columns) else []


@dataclass(frozen=True, slots=True)
class Split:
    """A column that holds several values, cut at `by` (or not at all), each with `prefix` before and `suffix`
    behind.
    """

    column: str
    by: str = ""
    prefix: str = ""
    suffix: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The column that is read."""
        return (self.column,)

    def texts(self, row: Row) -> list[str]:
        """The values that are not empty."""
        values = row[self.column].split(self.by) if self.by else [row[self.column]]
        return [f"{self.prefix}{v.strip()}{self.suffix}" for v in values if v.strip()]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a column decides: `values` says which of its words mean what."""

    column: str
    values: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The column that is read."""
        return (self.column,)

    def fill(self, row: Row) -> str:
        """The meaning of the column's word; raises `RowProblem` for another word."""
        word = row[self.column]
        if word not in self.values:
            raise RowProblem(
                f"column {self.column!r} says {word!r}, which the mapping does not list; listed: "
                f"{', '.join(self.values)}"
            )
        return self.values[word]


@dataclass(frozen=True, slots=True)
class Typed:
    """An attribute of a type: 'integer', 'number', 'boolean', or a 'list' cut from a column."""

    column: str
    type: str
    by: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The column that is read."""
        return (self.column,)

    def value(self, row: Row) -> object:
        """The value, None for an empty cell; raises `RowProblem` for a word that is not of the type."""
        text = row[self.column]
        if not text:
            return None
        if self.type == "list":
            return Split(self.column, self.by).texts(row)
        if self.type == "boolean":
            if text.lower() not in _BOOLEANS:
                raise RowProblem(f"column {self.column!r} says {text!r}, which is neither true nor false")
            return _BOOLEANS[text.lower()]
        try:
            return int(text) if self.type == "integer" else float(text)
        except ValueError:
            raise RowProblem(f"column {self.column!r} says {text!r}, which is no {self.type}") from None


_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
