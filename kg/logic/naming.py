"""What a form names: its things and its sources, in the order in which supports call them."""

from __future__ import annotations

from collections.abc import Iterator

from kg.logic.forms import CompareForm, Expr, Form, TopForm, Where, entities, parts_of


def named_in(form: Form) -> tuple[str, ...]:
    """The identifiers of the things in a form in reading order, then the names of its sources, each once.

    >>> from kg.logic.read import read_form
    >>> named_in(read_form('list(where(hop(treats, in, entity(DOID:9352)), source = "hetionet"))'))
    ('DOID:9352', 'hetionet')
    """
    return (*dict.fromkeys(e.id for e in entities(form)), *dict.fromkeys(_sources(form)))


def _sources(node: Form | Expr) -> Iterator[str]:
    if isinstance(node, (Where, TopForm)):
        yield from (str(f.value) for f in node.filters if f.field == "source")
    if isinstance(node, CompareForm):
        below: tuple[Expr | None, ...] = (node.left, node.right)
    else:
        below = parts_of(node) if isinstance(node, Expr) else (getattr(node, "of", None),)
    for part in below:
        if part is not None:
            yield from _sources(part)
