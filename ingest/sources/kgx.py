"""KGX: nodes and edges of other tools, TSV or JSON lines, and what `galenic export --kgx` wrote."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast, get_args

from ingest.biolink import forward, kind_of, relation_of
from ingest.equivalence import vocabulary
from ingest.errors import SourceError
from ingest.identity import EXACT, REPLACED
from ingest.source import Inputs, Source
from kg.errors import GraphError
from kg.evidence.tiers import usual_tier
from kg.records import AgentType, Edge, KnowledgeLevel, Node, Quarantined, Record, SameAs
from kg.release.kgx import EDGE_COLUMNS, NODE_COLUMNS, split_list, unescape
from kg.schema import schema
from ontologies.curie import normalise
from ontologies.errors import OntologyError
from ontologies.formats.lines import open_text

_LISTS = {"category", "synonym", "xref", "provided_by", "publications", "equivalent_identifiers"}
_OURS = {True: [c[0] for c in NODE_COLUMNS], False: [c[0] for c in EDGE_COLUMNS]}
_NEEDED = {True: ("id", "category"), False: ("subject", "predicate", "object")}
_NODE_KEYS = {"id", "category", "name", "synonym", "xref", "attributes"}
_EQUIVALENT = "equivalent_identifiers"
_EDGE_KEYS = {
    "subject",
    "predicate",
    "object",
    "negated",
    "knowledge_level",
    "agent_type",
    "publications",
    "qualifiers",
    "tier",
}


def read(inputs: Inputs) -> Iterator[Record]:
    """Nodes of all files, then edges; what breaks a rule is quarantined with its line.

    One of several files that cannot be read is quarantined as a whole; raises
    `SourceError` when it is the only one of its kind.
    """
    kinds: dict[str, str] = {}
    for is_node in (True, False):
        paths = [p for p in inputs.files if ("nodes" in p.name) == is_node]
        for path in paths:
            shown = inputs.shown(path)
            try:
                yield from _records(path, shown, is_node, kinds)
            except (SourceError, OSError, EOFError, UnicodeDecodeError, zlib.error) as problem:
                known = isinstance(problem, SourceError)
                reason = str(problem) if known else f"cannot be read to its end ({problem}); write the file again"
                if len(paths) == 1:
                    raise SourceError(f"{shown}: {reason}") from problem
                yield Quarantined(shown, None, reason)


def _records(path: Path, shown: str, is_node: bool, kinds: dict[str, str]) -> Iterator[Record]:
    for line, raw, row, ours in _rows(path, is_node):
        if isinstance(row, str):
            yield Quarantined(shown, line, row, raw)
            continue
        try:
            if is_node:
                node = _node(row, ours)
                kinds[node.id] = node.category
                yield node
                if ours:
                    yield from _equivalents(row, node.id, shown)
            else:
                yield from _own_edges(row) if ours else (_edge(row, kinds),)
        except (GraphError, OntologyError, KeyError, ValueError, TypeError, AttributeError) as problem:
            reason = f"{problem.args[0]!r} is missing" if isinstance(problem, KeyError) else str(problem)
            yield Quarantined(shown, line, reason, json.dumps(row, ensure_ascii=False))


def _rows(path: Path, is_node: bool) -> Iterator[tuple[int, str, dict[str, Any] | str, bool]]:
    """(line, its text, row, whether Galenic wrote it); a row that cannot be read comes as the reason."""
    table = ".tsv" in path.suffixes
    named = path.name.startswith("galenic_")
    header: list[str] = []
    number = 0
    with open_text(path, newline="\n") as stream:
        for number, raw in enumerate(stream, 1):
            line = raw.rstrip("\r\n")
            if table and not header:
                header = line.split("\t")
                if missing := [c for c in _NEEDED[is_node] if c not in header]:
                    raise SourceError(
                        f"the first line names no column {missing[0]!r}; it needs {', '.join(_NEEDED[is_node])}"
                    )
            elif line:
                yield (number, line, *(_cells(line, header, is_node) if table else _object(line, is_node, named)))
    if number == 0:
        raise SourceError("the file is empty; write it again")


def _cells(line: str, header: list[str], is_node: bool) -> tuple[dict[str, Any] | str, bool]:
    cells = line.split("\t")
    ours = header == _OURS[is_node]
    # Spreadsheets and editors cut the empty cells at the end of a row, or add some.
    cells = (cells + [""] * (len(header) - len(cells)))[: len(header)] if not any(cells[len(header) :]) else cells
    if len(cells) != len(header):
        return f"{len(cells)} cells under {len(header)} columns", ours
    if ours:
        return {k: split_list(c) if k in _LISTS else unescape(c) for k, c in zip(header, cells, strict=True) if c}, True
    # Other tools escape nothing: a backslash there is a backslash.
    return {k: c.split("|") if k in _LISTS else c for k, c in zip(header, cells, strict=True) if c}, False


def _object(line: str, is_node: bool, named: bool) -> tuple[dict[str, Any] | str, bool]:
    try:
        row = json.loads(line)
    except ValueError as problem:
        return f"no JSON ({problem})", False
    if not isinstance(row, dict):
        return "not a JSON object", False
    return row, named if is_node else "assertions" in row and "relation" in row


def _many(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)] if value not in (None, "") else []


def _biolink(name: str) -> str:
    return name if name.startswith("biolink:") else f"biolink:{name}"


def _node(row: Mapping[str, Any], ours: bool) -> Node:
    """A node; a class that the schema does not know becomes the nearest one and is kept as `biolink_category`."""
    given = tuple(_biolink(c) for c in _many(row["category"]))
    if not given:
        raise KeyError("category")
    category, narrowest = kind_of(given)
    identifier = str(row["id"]) if ours else normalise(str(row["id"]))
    further = {} if ours else {k: v for k, v in row.items() if k not in _NODE_KEYS}
    if category not in given:
        further["biolink_category"] = narrowest
    attributes = row.get("attributes") or {}
    own = json.loads(attributes) if isinstance(attributes, str) and (ours or attributes.startswith("{")) else attributes
    if not isinstance(own, dict):
        own = {"attributes": own}
    name = str(row.get("name") or "")
    synonyms, xrefs = tuple(_many(row.get("synonym"))), tuple(_many(row.get("xref")))
    return Node(identifier, category, name if name.strip() else identifier, synonyms, xrefs, {**own, **further})


def _equivalents(row: Mapping[str, Any], own: str, shown: str) -> Iterator[SameAs]:
    """What our own export calls the same; of several identifiers of one vocabulary the node's own replaced the others,
    for they are no doubt between things.
    """
    others = _many(row.get(_EQUIVALENT))
    counted = Counter(map(vocabulary, (own, *others)))
    for other in others:
        yield SameAs(other, own, EXACT if counted[vocabulary(other)] == 1 else REPLACED, shown)


def _own_edges(row: Mapping[str, Any]) -> Iterator[Edge]:
    """Our own export again: one edge for each thing that a source said."""
    qualifiers: dict[str, str] = json.loads(row["qualifiers"]) if row.get("qualifiers") else {}
    assertions = row["assertions"]
    schema().relation(str(row["relation"]))
    for assertion in json.loads(assertions) if isinstance(assertions, str) else assertions:
        attributes = json.loads(assertion["attributes"]) if assertion["attributes"] else {}
        origin = {"original_source": assertion["source"], "original_licence": assertion["licence"]}
        yield Edge(
            str(row["subject"]),
            str(row["relation"]),
            str(row["object"]),
            qualifiers,
            _true(row.get("negated")),
            int(assertion["tier"]),
            assertion["knowledge_level"],
            assertion["agent_type"],
            tuple(assertion["publications"]),
            {**origin, **attributes},
        )


def _true(value: Any) -> bool:
    return str(value).strip().lower() in ("true", "1")


def _edge(row: Mapping[str, Any], kinds: Mapping[str, str]) -> Edge:
    """An edge of another tool, under our relation where one fits; where the class of an end stands in another source,
    the merge finds it.
    """
    subject, object_ = normalise(str(row["subject"])), normalise(str(row["object"]))
    marks = {k: str(v) for k, v in row.items() if k.endswith("_qualifier") and v not in (None, "")}
    given = row.get("qualifiers")
    if isinstance(given, dict) or (isinstance(given, str) and given.startswith("{")):
        marks |= {str(k): str(v) for k, v in (json.loads(given) if isinstance(given, str) else given).items()}
    if not row["predicate"]:
        raise KeyError("predicate")
    predicate, turned = forward(str(row["predicate"]))
    if turned:
        subject, object_ = object_, subject
    relation, qualifiers = relation_of(predicate, kinds.get(subject, ""), kinds.get(object_, ""), marks)
    further = {
        ("original_id" if k == "id" else k): v
        for k, v in row.items()
        if k not in _EDGE_KEYS and not k.endswith("_qualifier")
    }
    if given and not isinstance(given, dict) and not (isinstance(given, str) and given.startswith("{")):
        further["qualifiers"] = given
    if origin := row.get("primary_knowledge_source") or next(iter(_many(row.get("provided_by"))), ""):
        further["original_source"] = origin
    level, agent = str(row.get("knowledge_level") or ""), str(row.get("agent_type") or "")
    known_by = cast(KnowledgeLevel, level if level in get_args(KnowledgeLevel) else "not_provided")
    made_by = cast(AgentType, agent if agent in get_args(AgentType) else "not_provided")
    return Edge(
        subject,
        relation,
        object_,
        qualifiers,
        _true(row.get("negated")),
        int(row.get("tier") or usual_tier(known_by, made_by)),
        known_by,
        made_by,
        tuple(_many(row.get("publications"))),
        further,
    )


SOURCE = Source(
    name="kgx",
    title="KGX files",
    licence="as the files' own sources say",
    url="https://github.com/biolink/kgx",
    infores="infores:kgx",
    patterns=("kgx/*nodes.tsv*", "kgx/*edges.tsv*", "kgx/*nodes.jsonl*", "kgx/*edges.jsonl*"),
    read=read,
    integrated=True,
    revision=5,
    notes=(
        "Each edge keeps the source that first said it, and its licence, as `original_source` and `original_licence`."
    ),
)
