"""What an export says of itself: KGX metadata, and a Croissant description of the release's tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from kg.release.release import Release

# https://docs.mlcommons.org/croissant/docs/croissant-spec-1.0.html
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "extract": "cr:extract",
    "jsonPath": "cr:jsonPath",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "column": "cr:column",
    "recordSet": "cr:recordSet",
    "repeated": "cr:repeated",
    "source": "cr:source",
}


def kgx_metadata(release: Release) -> dict[str, Any]:
    """The release as a knowledge graph: its sources with infores, version and licence, and what it counts."""
    nodes = release.scan("nodes").group_by("category").len().sort("category").collect()
    edges = release.scan("edges").group_by("predicate").len().sort("predicate").collect()
    return {
        "name": "Galenic release",
        "version": release.id,
        "format": release.manifest["format"],
        "normaliser": {
            "name": "galenic.identity",
            "version": release.manifest["format"],
            "joined": release.manifest["joined"],
        },
        "sources": [
            {
                "source": name,
                "infores": facts["infores"],
                "version": facts["version"] or "not stated",
                "licence": facts["licence"],
                "url": facts["url"],
                "files": dict(facts["files"]),
            }
            for name, facts in release.sources.items()
        ],
        "nodes": {"count": int(nodes["len"].sum()), "by_category": dict(nodes.iter_rows())},
        "edges": {"count": int(edges["len"].sum()), "by_predicate": dict(edges.iter_rows())},
    }


def croissant(release: Release) -> dict[str, Any]:
    """The tables as a Croissant 1.0 dataset: files with size and SHA-256, and a record set of each with its columns."""
    tables: Mapping[str, Mapping[str, Any]] = release.manifest["tables"]
    licences = sorted({str(s["licence"]) for s in release.sources.values()})
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": f"galenic-{release.folder.name}",
        "description": "A biomedical knowledge graph with its evidence, built by Galenic.",
        "version": release.id,
        "license": licences,
        "isBasedOn": [s["url"] for s in release.sources.values() if str(s["url"]).startswith("http")],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": f"{name}.parquet",
                "contentSize": f"{facts['bytes']} B",
                "encodingFormat": "application/vnd.apache.parquet",
                "sha256": str(facts["sha256"]).removeprefix("sha256:"),
            }
            for name, facts in tables.items()
        ],
        "recordSet": [_records(release, name) for name in tables],
    }


def _records(release: Release, table: str) -> dict[str, Any]:
    schema = release.scan(table).collect_schema()
    return {
        "@type": "cr:RecordSet",
        "@id": f"{table}/rows",
        "name": table,
        "field": [_field(table, name, kind) for name, kind in schema.items()],
    }


def _field(table: str, name: str, kind: pl.DataType) -> dict[str, Any]:
    inner = kind.inner if isinstance(kind, pl.List) else kind
    field = {
        "@type": "cr:Field",
        "@id": f"{table}/{name}",
        "name": name,
        "dataType": _type(inner),
        "source": {"fileObject": {"@id": table}, "extract": {"column": name}},
    }
    return {**field, "repeated": True} if isinstance(kind, pl.List) else field


def _type(kind: object) -> str:
    """Croissant's word for a column's type; structures are described as text."""
    if not isinstance(kind, pl.DataType):
        return "sc:Text"
    if kind.is_integer():
        return "sc:Integer"
    return "sc:Float" if kind.is_float() else "sc:Boolean" if kind == pl.Boolean else "sc:Text"


def describe(release: Release, folder: Path) -> Iterator[Path]:
    """Write both descriptions beside an export; yields the files as they are done."""
    for name, told in (("kgx_metadata.json", kgx_metadata(release)), ("croissant.json", croissant(release))):
        path = folder / name
        part = path.with_name(f".{name}.part")
        part.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
        part.replace(path)
        yield path
