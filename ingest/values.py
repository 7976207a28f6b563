"""Which values the attributes of nodes have in a release: what a question may be restricted by."""

from __future__ import annotations

import json

import polars as pl

from kg.schema import schema

COLUMNS = {"category": pl.String, "attribute": pl.String, "value": pl.String, "nodes": pl.Int64}


def values(nodes: pl.DataFrame) -> pl.DataFrame:
    """Every value, in lower case, of every text attribute that the schema declares, by category, with its number of
    nodes.

    >>> some = pl.DataFrame({"category": ["biolink:Drug"], "attributes": ['{"groups": ["approved", "withdrawn"]}']})
    >>> values(some).rows()
    [('biolink:Drug', 'groups', 'approved', 1), ('biolink:Drug', 'groups', 'withdrawn', 1)]
    """
    declared = {(a.category, a.name) for a in schema().attributes.values() if a.value == "text"}
    kinds = list({category for category, _ in declared})
    told = pl.col("category").is_in(kinds) & (pl.col("attributes") != "")
    numbers: dict[tuple[str, str, str], int] = {}
    for category, text in nodes.select("category", "attributes").filter(told).iter_rows():
        for name, value in json.loads(text).items():
            if (category, name) in declared:
                texts = {str(v).casefold() for v in (value if isinstance(value, list) else [value])}
                for key in ((category, name, text) for text in texts):
                    numbers[key] = numbers.get(key, 0) + 1
    rows = [(*key, number) for key, number in sorted(numbers.items())]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")
