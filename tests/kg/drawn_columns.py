"""Columns with counts in them, drawn at random: what a count goes on with, keys beside it, order and limit."""

from __future__ import annotations

import random

_FOUND = (
    "MATCH (d:Drug)-[:TREATS]->(x:Disease)",
    "MATCH (x:Disease) OPTIONAL MATCH (x)<-[:TREATS]-(d:Drug)",
    "MATCH (d:Drug)-[:TREATS]->(x:Disease)-[:PRESENTS]->(s:Symptom)",
)
_NUMBERS = (
    "count(d)",
    "count(*)",
    "count(DISTINCT d)",
    "sum(size(d.name))",
    "size(collect(d.name))",
    "size(max(d.name))",
)
_KEYS = (("x.name",), ("x.name", "x.id"), ("x.id",), ("x",), ("x", "x.name"))


def drawn(seed: int) -> str:
    """A query that counts and goes on with the count."""
    draw = random.Random(seed)
    keys = draw.choice(_KEYS)
    named = [f"k{at}" if draw.random() < 0.5 and key != "x" else "" for at, key in enumerate(keys)]
    columns = [f"{key} AS {name}" if name else key for key, name in zip(keys, named, strict=True)]
    columns += [f"{_value(draw, keys)} AS v{at}" for at in range(draw.randrange(1, 4))]
    draw.shuffle(columns)
    order = ["x.name"] if "x" in keys else [name or key for key, name in zip(keys, named, strict=True)]
    first = ["count(d) DESC"] if draw.random() < 0.2 else []
    distinct = "DISTINCT " if draw.random() < 0.15 else ""
    limit = f" LIMIT {draw.randrange(1, 9)}" if draw.random() < 0.4 else ""
    return f"{draw.choice(_FOUND)} RETURN {distinct}{', '.join(columns)} ORDER BY {', '.join([*first, *order])}{limit}"


def _value(draw: random.Random, keys: tuple[str, ...]) -> str:
    one, other, key = draw.choice(_NUMBERS), draw.choice(_NUMBERS), draw.choice(keys)
    text = key if "." in key else "x.name"
    return draw.choice(
        (
            one,
            f"{one} {draw.choice('+-*')} {other}",
            f"{one} > {draw.randrange(5)} {draw.choice(('AND', 'OR', 'XOR'))} {other} < {draw.randrange(9)}",
            f"NOT {one} = {draw.randrange(3)}",
            f"max(d.name) {draw.choice(('CONTAINS', 'STARTS WITH', 'ENDS WITH'))} '{draw.choice('aeC')}'",
            f"max(d.name) IS {draw.choice(('', 'NOT '))}NULL",
            "'Cyclosporine' IN collect(d.name)",
            f"CASE WHEN {one} > 2 {draw.choice(('', 'AND true '))}THEN {key} ELSE {other} END",
            f"{{n: {one}, k: {key}}}",
            f"[{one}, size({text})]",
            f"{one} * size(toString({text}))",
            "coalesce(max(d.name), 'x') + '!'",
            f"toFloat({one}) / ({other} + 1)",
        )
    )
