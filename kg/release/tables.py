"""The columns of a release and of a source's partition."""

from __future__ import annotations

import polars as pl

TEXTS = pl.List(pl.String)

# What a source yields. Attributes and qualifiers are JSON text ("" for none).
PARTITION: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "nodes": {
        "id": pl.String,
        "category": pl.String,
        "name": pl.String,
        "synonyms": TEXTS,
        "xrefs": TEXTS,
        "attributes": pl.String,
    },
    "edges": {
        "subject": pl.String,
        "relation": pl.String,
        "object": pl.String,
        "qualifiers": pl.String,
        "negated": pl.Boolean,
        "tier": pl.Int8,
        "knowledge_level": pl.String,
        "agent_type": pl.String,
        "publications": TEXTS,
        "attributes": pl.String,
    },
    "evidence": {
        "edge": pl.String,
        "citation": pl.String,
        "kind": pl.String,
        "passage": pl.String,
        "start": pl.Int32,
        "end": pl.Int32,
        "quote": pl.String,
        "score": pl.Float32,
        "system": pl.String,
        "directness": pl.String,
        "role": pl.String,
        "study": pl.String,
        "group": pl.String,
    },
    "coverage": {"relation": pl.String, "entity": pl.String, "side": pl.String},
    "passages": {
        "id": pl.String,
        "citation": pl.String,
        "section": pl.String,
        "text": pl.String,
        "offset": pl.Int32,
        "mentions": pl.List(
            pl.Struct({"start": pl.Int32, "end": pl.Int32, "text": pl.String, "id": pl.String, "category": pl.String})
        ),
    },
    "markings": {
        "passage": pl.String,
        "start": pl.Int32,
        "end": pl.Int32,
        "text": pl.String,
        "id": pl.String,
        "category": pl.String,
    },
    "citations": {
        "id": pl.String,
        "title": pl.String,
        "year": pl.Int16,
        "authors": TEXTS,
        "journal": pl.String,
        "retracted": pl.Boolean,
        "attributes": pl.String,
    },
    "mechanisms": {
        "citation": pl.String,
        "passage": pl.String,
        "drug": pl.String,
        "disease": pl.String,
        "steps": pl.List(
            pl.Struct(
                {
                    "subject": pl.String,
                    "subject_name": pl.String,
                    "predicate": pl.String,
                    "object": pl.String,
                    "object_name": pl.String,
                }
            )
        ),
        "references": TEXTS,
    },
    "mappings": {"subject": pl.String, "object": pl.String, "predicate": pl.String, "origin": pl.String},
    "aliases": {
        "name": pl.String,
        "meaning": pl.String,
        "kind": pl.String,
        "category": pl.String,
        "weight": pl.Float32,
    },
    "retractions": {"citation": pl.String, "notice": pl.String},
    "deletions": {"citation": pl.String},
    "quarantine": {"file": pl.String, "line": pl.Int64, "reason": pl.String, "row": pl.String},
}

# Attributes of a node that only stands in for an identifier which no authority of the release describes.
PLACEHOLDER = '{"placeholder": true}'
