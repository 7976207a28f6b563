"""Logical forms as text that a person can read, and as JSON."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

from kg.logic.forms import (
    AbstainForm,
    All,
    And,
    AskBackForm,
    CompareForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Expr,
    Form,
    Having,
    Hop,
    ListForm,
    LiteratureForm,
    Minus,
    Or,
    PathsForm,
    TopForm,
)


def show(node: Form | Expr) -> str:
    """The form in the notation of the documentation.

    >>> show(ListForm(Hop("treats", "in", Entity("DOID:9352"))))
    'list(hop(treats, in, entity(DOID:9352)))'
    """
    match node:
        case Entity():
            return f"entity({node.id})"
        case All():
            return f"all({node.category.removeprefix('biolink:')})"
        case Hop():
            return f"hop({node.relation}, {node.direction}, {show(node.of)})"
        case And():
            return f"and({', '.join(map(show, node.parts))})"
        case Or():
            return f"or({', '.join(map(show, node.parts))})"
        case Minus():
            return f"minus({show(node.left)}, {show(node.right)})"
        case Having():
            among = f", {show(node.among)}" if node.among else ""
            return f"having({show(node.of)}, hop({node.relation}, {node.direction}{among}), {node.comparison}, {node.number})"
        case _:
            return _show_form(node)


def _show_form(form: Form) -> str:
    match form:
        case ListForm():
            return f"list({show(form.of)})"
        case CountForm():
            return f"count({show(form.of)})"
        case ExistsForm():
            return f"exists({show(form.of)})"
        case CompareForm():
            return f"compare({show(form.left)}, {show(form.right)})"
        case TopForm():
            return f"top({form.k}, {show(form.of)}, hop({form.relation}, {form.direction}), {'most' if form.most else 'fewest'})"
        case PathsForm():
            return f"paths({show(form.start)}, {show(form.end)}, {form.length})"
        case DescribeForm():
            return f"describe({show(form.of)})"
        case LiteratureForm():
            return f"literature({json.dumps(form.text, ensure_ascii=False)}{''.join(f', {e}' for e in form.entities)})"
        case AskBackForm():
            return f"ask_back({', '.join(json.dumps(r, ensure_ascii=False) for r in form.readings)})"
        case AbstainForm():
            return f"abstain({form.reason})"


def to_json(node: Any) -> Any:
    """A form as plain JSON values, each node as {"op": ..., fields}."""
    if is_dataclass(node) and not isinstance(node, type):
        name = type(node).__name__.removesuffix("Form").lower()
        return {"op": name, **{f.name: to_json(getattr(node, f.name)) for f in fields(node)}}
    if isinstance(node, tuple):
        return [to_json(part) for part in node]
    return node
