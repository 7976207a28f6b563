"""KGX: nodes and edges of other tools, TSV or JSON lines, and what `galenic export --kgx` wrote."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.errors import SourceError
from ingest.source import Inputs, Source
from kg.errors import GraphError
from kg.records import Edge, Node, Quarantined, Record
from kg.release.kgx import EDGE_COLUMNS, NODE_COLUMNS, split_list, unescape
from kg.schema import schema
from ontologies.curie import normalise
from ontologies.errors import OntologyError

_LISTS = {"category", "synonym", "xref", "provided_by", "publications"}
_NODE_KEYS, _EDGE_KEYS = {c[0] for c in NODE_COLUMNS}, {c[0] for c in EDGE_COLUMNS}
_WIDER = {
    "biolink:SmallMolecule": "biolink:ChemicalEntity", "biolink:MolecularMixture": "biolink:ChemicalEntity", "biolink:PhenotypicQuality": "biolink:PhenotypicFeature",
    "biolink:GrossAnatomicalStructure": "biolink:AnatomicalEntity", "biolink:Cell": "biolink:AnatomicalEntity",
}  # fmt: skip


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """(line, row) of a TSV or JSON lines file; a row that cannot be read comes as the reason."""
    table = ".tsv" in path.suffixes
    header: list[str] | None = None
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(encoding="utf-8", newline="") as stream:
        for number, raw in enumerate(stream, 1):
            line = raw.rstrip("\r\n")
            if table and header is None:
                header = line.split("\t")
                continue
            if not line:
                continue
            if header is not None:
                cells = line.split("\t")
                if len(cells) != len(header):
                    yield number, f"{len(cells)} cells under {len(header)} columns"
                    continue
                yield number, {k: split_list(c) if k in _LISTS else unescape(c) for k, c in zip(header, cells, strict=True) if c}
            else:
                try:
                    row = json.loads(line)
                except ValueError as problem:
                    yield number, f"no JSON ({problem})"
                    continue
                yield number, row if isinstance(row, dict) else "not a JSON object"
    if table and header is None:
        raise SourceError(f"{path}: is empty; write it again")


def read(inputs: Inputs) -> Iterator[Record]:
    """Nodes of all files, then edges; what breaks a rule is quarantined with its line."""
    kinds: dict[str, str] = {}
    for is_node in (True, False):
        for path in inputs.files:
            if ("nodes" in path.name) != is_node:
                continue
            shown = inputs.shown(path)
            for line, row in _rows(path):
                if isinstance(row, str):
                    yield Quarantined(shown, line, row)
                    continue
                try:
                    if is_node:
                        node = _node(row)
                        kinds[node.id] = node.category
                        yield node
                    else:
                        yield from _edges(row, kinds)
                except (GraphError, OntologyError, KeyError, ValueError, TypeError) as problem:
                    reason = f"column {problem} is missing" if isinstance(problem, KeyError) else str(problem)
                    yield Quarantined(shown, line, reason, json.dumps(row, ensure_ascii=False))


def _many(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)] if value not in (None, "") else []


def _node(row: Mapping[str, Any]) -> Node:
    categories = _many(row["category"])
    category = next((c for c in categories if c in schema().kinds), None) or next((_WIDER[c] for c in categories if c in _WIDER), "biolink:NamedThing")
    identifier = normalise(str(row["id"]))
    further = {k: v for k, v in row.items() if k not in _NODE_KEYS}
    own = json.loads(row["attributes"]) if row.get("attributes") else {}
    return Node(identifier, category, str(row.get("name") or identifier), tuple(_many(row.get("synonym"))), tuple(_many(row.get("xref"))), {**own, **further})


def _edges(row: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterator[Edge]:
    """One edge; for our own export one for each thing that a source said."""
    subject, object_ = normalise(str(row["subject"])), normalise(str(row["object"]))
    said = row.get("assertions")
    qualifiers: dict[str, str] = json.loads(row["qualifiers"]) if isinstance(row.get("qualifiers"), str) and row["qualifiers"] else {}
    negated = str(row.get("negated", "")).lower() == "true"
    if row.get("relation") in schema().relations and said:
        for one in json.loads(said) if isinstance(said, str) else said:
            attributes = json.loads(one["attributes"]) if one["attributes"] else {}
            yield Edge(
                subject, str(row["relation"]), object_, qualifiers, negated, int(one["tier"]), one["knowledge_level"], one["agent_type"],
                tuple(one["publications"]), {**attributes, "original_source": attributes.get("original_source", one["source"])},
            )  # fmt: skip
        return
    relation, qualifiers = _relation(str(row["predicate"]), kinds.get(subject, ""), kinds.get(object_, ""), row, qualifiers)
    further = {k: v for k, v in row.items() if k not in _EDGE_KEYS and not k.endswith("_qualifier")}
    origin = row.get("primary_knowledge_source") or next(iter(_many(row.get("provided_by"))), "")
    yield Edge(
        subject, relation, object_, qualifiers, negated, int(row.get("tier") or 2), row.get("knowledge_level") or "not_provided",
        row.get("agent_type") or "not_provided", tuple(_many(row.get("publications"))), {**further, **({"original_source": origin} if origin else {})},
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _fitting(predicate: str, subject: str, object_: str) -> tuple[str, ...]:
    return tuple(r.name for r in schema().relations.values() if (r.predicate, r.subject, r.object) == (predicate, subject, object_))


def _relation(predicate: str, subject: str, object_: str, row: Mapping[str, Any], qualifiers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Our relation of a predicate between two kinds; `related_to` with the predicate as qualifier where none or several fit."""
    marks = {k: str(v) for k, v in row.items() if k.endswith("_qualifier")}
    fitting = [n for n in _fitting(predicate, subject, object_) if all(marks.get(k) == v for k, v in schema().relation(n).qualifiers.items())]
    if len(fitting) == 1:
        fixed = schema().relation(fitting[0]).qualifiers
        return fitting[0], {**qualifiers, **{k: v for k, v in marks.items() if k not in fixed}}
    return "related_to", {**qualifiers, **marks, "predicate": predicate}


SOURCE = Source(
    name="kgx",
    title="KGX files",
    licence="as the files' own sources say",
    url="https://github.com/biolink/kgx",
    infores="infores:kgx",
    patterns=("kgx/*nodes.tsv*", "kgx/*edges.tsv*", "kgx/*nodes.jsonl*", "kgx/*edges.jsonl*"),
    read=read,
    notes="Each edge keeps the name of the source that first said it as `original_source`.",
)
