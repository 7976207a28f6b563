"""The reply of a chat model as a form of the things that a question names, or why it is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.errors import FormError, SchemaError
from kg.logic.categories import nearest
from kg.logic.forms import Form
from kg.logic.interchange import from_json
from kg.logic.reading import Asked, Vocabulary
from kg.schema.relations import ANY
from llm.chat.errors import ChatNonsense
from llm.chat.spoken import LARGEST, OWN_WORDS, relations, values_of
from llm.models.binding import Binder
from llm.models.errors import NotationError
from llm.models.notation import said
from llm.models.prompt import Before, Prompt
from llm.models.ways import Way, way_of


def meant(fields: Mapping[str, Any], shown: Prompt, asked: Asked, before: Before | None) -> Way:
    """The way to read a question that a reply says; raises `ChatNonsense` with what is wrong with it.

    Whatever a reply holds, what comes out names nothing but what the question and
    the last answer name, and restricts by nothing that the release does not hold.
    """
    try:
        form = from_json(_checked(fields.get("form", fields), shown, asked.vocabulary))
        if not isinstance(form, Form):
            raise ChatNonsense("'form' must be a question such as list, count or exists, not a set alone")
        # Kinds are checked on the letters first, so that an error speaks of what the model knows.
        Binder({letter: dict.fromkeys(kinds, letter) for letter, kinds in shown.letters.items()}).form(form)
        return way_of(form, shown, asked, 0.0, follows=before is not None and _like(form, before))
    except (FormError, SchemaError) as problem:
        raise ChatNonsense(str(problem)) from problem


def _like(form: Form, before: Before) -> bool:
    """Whether a form is the last one with other names."""
    try:
        return before.is_like(said(form))
    except NotationError:
        return False


def _checked(value: Any, shown: Prompt, vocabulary: Vocabulary) -> Any:
    """A value of a reply, refused where it says what it may not."""
    if isinstance(value, list):
        return [_checked(part, shown, vocabulary) for part in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST:
        raise ChatNonsense(f"the number {str(value)[:20]} is too large; at most {LARGEST:,}")
    if not isinstance(value, Mapping):
        return value
    node = {name: _checked(part, shown, vocabulary) for name, part in value.items()}
    op = node.get("op")
    match op:
        case "askback":
            raise ChatNonsense("a question is not asked back in words of your own; reply with its likeliest form")
        case "entity":
            _letter(node.get("id"), shown)
            _kind(node, shown)
        case "filter":
            _held(node.get("field"), node.get("value"), vocabulary)
        case "hop" | "having" | "top":
            _spoken(node.get("relation"))
        case "literature":
            named = node.get("entities")
            for letter in named if isinstance(named, list) else ():
                _letter(letter, shown)
        case "abstain" if node.get("reason") == "unknown_name" and " (unknown)" not in shown.question:
            raise ChatNonsense("no name in the question is marked as unknown")
    if op == "having" and node.get("comparison") in ("every", "only"):
        # Neither counts; models put a 1 there.
        node["number"] = 0
    if isinstance(op, str) and op in OWN_WORDS:
        node[OWN_WORDS[op]] = ""
    return node


def _letter(letter: Any, shown: Prompt) -> None:
    if not isinstance(letter, str) or letter not in shown.marks:
        known = ", ".join(shown.marks)
        raise ChatNonsense(
            f"{_cut(letter)} stands for nothing; " + (f"letters: {known}" if known else "no name is known")
        )


def _kind(node: Mapping[str, Any], shown: Prompt) -> None:
    category, kinds = node.get("category", ANY), shown.letters[node["id"]]
    if category != ANY and category not in kinds:
        raise ChatNonsense(f"{node['id']} is no {_cut(category)}; it may be {' or '.join(kinds)}")


def _spoken(relation: Any) -> None:
    known = [r.name for r in relations()]
    if relation not in known:
        near = nearest(str(relation)[:80], known) or f"; known: {', '.join(known)}"
        raise ChatNonsense(f"unknown relation {_cut(relation)}{near}")


def _held(field: Any, value: Any, vocabulary: Vocabulary) -> None:
    """A text that is filtered by must be one that the release holds: a model's own would quietly find nothing."""
    if not isinstance(field, str) or not isinstance(value, str):
        return
    known = values_of(vocabulary, field)
    if value.casefold() not in {v.casefold() for v in known}:
        near = nearest(value[:80], known) or f"; some of them: {', '.join(known[:10])}"
        raise ChatNonsense(f"this release holds no {field[:40]} {_cut(value)}{near}")


def _cut(value: Any) -> str:
    return repr(value)[:80]
