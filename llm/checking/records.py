"""Sentences that rest on one text: what is said of a thing stands in its record, what is quoted stands in the quote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.evidence.claims import NodeSupport
from kg.schema import schema
from kg.sentences import sentences


def quote_carries(text: str, quote: str) -> bool:
    """Whether whole sentences of a quote are said word for word, with their numbers, units, negations and conditions.

    A part of a sentence will not do: what was left out of it may be its condition.

    >>> quote = "It was safe. No patient died."
    >>> quote_carries("No patient died.", quote), quote_carries("patient died.", quote)
    (True, False)
    """
    wording = " ".join(text.split())
    whole = [" ".join(quote[start:end].split()) for start, end in sentences(quote)]
    return bool(wording) and any(
        wording == " ".join(whole[first:last])
        for first in range(len(whole))
        for last in range(first + 1, len(whole) + 1)
    )


def record_carries(text: str, node: NodeSupport) -> bool:
    """Whether what is said of a thing stands in its record: its kind, its other names, or one of its values."""
    kind = re.fullmatch(r"(.+?) is an? (.+?)\.?", text)
    if kind and kind[2] == schema().kind(node.category).singular:
        return _is_named(kind[1], node)
    called = re.fullmatch(r"(It|.+?) is also (?:called|known as) (.+?)\.?", text)
    if called:
        known = (node.name, *node.synonyms)
        return called[1] in ("It", *known) and all(n in known for n in _parted(called[2], known))
    label, _, value = text.partition(": ")
    fact = next((v for k, v in node.facts.items() if k.casefold() == label.casefold()), None)
    return fact is not None and fact.rstrip(". ") == value.rstrip(". ")


def _is_named(label: str, node: NodeSupport) -> bool:
    """Whether a name is one of the thing's, with its own identifier where there is one."""
    known = (node.name, *node.synonyms, "It")
    return label in known or label in {f"{name} ({node.id})" for name in known}


def _parted(text: str, known: Sequence[str]) -> list[str]:
    """Names said one after the other; those that are known may hold commas."""
    names = []
    while text:
        name = next((k for k in sorted(known, key=len, reverse=True) if text == k or text.startswith(f"{k}, ")), None)
        name = name if name is not None else text.split(", ", maxsplit=1)[0]
        names.append(name)
        text = text[len(name) :].removeprefix(", ")
    return names
