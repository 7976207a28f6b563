"""Logical forms as plain JSON values and back: for structured output of models, web forms and tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import UnionType
from typing import Any, get_args

from kg.errors import FormError, SchemaError
from kg.logic.forms import MAX_DEPTH, REASONS, SOUGHT, Entity, Expr, Filter, Form

_KINDS: UnionType = Form | Expr | Filter
# The class of every operation, by the name that JSON calls it.
OPERATIONS = {kind.__name__.removesuffix("Form").lower(): kind for kind in get_args(_KINDS)}


def to_json(node: Any) -> Any:
    """A form as plain JSON values, each node as {"op": ..., fields}.

    >>> from kg.logic.forms import All, CountForm
    >>> to_json(CountForm(All("biolink:Drug")))
    {'op': 'count', 'of': {'op': 'all', 'category': 'biolink:Drug'}}
    """
    if isinstance(node, _KINDS):
        name = type(node).__name__.removesuffix("Form").lower()
        return {"op": name, **{f.name: to_json(getattr(node, f.name)) for f in fields(node)}}
    if isinstance(node, tuple):
        return [to_json(part) for part in node]
    return node


def from_json(value: Any) -> Form | Expr:
    """The form that `to_json` gave; raises `FormError`, which names the operation and field that is wrong."""
    try:
        node = _made(value, 0)
    except SchemaError as problem:
        raise FormError(str(problem)) from problem
    if not isinstance(node, Form | Expr):
        raise FormError("a form is an object with 'op' and its fields")
    return node


def _made(value: Any, depth: int) -> Any:
    if depth > 2 * MAX_DEPTH + 4:
        raise FormError("the form is nested too deeply")
    if isinstance(value, list):
        return tuple(_made(part, depth + 1) for part in value)
    if not isinstance(value, Mapping):
        return value
    op = value.get("op")
    if not isinstance(op, str) or op not in OPERATIONS:
        raise FormError(f"unknown operation {op!r}; known: {', '.join(OPERATIONS)}")
    kind = OPERATIONS[op]
    known = {f.name: f for f in fields(kind)}
    strange = sorted(set(value) - set(known) - {"op"})
    if strange:
        raise FormError(f"{op} has no field {strange[0]!r}; its fields: {', '.join(known)}")
    given = {name: _made(value[name], depth + 1) for name in known if name in value}
    for name, argument in given.items():
        _require(op, name, str(known[name].type), argument)
    try:
        return kind(**given)
    except TypeError:
        missing = [name for name in known if name not in given]
        raise FormError(f"{op} needs {', '.join(missing)}") from None


def _require(op: str, name: str, type_: str, value: Any) -> None:
    """Fields hold what their annotation says; the annotations are few enough to be listed."""
    fits = {
        "str": isinstance(value, str),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "bool": isinstance(value, bool),
        "Expr": isinstance(value, Expr),
        "Expr | None": value is None or isinstance(value, Expr),
        "Entity": isinstance(value, Entity),
        "Reason": value in REASONS,
        "Sought": value in SOUGHT,
        "tuple[Entity, ...]": isinstance(value, tuple) and all(isinstance(v, Entity) for v in value),
        "tuple[Expr, ...]": isinstance(value, tuple) and all(isinstance(v, Expr) for v in value),
        "tuple[Filter, ...]": isinstance(value, tuple) and all(isinstance(v, Filter) for v in value),
        "tuple[str, ...]": isinstance(value, tuple) and all(isinstance(v, str) for v in value),
        "str | int | float": isinstance(value, (str, int, float)),
    }.get(type_, isinstance(value, str))
    if not fits:
        raise FormError(f"{op}.{name} must be {type_.removesuffix(' | None')}, not {type(value).__name__}")
