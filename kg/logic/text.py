"""Logical forms as text that a person can read; `kg.logic.read` reads it back."""

from __future__ import annotations

import json
import re

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
    Filter,
    Form,
    Having,
    Hop,
    HypothesesForm,
    HypothesisForm,
    ListForm,
    LiteratureForm,
    MechanismForm,
    Minus,
    Or,
    PathsForm,
    ScreenForm,
    TopForm,
    Where,
)

_PLAIN = re.compile(r'[^\s(),"=<>]+')


def show(node: Form | Expr) -> str:
    """The form in the notation of the documentation.

    >>> show(ListForm(Hop("treats", "in", Entity("DOID:9352"))))
    'list(hop(treats, in, entity(DOID:9352)))'
    """
    match node:
        case Entity():
            return f"entity({_name(node.id)}{', exact' if node.exact else ''})"
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
            number = "" if node.comparison in ("every", "only") else f", {node.number}"
            return f"having({show(node.of)}, hop({node.relation}, {node.direction}{among}), {node.comparison}{number})"
        case Where():
            return f"where({show(node.of)}, {', '.join(map(_filter, node.filters))})"
        case _:
            return _show_form(node)


def _name(identifier: str) -> str:
    """The identifier itself, or quoted where it holds signs of the notation."""
    return identifier if _PLAIN.fullmatch(identifier) else json.dumps(identifier, ensure_ascii=False)


def _filter(filter_: Filter) -> str:
    return f"{filter_.field} {filter_.test} {json.dumps(filter_.value, ensure_ascii=False)}"


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
            counted = "".join(f", {_filter(f)}" for f in form.filters)
            return f"top({form.k}, {show(form.of)}, hop({form.relation}, {form.direction}), {'most' if form.most else 'fewest'}{counted})"  # noqa: E501
        case PathsForm():
            return f"paths({show(form.start)}, {show(form.end)}, {form.length})"
        case DescribeForm():
            return f"describe({show(form.of)})"
        case MechanismForm():
            return f"mechanism({show(form.of)})"
        case HypothesesForm():
            return f"hypotheses({form.sought}, {show(form.of)})"
        case HypothesisForm():
            return f"hypothesis({show(form.drug)}, {show(form.disease)})"
        case ScreenForm():
            return f"screen({', '.join(map(show, form.drugs))})"
        case LiteratureForm():
            return f"literature({json.dumps(form.text, ensure_ascii=False)}{''.join(f', {_name(e)}' for e in form.entities)})"  # noqa: E501
        case AskBackForm():
            return f"ask_back({', '.join([form.reason, *(json.dumps(r, ensure_ascii=False) for r in form.readings)])})"
        case AbstainForm():
            return f"abstain({form.reason})"
