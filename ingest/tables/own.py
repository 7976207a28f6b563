"""The mappings below a data folder as sources: one each, under the name of its file and with its own licence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from ingest.errors import MappingError
from ingest.source import Source, all_sources
from ingest.tables.mapping import load
from ingest.tables.rows import read_table

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*$")


def own_tables(data: Path) -> list[Source]:
    """A source for each `tables/*.toml`; raises `MappingError` for a mapping that cannot be used."""
    sources = []
    for path in sorted((data / "tables").glob("*.toml")):
        shown = str(path.relative_to(data))
        if not _NAME.match(path.stem):
            raise MappingError(f"{shown}: the file's name names the source; use letters, digits and _ alone")
        if path.stem in all_sources():
            raise MappingError(f"{shown}: the source {path.stem!r} comes with Galenic; give the file another name")
        mapping = load(path, shown)
        facts = mapping.source
        sources.append(
            Source(
                name=path.stem,
                title=facts["title"],
                licence=facts["licence"],
                url=facts.get("url", ""),
                version=facts.get("version", ""),
                infores=f"infores:{path.stem.lower().replace('_', '-')}",
                commercial=facts.get("commercial", False),
                aggregator=facts.get("aggregator", False),
                notes=facts.get("notes", ""),
                patterns=(f"tables/{path.name}", f"tables/{mapping.file}"),
                read=partial(read_table, mapping),
            )
        )
    return sources


def sources_for(data: Path) -> Mapping[str, Source]:
    """The sources that come with Galenic and one's own tables in a data folder, by name."""
    return {**all_sources(), **{s.name: s for s in own_tables(data)}}
