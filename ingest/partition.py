"""One source's records as a folder of Parquet files, kept under the hash of everything that made them."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from ingest.errors import IngestError, SourceError
from ingest.source import Frame, Inputs, Source
from ingest.versions import versions
from kg.records import (
    Alias,
    Citation,
    Covered,
    Deletion,
    Edge,
    Evidence,
    Marking,
    Mechanism,
    Node,
    Passage,
    Quarantined,
    Record,
    Retraction,
    SameAs,
    qualifier_text,
)
from kg.release.seals import damage, seal
from kg.release.tables import PARTITION

FORMAT = 4
_FLUSH = 100_000


@dataclass(frozen=True, slots=True)
class Partition:
    """A source's partition on disk: `info` is its partition.json."""

    folder: Path
    info: Mapping[str, Any]

    def scan(self, table: str) -> pl.LazyFrame:
        """One table, empty if the source yielded none of it."""
        file = self.folder / f"{table}.parquet"
        return pl.scan_parquet(file) if file.exists() else pl.LazyFrame(schema=PARTITION[table])


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, as `sha256:...`."""
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return f"sha256:{digest.hexdigest()}"


def partition_key(source: Source, inputs: Inputs, hashes: Mapping[str, str]) -> str:
    """What the partition depends on: the source's revision, its options and its files' content."""
    made_from = [FORMAT, source.name, source.revision, dict(inputs.options), sorted(hashes.items())]
    return sha256(json.dumps(made_from, sort_keys=True, default=str).encode()).hexdigest()[:20]


def json_text(value: Mapping[str, Any]) -> str:
    """Attributes as canonical JSON text, empty for none."""
    return json.dumps(dict(value), ensure_ascii=False, sort_keys=True, default=str) if value else ""


def _row(record: Record) -> tuple[str, tuple[Any, ...]]:
    match record:
        case Node():
            row = (
                record.id,
                record.category,
                record.name,
                list(record.synonyms),
                list(record.xrefs),
                json_text(record.attributes),
            )
            return "nodes", row
        case Edge():
            return "edges", (
                record.subject,
                record.relation,
                record.object,
                qualifier_text(record.qualifiers),
                record.negated,
                record.tier,
                record.knowledge_level,
                record.agent_type,
                list(record.publications),
                json_text(record.attributes),
            )
        case Evidence():
            return "evidence", (
                record.edge,
                record.citation,
                record.kind,
                record.passage,
                record.start,
                record.end,
                record.quote,
                record.score,
                record.system,
                record.directness,
                record.role,
                record.study,
                record.group or record.citation,
            )
        case Covered():
            return "coverage", (record.relation, record.entity, record.side)
        case Passage():
            mentions = [
                {"start": m.start, "end": m.end, "text": m.text, "id": m.id, "category": m.category}
                for m in record.mentions
            ]
            return "passages", (record.id, record.citation, record.section, record.text, record.offset, mentions)
        case Marking():
            mention = record.mention
            return "markings", (record.passage, mention.start, mention.end, mention.text, mention.id, mention.category)
        case Citation():
            return "citations", (
                record.id,
                record.title,
                record.year,
                list(record.authors),
                record.journal,
                record.retracted,
                json_text(record.attributes),
            )
        case Mechanism():
            return "mechanisms", (
                record.citation,
                record.passage,
                record.drug,
                record.disease,
                [asdict(step) for step in record.steps],
                list(record.references),
            )
        case SameAs():
            return "mappings", (record.subject, record.object, record.predicate, record.origin)
        case Alias():
            return "aliases", (record.name, record.meaning, record.kind, record.category, record.weight)
        case Retraction():
            return "retractions", (record.citation, record.notice)
        case Deletion():
            return "deletions", (record.citation,)
        case Quarantined():
            return "quarantine", (record.file, record.line, record.reason, record.row[:500])


class PartitionWriter:
    """Gathers records into tables; memory stays flat because full blocks go to disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: Counter[str] = Counter()
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._blocks: Counter[str] = Counter()

    def add(self, record: Record | Frame) -> None:
        """Take one record, or a frame of many."""
        if isinstance(record, Frame):
            columns = PARTITION[record.table]
            self._write(record.table, record.rows.select([pl.col(c).cast(t) for c, t in columns.items()]))
            return
        table, row = _row(record)
        rows = self._rows.setdefault(table, [])
        rows.append(row)
        if len(rows) >= _FLUSH:
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows = self._rows.pop(table, [])
        if rows:
            self._write(table, pl.DataFrame(rows, schema=PARTITION[table], orient="row"))

    def _write(self, table: str, rows: pl.DataFrame) -> None:
        self.counts[table] += len(rows)
        block = self._blocks[table]
        self._blocks[table] += 1
        rows.write_parquet(self.folder / f"{table}.{block:05}.part", compression="zstd", compression_level=1)

    def close(self) -> None:
        """Join each table's blocks into one file."""
        for table in list(self._rows):
            self._flush(table)
        for table, blocks in self._blocks.items():
            parts = [self.folder / f"{table}.{n:05}.part" for n in range(blocks)]
            if blocks == 1:
                parts[0].rename(self.folder / f"{table}.parquet")
                continue
            pl.concat([pl.scan_parquet(p) for p in parts]).sink_parquet(
                self.folder / f"{table}.parquet", compression="zstd"
            )
            for part in parts:
                part.unlink()


def make_partition(source: Source, inputs: Inputs, root: Path) -> Partition:
    """Run a source over its files, or find the partition that the same input made before.

    The folder appears whole under its key or not at all. Raises `SourceError`
    (or another `IngestError`) when the source cannot be read.
    """
    hashes = {inputs.shown(f): file_hash(f) for f in inputs.files}
    key = partition_key(source, inputs, hashes)
    folder = root / f"{source.name}-{key}"
    done = folder / "partition.json"
    if done.exists() and not damage(folder, whole=True):
        return Partition(folder, json.loads(done.read_text("utf-8")))
    work = root / f".{source.name}-{key}.{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        counts = _fill(work, _read(source, inputs))
        info = {
            "name": source.name,
            "key": key,
            "title": source.title,
            "version": source.version or versions(inputs),
            "licence": source.licence,
            "commercial": source.commercial,
            "aggregator": source.aggregator,
            "integrated": source.integrated,
            "url": source.url,
            "infores": source.infores or f"infores:{source.name}",
            "files": hashes,
            "counts": counts,
            "notes": source.notes,
            "partial": dict(source.partial(inputs)) if source.partial else {},
            "declares": list(source.declares),
            "capped": {relation: list(cut) for relation, cut in source.capped.items()},
        }
        (work / "partition.json").write_text(json.dumps(info, indent=1, sort_keys=True, ensure_ascii=False), "utf-8")
        seal(work)
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Partition(folder, info)


def _read(source: Source, inputs: Inputs) -> Iterator[Record | Frame]:
    try:
        yield from source.read(inputs)
    except IngestError:
        raise
    except (OSError, EOFError, UnicodeDecodeError) as problem:
        raise SourceError(f"source {source.name}: {problem}; check the file and build again") from problem


def _fill(folder: Path, records: Iterable[Record | Frame]) -> dict[str, int]:
    writer = PartitionWriter(folder)
    for record in records:
        writer.add(record)
    writer.close()
    return dict(sorted(writer.counts.items()))
