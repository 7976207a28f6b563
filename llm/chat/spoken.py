"""The forms that a chat model may say, as it is told of them and as a JSON schema; both are made from the classes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, Field, fields
from functools import lru_cache
from importlib.resources import files
from typing import Any, get_args

from kg.evidence.tiers import TIERS
from kg.logic.filters import EVIDENCE, Test
from kg.logic.forms import REASONS, SOUGHT, AskBackForm, Comparison, Direction, Expr, Form
from kg.logic.interchange import OPERATIONS, to_json
from kg.logic.read import read_form
from kg.logic.reading import Vocabulary
from kg.schema import schema
from kg.schema.relations import Relation

# What the question itself says is put in afterwards; a model's own words would reach a reader through these.
OWN_WORDS = {"literature": "text", "abstain": "because"}
LARGEST = 9_999
_MOST_VALUES = 12
_FORMS = [n for n, kind in OPERATIONS.items() if issubclass(kind, Form) and kind is not AskBackForm]
_SETS = [n for n, kind in OPERATIONS.items() if issubclass(kind, Expr)]
_LITERALS: dict[str, Sequence[str]] = {
    "Direction": get_args(Direction),
    "Comparison": get_args(Comparison),
    "Test": get_args(Test),
    "Reason": REASONS,
    "Sought": tuple(SOUGHT),
}


def relations() -> list[Relation]:
    """The relations that a question may speak of."""
    return [r for r in schema().relations.values() if r.spoken and not r.literary]


def fields_of(op: str) -> list[Field[Any]]:
    """The fields of an operation that a model fills."""
    return [f for f in fields(OPERATIONS[op]) if f.name != OWN_WORDS.get(op)]


def brief(form: Form) -> dict[str, Any]:
    """A form as JSON without what a model need not say: defaults, and the kinds of letters.

    >>> brief(read_form("list(hop(treats, in, entity(A)))"))
    {'op': 'list', 'of': {'op': 'hop', 'relation': 'treats', 'direction': 'in', 'of': {'op': 'entity', 'id': 'A'}}}
    """
    said: dict[str, Any] = _brief(to_json(form))
    return said


def _brief(value: Any) -> Any:
    if isinstance(value, list):
        return [_brief(part) for part in value]
    if not isinstance(value, dict):
        return value
    op = value["op"]
    told = {f.name for f in fields_of(op) if value[f.name] != _default(f)}
    if op == "entity":
        told.discard("category")
    return {"op": op, **{name: _brief(value[name]) for name in value if name in told}}


def _default(field: Field[Any]) -> Any:
    return [] if field.default == () else field.default


def described(vocabulary: Vocabulary) -> str:
    """The operations, relations and filters as a model is told of them.

    >>> next(line for line in described(Vocabulary()).splitlines() if '"count"' in line)
    '{"op": "count", "of": SET}   How many are there?'
    """
    return "\n".join(
        [
            "Questions:",
            *map(_line, _FORMS),
            "SET is one of:",
            *map(_line, _SETS),
            "FILTER is:",
            _line("filter"),
            *_filtered(vocabulary),
            "Kinds of things: " + ", ".join(k for k in schema().kinds),
            "Relations (name: subject -> object, as in 'subject says object'):",
            *(f"{r.name}: {_short(r.subject)} -> {_short(r.object)}, '{r.says}'" for r in relations()),
        ]
    )


def _line(op: str) -> str:
    parts = [f'"op": "{op}"', *(f'"{f.name}": {_shown(op, f)}' for f in fields_of(op))]
    summary = " ".join((OPERATIONS[op].__doc__ or "").split("\n\n")[0].split()).replace("`", "'")
    return f"{{{', '.join(parts)}}}   {summary}"


def _shown(op: str, field: Field[Any]) -> str:
    kind = str(field.type)
    named = {"id": "LETTER", "category": "KIND", "relation": "RELATION", "entities": "[LETTER, ...]"}.get(field.name)
    words = {
        "Expr": "SET",
        "Expr | None": "SET",
        "Entity": "an entity",
        "tuple[Expr, ...]": "[SET, ...]",
        "tuple[Entity, ...]": "[an entity, ...]",
        "tuple[Filter, ...]": "[FILTER, ...]",
        "bool": "true or false",
        "int": "a number",
        "str | int | float": "text or number",
    }
    shown = named or words.get(kind) or ("|".join(_LITERALS[kind]) if kind in _LITERALS else "text")
    return shown if field.default is MISSING else f"{shown} (may be left out)"


def _filtered(vocabulary: Vocabulary) -> Iterator[str]:
    """The fields of a filter, with their values where they are few."""
    sources = "; ".join(f"{name} is {title}" for name, title in sorted(vocabulary.sources.items()))
    yield f"Of evidence: tier ({min(TIERS)} is the best, {max(TIERS)} the worst), year, source, licence"
    yield f"Sources: {sources}"
    yield f"Licences: {', '.join(sorted(vocabulary.licences))}"
    for amount in schema().amounts.values():
        yield f"Of {amount.relation} alone: {amount.name}, a share from 0 to 1"
    for attribute in schema().attributes.values():
        known = values_of(vocabulary, attribute.name)
        few = f", one of: {', '.join(known)}" if 0 < len(known) <= _MOST_VALUES else ""
        yield f"Of {_short(attribute.category)}: {attribute.name}, a {attribute.value} ({attribute.says}){few}"


def values_of(vocabulary: Vocabulary, field: str) -> list[str]:
    """What a release holds that a filter may ask for; none for a number."""
    if field in EVIDENCE:
        return sorted({"source": vocabulary.sources, "licence": vocabulary.licences}.get(field, ()))
    attribute = schema().attributes.get(field)
    values = {} if attribute is None else vocabulary.values.get(attribute.category, {})
    return sorted(value for value, attributes in values.items() if field in attributes)


def _short(category: str) -> str:
    return category.removeprefix("biolink:")


def json_schema(letters: Sequence[str]) -> dict[str, Any]:
    """The schema of a reply about names with these letters."""
    shapes = {op: _shape(op, letters) for op in (*_FORMS, *_SETS, "filter")}
    if not letters:
        del shapes["entity"]
    return {
        "title": "reading",
        "type": "object",
        "additionalProperties": False,
        "required": ["form"],
        "properties": {"form": {"anyOf": [_named(op) for op in _FORMS]}},
        "$defs": {**shapes, "set": {"anyOf": [_named(op) for op in _SETS if op in shapes]}},
    }


def _named(op: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{op}"}


def _shape(op: str, letters: Sequence[str]) -> dict[str, Any]:
    known = fields_of(op)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["op", *(f.name for f in known if f.default is MISSING)],
        "properties": {"op": {"enum": [op]}, **{f.name: _typed(f, letters) for f in known}},
    }


def _typed(field: Field[Any], letters: Sequence[str]) -> dict[str, Any]:
    kind = str(field.type)
    letter = {"enum": list(letters)} if letters else {"type": "string"}
    by_name: dict[str, dict[str, Any]] = {
        "id": letter,
        "entities": {"type": "array", "items": letter},
        "category": {"enum": list(schema().kinds)},
        "relation": {"enum": [r.name for r in relations()]},
        "field": {"enum": [*EVIDENCE, *schema().amounts, *schema().attributes]},
    }
    entity = _named("entity") if letters else {"type": "null"}
    by_kind: dict[str, dict[str, Any]] = {
        "Expr": _named("set"),
        "Expr | None": _named("set"),
        "Entity": entity,
        "tuple[Expr, ...]": {"type": "array", "items": _named("set")},
        "tuple[Entity, ...]": {"type": "array", "items": entity},
        "tuple[Filter, ...]": {"type": "array", "items": _named("filter")},
        "bool": {"type": "boolean"},
        "int": {"type": "integer"},
        "str | int | float": {"type": ["string", "number"]},
        **{name: {"enum": list(values)} for name, values in _LITERALS.items()},
    }
    return by_name.get(field.name) or by_kind[kind]


@lru_cache(maxsize=1)
def examples() -> tuple[tuple[str, str], ...]:
    """Questions as a model is shown them, each with its reply."""
    lines = files("llm.chat").joinpath("readings.tsv").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines)
    return tuple((question, json.dumps({"form": brief(read_form(form))})) for form, question in pairs)
