"""A table's rows as records, by the rules of its mapping; a row that breaks one is quarantined with its line."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, cast, get_args

from ingest.errors import MappingError, SourceError
from ingest.source import Inputs
from ingest.tables.cells import Row, RowProblem, Template, Typed
from ingest.tables.mapping import Rule, TableMapping
from kg.errors import RecordError
from kg.evidence.tiers import usual_tier
from kg.records import (
    AgentType,
    Citation,
    Directness,
    Edge,
    Evidence,
    EvidenceKind,
    KnowledgeLevel,
    Node,
    Passage,
    Quarantined,
    Record,
    Role,
    System,
)
from ontologies.curie import normalise
from ontologies.errors import CurieError
from ontologies.formats.lines import open_text

_LONGEST_CELL = 16 << 20
_WORDS: dict[str, tuple[str, ...]] = {
    "system": get_args(System),
    "directness": get_args(Directness),
    "role": get_args(Role),
}


def read_table(mapping: TableMapping, inputs: Inputs) -> Iterator[Record]:
    """The records of a mapping's table.

    Raises `MappingError` when a rule names a column that the table lacks and
    `SourceError` when the table cannot be read.
    """
    path = mapping.path.parent / mapping.file
    shown, rule_file = inputs.shown(path), inputs.shown(mapping.path)
    if not path.is_file():
        raise MappingError(f"{rule_file}: file {mapping.file!r} is not beside it; put it there or mend the name")
    rows = _rows(path, mapping, shown)
    header = mapping.columns or tuple(next((cells for _, cells in rows), ()))
    if not header:
        raise SourceError(f"{shown}: is empty; write the table again")
    names = tuple(h.strip() for h in header)
    for rule in mapping.rules:
        for column in rule.columns():
            if column not in names:
                raise MappingError(
                    f"{rule_file}: {rule.label} names the unknown column {column!r}; {mapping.file} has: "
                    f"{', '.join(names)}"
                )
    for line, cells in rows:
        if len(cells) != len(names):
            reason = f"{len(cells)} cells under {len(names)} columns"
            yield Quarantined(shown, line, reason, mapping.delimiter.join(cells))
            continue
        row = dict(zip(names, (c.strip() for c in cells), strict=True))
        for rule in mapping.rules:
            try:
                yield from _records(rule, row)
            except (RowProblem, CurieError, RecordError) as problem:
                yield Quarantined(shown, line, f"{rule.label}: {problem}", mapping.delimiter.join(cells))


def _rows(path: Path, mapping: TableMapping, shown: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row that is neither empty nor a comment; the line is the row's first."""
    csv.field_size_limit(_LONGEST_CELL)
    line = 1
    try:
        with open_text(path, newline="") as stream:
            quoted = {"quotechar": mapping.quote} if mapping.quote else {"quoting": csv.QUOTE_NONE}
            reader = csv.reader(stream, delimiter=mapping.delimiter, strict=True, **cast(Any, quoted))
            for cells in reader:
                if cells and not (mapping.comment and cells[0].startswith(mapping.comment)):
                    yield line, cells
                line = reader.line_num + 1
    except UnicodeDecodeError as problem:
        raise SourceError(f"{shown}: is not UTF-8 after line {line} ({problem.reason}); save it as UTF-8") from problem
    except (OSError, EOFError, zlib.error, csv.Error) as problem:
        raise SourceError(f"{shown}:{line}: cannot be read further ({problem}); write the table again") from problem


def _records(rule: Rule, row: Row) -> Iterator[Record]:
    if any(row[column] not in words for column, words in rule.when.items()):
        return
    keys = [rule.single[k] for k in ("id", "subject", "object") if k in rule.single]
    if rule.optional and not all(row[c] for key in keys for c in key.columns):
        return
    if rule.kind == "node":
        yield _node(rule, row)
    elif rule.kind == "edge":
        yield from _edge(rule, row)
    else:
        year = _text(rule, "year", row)
        authors = tuple(_values(rule, "authors", row))
        yield Citation(
            _curie(rule, "id", row),
            rule.single["title"].fill(row),
            _whole("year", year) if year else None,
            authors,
            _text(rule, "journal", row) or None,
        )


