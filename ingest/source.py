"""What a source is: a file of facts about itself and a function from its files to records."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from ingest.errors import SourceError
from kg.records import Record
from kg.schema.relations import Direction


@dataclass(frozen=True, slots=True)
class Frame:
    """Many records of one kind at once, as a table in the columns of `kg.release.tables`.

    `table` is one of nodes, edges, evidence, coverage, passages, citations. For sources of
    millions of rows, where one Python object a row would cost minutes.
    """

    table: str
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files that one source reads, found under the data folder, and its options."""

    root: Path
    files: tuple[Path, ...]
    options: Mapping[str, Any] = field(default_factory=dict)

    def one(self, name: str) -> Path:
        """The only input file of that name; raises `SourceError` when it is missing."""
        paths = [f for f in self.files if f.name == name]
        if not paths:
            raise SourceError(
                f"{self.root}: file {name!r} is missing; put it there or leave the source out of the build"
            )
        return paths[0]

    def maybe(self, name: str) -> Path | None:
        """The input file of that name, or None."""
        return next((f for f in self.files if f.name == name), None)

    def shown(self, path: Path) -> str:
        """The path as a person knows it: relative to the data folder."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


@dataclass(frozen=True, slots=True)
class Source:
    """A source of knowledge. Each module in `ingest/sources/` defines one as `SOURCE`.

    `patterns` are globs below the data folder; a source with no matching file is
    left out of a build and said to be so. `read` yields records or frames and
    reports broken rows as `Quarantined`; it raises `SourceError` only when
    nothing can be read. `version` is what a person's own table says of its version;
    of all others the files state it. `revision` is raised when `read` yields something else than
    before, so that kept partitions are rebuilt. An
    `aggregator` repeats what primary sources say and adds no independent evidence
    beside them. An `integrated` source is a whole graph whose maker has already
    joined what is the same: two of its nodes are not joined by their names. `partial` names relations of which
    the files hold only a part, with the reason as a person may read it. `declares` names relations of which the
    source says itself, by `Covered` records, what it looked at; of all others it covers what it has an edge of.
    `capped` names relations of which the source keeps no more than so many neighbours in a direction. `beside` are
    globs of files of others that it reads too, to translate identifiers: they alone do not bring it into a build.
    """

    name: str
    title: str
    licence: str
    url: str
    patterns: tuple[str, ...]
    read: Callable[[Inputs], Iterator[Record | Frame]]
    version: str = ""
    infores: str = ""
    commercial: bool = False
    aggregator: bool = False
    integrated: bool = False
    revision: int = 1
    notes: str = ""
    partial: Callable[[Inputs], Mapping[str, str]] | None = None
    declares: tuple[str, ...] = ()
    capped: Mapping[str, tuple[Direction, int]] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    def found(self, data: Path) -> tuple[Path, ...]:
        """The files that it reads below a data folder, in order; none where only those of `beside` are there."""
        own = _matching(data, self.patterns)
        return tuple(sorted(own | _matching(data, self.beside))) if own else ()


def _matching(data: Path, patterns: tuple[str, ...]) -> set[Path]:
    return {f for pattern in patterns for f in data.glob(pattern) if f.is_file()}


@lru_cache(maxsize=1)
def all_sources() -> Mapping[str, Source]:
    """Every source, by name, found by walking `ingest/sources/`."""
    package = importlib.import_module("ingest.sources")
    sources: dict[str, Source] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        source = importlib.import_module(f"ingest.sources.{module.name}").SOURCE
        if source.name in sources:
            raise SourceError(f"two sources call themselves {source.name!r}")
        sources[source.name] = source
    return sources
