"""The second stage of a build: what reads the text of the first with its names.

A reader comes in from outside (a model, say), gets the passages of one source at
a time, and adds mentions, edges and evidence. What it makes of a source's
passages is a partition like a source's own, under that source's licence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import polars as pl

from ingest.partition import Partition, make_partition
from ingest.source import Inputs, Source
from kg.records import Edge, Marking, Mention, Passage, Record
from kg.release.names import build_names, names_id
from kg.release.release import Release
from ontologies.names.linker import NameLinker


class Reader(Protocol):
    """What reads passages. `revision` is raised when it would read something else than before."""

    @property
    def name(self) -> str:
        """A short name in lower case."""
        ...

    @property
    def revision(self) -> int:
        """The number of its present state."""
        ...

    def read(self, passages: Iterable[Passage], names: NameLinker) -> Iterator[Record]:
        """Markings, nodes, edges and evidence, in an order that the passages alone decide."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A reader, and further ordinary words for the index of names that it is given."""

    reader: Reader
    words: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What is read depends on this beside passages and names."""
        return f"{self.reader.name}/{self.reader.revision}"


def read_passages(
    reading: Reading, knowledge: Release, store: Path, progress: Callable[[str, str], None]
) -> list[Partition]:
    """One partition for each source of passages, made anew only where its passages or the names have changed.

    `knowledge` is the release of the first stage; the index of its names is built
    beside it when something must be read.
    """
    linkers: list[NameLinker] = []

    def names() -> NameLinker:
        if not linkers:
            folder = knowledge.folder / "names"
            build_names(knowledge, folder, reading.words)
            linkers.append(NameLinker(folder))
        return linkers[0]

    known = names_id(knowledge, reading.words)
    made = []
    for name in knowledge.read("passages", ["source"])["source"].unique().sort():
        rows = knowledge.scan("passages").filter(pl.col("source") == name)
        source = _source(reading.reader, name, knowledge, rows, names)
        options = {"passages": _passages_id(rows), "names": known}
        progress(source.name, "reading")
        made.append(make_partition(source, Inputs(knowledge.folder, (), options), store))
    return made


def _source(
    reader: Reader, name: str, knowledge: Release, rows: pl.LazyFrame, names: Callable[[], NameLinker]
) -> Source:
    of = knowledge.sources[name]
    return Source(
        name=f"{of['name']}.{reader.name}",
        title=f"{of['title']}, read by {reader.name}",
        licence=of["licence"],
        url=of["url"],
        patterns=(),
        read=lambda _: _records(reader, knowledge, rows, names()),
        version=str(reader.revision),
        commercial=of["commercial"],
        revision=reader.revision,
        notes=f"What {reader.name} found in the passages of {of['name']}.",
    )


def _passages_id(rows: pl.LazyFrame) -> str:
    digest = sha256()
    for passage in _passages(rows):
        digest.update(repr((passage.id, passage.citation, passage.section, passage.text, passage.mentions)).encode())
    return digest.hexdigest()


def _passages(rows: pl.LazyFrame) -> Iterator[Passage]:
    for row in rows.collect().iter_rows(named=True):
        mentions = tuple(Mention(**mention) for mention in row["mentions"])
        yield Passage(row["id"], row["citation"], row["section"], row["text"], row["offset"], mentions)


def _records(reader: Reader, knowledge: Release, rows: pl.LazyFrame, names: NameLinker) -> Iterator[Record]:
    """What the reader yields, and a `mentions` edge for each article and thing that it marked there."""
    articles = set(knowledge.scan("nodes").filter(pl.col("category") == "biolink:Article").collect()["id"])
    known = {p: (c, t) for p, c, t in rows.select("id", "citation", "text").collect().iter_rows() if c in articles}
    times: Counter[tuple[str, str]] = Counter()
    for record in reader.read(_passages(rows), names):
        yield record
        if isinstance(record, Marking) and record.passage in known:
            (citation, text), mention = known[record.passage], record.mention
            times[citation, mention.id] += text[mention.start : mention.end] == mention.text
    for (citation, identifier), number in times.items():
        if number:
            yield Edge(
                citation,
                "mentions",
                identifier,
                tier=5,
                knowledge_level="not_provided",
                agent_type="text_mining_agent",
                attributes={"times": number},
            )