def _node(rule: Rule, row: Row) -> Node:
    name = rule.single["name"].fill(row)
    synonyms = tuple(dict.fromkeys(s for s in _values(rule, "synonyms", row) if s.partition("\t")[0] != name))
    category = rule.single["category"].fill(row)
    return Node(_curie(rule, "id", row), category, name, synonyms, _curies(rule, "xrefs", row), _attributes(rule, row))


def _edge(rule: Rule, row: Row) -> Iterator[Record]:
    negated = rule.negated if isinstance(rule.negated, bool) else row[rule.negated[0]] in rule.negated[1]
    tier = _text(rule, "tier", row)
    level = cast(KnowledgeLevel, _text(rule, "knowledge_level", row) or "knowledge_assertion")
    agent = cast(AgentType, _text(rule, "agent_type", row) or "manual_agent")
    edge = Edge(
        _curie(rule, "subject", row),
        rule.single["relation"].fill(row),
        _curie(rule, "object", row),
        {k: text for k, v in rule.qualifiers.items() for text in v.texts(row)},
        negated,
        _whole("tier", tier) if tier else usual_tier(level, agent),
        level,
        agent,
        _curies(rule, "publications", row),
        _attributes(rule, row),
    )
    evidence: list[Record] = []
    if rule.evidence and (cited := rule.evidence["citation"].texts(row)):
        words = {k: "".join(v.texts(row)) for k, v in rule.evidence.items()}
        evidence = list(_evidence(edge.id, normalise(cited[0]), words))
    # Only now: a row whose evidence breaks a rule is quarantined as a whole.
    yield edge
    yield from evidence


def _evidence(edge: str, citation: str, fields: Mapping[str, str]) -> Iterator[Passage | Evidence]:
    """What a row cites: with a quote, which is a passage of its own, or as a record."""
    kind = cast(EvidenceKind, fields.get("kind") or "supports")
    score = _number("score", fields["score"]) if fields.get("score") else None
    quote = fields.get("quote")
    axes = _axes(fields)
    if not quote:
        yield Evidence(edge, citation, kind, score=score, **{**axes, "role": "record"})
        return
    name = f"{citation}#quote-{blake2b(quote.encode(), digest_size=6).hexdigest()}"
    yield Passage(name, citation, "quote", quote)
    yield Evidence(edge, citation, kind, name, 0, len(quote), quote, score, **axes)


def _axes(fields: Mapping[str, str]) -> dict[str, Any]:
    """What a row says of its evidence beside where it stands; raises `RowProblem` for an unknown word."""
    for key, words in _WORDS.items():
        if fields.get(key) and fields[key] not in words:
            raise RowProblem(f"evidence.{key} is {fields[key]!r}; known: {', '.join(words)}")
    return {key: fields[key] for key in (*_WORDS, "study", "group") if fields.get(key)}


def _text(rule: Rule, key: str, row: Row) -> str:
    """A field that may be absent or empty."""
    value = rule.single.get(key)
    if value is None or (isinstance(value, Template) and not value.texts(row)):
        return ""
    return value.fill(row)


def _curie(rule: Rule, key: str, row: Row) -> str:
    return normalise(rule.single[key].fill(row))


def _values(rule: Rule, key: str, row: Row) -> list[str]:
    return [text for value in rule.many.get(key, ()) for text in value.texts(row)]


def _curies(rule: Rule, key: str, row: Row) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalise(v) for v in _values(rule, key, row)))


def _attributes(rule: Rule, row: Row) -> dict[str, object]:
    attributes: dict[str, object] = {}
    for key, value in rule.attributes.items():
        made = value.value(row) if isinstance(value, Typed) else "".join(value.texts(row))
        if made not in (None, "", []):
            attributes[key] = made
    return attributes


def _whole(key: str, text: str) -> int:
    if not text.isdecimal():
        raise RowProblem(f"{key} is {text!r}, which is no whole number")
    return int(text)


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise RowProblem(f"{key} is {text!r}, which is no number") from None
